public import KarezCore
import KarezRules

/// 待办: something somebody may do in a case now.
public struct CaseTask: Hashable, Sendable {
  public let transition: String
  public let title: LocalizedText
  public let roles: [String]
  /// Documents, facts and, behind `fee:`, fees that are still missing for it.
  public let missing: [String]

  public static let feePrefix = "fee:"

  public init(transition: String, title: LocalizedText, roles: [String], missing: [String]) {
    self.transition = transition
    self.title = title
    self.roles = roles
    self.missing = missing
  }
}

extension Transition {
  /// A step of somebody's own for which another has to make this one; nil where there is none.
  public func made(before state: CaseState, by actor: String) -> String? {
    notBy.first { state.makers[$0]?.contains(actor) == true }
  }
}

extension Workflow {
  /// What people may do in a case now, in the order of the definition.
  public func tasks(in state: CaseState) -> [CaseTask] {
    guard !definition.isOver(state.marking) else { return [] }
    return definition.transitions.compactMap { transition in
      guard case .person(let by) = transition.trigger,
        transition.marking(after: state.marking) != nil,
        !transition.charges.contains(where: { state.isCharged(fee: $0) })
      else { return nil }
      let documents = transition.documents.filter { state.documents[$0]?.isAccepted != false }
      let missing =
        transition.documents.filter { state.documents[$0] == nil || !documents.contains($0) }
        + transition.facts.filter { state.facts[$0] == nil }.map(\.text)
        + transition.conditions.filter { state.facts[$0.fact] != $0.value }.map(\.fact.text)
        + transition.paid.filter { !state.isSettled(fee: $0) }.map { CaseTask.feePrefix + $0 }
      return CaseTask(
        transition: transition.id, title: transition.title, roles: by, missing: missing)
    }
  }

  /// The earliest day on which a running clock of the case ends; paused ones wait.
  public func due(in state: CaseState, on today: LegalDate) throws(CalendarError) -> LegalDate? {
    guard !definition.isOver(state.marking) else { return nil }
    var earliest: LegalDate?
    for (_, run) in state.running where !run.isPaused {
      let day = try clock.due(run, on: today).day
      earliest = earliest.map { min($0, day) } ?? day
    }
    return earliest
  }

  /// The day on which a step is due by itself: the one after its clock's last; nil for none.
  public func timer(in state: CaseState, on today: LegalDate) throws(CalendarError) -> LegalDate? {
    var earliest: LegalDate?
    for transition in definition.transitions {
      guard case .due(let id) = transition.trigger, let run = state.clocks[id],
        run.stopped == nil, !run.isPaused, transition.marking(after: state.marking) != nil,
        let day = try clock.due(run, on: today).day.adding(days: 1)
      else { continue }
      earliest = earliest.map { min($0, day) } ?? day
    }
    return earliest
  }

  /// The event by which a case of an older version passes to this one.
  public func migration(
    of state: CaseState, by actor: String, as roles: Set<String>, at: Timestamp, on day: LegalDate
  ) throws(WorkflowRefusal) -> CaseEvent {
    guard day >= state.lastDay else { throw .dateStepsBack(last: state.lastDay, given: day) }
    let known = definition.migrations.first { $0.from == state.procedureVersion }
    guard let known, state.opening.procedure == definition.id else {
      throw .migrationUnknown(from: state.procedureVersion)
    }
    guard !roles.isDisjoint(with: known.by) else { throw .wrongRole(needed: known.by) }
    for id in state.marking.sorted() where definition.state(known.states[id] ?? id) == nil {
      throw .migrationHasNoState(id)
    }
    for (id, _) in state.running where definition.clock(id) == nil { throw .clockUnknown(id) }
    return CaseEvent(
      position: state.version + 1, at: at, on: day, actor: actor,
      fact: .migrated(version: definition.version, states: known.states))
  }
}
