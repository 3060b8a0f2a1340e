import KarezCore
import KarezWorkflow

extension ProcedureCase {
  /// `pack/file/name`.
  public var path: String {
    let parts = place.file.split(separator: "/")
    let file = parts.last.map { String($0.dropLast(5)) } ?? ""
    return "\(parts.first ?? "")/\(file)/\(name)"
  }

  public var pack: String { place.file.split(separator: "/").first.map(String.init) ?? "" }

  /// Runs the case by the engine that runs real ones.
  public func outcome(in library: PackLibrary) -> CaseOutcome {
    var run = ProcedureCaseRun(self, in: library)
    for step in steps { run.make(step) }
    return CaseOutcome(
      path: path, place: place, passed: run.differences.isEmpty, differences: run.differences)
  }
}

extension PackLibrary {
  /// Runs the cases of procedures, of one pack or of all.
  public func runProcedureCases(pack: String? = nil) -> [CaseOutcome] {
    procedureCases.filter { pack == nil || $0.pack == pack }.map { $0.outcome(in: self) }
  }
}

extension ProcedureCase.Step {
  /// Each office is somebody of its own; one step as two offices is made by one person in both.
  fileprivate var actor: String { roles.sorted().joined(separator: "+") }
}

private struct ProcedureCaseRun {
  let sample: ProcedureCase
  let library: PackLibrary
  private var workflow: Workflow?
  private var state: CaseState?
  /// Moments of one case follow one another; what hour it is does not matter.
  private var moment: Int64 = 0
  private(set) var differences: [String] = []

  init(_ sample: ProcedureCase, in library: PackLibrary) {
    self.sample = sample
    self.library = library
  }

  mutating func make(_ step: ProcedureCase.Step) {
    moment += 1
    do throws(WorkflowRefusal) {
      let made = try events(of: step)
      if let code = step.expectation.refused {
        differences.append("\(step.place): done, expected \(code)")
      }
      take(made, step)
    } catch {
      if error.code != step.expectation.refused {
        differences.append("\(step.place): \(error.code) (\(error))")
      }
    }
    check(step)
  }

  private mutating func take(_ events: [CaseEvent], _ step: ProcedureCase.Step) {
    do throws(CaseHistoryError) {
      if state == nil {
        state = try CaseState(events)
      } else {
        for event in events { try state?.apply(event) }
      }
    } catch {
      differences.append("\(step.place): \(error)")
    }
    let ordered = events.compactMap { event -> String? in
      guard case .ordered(let effect) = event.fact else { return nil }
      return "\(effect.kind.rawValue):\(effect.of)"
    }
    if ordered != step.expectation.effects, step.expectation.refused == nil {
      differences.append(
        "\(step.place): orders \(ordered), expected \(step.expectation.effects)")
    }
  }

  private mutating func events(
    of step: ProcedureCase.Step
  ) throws(WorkflowRefusal) -> [CaseEvent] {
    let at = Timestamp(millisecondsSince1970: moment)
    let documents = step.documents.map {
      CaseDocument(id: $0, sm3: "", bytes: 1, mediaType: "application/pdf")
    }
    guard case .act(let act) = step.act else {
      return try open(step, documents, at: at)
    }
    guard let workflow, var seen = state else { throw .isOver }
    var made: [CaseEvent] = []
    for document in documents {
      let order = CaseOrder(
        .attach(document), by: step.actor, as: Set(step.roles), at: at, on: step.on,
        expecting: seen.version)
      let events = try workflow.events(after: seen, for: order)
      for event in events { try? seen.apply(event) }
      made += events
    }
    let order = CaseOrder(
      act, by: step.actor, as: Set(step.roles), at: at, on: step.on, expecting: seen.version,
      facts: step.facts)
    return made + (try workflow.events(after: seen, for: order))
  }

  private mutating func open(
    _ step: ProcedureCase.Step, _ documents: [CaseDocument], at: Timestamp
  ) throws(WorkflowRefusal) -> [CaseEvent] {
    let version = sample.version
    let definition =
      version.map { library.procedure(sample.procedure, version: $0) }
      ?? library.procedure(sample.procedure, on: step.on)
    guard let definition, let calendar = library.calendar,
      let begin = definition.states.first(where: { $0.kind == .begin })
    else { throw .procedureNotInForce(step.on) }
    let workflow = Workflow(definition, by: calendar)
    self.workflow = workflow
    let number =
      definition.numbering.number(region: sample.region, year: step.on.year, serial: 1) ?? ""
    let opening = CaseOpening(
      number: number, procedure: definition.id, version: definition.version,
      region: sample.region, project: nil, applicant: "case", state: begin.id)
    return try workflow.open(
      opening, documents: documents, by: step.actor, as: Set(step.roles), at: at, on: step.on,
      facts: step.facts)
  }

  private mutating func check(_ step: ProcedureCase.Step) {
    guard let state, let workflow else { return }
    let expected = step.expectation
    if let states = expected.states, states != state.marking.sorted() {
      differences.append("\(step.place): stands at \(state.marking.sorted()), expected \(states)")
    }
    for (id, day) in expected.due.sorted(by: { $0.key < $1.key }) {
      let run = state.clocks[id]
      let due = run.flatMap { try? workflow.clock.due($0, on: step.on).day }
      if due != day || run?.stopped != nil {
        let found = due.map(\.description) ?? "none"
        differences.append("\(step.place): \(id) is due \(found), expected \(day)")
      }
    }
    for id in expected.idle where state.clocks[id].map({ $0.stopped == nil }) == true {
      differences.append("\(step.place): \(id) runs")
    }
  }
}
