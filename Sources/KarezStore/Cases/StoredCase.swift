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

  /// 时限结果: a clock that was stopped, and what was used of its term.
  public struct EndedTerm: Hashable, Sendable {
    public let clock: String
    public let endedOn: LegalDate
    /// In the unit of the term.
    public let used: Int
    public let length: Int
    public let isLate: Bool

    public init(clock: String, endedOn: LegalDate, used: Int, length: Int, isLate: Bool) {
      self.clock = clock
      self.endedOn = endedOn
      self.used = used
      self.length = length
      self.isLate = isLate
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
  /// The last run of each clock that was stopped, by clock.
  public let terms: [EndedTerm]

  public init(
    number: String, procedure: String, procedureVersion: String, region: String,
    project: String?, applicant: String, states: [String], isOver: Bool, due: LegalDate?,
    timer: LegalDate?, openedOn: LegalDate, tasks: [Task], terms: [EndedTerm] = []
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
    self.terms = terms.sorted { $0.clock < $1.clock }
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
