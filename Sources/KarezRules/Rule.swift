public import KarezCore

/// 规则: one version of a dated, cited condition over facts, and what follows from it.
public struct Rule: Hashable, Sendable {
  /// What a rule's finding says.
  public struct Consequence: Hashable, Sendable {
    public let severity: Severity
    /// Kind of consequence, kebab-case: `approval-required`.
    public let outcome: String
    public let message: LocalizedText
    /// Codes of the documents table.
    public let documents: [String]
    /// Code of the approvers table.
    public let approver: String?
    /// The measured fact whose area and place the finding shows.
    public let areaFact: FactID?

    public init(
      severity: Severity, outcome: String, message: LocalizedText, documents: [String] = [],
      approver: String? = nil, areaFact: FactID? = nil
    ) {
      self.severity = severity
      self.outcome = outcome
      self.message = message
      self.documents = documents
      self.approver = approver
      self.areaFact = areaFact
    }
  }

  /// Kebab-case path, public and permanent; versions of a rule share it.
  public let id: String
  public let title: LocalizedText
  public let validity: Validity
  public let certainty: Certainty
  public let condition: Expression
  /// The condition as written.
  public let conditionText: String
  public let consequence: Consequence
  /// At least one; the first is the one a finding carries.
  public let citations: [Citation]

  public init(
    id: String, title: LocalizedText, validity: Validity, certainty: Certainty,
    condition: (expression: Expression, text: String), consequence: Consequence,
    citations: [Citation]
  ) {
    precondition(!citations.isEmpty, "rule without a citation: \(id)")
    self.id = id
    self.title = title
    self.validity = validity
    self.certainty = certainty
    self.condition = condition.expression
    self.conditionText = condition.text
    self.consequence = consequence
    self.citations = citations
  }

  /// Every fact it needs: those of its condition, of its message, and its area.
  public var facts: [FactID] {
    var found = condition.facts
    let others =
      MessageText.placeholders(in: consequence.message)
      + [consequence.areaFact]
      .compactMap(\.self)
    for id in others where !found.contains(id) { found.append(id) }
    return found
  }
}
