import Foundation
import KarezCore
import KarezPacks
import KarezRules
import KarezWorkflow
import TestSupport
import Testing

@testable import KarezService

/// A year in which people open cases of every procedure and act in them, come late, forget, pause,
/// ask for longer and decide both at once; timers fire as the clock moves.
struct YearSimulation {
  /// What happened, counted, so that a test can say that everything did.
  struct Counts {
    var opened = 0
    var acts = 0
    var pauses = 0
    var extensions = 0
    var fired = 0
    var rivals = 0
    var over = 0
    /// Postings, and those an account had too little for at first.
    var posted = 0
    var overdrawn = 0
    /// Days on which all accounts were looked at.
    var balanced = 0
  }

  /// A case on its way, and on which day somebody turns to it again.
  private struct Open {
    let number: String
    let definition: WorkflowDefinition
    /// Which piece of land it is about.
    let place: Int
    var wakes: Int
    var acts = 0
  }

  let room: CaseTests.Room
  private var random: SplitMix64
  private var open: [Open] = []
  private var day = 0
  private var serial = 0
  private let land: YearLand
  private(set) var counts = Counts()
  /// One JSON object a line: a case at some moment, with what its clocks say.
  private(set) var lines: [String] = []
  private(set) var numbers: [String] = []
  /// Those that are over.
  private(set) var ended: [String] = []

  init(_ room: CaseTests.Room, seed: UInt64) throws {
    self.room = room
    land = YearLand(room: room)
    random = SplitMix64(seed: seed)
  }

  /// Opens `count` cases over a year, and goes on until nobody turns to any of them.
  mutating func run(_ count: Int) async throws {
    try await land.record()
    let known = Dictionary(grouping: room.map.packs.procedures, by: \.id).keys.sorted()
    let arrivals = (0..<count).map { _ in Int.random(in: 0..<365, using: &random) }.sorted()
    var next = 0
    while day < 700, next < count || !open.isEmpty {
      while try await room.map.jobs.runOne(worker: "year") {}
      while next < count, arrivals[next] == day {
        let today = try #require(room.clock.now.day(secondsEast: Clock.secondsEast))
        let inForce = known.filter { room.map.packs.procedure($0, on: today) != nil }
        try await openOne(of: inForce[next % inForce.count])
        next += 1
      }
      try await turnToThoseAwake()
      try await land.requireWholeBalances()
      counts.balanced += 1
      room.pass(days: 1)
      day += 1
    }
  }

  private mutating func key() -> String {
    serial += 1
    return "year-\(serial)"
  }

