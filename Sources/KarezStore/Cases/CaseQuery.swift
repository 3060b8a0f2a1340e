public import KarezCore

/// Which cases are wanted, and in which order.
public struct CaseQuery: Hashable, Sendable {
  public enum Order: Hashable, Sendable {
    case number
    case numberDescending
    /// By the last day of a running clock; only cases that have one.
    case due
  }

  /// Where a page of a list ends.
  public struct Place: Hashable, Sendable {
    /// Nil in an order that goes by the number alone.
    public let due: LegalDate?
    public let number: String

    public init(due: LegalDate?, number: String) {
      self.due = due
      self.number = number
    }
  }

  /// Cases in which a clock was stopped.
  public struct Ended: Hashable, Sendable {
    public let clock: String
    /// Then or later.
    public let since: LegalDate
    /// Only those in which it was stopped too late.
    public let isLate: Bool

    public init(clock: String, since: LegalDate, isLate: Bool) {
      self.clock = clock
      self.since = since
      self.isLate = isLate
    }
  }

  /// 代办范围: what else somebody may do, who stands in for another.
  public struct Share: Hashable, Sendable {
    public let roles: Set<String>
    /// All where there are none.
    public let procedures: [String]
    /// Beginnings of administrative codes; nil for all.
    public let regionPrefixes: [String]?

    public init(roles: Set<String>, procedures: [String], regionPrefixes: [String]?) {
      self.roles = roles
      self.procedures = procedures
      self.regionPrefixes = regionPrefixes
    }
  }

  public var numberPrefix: String?
  public var procedure: String?
  public var project: String?
  /// Whose they are: the id of an account or register entry.
  public var applicant: String?
  /// An administrative code or a beginning of one.
  public var regionPrefix: String?
  /// Only cases that stand there, alone or among other places.
  public var stage: String?
  /// Only cases that are not over.
  public var isOpen: Bool
  /// Only those some role of these may do something in; nil for any.
  public var roles: Set<String>?
  /// Besides those of `roles`, where it is not nil.
  public var shares: [Share] = []
  /// Only those due then or later.
  public var dueFrom: LegalDate?
  /// Only those due then or before.
  public var dueUntil: LegalDate?
  /// Only those of which no clock runs.
  public var isDueless = false
  /// Only those in which something happens by itself then or before.
  public var timerUntil: LegalDate?
  public var ended: Ended?
  public var order: Order
  /// Only those after it.
  public var after: Place?

  public init(
    numberPrefix: String? = nil, procedure: String? = nil, project: String? = nil,
    isOpen: Bool = false, roles: Set<String>? = nil, dueUntil: LegalDate? = nil,
    timerUntil: LegalDate? = nil, order: Order = .number
  ) {
    self.numberPrefix = numberPrefix
    self.procedure = procedure
    self.project = project
    self.isOpen = isOpen
    self.roles = roles
    self.dueUntil = dueUntil
    self.timerUntil = timerUntil
    self.order = order
  }
}

/// Which cases are counted together.
public struct CaseFiguresQuery: Hashable, Sendable {
  public var procedure: String?
  public var regionPrefix: String?
  public let today: LegalDate
  /// The last day that is near.
  public let near: LegalDate
  /// Terms that ended then or later.
  public let since: LegalDate

  public init(
    procedure: String? = nil, regionPrefix: String? = nil, today: LegalDate, near: LegalDate,
    since: LegalDate
  ) {
    self.procedure = procedure
    self.regionPrefix = regionPrefix
    self.today = today
    self.near = near
    self.since = since
  }
}

/// 办件统计: how many cases stand where, and how many days terms took.
///
/// - Shape: counties are the first six digits of the region; all in the order of their columns.
public struct CaseFigures: Hashable, Sendable {
  /// 在办数: open cases that stand in the same states.
  public struct Standing: Hashable, Sendable {
    public let procedure: String
    public let county: String
    public let states: [String]
    public let count: Int
    public let overdue: Int
    public let near: Int
  }

  /// 用时数: terms of which as many days were used.
  public struct Taken: Hashable, Sendable {
    public let procedure: String
    public let clock: String
    public let county: String
    public let used: Int
    public let count: Int
    public let late: Int
  }

  public let standing: [Standing]
  public let taken: [Taken]
}
