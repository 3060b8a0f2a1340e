public import KarezCore

/// A question: what does this boundary touch, and what does the law say of it.
public struct CheckRequest: Sendable {
  public let boundary: ReadBoundary
  /// A code of the purposes table, or nil when none was stated.
  public let purpose: String?
  /// Documents already held, by code.
  public let documents: [String]
  /// Numbers stated of the proposal, as decimals in the unit of their fact, by the fact's id.
  public let proposed: [String: String]
  public let validOn: LegalDate
  /// Nil: the last commit.
  public let recorded: CommitNumber?
  /// Under which publication of the packs; nil: the one in force.
  public let publication: Int?

  public init(
    boundary: ReadBoundary, purpose: String?, documents: [String] = [],
    proposed: [String: String] = [:], validOn: LegalDate, recorded: CommitNumber? = nil,
    publication: Int? = nil
  ) {
    self.boundary = boundary
    self.purpose = purpose
    self.documents = documents
    self.proposed = proposed
    self.validOn = validOn
    self.recorded = recorded
    self.publication = publication
  }
}
