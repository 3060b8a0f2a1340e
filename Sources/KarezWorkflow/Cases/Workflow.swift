public import KarezCore
public import KarezRules

/// 流程引擎: what follows from an order in a case: new events, or a refusal.
///
/// - Shape: a function of definition, calendar, events so far and order, and of nothing else; so a
///   case can be run again from its events anywhere.
public struct Workflow: Sendable {
  public let definition: WorkflowDefinition
  public let clock: StatutoryClock

  public init(_ definition: WorkflowDefinition, by calendar: WorkCalendar) {
    self.definition = definition
    clock = StatutoryClock(calendar: calendar)
  }

  /// The first events of a case.
  public func open(
    _ opening: CaseOpening, documents: [CaseDocument], by actor: String, as roles: Set<String>,
    at: Timestamp, on day: LegalDate, facts: [FactID: FactValue] = [:]
  ) throws(WorkflowRefusal) -> [CaseEvent] {
    guard definition.validity.contains(day) else { throw .procedureNotInForce(day) }
    guard !roles.isDisjoint(with: definition.opening.by) else {
      throw .wrongRole(needed: definition.opening.by)
    }
    let missing = definition.opening.documents.filter { id in
      !documents.contains { $0.id == id }
    }
    guard missing.isEmpty else { throw .documentMissing(missing) }
    let first = CaseEvent(position: 1, at: at, on: day, actor: actor, fact: .opened(opening))
    var turn = try Turn(self, [first], actor: actor, at: at, on: day)
    for document in documents {
      try require(document.id)
      try turn.note(.documentAttached(document))
    }
    try turn.establish(facts)
    for id in definition.opening.starts { try turn.start(id, from: day) }
    try turn.advance()
    return [first] + turn.events
  }

  /// What an order comes to in a case whose events make this state.
  public func events(
    after state: CaseState, for order: CaseOrder
  ) throws(WorkflowRefusal) -> [CaseEvent] {
    try admit(order, in: state)
    var turn = Turn(self, state, order)
    try turn.establish(order.facts)
    switch order.act {
    case .attach(let document):
      try require(document.id)
      try turn.attach(document)
    case .review(let document, let isAccepted, let note):
      try require(document)
      guard state.documents[document] != nil else { throw .documentMissing([document]) }
      try turn.note(
        .documentReviewed(document: document, isAccepted: isAccepted, note: note))
    case .make(let id):
      guard let transition = definition.transition(id) else { throw .transitionUnknown(id) }
      guard case .person(let by) = transition.trigger else { throw .notByHand(transition: id) }
      guard !order.roles.isDisjoint(with: by) else { throw .wrongRole(needed: by) }
      if let made = transition.made(before: state, by: order.actor), !order.isAlone {
        throw .samePerson(transition: id, made: made)
      }
      let cash = definition.cashTaken(before: id, in: state, by: order.actor)
      if let cash, !order.isAlone { throw .samePerson(transition: id, made: cash) }
      try turn.make(transition)
    case .pause(let reason): try pause(reason, order, &turn)
    case .resume(let reason):
      let known = try pauseReason(reason, order)
      guard state.pausedFor.contains(known.id) else { throw .notPaused(reason) }
      try turn.note(.resumed(reason: reason))
    case .extend(let clock, let note): try extend(clock, note, order, &turn)
    case .settle(let order, let standing): try settle(order, standing, &turn)
    case .retry(let position): try retry(position, order, &turn)
    case .write(let mark):
      guard let letter = definition.letter, letter.templates[mark.step] != nil else {
        throw .letterUnknown(step: mark.step)
      }
      guard !order.roles.isDisjoint(with: letter.by) else { throw .wrongRole(needed: letter.by) }
      if turn.state.letter != mark { try turn.note(.letterWritten(mark)) }
    case .tick: try turn.fireTimers()
    case .establish: break
    }
    try turn.advance()
    return turn.events
  }

