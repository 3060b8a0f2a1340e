public import KarezCore

/// 科目: a kind of account, as a pack states it.
public struct AccountKind: Hashable, Sendable {
  /// Which parts an account of the kind has to state, no more and no less.
  public enum Part: String, CaseIterable, Hashable, Sendable {
    case landClass = "class"
    case grade
    case paddy
  }

  /// What becomes of the balance when the year is over.
  public enum Carry: String, CaseIterable, Hashable, Sendable {
    /// Into the account of the next year.
    case whole
    /// Into `lapsesInto`, an account of the same year.
    case lapses
    /// It stays: a counter-account that tells what happened in its year.
    case stays
  }

  public let id: String
  public let title: LocalizedText
  public let measure: Measure
  /// Whether its balance, less what is held, may be below zero.
  public let mayBeNegative: Bool
  public let parts: Set<Part>
  public let carry: Carry
  public let lapsesInto: String?
  public let citations: [Citation]
  public let certainty: Certainty
  /// What the certainty rests on.
  public let source: LocalizedText

  public init(
    id: String, title: LocalizedText, measure: Measure, mayBeNegative: Bool, parts: Set<Part>,
    carry: Carry, lapsesInto: String? = nil, citations: [Citation] = [],
    certainty: Certainty = .unconfirmed, source: LocalizedText
  ) {
    self.id = id
    self.title = title
    self.measure = measure
    self.mayBeNegative = mayBeNegative
    self.parts = parts
    self.carry = carry
    self.lapsesInto = lapsesInto
    self.citations = citations
    self.certainty = certainty
    self.source = source
  }

  func admits(_ part: AccountPart) -> Bool {
    var stated: Set<Part> = []
    if part.landClass != nil { stated.insert(.landClass) }
    if part.grade != nil { stated.insert(.grade) }
    if part.isPaddy != nil { stated.insert(.paddy) }
    return stated == parts
  }
}

/// 记账事项: a sort of move from an account of one kind to one of another, as a pack states it.
public struct MoveRule: Hashable, Sendable {
  /// How far apart the two regions may be; each includes those before.
  public enum Reach: String, CaseIterable, Hashable, Sendable {
    case region
    case prefecture
    case province
    case nation

    /// Digits of the code that both regions begin with.
    var sharedDigits: Int {
      switch self {
      case .region: 6
      case .prefecture: 4
      case .province: 2
      case .nation: 0
      }
    }
  }

  /// What ties a move to the ground.
  public enum Ground: String, CaseIterable, Hashable, Sendable {
    case none
    /// 形成指标: names the feature the quantity was made of, which later moves may point at.
    case makes
    /// 占补挂钩: each unit points at what was made to compensate it.
    case pairs
  }

  /// What compensating land has to be, beside being as large.
  public enum Quality: String, CaseIterable, Hashable, Sendable {
    /// 占水田补水田.
    case paddyForPaddy = "paddy-for-paddy"
    /// 占优补优.
    case gradeNotWorse = "grade-not-worse"
  }

  public let id: String
  public let title: LocalizedText
  public let from: String
  public let to: String
  public let reach: Reach
  public let ground: Ground
  public let qualities: Set<Quality>
  public let needsCase: Bool
  /// The kind of the money that is paid for it in the same transaction; nil where none is.
  public let paidIn: String?
  public let inForce: Validity
  public let citations: [Citation]
  public let certainty: Certainty
  public let source: LocalizedText

  public init(
    id: String, title: LocalizedText, from: String, to: String, reach: Reach = .region,
    ground: Ground = .none, qualities: Set<Quality> = [], needsCase: Bool = false,
    paidIn: String? = nil, inForce: Validity, citations: [Citation] = [],
    certainty: Certainty = .unconfirmed, source: LocalizedText
  ) {
    self.id = id
    self.title = title
    self.from = from
    self.to = to
    self.reach = reach
    self.ground = ground
    self.qualities = qualities
    self.needsCase = needsCase
    self.paidIn = paidIn
    self.inForce = inForce
    self.citations = citations
    self.certainty = certainty
    self.source = source
  }
}

/// 科目表: which kinds of accounts there are and what may be moved between them.
public struct ChartOfAccounts: Hashable, Sendable {
  /// What is wrong with a chart: which entry, and why.
  public enum Fault: Error, Hashable, Sendable {
    case idTwice(String)
    case kindUnknown(String, in: String)
    case unlikeMeasures(String)
    case unlikeParts(String)
    case carryUnstated(String)
    case pairsWithoutMaker(String)
    case notMoney(String)
  }

  public let kinds: [AccountKind]
  public let rules: [MoveRule]
  private let kindsByID: [String: AccountKind]
  private let rulesByID: [String: MoveRule]

  public init(kinds: [AccountKind], rules: [MoveRule]) throws(Fault) {
    self.kinds = kinds
    self.rules = rules
    kindsByID = Dictionary(kinds.map { ($0.id, $0) }) { first, _ in first }
    rulesByID = Dictionary(rules.map { ($0.id, $0) }) { first, _ in first }
    try check()
  }

  public func kind(_ id: String) -> AccountKind? { kindsByID[id] }
  public func rule(_ id: String) -> MoveRule? { rulesByID[id] }

  private func check() throws(Fault) {
    if let twice = Self.firstTwice(kinds.map(\.id)) ?? Self.firstTwice(rules.map(\.id)) {
      throw .idTwice(twice)
    }
    for kind in kinds {
      guard (kind.carry == .lapses) == (kind.lapsesInto != nil) else {
        throw .carryUnstated(kind.id)
      }
      if let into = kind.lapsesInto { try check(kind, into: into, in: kind.id) }
    }
    for rule in rules {
      guard let from = kindsByID[rule.from] else { throw .kindUnknown(rule.from, in: rule.id) }
      try check(from, into: rule.to, in: rule.id)
      if let money = rule.paidIn {
        guard let kind = kindsByID[money] else { throw .kindUnknown(money, in: rule.id) }
        guard kind.measure.unit.dimension == .money else { throw .notMoney(rule.id) }
      }
      // What nothing makes, nothing can point at.
      let hasMaker = rules.contains { $0.ground == .makes && $0.to == rule.from }
      if rule.ground == .pairs, !hasMaker { throw .pairsWithoutMaker(rule.id) }
    }
  }

  private func check(_ from: AccountKind, into other: String, in entry: String) throws(Fault) {
    guard let to = kindsByID[other] else { throw .kindUnknown(other, in: entry) }
    guard from.measure == to.measure else { throw .unlikeMeasures(entry) }
    guard from.parts == to.parts else { throw .unlikeParts(entry) }
  }

  private static func firstTwice(_ ids: [String]) -> String? {
    var seen: Set<String> = []
    return ids.first { !seen.insert($0).inserted }
  }
}