  private mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &random) < percent
  }

  // MARK: Opening

  private mutating func openOne(of procedure: String) async throws {
    let place = counts.opened
    var order = Cases.OpeningOrder(
      procedure: procedure, region: land.region(of: place), applicant: "a-1", key: key())
    let definition = try room.map.cases.procedure(procedure)
    order.documents = try definition.opening.documents.map { try land.attachment($0, at: place) }
    let view = try await room.map.cases.open(order, by: .operator)
    counts.opened += 1
    numbers.append(view.opening.number)
    open.append(
      Open(
        number: view.opening.number, definition: definition, place: place, wakes: day + wait()))
  }

  /// Most turn to a case within a week or two; some forget it for months.
  private mutating func wait() -> Int {
    chance(8)
      ? Int.random(in: 20...90, using: &random) : Int.random(in: 0...9, using: &random)
  }

  // MARK: Acting

  private mutating func turnToThoseAwake() async throws {
    var staying: [Open] = []
    for var one in open {
      guard one.wakes <= day else {
        staying.append(one)
        continue
      }
      let view = try await act(in: &one)
      if chance(25) || view.isOver || one.acts > 40 { note(view, one.definition) }
      if view.isOver {
        counts.over += 1
        ended.append(one.number)
      }
      if view.isOver || one.acts > 40 { continue }
      one.wakes = day + wait()
      staying.append(one)
    }
    open = staying
  }

  private mutating func act(in one: inout Open) async throws -> CaseView {
    let view = try await room.map.cases.view(one.number, for: .operator)
    guard !view.isOver else { return view }
    one.acts += 1
    if let refused = view.effects.last(where: { Self.isOfAccounts($0) }) {
      return try await supply(refused, view)
    }
    if let paused = Self.pausedFor(view) {
      if chance(70) { return try await make(.resume(reason: paused), view) }
      return view
    }
    if chance(18), let reason = one.definition.pauses.randomElement(using: &random),
      let paused = try await attempt(.pause(reason: reason.id), view)
    {
      counts.pauses += 1
      return paused
    }
    if chance(10), let clock = view.clocks.randomElement(using: &random),
      let longer = try await attempt(.extend(clock: clock.id, note: "年度模拟"), view)
    {
      counts.extensions += 1
      return longer
    }
    guard var task = view.tasks.randomElement(using: &random) else { return view }
    // Else most cases would be withdrawn or refused before their clocks ran.
    for _ in 0..<4 where Self.ends(task, one.definition) {
      if chance(15) { break }
      task = view.tasks.randomElement(using: &random) ?? task
    }
    return try await step(task, view, one)
  }

  /// Refused by the accounts, which somebody then adds to.
  private static func isOfAccounts(_ run: EffectRun) -> Bool {
    run.effect.kind == .accountPosting && run.refusal?.code == "ledger-overdrawn"
  }

  private mutating func supply(_ run: EffectRun, _ view: CaseView) async throws -> CaseView {
    counts.overdrawn += 1
    try await land.issue(in: view.opening.region, on: run.on, key: key())
    return try await room.map.cases.retry(
      run.position, in: view.opening.number, key: key(), by: .operator)
  }

  private static func ends(_ task: CaseTask, _ definition: WorkflowDefinition) -> Bool {
    let reached = definition.transition(task.transition)?.to ?? []
    return reached.contains { definition.state($0)?.kind == .end }
  }

  /// The reason of a pause that lasts.
  private static func pausedFor(_ view: CaseView) -> String? {
    var lasting: [String] = []
    for event in view.events {
      switch event.fact {
      case .paused(let reason, _, _, _): lasting.append(reason)
      case .resumed(let reason): lasting.removeAll { $0 == reason }
      default: break
      }
    }
    return lasting.last
  }

  /// Brings what a step needs, and makes it; once in a while two people do it at once.
  private mutating func step(
    _ task: CaseTask, _ view: CaseView, _ one: Open
  ) async throws -> CaseView {
    let definition = one.definition
    var now = view
    // What only the accounts establish is waited for.
    let posted = definition.postedFacts
    guard !task.missing.contains(where: { posted.contains(FactID($0)) }) else { return view }
    let transition = definition.transition(task.transition)
    let documents = definition.documents.map(\.id)
    for document in task.missing where documents.contains(document) {
      now = try await room.map.cases.attach(
        try land.attachment(document, at: one.place), to: view.opening.number, key: key(),
        by: .operator)
    }
    var facts: [FactID: FactValue] = [:]
    for fact in transition?.facts ?? [] {
      facts[fact] = Self.value(of: fact, definition)
    }
    for condition in transition?.conditions ?? [] { facts[condition.fact] = condition.value }
    if task.transition == "take-up" {
      facts.merge(land.compensation(in: view.opening.region)) { own, _ in own }
    }
    facts = facts.filter { !posted.contains($0.key) }
    counts.acts += 1
    guard chance(4) else { return try await make(.make(transition: task.transition), now, facts) }
    return try await makeTwice(.make(transition: task.transition), now, facts)
  }

  private static func value(of fact: FactID, _ definition: WorkflowDefinition) -> FactValue {
    switch definition.facts.first(where: { $0.id == fact })?.kind {
    case .text: .text("年度模拟")
    case .area: .quantity(Quantity(1_000, .squareMetre))
    case .money: .quantity(Quantity(1_000, .yuan))
    case .boolean, nil: .boolean(true)
    }
  }

  private mutating func make(
    _ act: CaseOrder.Act, _ view: CaseView, _ facts: [FactID: FactValue] = [:]
  ) async throws -> CaseView {
    var order = Cases.Order(act, key: key())
    order.expecting = view.version
    order.facts = facts
    return try await room.map.cases.act(order, in: view.opening.number, by: .operator)
  }

  /// Nil where the law or the case does not allow it.
  private mutating func attempt(
    _ act: CaseOrder.Act, _ view: CaseView
  ) async throws -> CaseView? {
    do { return try await make(act, view) } catch let problem as Problem
      where problem.code.hasPrefix("case-")
    { return nil }
  }

  /// Two officers who had seen the same: one of them decides, the other is told.
  private mutating func makeTwice(
    _ act: CaseOrder.Act, _ view: CaseView, _ facts: [FactID: FactValue]
  ) async throws -> CaseView {
    let decided = try await make(act, view, facts)
    guard try await attempt(act, view) == nil else {
      throw RivalsBothWon(number: view.opening.number)
    }
    counts.rivals += 1
    return decided
  }

  /// Two decisions were made where one can be.
  struct RivalsBothWon: Error {
    let number: String
  }
}

// MARK: What is told

extension YearSimulation {
  private mutating func note(_ view: CaseView, _ definition: WorkflowDefinition) {
    let today = room.clock.now.day(secondsEast: Clock.secondsEast)
    let acts = view.events.compactMap { Self.told($0, definition) }
    counts.fired += view.isOver ? acts.count { $0["fired"] == .boolean(true) } : 0
    var clocks: [String: JSONValue] = [:]
    for clock in view.clocks {
      clocks[clock.id] = .object([
        "due": .string(clock.due.day.description),
        "promised": .optional(clock.due.promised?.description),
        "provisional": .boolean(clock.due.isProvisional),
        "running": .boolean(clock.stopped == nil),
      ])
    }
    let line = JSONValue.object([
      "number": .string(view.opening.number), "procedure": .string(view.opening.procedure),
      "version": .string(view.procedureVersion), "asOf": .optional(today?.description),
      "acts": .array(acts.map { .object($0) }), "clocks": .object(clocks),
      "states": .array(view.states.map { .string($0.id) }),
    ])
    lines.append(line.canonicalText)
  }

  /// What somebody did, or what happened by itself; nil for what follows from it.
  private static func told(
    _ event: CaseEvent, _ definition: WorkflowDefinition
  ) -> [String: JSONValue]? {
    var told: [String: JSONValue] = ["on": .string(event.on.description)]
    switch event.fact {
    case .opened: told["act"] = .string("open")
    case .moved(let transition, _, _):
      told["act"] = .string("move")
      told["transition"] = .string(transition)
      var isByHand = false
      if case .person? = definition.transition(transition)?.trigger { isByHand = true }
      told["fired"] = .boolean(!isByHand)
    case .paused(let reason, _, _, _):
      told["act"] = .string("pause")
      told["reason"] = .string(reason)
    case .resumed(let reason):
      told["act"] = .string("resume")
      told["reason"] = .string(reason)
    case .extended(let clock, _, _, _):
      told["act"] = .string("extend")
      told["clock"] = .string(clock)
    default: return nil
    }
    return told
  }
}
