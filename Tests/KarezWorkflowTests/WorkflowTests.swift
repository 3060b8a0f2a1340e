import KarezCore
import KarezRules
import KarezWorkflow
import Testing

@Suite struct WorkflowTests {
  typealias Small = SmallWorkflow

  @Test func `a case goes through both branches in either order, and joins by itself`() throws {
    for order in [["do-left", "do-right"], ["do-right", "do-left"]] {
      var sample = try SmallCase(Small.joint)
      #expect(try sample.make("split") == nil)
      #expect(sample.state.marking == ["left", "right"])
      #expect(try sample.make(order[0]) == nil)
      #expect(sample.state.marking.count == 2 && !sample.state.marking.contains("joined"))
      #expect(try sample.make(order[1]) == nil)
      #expect(sample.state.marking == ["joined"])
      #expect(sample.events.last?.actor == "workflow")
      #expect(try sample.make("finish", as: ["clerk"]) == .wrongRole(needed: ["chief"]))
      #expect(try sample.make("finish") == nil)
      #expect(sample.workflow.definition.isOver(sample.state.marking))
      #expect(try sample.make("finish") == .isOver)
      #expect(try CaseState(sample.events) == sample.state)
    }
  }

  /// Every order of up to six steps of the joint procedure, 9331 of them: whatever was refused
  /// left no event, whatever was done is a history that folds to the same state.
  @Test func `every sequence of steps is refused or folds`() throws {
    let ids = ["split", "do-left", "do-right", "join", "finish", "withdraw"]
    var examined = 0
    var ended = 0
    func go(_ sample: SmallCase, depth: Int) throws {
      examined += 1
      #expect(try CaseState(sample.events) == sample.state)
      if sample.workflow.definition.isOver(sample.state.marking) { ended += 1 }
      guard depth < 6 else { return }
      for id in ids {
        var next = sample
        let refusal = try next.make(id)
        #expect((refusal == nil) == (next.events.count > sample.events.count))
        if refusal != nil { #expect(next.events == sample.events) }
        if refusal == nil { try go(next, depth: depth + 1) }
      }
    }
    try go(try SmallCase(Small.joint), depth: 0)
    // Withdrawn at the beginning, after the split, after either branch, after both in either order;
    // finished in either order.
    #expect(ended == 8)
    #expect(examined > ended)
  }

  @Test func `two decisions at once are one`() throws {
    var sample = try SmallCase(Small.joint)
    let first = try sample.order(.make(transition: "split"))
    let second = try sample.order(.make(transition: "withdraw"), as: ["applicant"])
    #expect(try sample.give(first) == nil)
    #expect(try sample.give(second) == .stale(expected: 1, found: 2))
    #expect(sample.state.marking == ["left", "right"])
  }

  @Test func `what may not be done is refused with its reason`() throws {
    var sample = try SmallCase(Small.joint)
    #expect(try sample.make("fly") == .transitionUnknown("fly"))
    #expect(
      try sample.make("finish")
        == .notAllowed(transition: "finish", from: ["joined"], standing: ["begin"]))
    #expect(try sample.make("join") == .notByHand(transition: "join"))
    #expect(
      try sample.make("split", on: "2025-03-02")
        == .dateStepsBack(
          last: Fixtures.day("2025-03-03"), given: Fixtures.day("2025-03-02")))
    #expect(
      try sample.make("split", on: "2090-01-01")
        == .calendar(.outside(Fixtures.day("2090-01-01"))))
    let map = CaseDocument(id: "map", sm3: "", bytes: 1, mediaType: "application/pdf")
    #expect(try sample.give(sample.order(.attach(map))) == .documentUnknown("map"))
    #expect(
      try sample.make("split", facts: [FactID("odd"): .boolean(true)]) == .factUnknown("odd"))
    #expect(
      try sample.make("split", facts: [FactID("size"): .boolean(true)])
        == .factOfWrongKind("size"))
    #expect(try sample.give(sample.order(.pause(reason: "lunch"))) == .reasonUnknown("lunch"))
    #expect(
      try sample.give(sample.order(.extend(clock: "none", note: ""))) == .clockUnknown("none"))
    let late = CaseOrder(
      .tick, by: "a", as: [], at: Timestamp(millisecondsSince1970: 0), on: sample.day,
      expecting: 1)
    #expect(
      try sample.give(late)
        == .timeStepsBack(
          last: Timestamp(millisecondsSince1970: 1), given: Timestamp(millisecondsSince1970: 0)))
    #expect(sample.events.count == 1)
  }

  /// A begin with a clock of five days that moves the case on, counting from where it began.
  static func deemed(_ beginning: Transition.Beginning) -> Small {
    Small(
      states: [("begin", .begin), ("accepted", .work), ("end", .end)],
      transitions: [
        Small.step(
          "deem", "begin", "accepted", by: .due(clock: "notice"), starts: ["decision"],
          stops: ["notice"], beginning: beginning,
          effects: [CaseEffect(kind: .notice, of: "acceptance")]),
        Small.step("finish", "accepted", "end", stops: ["decision"]),
      ],
      clocks: [
        DeclaredClock(id: "notice", term: Fixtures.term(5)),
        DeclaredClock(
          id: "decision",
          term: Fixtures.term(
            20,
            extension: Term.Extension(
              length: 10, most: 1, grantedBy: ["chief"], citations: [Fixtures.article]))),
      ], starts: ["notice"])
  }

  @Test func `a timer moves a case once, the day after, and counts from where the law says`() throws
  {
    let expected: [(Transition.Beginning, String)] = [
      (.beginning(of: "notice"), "2025-03-03"), (.due(of: "notice"), "2025-03-10"),
      (.day, "2025-03-14"),
    ]
    for (beginning, from) in expected {
      var sample = try SmallCase(Self.deemed(beginning))
      #expect(
        try sample.workflow.timer(in: sample.state, on: sample.day) == Fixtures.day("2025-03-11"))
      #expect(try sample.give(sample.order(.tick, on: "2025-03-10")) == nil)
      #expect(sample.state.marking == ["begin"])
      #expect(try sample.give(sample.order(.tick, on: "2025-03-14")) == nil)
      #expect(sample.state.marking == ["accepted"])
      #expect(sample.state.clocks["decision"]?.began == (try Fixtures.day(from)))
      #expect(sample.state.effects == [CaseEffect(kind: .notice, of: "acceptance")])
      let count = sample.events.count
      #expect(try sample.give(sample.order(.tick, on: "2025-03-20")) == nil)
      #expect(sample.events.count == count)
    }
  }

  @Test func `a paused clock fires nothing until it runs again`() throws {
    var sample = try SmallCase(Self.deemed(.day))
    #expect(try sample.give(sample.order(.pause(reason: "hearing"), on: "2025-03-05")) == nil)
    #expect(
      try sample.give(sample.order(.pause(reason: "hearing"))) == .pausedAlready("hearing"))
    #expect(try sample.workflow.timer(in: sample.state, on: sample.day) == nil)
    #expect(try sample.give(sample.order(.tick, on: "2025-06-30")) == nil)
    #expect(sample.state.marking == ["begin"])
    #expect(try sample.give(sample.order(.resume(reason: "hearing"), on: "2025-07-01")) == nil)
    #expect(try sample.give(sample.order(.resume(reason: "hearing"))) == .notPaused("hearing"))
    // Two days were used by 5 March; three are left after 1 July.
    #expect(
      try sample.workflow.due(in: sample.state, on: sample.day) == Fixtures.day("2025-07-04"))
  }

  @Test func `an extension is the chief's, once, and in time`() throws {
    var sample = try SmallCase(Self.deemed(.day))
    try sample.give(sample.order(.tick, on: "2025-03-11"))
    func extend(_ roles: Set<String>, _ day: String) throws -> CaseOrder {
      try sample.order(.extend(clock: "decision", note: "复杂"), as: roles, on: day)
    }
    #expect(
      try sample.give(sample.order(.extend(clock: "notice", note: ""), as: ["chief"]))
        == .clockNotRunning("notice"))
    #expect(try sample.give(extend(["clerk"], "2025-03-12")) == .wrongRole(needed: ["chief"]))
    var late = sample
    #expect(
      try late.give(extend(["chief"], "2025-04-10"))
        == .extensionTooLate(clock: "decision", due: Fixtures.day("2025-04-09")))
    #expect(try sample.give(extend(["chief"], "2025-04-09")) == nil)
    #expect(
      try sample.give(sample.order(.extend(clock: "decision", note: ""), as: ["chief"]))
        == .extendedAlready(clock: "decision", most: 1))
    #expect(
      try sample.workflow.due(in: sample.state, on: sample.day) == Fixtures.day("2025-04-23"))
  }

  @Test func `documents and facts are waited for`() throws {
    let small = Small(
      states: Small.plain.states,
      transitions: [
        Small.step(
          "finish", "begin", "end", documents: ["form"],
          conditions: [.init(fact: FactID("fine"), value: .boolean(true))])
      ])
    var sample = try SmallCase(small)
    #expect(sample.workflow.tasks(in: sample.state).map(\.missing) == [["form", "fine"]])
    #expect(try sample.make("finish") == .documentMissing(["form"]))
    let form = CaseDocument(id: "form", sm3: "s", bytes: 1, mediaType: "application/pdf")
    #expect(try sample.give(sample.order(.attach(form))) == nil)
    #expect(try sample.make("finish") == .conditionNotMet(["fine"]))
    #expect(
      try sample.make("finish", facts: [FactID("fine"): .boolean(false)])
        == .conditionNotMet(["fine"]))
    // What was refused established nothing.
    #expect(sample.state.facts.isEmpty)
    let review = CaseOrder.Act.review(document: "form", isAccepted: false, note: "模糊")
    #expect(try sample.give(sample.order(review)) == nil)
    #expect(
      try sample.make("finish", facts: [FactID("fine"): .boolean(true)])
        == .documentRejected(["form"]))
    #expect(try sample.give(sample.order(.attach(form))) == nil)
    #expect(try sample.make("finish", facts: [FactID("fine"): .boolean(true)]) == nil)
    #expect(sample.workflow.tasks(in: sample.state).isEmpty)
  }

  @Test func `a running case stays on its version until it is moved`() throws {
    var sample = try SmallCase(Small.joint)
    try sample.make("split")
    var newer = Small.joint
    newer.version = "2.0.0"
    let workflow = Workflow(try newer.definition(), by: try Fixtures.calendar())
    #expect(throws: WorkflowRefusal.otherVersion(case: "1.0.0", definition: "2.0.0")) {
      try workflow.events(after: sample.state, for: sample.order(.tick))
    }
    #expect(throws: WorkflowRefusal.migrationUnknown(from: "1.0.0")) {
      try workflow.migration(
        of: sample.state, by: "a", as: ["chief"], at: sample.state.lastAt, on: sample.day)
    }
    newer.migrations = [Migration(from: "1.0.0", by: ["chief"], states: ["left": "left-done"])]
    let ready = Workflow(try newer.definition(), by: try Fixtures.calendar())
    #expect(throws: WorkflowRefusal.wrongRole(needed: ["chief"])) {
      try ready.migration(
        of: sample.state, by: "a", as: ["clerk"], at: sample.state.lastAt, on: sample.day)
    }
    let event = try ready.migration(
      of: sample.state, by: "a", as: ["chief"], at: sample.state.lastAt, on: sample.day)
    try sample.state.apply(event)
    #expect(sample.state.marking == ["left-done", "right"])
    #expect(sample.state.procedureVersion == "2.0.0")
  }

  @Test func `events of no case are no history`() throws {
    let sample = try SmallCase(Small.joint)
    #expect(throws: CaseHistoryError.doesNotBegin) { try CaseState([]) }
    var longer = try SmallCase(Small.joint)
    try longer.make("split")
    try longer.make("do-left")
    let gap = [longer.events[0], longer.events[2]]
    #expect(throws: CaseHistoryError.gap(expected: 2, found: 3)) { try CaseState(gap) }
    let twice = CaseEvent(
      position: 2, at: sample.state.lastAt, on: sample.day, actor: "a",
      fact: sample.events[0].fact)
    #expect(throws: CaseHistoryError.openedTwice(position: 2)) {
      try CaseState(sample.events + [twice])
    }
    let moved = CaseEvent(
      position: 2, at: sample.state.lastAt, on: sample.day, actor: "a",
      fact: .moved(transition: "x", took: ["moon"], put: ["end"]))
    #expect(throws: CaseHistoryError.impossible(position: 2)) {
      try CaseState(sample.events + [moved])
    }
  }

  /// Somebody looks, somebody else decides; what was looked at may go back.
  static let apart = SmallWorkflow(
    states: [("begin", .begin), ("seen", .work), ("end", .end)],
    transitions: [
      Small.step("look", "begin", "seen"), Small.step("back", "seen", "begin"),
      Small.step("decide", "seen", "end", notBy: ["look"]),
    ])

  @Test func `whoever made one step does not make the one that is apart from it`() throws {
    var sample = try SmallCase(Self.apart)
    func decide(by actor: String, isAlone: Bool = false) throws -> CaseOrder {
      var order = CaseOrder(
        .make(transition: "decide"), by: actor, as: ["clerk"],
        at: Timestamp(millisecondsSince1970: 2), on: sample.day, expecting: sample.state.version)
      order.isAlone = isAlone
      return order
    }
    #expect(try sample.make("look") == nil)
    let refusal = WorkflowRefusal.samePerson(transition: "decide", made: "look")
    var again = sample
    #expect(try again.give(try decide(by: "a")) == refusal)
    #expect(try again.give(try decide(by: "a", isAlone: true)) == nil)
    // Sent back and looked at by another, the first one's look is not forgotten.
    #expect(try sample.make("back") == nil)
    let look = CaseOrder(
      .make(transition: "look"), by: "b", as: ["clerk"],
      at: Timestamp(millisecondsSince1970: 2), on: sample.day, expecting: sample.state.version)
    #expect(try sample.give(look) == nil)
    for actor in ["a", "b"] {
      #expect(try sample.give(try decide(by: actor)) == refusal, "\(actor)")
    }
    #expect(try sample.give(try decide(by: "c")) == nil)
    #expect(sample.state.marking == ["end"])
  }

  @Test func `a step is apart from steps there are, and that somebody makes`() throws {
    func faults(_ notBy: [String]) throws -> [WorkflowFault] {
      var small = Self.apart
      small.transitions[2] = Small.step("decide", "seen", "end", notBy: notBy)
      return try small.faults()
    }
    #expect(try faults(["look"]) == [])
    for name in ["nothing", "decide"] {
      #expect(try faults([name]) == [.unknownStep(name, place: "decide")])
    }
  }

  @Test func `numbers follow the rule`() {
    let rule = Numbering(prefix: "XZ", digits: 4)
    #expect(rule.number(region: "653101", year: 2025, serial: 7) == "XZ65310120250007")
    #expect(rule.number(region: "653101", year: 2025, serial: 10_000) == nil)
    #expect(rule.number(region: "653101", year: 2025, serial: 0) == nil)
  }
}
