public import KarezCore
public import KarezStore

/// 汇交: what to read into which dataset, and how.
public struct ImportOrder: Hashable, Sendable {
  public let dataset: String
  public let file: FileArgument
  public let validFrom: LegalDate
  /// What the sender called the file, where it lies here under another name.
  public var sourceName: String?
  public var validUntil: LegalDate?
  public var mode: CommitMode = .state
  /// `ATTR=VALUE`: rows that say so end their feature instead of replacing it.
  public var ending: String?
  public var crs: String?
  public var isDryRun = false
  /// Rules of the gate to let pass; needs a reason.
  public var accepted: [String] = []
  public var reason: String?

  /// The name people know the file by.
  var name: String { sourceName ?? file.name }

  public init(dataset: String, file: FileArgument, validFrom: LegalDate) {
    self.dataset = dataset
    self.file = file
    self.validFrom = validFrom
  }
}

extension CommitMode {
  /// What people call the mode of a file they hand in: a package is an increment.
  public var submitted: String { self == .versions ? "increment" : rawValue }

  public init?(submitted text: String) {
    guard let mode = Self.allCases.first(where: { $0.submitted == text }) else { return nil }
    self = mode
  }
}
