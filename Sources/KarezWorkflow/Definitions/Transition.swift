public import KarezCore
public import KarezRules

/// 办理动作: a step from some states to others.
public struct Transition: Hashable, Sendable {
  /// What makes the step happen.
  public enum Trigger: Hashable, Sendable {
    /// Somebody in one of these roles.
    case person([String])
    /// 自动: as soon as it may.
    case automatic
    /// 到期: once the clock's last day is over.
    case due(clock: String)
  }

  /// From which states.
  public enum Origin: Hashable, Sendable {
    /// All of them must be held: a step that waits for branches.
    case all([String])
    /// One of them is enough.
    case any([String])

    public var states: [String] {
      switch self {
      case .all(let states), .any(let states): states
      }
    }
  }

  /// From when a clock counts that the step starts.
  public enum Beginning: Hashable, Sendable {
    case day
    /// From the day on which another clock began: 自收到申请材料之日起即为受理.
    case beginning(of: String)
    /// From the last day of another clock: 审查期限届满之日起视为受理.
    case due(of: String)
  }

  /// What must have been established.
  public struct Condition: Hashable, Sendable {
    public let fact: FactID
    public let value: FactValue

    public init(fact: FactID, value: FactValue) {
      self.fact = fact
      self.value = value
    }
  }

  public let id: String
  public let title: LocalizedText
  public let trigger: Trigger
  public let origin: Origin
  public let to: [String]
  /// Ends every other branch too.
  public let clears: Bool
  public let documents: [String]
  /// Facts that must be there, whatever they are.
  public let facts: [FactID]
  public let conditions: [Condition]
  public let starts: [String]
  public let stops: [String]
  public let beginning: Beginning
  public let effects: [CaseEffect]
  /// 审核与审批分离: steps after which whoever made one of them does not make this one.
  public let notBy: [String]
  /// Fees that must be settled; one that was not charged hinders nothing.
  public let paid: [String]

  public init(
    id: String, title: LocalizedText, trigger: Trigger, origin: Origin, to: [String],
    clears: Bool = false, documents: [String] = [], facts: [FactID] = [],
    conditions: [Condition] = [], starts: [String] = [], stops: [String] = [],
    beginning: Beginning = .day, effects: [CaseEffect] = [], notBy: [String] = [],
    paid: [String] = []
  ) {
    self.id = id
    self.title = title
    self.trigger = trigger
    self.origin = origin
    self.to = to
    self.clears = clears
    self.documents = documents
    self.facts = facts
    self.conditions = conditions
    self.starts = starts
    self.stops = stops
    self.beginning = beginning
    self.effects = effects
    self.notBy = notBy
    self.paid = paid
  }

  /// The tokens it takes from a marking; nil where it may not be made from there.
  public func taken(from marking: Set<String>) -> Set<String>? {
    let own: Set<String>
    switch origin {
    case .all(let states): own = Set(states)
    case .any(let states): own = Set(states.filter(marking.contains).prefix(1))
    }
    guard !own.isEmpty, own.isSubset(of: marking) else { return nil }
    return clears ? marking : own
  }

  /// The marking after it; nil where it may not be made, or a state would be held twice.
  public func marking(after marking: Set<String>) -> Set<String>? {
    guard let taken = taken(from: marking) else { return nil }
    let left = marking.subtracting(taken)
    return left.isDisjoint(with: to) ? left.union(to) : nil
  }

  public var isAutomatic: Bool { trigger == .automatic }
}

/// 自动事项: what a step asks of the rest of the platform; nothing is done here.
public struct CaseEffect: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// 合规审查 of the case's boundary.
    case complianceCheck = "compliance-check"
    /// 指标记账: a posting between accounts.
    case accountPosting = "account-posting"
    /// 数据变更 of a dataset.
    case datasetChange = "dataset-change"
    /// 证照: a document that is issued.
    case certificate
    /// 通知 to the applicant.
    case notice
    /// 子办件: a case of another procedure.
    case subCase = "sub-case"
    /// 收费: a fee that is owed until it was paid or let go.
    case fee
  }

  public let kind: Kind
  /// What of: the kind of posting, the dataset, the template, the procedure.
  public let of: String
  /// The fact that is established once it is done; nil where nothing waits for it.
  public let establishes: FactID?

  public init(kind: Kind, of: String, establishes: FactID? = nil) {
    self.kind = kind
    self.of = of
    self.establishes = establishes
  }
}