  private func admit(_ order: CaseOrder, in state: CaseState) throws(WorkflowRefusal) {
    guard state.version == order.expecting else {
      throw .stale(expected: order.expecting, found: state.version)
    }
    guard state.procedureVersion == definition.version, state.opening.procedure == definition.id
    else { throw .otherVersion(case: state.procedureVersion, definition: definition.version) }
    guard !definition.isOver(state.marking) || order.act.mayFollowTheEnd else { throw .isOver }
    guard order.on >= state.lastDay else {
      throw .dateStepsBack(last: state.lastDay, given: order.on)
    }
    guard order.at >= state.lastAt else {
      throw .timeStepsBack(last: state.lastAt, given: order.at)
    }
    guard let isWorking = clock.calendar.isWorkingDay(order.on) else {
      throw .calendar(.outside(order.on))
    }
    _ = isWorking
  }

  // MARK: Effects

  private func settle(
    _ position: Int, _ standing: EffectRun.Standing, _ turn: inout Turn
  ) throws(WorkflowRefusal) {
    let run = try run(at: position, turn)
    guard run.standing == .waiting else { throw .effectSettled(position) }
    switch standing {
    case .waiting: return
    case .done(let result): try turn.note(.effectDone(order: position, result: result))
    case .refused(let refusal): try turn.note(.effectRefused(order: position, refusal))
    }
  }

  private func retry(
    _ position: Int, _ order: CaseOrder, _ turn: inout Turn
  ) throws(WorkflowRefusal) {
    let run = try run(at: position, turn)
    guard run.refusal != nil else { throw .effectNotRefused(position) }
    let makers = makers(of: run.effect)
    guard !order.roles.isDisjoint(with: makers) else {
      throw .wrongRole(needed: makers.sorted())
    }
    try turn.note(.effectRetried(order: position))
  }

  private func run(at position: Int, _ turn: Turn) throws(WorkflowRefusal) -> EffectRun {
    guard let run = turn.state.effectRuns.first(where: { $0.position == position }) else {
      throw .effectUnknown(position)
    }
    return run
  }

  /// Who may make a step that orders the effect; of one that happens by itself, who decides.
  private func makers(of effect: CaseEffect) -> Set<String> {
    let people = definition.transitions.map { transition in
      guard case .person(let by) = transition.trigger else { return (transition, [String]()) }
      return (transition, by)
    }
    let own = people.filter { $0.0.effects.contains(effect) }.flatMap(\.1)
    let deciding = people.filter { !$0.0.documents.isEmpty }.flatMap(\.1)
    return Set(own.isEmpty ? deciding : own)
  }

  private func require(_ document: String) throws(WorkflowRefusal) {
    guard definition.documents.contains(where: { $0.id == document }) else {
      throw .documentUnknown(document)
    }
  }

  // MARK: Clocks

  private func pauseReason(
    _ id: String, _ order: CaseOrder
  ) throws(WorkflowRefusal) -> PauseReason {
    guard let reason = definition.pauses.first(where: { $0.id == id }) else {
      throw .reasonUnknown(id)
    }
    guard !order.roles.isDisjoint(with: reason.by) else { throw .wrongRole(needed: reason.by) }
    return reason
  }

  private func pause(
    _ id: String, _ order: CaseOrder, _ turn: inout Turn
  ) throws(WorkflowRefusal) {
    let reason = try pauseReason(id, order)
    guard !turn.state.pausedFor.contains(id) else { throw .pausedAlready(id) }
    let running = Set(turn.state.running.map(\.id))
    let clocks = reason.clocks.filter(running.contains)
    guard !clocks.isEmpty else { throw .nothingToPause(id) }
    try turn.note(
      .paused(reason: id, title: reason.title, clocks: clocks, citations: reason.citations))
  }

  private func extend(
    _ id: String, _ note: String, _ order: CaseOrder, _ turn: inout Turn
  ) throws(WorkflowRefusal) {
    guard definition.clock(id) != nil else { throw .clockUnknown(id) }
    guard let run = turn.state.clocks[id], run.stopped == nil else { throw .clockNotRunning(id) }
    guard let extending = run.term.extending else { throw .notExtendable(id) }
    guard !order.roles.isDisjoint(with: extending.grantedBy) else {
      throw .wrongRole(needed: extending.grantedBy)
    }
    guard run.grants.count < extending.most else {
      throw .extendedAlready(clock: id, most: extending.most)
    }
    let due = try turn.due(run).day
    guard run.isPaused || order.on <= due else { throw .extensionTooLate(clock: id, due: due) }
    try turn.note(
      .extended(clock: id, length: extending.length, citations: extending.citations, note: note))
  }
}
