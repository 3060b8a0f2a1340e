/// What a finding does to a project.
public enum Severity: String, CaseIterable, Hashable, Sendable {
  case prohibits
  case requires
  case informs
}

/// How sure the rule behind a finding is; *likely* and *check* are both unconfirmed.
public enum Certainty: String, CaseIterable, Hashable, Sendable {
  case certain
  case unconfirmed
}

/// 引用: the provision a rule renders.
public struct Citation: Hashable, Sendable {
  /// Id of the law in `Packs/laws`, such as `cn/land-administration-law/2019`.
  public let law: String
  /// 法律名称, as printed.
  public let title: LocalizedText
  /// Article, and paragraph and item in brackets: `46(1)(2)`.
  public let article: String
  /// The words of the statute; only where a test compares them with its text.
  public let quote: String?
  /// 大意: what the provision says, in our words; its wording is unconfirmed.
  public let summary: LocalizedText?

  public init(
    law: String, title: LocalizedText, article: String, quote: String?, summary: LocalizedText?
  ) {
    self.law = law
    self.title = title
    self.article = article
    self.quote = quote
    self.summary = summary
  }
}

/// A value a rule looked at, kept so that a reader can follow the decision.
public struct TraceStep: Hashable, Sendable {
  public let fact: String
  public let title: LocalizedText
  /// As printed, with its unit: `12.34 m2`, `true`, `transport/road`.
  public let value: String

  public init(fact: String, title: LocalizedText, value: String) {
    self.fact = fact
    self.title = title
    self.value = value
  }
}

/// What a rule found: a value, never an error.
public struct Finding: Hashable, Sendable {
  /// Kebab-case path of the rule; public and permanent.
  public let rule: String
  /// Kind of consequence, kebab-case, such as `approval-required`.
  public let outcome: String
  public let severity: Severity
  public let certainty: Certainty
  public let message: LocalizedText
  public let citation: Citation
  /// The measured fact the finding rests on, if it is an area on the map.
  public let areaFact: String?
  public let missingDocuments: [String]
  public let approver: String?
  public let trace: [TraceStep]

  public init(
    rule: String, outcome: String, severity: Severity, certainty: Certainty,
    message: LocalizedText, citation: Citation, areaFact: String? = nil,
    missingDocuments: [String] = [], approver: String? = nil, trace: [TraceStep] = []
  ) {
    self.rule = rule
    self.outcome = outcome
    self.severity = severity
    self.certainty = certainty
    self.message = message
    self.citation = citation
    self.areaFact = areaFact
    self.missingDocuments = missingDocuments
    self.approver = approver
    self.trace = trace
  }
}
