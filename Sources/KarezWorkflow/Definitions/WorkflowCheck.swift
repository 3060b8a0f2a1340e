import KarezRules

/// Everything that can be told wrong of a procedure before a case is opened under it.
public struct WorkflowCheck {
  /// Combinations of branches that are walked; a procedure for people has some dozens.
  public static let markingsMax = 4_096

  let definition: WorkflowDefinition
  private let roles: Set<String>
  private var faults: [WorkflowFault] = []

  /// - `roles`: those there are.
  public static func faults(of definition: WorkflowDefinition, roles: Set<String>)
    -> [WorkflowFault]
  {
    var check = WorkflowCheck(definition: definition, roles: roles)
    check.checkNames()
    check.checkClocks()
    if check.faults.isEmpty { check.walk() }
    return check.faults
  }

  private init(definition: WorkflowDefinition, roles: Set<String>) {
    self.definition = definition
    self.roles = roles
  }

  // MARK: Names

  private mutating func checkNames() {
    let begins = definition.states.filter { $0.kind == .begin }.map(\.id)
    if begins.isEmpty { faults.append(.noBeginning) }
    if begins.count > 1 { faults.append(.severalBeginnings(begins)) }
    if !definition.states.contains(where: { $0.kind == .end }) { faults.append(.noEnd) }
    check(roles: definition.opening.by, at: "opening")
    if definition.opening.by.isEmpty { faults.append(.nobodyMay(transition: "opening")) }
    check(documents: definition.opening.documents, at: "opening")
    check(clocks: definition.opening.starts, at: "opening")
    for pause in definition.pauses {
      check(roles: pause.by, at: pause.id)
      check(clocks: pause.clocks, at: pause.id)
    }
    for migration in definition.migrations {
      check(roles: migration.by, at: migration.from)
      for state in migration.states.values.sorted() where definition.state(state) == nil {
        faults.append(.unknownState(state, transition: migration.from))
      }
    }
    for transition in definition.transitions { check(transition) }
    checkForms()
    checkService()
  }

  /// What is said to the public rests on what is there.
  private mutating func checkService() {
    guard let service = definition.service else { return }
    check(documents: service.brings, at: "service")
    check(clocks: service.decidedBy, at: "service")
    for state in service.outcomes.flatMap(\.states) where definition.state(state) == nil {
      faults.append(.unknownState(state, transition: "service"))
    }
  }

  /// What effects and letters are described by is there.
  private mutating func checkForms() {
    if let boundary = definition.boundary { check(documents: [boundary], at: "boundary") }
    for form in definition.forms {
      check(values: form.values, at: form.of)
      checkHold(form)
      checkFee(form)
      guard case .check(let asked) = form.act, let fact = asked.proposes else { continue }
      check(values: [.fact(fact)], at: form.of)
    }
    guard let letter = definition.letter else { return }
    check(documents: [letter.document], at: "letter")
    check(roles: letter.by, at: "letter")
    if letter.by.isEmpty { faults.append(.nobodyMay(transition: "letter")) }
    for (step, template) in letter.templates.sorted(by: { $0.key < $1.key }) {
      if definition.transition(step) == nil {
        faults.append(.unknownStep(step, place: "letter"))
      }
      check(values: template.values, at: template.id)
    }
  }

  /// What a posting uses or lets go, another one sets aside.
  private mutating func checkHold(_ form: EffectForm) {
    guard case .posting(let posting) = form.act, let hold = posting.ofHold else { return }
    let isHeld = definition.forms.contains { other in
      guard other.of == hold, case .posting(let posting) = other.act,
        case .hold = posting.act
      else { return false }
      return true
    }
    if !isHeld { faults.append(.unknownHold(hold, place: form.of)) }
  }

