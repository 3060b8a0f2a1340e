public import KarezCore
public import KarezRules

/// 办理程序: how a sort of case goes, as a pack describes it.
///
/// - Shape: a case holds tokens, each in a state; a transition takes tokens and puts others, so
///   that two states may be held at once (会审) and waited for together.
public struct WorkflowDefinition: Hashable, Sendable {
  /// Path of the pack: `administrative-procedure/site-selection`.
  public let id: String
  /// Three numbers; a running case stays on the version it was opened under.
  public let version: String
  public let title: LocalizedText
  public let validity: Validity
  public let citations: [Citation]
  public let numbering: Numbering
  public let opening: Opening
  public let documents: [RequiredDocument]
  public let facts: [DeclaredFact]
  public let clocks: [DeclaredClock]
  public let pauses: [PauseReason]
  public let states: [CaseStage]
  public let transitions: [Transition]
  public let migrations: [Migration]
  /// The document that is the boundary of a case's land.
  public let boundary: String?
  /// What effects come to, in the order they are described in.
  public let forms: [EffectForm]
  public let letter: LetterForm?
  /// Nil where the pack says nothing to the public.
  public let service: PublicService?

  public init(
    id: String, version: String, title: LocalizedText, validity: Validity,
    citations: [Citation], numbering: Numbering, opening: Opening,
    documents: [RequiredDocument], facts: [DeclaredFact], clocks: [DeclaredClock],
    pauses: [PauseReason], states: [CaseStage], transitions: [Transition],
    migrations: [Migration] = [], boundary: String? = nil, forms: [EffectForm] = [],
    letter: LetterForm? = nil, service: PublicService? = nil
  ) {
    self.id = id
    self.version = version
    self.title = title
    self.validity = validity
    self.citations = citations
    self.numbering = numbering
    self.opening = opening
    self.documents = documents
    self.facts = facts
    self.clocks = clocks
    self.pauses = pauses
    self.states = states
    self.transitions = transitions
    self.migrations = migrations
    self.boundary = boundary
    self.forms = forms
    self.letter = letter
    self.service = service
  }

  public func state(_ id: String) -> CaseStage? { states.first { $0.id == id } }
  public func transition(_ id: String) -> Transition? { transitions.first { $0.id == id } }
  public func clock(_ id: String) -> DeclaredClock? { clocks.first { $0.id == id } }

  /// How an effect is described; nil where it is not.
  public func form(of effect: CaseEffect) -> EffectForm? {
    forms.first { $0.kind == effect.kind && $0.of == effect.of }
  }

  /// Whether a case that holds these tokens is over.
  public func isOver(_ marking: Set<String>) -> Bool {
    !marking.isEmpty && marking.allSatisfy { state($0)?.kind == .end }
  }
}

/// 编号规则: letters, then the region's code, the year and a running number.
public struct Numbering: Hashable, Sendable {
  public let prefix: String
  /// Digits of the running number.
  public let digits: Int

  public init(prefix: String, digits: Int) {
    self.prefix = prefix
    self.digits = digits
  }

  /// What every number of a region and a year begins with.
  public func beginning(region: String, year: Int) -> String { "\(prefix)\(region)\(year)" }

  /// Nil where the running number has more digits than the rule gives it.
  public func number(region: String, year: Int, serial: Int) -> String? {
    let text = String(serial)
    guard serial > 0, text.count <= digits else { return nil }
    return beginning(region: region, year: year)
      + String(repeating: "0", count: digits - text.count) + text
  }
}

/// 收件: who may open a case, with what, and what then runs.
public struct Opening: Hashable, Sendable {
  public let by: [String]
  public let documents: [String]
  public let starts: [String]

  public init(by: [String], documents: [String], starts: [String]) {
    self.by = by
    self.documents = documents
    self.starts = starts
  }
}

/// 申请材料: a document a case may need.
public struct RequiredDocument: Hashable, Sendable {
  public let id: String
  public let title: LocalizedText
  /// 免于提交: what the platform holds already and need not be brought again.
  public let isReused: Bool

  public init(id: String, title: LocalizedText, isReused: Bool) {
    self.id = id
    self.title = title
    self.isReused = isReused
  }
}

/// 事实声明: what may be established in a case.
public struct DeclaredFact: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case boolean
    case text
    case area
    case money
  }

  public let id: FactID
  public let title: LocalizedText
  public let kind: Kind

  public init(id: FactID, title: LocalizedText, kind: Kind) {
    self.id = id
    self.title = title
    self.kind = kind
  }

  /// Whether a value is of this kind.
  public func admits(_ value: FactValue) -> Bool {
    switch (kind, value) {
    case (.boolean, .boolean), (.text, .text): true
    case (.area, .quantity(let quantity)): quantity.dimension == .area
    case (.money, .quantity(let quantity)): quantity.dimension == .money
    default: false
    }
  }
}

/// 时限声明: a term that runs in a case.
public struct DeclaredClock: Hashable, Sendable {
  public let id: String
  public let term: Term
  public let promised: Int?

  public init(id: String, term: Term, promised: Int? = nil) {
    self.id = id
    self.term = term
    self.promised = promised
  }
}

/// 暂停事由: time that does not count, and the article that says so.
public struct PauseReason: Hashable, Sendable {
  public let id: String
  public let title: LocalizedText
  public let clocks: [String]
  public let by: [String]
  public let citations: [Citation]

  public init(
    id: String, title: LocalizedText, clocks: [String], by: [String], citations: [Citation]
  ) {
    self.id = id
    self.title = title
    self.clocks = clocks
    self.by = by
    self.citations = citations
  }
}

/// 环节: where a case may stand.
public struct CaseStage: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case begin
    case work
    case end
  }

  public let id: String
  public let title: LocalizedText
  public let kind: Kind

  public init(id: String, title: LocalizedText, kind: Kind) {
    self.id = id
    self.title = title
    self.kind = kind
  }
}

/// 升级规则: how cases of an older version pass to this one; nothing passes by itself.
public struct Migration: Hashable, Sendable {
  public let from: String
  public let by: [String]
  /// States that are called otherwise now.
  public let states: [String: String]

  public init(from: String, by: [String], states: [String: String]) {
    self.from = from
    self.by = by
    self.states = states
  }
}
