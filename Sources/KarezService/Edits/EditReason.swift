public import KarezCore

/// Why something is changed, and on what it rests.
public struct EditReason: Hashable, Sendable {
  public let reason: String
  public let caseNumber: String?
  /// The last commit the caller has seen of the dataset; a later one is a conflict.
  public let expected: CommitNumber?
  /// Rules whose findings the reason lets pass.
  public let accepted: [String]

  public init(
    reason: String, caseNumber: String? = nil, expected: CommitNumber? = nil,
    accepted: [String] = []
  ) {
    self.reason = reason
    self.caseNumber = caseNumber
    self.expected = expected
    self.accepted = accepted
  }
}
