/// 提交: the number of a commit; 1, 2, 3 … without gaps, 0 before the first.
public struct CommitNumber: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let value: Int

  public init?(_ value: Int) {
    guard value >= 0 else { return nil }
    self.value = value
  }

  private init(unchecked value: Int) { self.value = value }

  /// Before anything was recorded.
  public static let none = CommitNumber(unchecked: 0)

  public static func < (left: CommitNumber, right: CommitNumber) -> Bool {
    left.value < right.value
  }

  public var description: String { String(value) }
}

/// Which state of the One Map is meant: true on a day, as recorded at a commit.
///
/// Every read takes one; there is no "current" without saying of when.
public struct AsOf: Hashable, Sendable {
  public let validOn: LegalDate
  public let recorded: CommitNumber

  public init(validOn: LegalDate, recorded: CommitNumber) {
    self.validOn = validOn
    self.recorded = recorded
  }
}
