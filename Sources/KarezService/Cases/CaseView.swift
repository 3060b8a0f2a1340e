public import KarezCore
import KarezRules
import KarezStore
public import KarezWorkflow

/// 办件详情: a case as whoever asks is shown it.
public struct CaseView: Hashable, Sendable {
  /// 时限详情: a clock, how far it is, and why it ends when it does.
  public struct ClockView: Hashable, Sendable {
    public let id: String
    public let title: LocalizedText
    public let due: DueDate
    public let used: Int
    public let length: Int
    public let isOverdue: Bool
    public let stopped: LegalDate?
    /// One sentence a step, in the order of counting.
    public let explanation: [LocalizedText]
  }

  public let opening: CaseOpening
  public let procedureVersion: String
  public let title: LocalizedText
  public let version: Int
  public let states: [CaseStage]
  public let isOver: Bool
  public let clocks: [ClockView]
  public let documents: [CaseState.Held]
  /// What whoever asks may do now.
  public let tasks: [CaseTask]
  public let events: [CaseEvent]

  init(
    _ state: CaseState, _ events: [CaseEvent], _ workflow: Workflow, as roles: Set<String>,
    on today: LegalDate
  ) throws(CalendarError) {
    let definition = workflow.definition
    opening = state.opening
    procedureVersion = state.procedureVersion
    title = definition.title
    version = state.version
    states = state.marking.sorted().compactMap { definition.state($0) }
    isOver = definition.isOver(state.marking)
    documents = state.documents.sorted { $0.key < $1.key }.map(\.value)
    tasks = workflow.tasks(in: state).filter { !roles.isDisjoint(with: $0.roles) }
    self.events = events
    var clocks: [ClockView] = []
    for (id, run) in state.clocks.sorted(by: { $0.key < $1.key }) {
      let due = try workflow.clock.due(run, on: today)
      clocks.append(
        ClockView(
          id: id, title: run.term.title, due: due,
          used: try workflow.clock.used(run, on: today), length: run.length,
          isOverdue: try workflow.clock.isOverdue(run, on: today), stopped: run.stopped,
          explanation: ClockWording.sentences(of: due, run)))
    }
    self.clocks = clocks
  }
}

extension StoredCase {
  /// What lists are asked by, of a case that stands so.
  init(
    _ state: CaseState, _ workflow: Workflow, on day: LegalDate, opened: LegalDate?
  ) throws(CalendarError) {
    let opening = state.opening
    var terms: [EndedTerm] = []
    for (id, run) in state.clocks {
      guard let stopped = run.stopped else { continue }
      terms.append(
        EndedTerm(
          clock: id, endedOn: stopped, used: try workflow.clock.used(run, on: stopped),
          length: run.length, isLate: try workflow.clock.isOverdue(run, on: stopped)))
    }
    self.init(
      number: opening.number, procedure: opening.procedure,
      procedureVersion: state.procedureVersion, region: opening.region, project: opening.project,
      applicant: opening.applicant, states: Array(state.marking),
      isOver: workflow.definition.isOver(state.marking),
      due: try workflow.due(in: state, on: day), timer: try workflow.timer(in: state, on: day),
      openedOn: opened ?? day,
      tasks: workflow.tasks(in: state).flatMap { task in
        task.roles.map { Task(transition: task.transition, role: $0) }
      }, terms: terms)
  }
}

extension CaseView {
  public var json: JSONValue {
    .object([
      "number": .string(opening.number), "procedure": .string(opening.procedure),
      "procedureVersion": .string(procedureVersion), "title": title.json,
      "region": .string(opening.region), "project": .optional(opening.project),
      "version": .integer(Int64(version)), "over": .boolean(isOver),
      "states": .array(
        states.map { .object(["id": .string($0.id), "title": $0.title.json]) }),
      "clocks": .array(clocks.map(\.json)),
      "documents": .array(
        documents.map { held in
          .object([
            "document": .string(held.document.id), "sm3": .string(held.document.sm3),
            "bytes": .integer(Int64(held.document.bytes)),
            "accepted": held.isAccepted.map(JSONValue.boolean) ?? .null,
          ])
        }),
      "tasks": .array(
        tasks.map { task in
          .object([
            "transition": .string(task.transition), "title": task.title.json,
            "roles": .texts(task.roles), "missing": .texts(task.missing),
          ])
        }),
    ])
  }
}

extension CaseView {
  /// All there is to know of the case: who asked for what, and what happened.
  public var whole: JSONValue {
    guard case .object(var members) = json else { return json }
    members["applicant"] = .string(opening.applicant)
    members["events"] = .array(events.map(\.json))
    return .object(members)
  }
}

extension CaseView.ClockView {
  var json: JSONValue {
    .object([
      "id": .string(id), "title": title.json, "due": .string(due.day.description),
      "promised": .optional(due.promised?.description), "used": .integer(Int64(used)),
      "length": .integer(Int64(length)), "paused": .boolean(due.isPaused),
      "provisional": .boolean(due.isProvisional), "overdue": .boolean(isOverdue),
      "stopped": .optional(stopped?.description),
      "explanation": .array(explanation.map(\.json)),
    ])
  }
}
