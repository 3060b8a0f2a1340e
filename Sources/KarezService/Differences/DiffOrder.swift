public import KarezCore

/// Which two states of a dataset are compared, and how the land between them is added up.
public struct DiffOrder: Hashable, Sendable {
  public let dataset: String
  public let from: LegalDate
  public let to: LegalDate
  /// The earlier state as recorded at this commit; the last one if nil.
  public var recorded: CommitNumber?
  /// The later state as recorded at this commit; the earlier one's if nil.
  public var recordedTo: CommitNumber?
  /// The attribute of the classes; the first that has a code table if nil.
  public var attribute: String?
  /// The dataset of administrative units that regions are; those of recorded codes if nil.
  public var units: String?
  /// The day whose units they are; the later day if nil.
  public var unitsOn: LegalDate?
  /// How many digits of the administrative code make a region of the ledger.
  public var regionDigits = 6
  /// How much of a patch may be missing from its pieces, and lie outside, and they still be it.
  public var toleranceM2 = DiffOrder.standardToleranceM2
  /// Whether changes come with their geometry.
  public var isDrawn = false
  /// Of so many changes at most, the first in the order of their ids.
  public var mostDrawn = Int.max
  public var threads = 2

  /// Our choice: a strip of a centimetre along a hundred metres.
  ///
  /// Borders that were drawn twice differ by that, and no patch of a land survey is as small.
  public static let standardToleranceM2 = 1.0

  public init(dataset: String, from: LegalDate, to: LegalDate) {
    self.dataset = dataset
    self.from = from
    self.to = to
  }
}