  /// A fee rests on an article, and names who has to do with its money.
  private mutating func checkFee(_ form: EffectForm) {
    guard case .fee(let fee) = form.act else { return }
    if fee.citations.isEmpty { faults.append(.feeWithoutArticle(form.of)) }
    for roles in [fee.collectedBy, fee.waivedBy] {
      check(roles: roles, at: form.of)
      if roles.isEmpty { faults.append(.nobodyMay(transition: form.of)) }
    }
    if fee.decidedBy.isEmpty { faults.append(.unknownStep("", place: form.of)) }
    for step in fee.decidedBy {
      guard case .person? = definition.transition(step)?.trigger else {
        faults.append(.unknownStep(step, place: form.of))
        continue
      }
    }
  }

  private mutating func checkFees(of transition: Transition) {
    for name in transition.charges where definition.fee(name) == nil {
      faults.append(.unknownFee(name, place: transition.id))
    }
    let charged = Set(definition.transitions.flatMap(\.charges))
    for name in transition.paid where !charged.contains(name) {
      faults.append(.unknownFee(name, place: transition.id))
    }
  }

  private mutating func check(values: [CaseValue], at place: String) {
    for value in values {
      switch value {
      case .fact(let id) where !definition.facts.contains { $0.id == id }:
        faults.append(.unknownFact(id.text, place: place))
      case .due(let clock): check(clocks: [clock], at: place)
      case .fact, .given, .known, .land: break
      }
    }
  }

  private mutating func check(_ transition: Transition) {
    for state in transition.origin.states + transition.to where definition.state(state) == nil {
      faults.append(.unknownState(state, transition: transition.id))
    }
    for state in transition.origin.states where definition.state(state)?.kind == .end {
      faults.append(.leavesAnEnd(transition: transition.id))
    }
    for step in transition.notBy {
      // Only what somebody makes by hand has somebody who made it.
      guard case .person? = definition.transition(step)?.trigger, step != transition.id else {
        faults.append(.unknownStep(step, place: transition.id))
        continue
      }
    }
    switch transition.trigger {
    case .person(let by):
      check(roles: by, at: transition.id)
      if by.isEmpty { faults.append(.nobodyMay(transition: transition.id)) }
    case .due(let clock): check(clocks: [clock], at: transition.id)
    case .automatic: break
    }
    check(documents: transition.documents, at: transition.id)
    checkFees(of: transition)
    check(clocks: transition.starts + transition.stops, at: transition.id)
    switch transition.beginning {
    case .beginning(let clock), .due(let clock): check(clocks: [clock], at: transition.id)
    case .day: break
    }
    let facts =
      transition.facts + transition.conditions.map(\.fact)
      + transition.effects.compactMap(\.establishes)
    for fact in facts where !definition.facts.contains(where: { $0.id == fact }) {
      faults.append(.unknownFact(fact.text, place: transition.id))
    }
  }

  private mutating func check(roles named: [String], at place: String) {
    for role in named where !roles.contains(role) {
      faults.append(.unknownRole(role, place: place))
    }
  }

  private mutating func check(documents named: [String], at place: String) {
    for document in named where !definition.documents.contains(where: { $0.id == document }) {
      faults.append(.unknownDocument(document, place: place))
    }
  }

  private mutating func check(clocks named: [String], at place: String) {
    for clock in named where definition.clock(clock) == nil {
      faults.append(.unknownClock(clock, place: place))
    }
  }

  private mutating func checkClocks() {
    let started = Set(definition.opening.starts + definition.transitions.flatMap(\.starts))
    for clock in definition.clocks {
      if clock.term.citations.isEmpty { faults.append(.clockWithoutArticle(clock.id)) }
      if let promised = clock.promised, promised > clock.term.length {
        faults.append(
          .promiseTooLong(clock: clock.id, promised: promised, term: clock.term.length))
      }
      if !started.contains(clock.id) { faults.append(.clockNeverStarted(clock.id)) }
    }
    for pause in definition.pauses where pause.citations.isEmpty {
      faults.append(.pauseWithoutArticle(pause.id))
    }
  }

