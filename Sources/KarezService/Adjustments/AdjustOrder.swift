public import KarezCore

/// Which polygons are adjusted to the control figures their profile names.
public struct AdjustOrder: Hashable, Sendable {
  public let dataset: String
  public let day: LegalDate
  /// A file whose polygons are adjusted before they are handed in; the recorded ones if nil.
  public var file: FileArgument?
  public var crs: String?
  /// The closure rule whose control figures count; the dataset's only one if nil.
  public var rule: String?

  public init(dataset: String, on day: LegalDate) {
    self.dataset = dataset
    self.day = day
  }
}
