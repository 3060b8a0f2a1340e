public import KarezCore

/// 办件记录: where a case stands, as lists ask for it; everything in it follows from its events.
///
/// - Shape: days are legal days. All texts are without NUL and sort by their UTF-8 bytes.
public struct StoredCase: Hashable, Sendable {
  /// 待办记录: a step that somebody in a role may make.
  public struct Task: Hashable, Sendable {
    public let transition: String
    public let role: String

    public init(transition: String, role: String) {
      self.transition = transition
      self.role = role
    }
  }

  public let number: String
  public let procedure: String
  /// Version of the procedure.
  public let procedureVersion: String
  /// Administrative code; who may see the case follows from it.
  public let region: String
  public let project: String?
  public let applicant: String
  /// The states it is in, sorted.
  public let states: [String]
  public let isOver: Bool
  /// The earliest last day of a clock that runs.
  public let due: LegalDate?
  /// The day on which something happens by itself.
  public let timer: LegalDate?
  public let openedOn: LegalDate
  /// Sorted by transition, then role.
  public let tasks: [Task]

  public init(
    number: String, procedure: String, procedureVersion: String, region: String,
    project: String?, applicant: String, states: [String], isOver: Bool, due: LegalDate?,
    timer: LegalDate?, openedOn: LegalDate, tasks: [Task]
  ) {
    self.number = number
    self.procedure = procedure
    self.procedureVersion = procedureVersion
    self.region = region
    self.project = project
    self.applicant = applicant
    self.states = states.sorted()
    self.isOver = isOver
    self.due = due
    self.timer = timer
    self.openedOn = openedOn
    self.tasks = Set(tasks).sorted { ($0.transition, $0.role) < ($1.transition, $1.role) }
  }
}

/// A case and how many events it has.
public struct CaseHead: Hashable, Sendable {
  public let stored: StoredCase
  public let version: Int
}

/// Events that are added to a case together or not at all, with where it then stands.
public struct CaseAppend: Hashable, Sendable {
  /// The case after the events.
  public let after: StoredCase
  /// How many events it had; 0 opens it.
  public let expecting: Int
  /// Objects, each with `position`, `kind`, `at` and `actor`; at least one.
  public let events: [JSONValue]
  /// Asked for twice under one key, the events are added once.
  public let key: String
  /// Records that change in the same step: jobs, notices.
  public let changes: [RecordChange]

  public init(
    after: StoredCase, expecting: Int, events: [JSONValue], key: String,
    changes: [RecordChange] = []
  ) {
    precondition(!events.isEmpty, "a case changes by events only")
    self.after = after
    self.expecting = expecting
    self.events = events
    self.key = key
    self.changes = changes
  }
}

/// Which cases are wanted, and in which order.
public struct CaseQuery: Hashable, Sendable {
  public enum Order: Hashable, Sendable {
    case number
    case numberDescending
    /// By the last day of a running clock; only cases that have one.
    case due
  }

  public var numberPrefix: String?
  public var procedure: String?
  public var project: String?
  /// Only cases that are not over.
  public var isOpen: Bool
  /// Only those some role of these may do something in; nil for any.
  public var roles: Set<String>?
  /// Only those due then or before.
  public var dueUntil: LegalDate?
  /// Only those in which something happens by itself then or before.
  public var timerUntil: LegalDate?
  public var order: Order

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