  // MARK: Walking

  /// A step from one combination of branches to another.
  private struct Step {
    let transition: Int
    let from: Int
    let to: Int
  }

  /// Goes everywhere a case can go, whatever its documents and facts are.
  private mutating func walk() {
    guard let begin = definition.states.first(where: { $0.kind == .begin }) else { return }
    var markings: [Set<String>] = [[begin.id]]
    var places: [Set<String>: Int] = [[begin.id]: 0]
    var steps: [Step] = []
    var next = 0
    while next < markings.count {
      let marking = markings[next]
      for (index, transition) in definition.transitions.enumerated() {
        guard let taken = transition.taken(from: marking) else { continue }
        guard let after = transition.marking(after: marking) else {
          let twice = marking.subtracting(taken).intersection(transition.to).min() ?? ""
          note(.heldTwice(state: twice, transition: transition.id))
          continue
        }
        let place = places[after] ?? markings.count
        if place == markings.count {
          guard markings.count < Self.markingsMax else {
            faults.append(.tooManyMarkings(allowed: Self.markingsMax))
            return
          }
          places[after] = place
          markings.append(after)
        }
        steps.append(Step(transition: index, from: next, to: place))
      }
      next += 1
    }
    judge(markings, steps)
  }

  private mutating func note(_ fault: WorkflowFault) {
    if !faults.contains(fault) { faults.append(fault) }
  }

  private mutating func judge(_ markings: [Set<String>], _ steps: [Step]) {
    let reached = markings.reduce(into: Set<String>()) { $0.formUnion($1) }
    for state in definition.states where !reached.contains(state.id) {
      faults.append(.unreachable(state: state.id))
    }
    let made = Set(steps.map(\.transition))
    for (index, transition) in definition.transitions.enumerated() where !made.contains(index) {
      faults.append(.neverEnabled(transition: transition.id))
    }
    for marking in markings {
      let ends = marking.filter { definition.state($0)?.kind == .end }
      if !ends.isEmpty, ends.count < marking.count || ends.count > 1 {
        note(.branchLeftOver(states: marking.sorted()))
      }
    }
    judgeEnds(markings, steps)
    judgeAutomatic(markings.count, steps)
  }

  /// From everywhere a case can go it must be able to end.
  private mutating func judgeEnds(_ markings: [Set<String>], _ steps: [Step]) {
    var before: [Int: [Int]] = [:]
    for step in steps { before[step.to, default: []].append(step.from) }
    var waiting = markings.indices.filter { definition.isOver(markings[$0]) }
    var ending = Set(waiting)
    while let place = waiting.popLast() {
      for earlier in before[place] ?? [] where ending.insert(earlier).inserted {
        waiting.append(earlier)
      }
    }
    for (place, marking) in markings.enumerated() where !ending.contains(place) {
      note(.deadEnd(states: marking.sorted()))
    }
  }

  /// No way of automatic steps may come back to where it began.
  private mutating func judgeAutomatic(_ count: Int, _ steps: [Step]) {
    let automatic = steps.filter { definition.transitions[$0.transition].isAutomatic }
    var incoming = [Int](repeating: 0, count: count)
    for step in automatic { incoming[step.to] += 1 }
    var after: [Int: [Int]] = [:]
    for step in automatic { after[step.from, default: []].append(step.to) }
    var waiting = (0..<count).filter { incoming[$0] == 0 }
    var done: Set<Int> = []
    while let place = waiting.popLast() {
      done.insert(place)
      for later in after[place] ?? [] {
        incoming[later] -= 1
        if incoming[later] == 0 { waiting.append(later) }
      }
    }
    guard done.count < count else { return }
    let turning = automatic.filter { !done.contains($0.from) && !done.contains($0.to) }
    let ids = Set(turning.map { definition.transitions[$0.transition].id }).sorted()
    faults.append(.automaticCycle(transitions: ids))
  }
}
