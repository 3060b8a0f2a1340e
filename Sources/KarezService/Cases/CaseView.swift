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

  /// 代办事项: what whoever asks may do for somebody who is away.
  public struct DeputyTask: Hashable, Sendable {
    public let absent: String
    public let task: CaseTask
  }

  /// Who looks, and for whom they may act in the case.
  struct Reader {
    var id = ""
    var shares: [DeputyShare] = []
    var reading = CaseReading.whole
    var isAlone = false
  }

  /// How much of the case this is.
  public let reading: CaseReading
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
  /// Besides those.
  public let deputyTasks: [DeputyTask]
  public let events: [CaseEvent]
  /// What steps ordered, and what came of it.
  public let effects: [EffectRun]
  public let boundary: CaseBoundary?
  public let letter: LetterMark?

  init(
    _ state: CaseState, _ events: [CaseEvent], _ workflow: Workflow, as roles: Set<String>,
    _ reader: Reader = Reader(), on today: LegalDate
  ) throws(CalendarError) {
    let definition = workflow.definition
    reading = reader.reading
    let isWhole = reading == .whole
    opening = isWhole ? state.opening : state.opening.outlined
    procedureVersion = state.procedureVersion
    title = definition.title
    version = state.version
    states = state.marking.sorted().compactMap { definition.state($0) }
    isOver = definition.isOver(state.marking)
    documents = isWhole ? state.documents.sorted { $0.key < $1.key }.map(\.value) : []
    let all = workflow.tasks(in: state)
    // Nobody acts in one case in two names, so what would be refused is not offered.
    let hats = Cases.hats(of: reader.id, in: events)
    // Nor what somebody else has to do, since the reader did what goes before it.
    func isFree(_ task: CaseTask) -> Bool {
      reader.isAlone
        || definition.transition(task.transition)?.made(before: state, by: reader.id) == nil
          && definition.cashTaken(before: task.transition, in: state, by: reader.id) == nil
    }
    let own = all.filter { task in
      !roles.isDisjoint(with: task.roles) && Cases.mayAct(as: nil, after: hats)
        && isFree(task)
    }
    tasks = own
    deputyTasks = reader.shares.filter { Cases.mayAct(as: $0.absent, after: hats) }
      .flatMap { share in
        all.filter { task in
          !share.roles.isDisjoint(with: task.roles) && isFree(task)
            && !own.contains { $0.transition == task.transition }
        }.map { DeputyTask(absent: share.absent, task: $0) }
      }
    self.events = isWhole ? events : CaseEvent.outlined(events)
    effects = isWhole ? state.effectRuns : []
    boundary = isWhole ? state.boundary : nil
    letter = isWhole ? state.letter : nil
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
  /// As it is sealed and told; tasks for somebody who is away are there where there are some, and
  /// an outline says that it is one.
  public var json: JSONValue {
    guard case .object(var members) = ownJSON else { return ownJSON }
    if reading < .whole { members["withheld"] = .boolean(true) }
    guard !deputyTasks.isEmpty else { return .object(members) }
    members["deputyTasks"] = .array(
      deputyTasks.map { one in
        .object([
          "for": .string(one.absent), "transition": .string(one.task.transition),
          "title": one.task.title.json, "missing": .texts(one.task.missing),
        ])
      })
    return .object(members)
  }

  private var ownJSON: JSONValue {
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
      "parent": .optional(opening.parent), "boundary": boundary?.json ?? .null,
      "letter": letter.map { mark in
        .object(["step": .string(mark.step), "edited": .boolean(mark.sm3 != mark.draft)])
      } ?? .null,
      "effects": .array(effects.map(\.json)),
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
  /// All the reader may know of the case: who asked for what, and what happened.
  public var whole: JSONValue {
    guard case .object(var members) = json else { return json }
    if reading == .whole { members["applicant"] = .string(opening.applicant) }
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

extension EffectRun {
  public var json: JSONValue {
    var members: [String: JSONValue] = [
      "order": .integer(Int64(position)), "effect": .string(effect.kind.rawValue),
      "of": .string(effect.of), "on": .string(on.description),
    ]
    switch standing {
    case .waiting: members["standing"] = .string("waiting")
    case .done(let result):
      members["standing"] = .string("done")
      members["result"] = result
    case .refused(let refusal):
      members["standing"] = .string("refused")
      members["problem"] = .object([
        "code": .string(refusal.code), "place": .string(refusal.place),
        "message": refusal.what.json, "remedy": refusal.remedy.json,
      ])
    }
    return .object(members)
  }

  /// One line of what came of it.
  public func line(in language: Language) -> String {
    let name = "\(position)\t\(effect.kind.rawValue) \(effect.of)"
    switch standing {
    case .waiting: return "… \(name)"
    case .done(let result):
      guard case .object(let members) = result else { return "✓ \(name)" }
      let texts = members.sorted { $0.key < $1.key }.map { key, value in
        "\(key)=\(value.string ?? value.canonicalText)"
      }
      return "✓ \(name)\t\(texts.joined(separator: " "))"
    case .refused(let refusal):
      let separator = language == .en ? "; " : "；"
      return "✗ \(name)\t\(refusal.what[language])\(separator)\(refusal.remedy[language])"
    }
  }
}
