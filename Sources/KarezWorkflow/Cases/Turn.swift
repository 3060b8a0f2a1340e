import KarezCore
import KarezRules

/// One order being carried out: the state as it becomes, and the events that make it so.
struct Turn {
  let workflow: Workflow
  let actor: String
  let deputyFor: String?
  let at: Timestamp
  let on: LegalDate
  private(set) var state: CaseState
  private(set) var events: [CaseEvent] = []

  init(_ workflow: Workflow, _ state: CaseState, _ order: CaseOrder) {
    self.workflow = workflow
    self.state = state
    actor = order.actor
    deputyFor = order.deputyFor
    at = order.at
    on = order.on
  }

  init(
    _ workflow: Workflow, _ begun: [CaseEvent], actor: String, at: Timestamp, on: LegalDate
  ) throws(WorkflowRefusal) {
    guard let state = try? CaseState(begun) else { throw .isOver }
    self.workflow = workflow
    self.state = state
    self.actor = actor
    deputyFor = nil
    self.at = at
    self.on = on
  }

  private var definition: WorkflowDefinition { workflow.definition }

  mutating func note(_ fact: CaseEvent.Fact, by actor: String? = nil) throws(WorkflowRefusal) {
    let event = CaseEvent(
      position: state.version + 1, at: at, on: on, actor: actor ?? self.actor,
      deputyFor: actor == nil ? deputyFor : nil, fact: fact)
    // What this engine makes fits the state it was made from.
    do throws(CaseHistoryError) { try state.apply(event) } catch { throw .isOver }
    events.append(event)
  }

  mutating func establish(_ facts: [FactID: FactValue]) throws(WorkflowRefusal) {
    for (id, value) in facts.sorted(by: { $0.key < $1.key }) {
      guard let declared = definition.facts.first(where: { $0.id == id }) else {
        throw .factUnknown(id.text)
      }
      guard declared.admits(value) else { throw .factOfWrongKind(id.text) }
      if state.facts[id] != value { try note(.established(id, value)) }
    }
  }

  /// What was set aside or used for other land is not for this one.
  mutating func attach(_ document: CaseDocument) throws(WorkflowRefusal) {
    let before = state.boundary?.sm3
    try note(.documentAttached(document))
    guard let before, let now = document.boundary?.sm3, now != before else { return }
    for fact in definition.postedFacts.sorted() where state.facts[fact] == .boolean(true) {
      try note(.established(fact, .boolean(false)))
    }
  }

  // MARK: Steps

  mutating func make(_ transition: Transition) throws(WorkflowRefusal) {
    guard let taken = transition.taken(from: state.marking),
      transition.marking(after: state.marking) != nil
    else {
      throw .notAllowed(
        transition: transition.id, from: transition.origin.states,
        standing: state.marking.sorted())
    }
    try check(transition)
    try pass(transition, taking: taken, by: nil)
  }

  private func check(_ transition: Transition) throws(WorkflowRefusal) {
    let missing = transition.documents.filter { state.documents[$0] == nil }
    guard missing.isEmpty else { throw .documentMissing(missing) }
    let rejected = transition.documents.filter { state.documents[$0]?.isAccepted == false }
    guard rejected.isEmpty else { throw .documentRejected(rejected) }
    let unknown = transition.facts.filter { state.facts[$0] == nil }.map(\.text)
    guard unknown.isEmpty else { throw .factMissing(unknown) }
    let unmet = transition.conditions.filter { state.facts[$0.fact] != $0.value }
    guard unmet.isEmpty else { throw .conditionNotMet(unmet.map(\.fact.text)) }
    let owed = transition.paid.filter { !state.isSettled(fee: $0) }
    guard owed.isEmpty else { throw .feeUnpaid(owed) }
    let twice = transition.charges.filter { state.isCharged(fee: $0) }
    guard twice.isEmpty else { throw .feeCharged(twice) }
  }

  private mutating func pass(
    _ transition: Transition, taking taken: Set<String>, by actor: String?
  ) throws(WorkflowRefusal) {
    let from = try beginning(of: transition)
    try note(
      .moved(transition: transition.id, took: taken.sorted(), put: transition.to), by: actor)
    for clock in transition.stops where state.clocks[clock]?.stopped == nil {
      if state.clocks[clock] != nil { try note(.clockStopped(clock: clock), by: actor) }
    }
    for clock in transition.starts { try start(clock, from: from, by: actor) }
    for effect in transition.effects {
      for fact in definition.factsOpen(by: effect) where state.facts[fact] == .boolean(true) {
        try note(.established(fact, .boolean(false)), by: actor)
      }
      try note(.ordered(effect), by: actor)
    }
    guard definition.isOver(state.marking) else { return }
    for clock in state.running.map(\.id) where !survives(clock) {
      try note(.clockStopped(clock: clock), by: actor)
    }
  }

  /// A clock that the last step itself started, such as how long an opinion is valid, goes on.
  private func survives(_ clock: String) -> Bool {
    events.contains {
      if case .clockStarted(clock, _, _, _) = $0.fact { true } else { false }
    }
  }

  private func beginning(of transition: Transition) throws(WorkflowRefusal) -> LegalDate {
    switch transition.beginning {
    case .day: return on
    case .beginning(let clock): return state.clocks[clock]?.began ?? on
    case .due(let clock):
      guard let run = state.clocks[clock] else { return on }
      return try due(run).day
    }
  }

  mutating func start(
    _ id: String, from day: LegalDate, by actor: String? = nil
  ) throws(WorkflowRefusal) {
    guard let declared = definition.clock(id) else { throw .clockUnknown(id) }
    // A term whose end the calendar cannot tell is not begun.
    _ = try due(ClockRun(term: declared.term, promised: declared.promised, began: day))
    try note(
      .clockStarted(clock: id, term: declared.term, promised: declared.promised, from: day),
      by: actor)
  }

  func due(_ run: ClockRun) throws(WorkflowRefusal) -> DueDate {
    do throws(CalendarError) {
      return try workflow.clock.due(run, on: on)
    } catch {
      throw .calendar(error)
    }
  }

  // MARK: What happens by itself

  static let byItself = "workflow"

  /// Makes every step that is due since its clock's last day is over.
  mutating func fireTimers() throws(WorkflowRefusal) {
    for transition in definition.transitions {
      guard case .due(let clock) = transition.trigger, let run = state.clocks[clock],
        run.stopped == nil, !run.isPaused, try on > due(run).day,
        let taken = transition.taken(from: state.marking),
        transition.marking(after: state.marking) != nil, (try? check(transition)) != nil
      else { continue }
      try pass(transition, taking: taken, by: Self.byItself)
      if state.clocks[clock] == run { try note(.clockStopped(clock: clock), by: Self.byItself) }
    }
  }

  /// Makes the automatic steps that may be made, until there is none.
  ///
  /// The check on load leaves no cycle of them, so no more can follow than there are markings.
  mutating func advance() throws(WorkflowRefusal) {
    for _ in 0..<WorkflowCheck.markingsMax {
      let next = definition.transitions.first { transition in
        transition.isAutomatic && transition.marking(after: state.marking) != nil
          && (try? check(transition)) != nil
      }
      guard let next, let taken = next.taken(from: state.marking) else { return }
      try pass(next, taking: taken, by: Self.byItself)
    }
  }
}
