import KarezCore
import KarezWorkflow
import Testing

@Suite struct WorkflowCheckTests {
  typealias Small = SmallWorkflow

  @Test func `procedures that are right pass`() throws {
    #expect(try Small.plain.faults() == [])
    let joint = try Small.joint.definition()
    #expect(WorkflowCheck.faults(of: joint, roles: ["clerk", "chief", "applicant"]) == [])
  }

  static let wrong: [(what: String, small: Small, fault: WorkflowFault)] = [
    (
      "a state nothing leads to",
      Small(
        states: [("begin", .begin), ("island", .work), ("end", .end)],
        transitions: [Small.step("finish", "begin", "end"), Small.step("leave", "island", "end")]),
      .unreachable(state: "island")
    ),
    (
      "a state nothing leads out of",
      Small(
        states: [("begin", .begin), ("pit", .work), ("end", .end)],
        transitions: [Small.step("finish", "begin", "end"), Small.step("fall", "begin", "pit")]),
      .deadEnd(states: ["pit"])
    ),
    (
      "two states that only lead to one another",
      Small(
        states: [("begin", .begin), ("a", .work), ("b", .work), ("end", .end)],
        transitions: [
          Small.step("finish", "begin", "end"), Small.step("in", "begin", "a"),
          Small.step("there", "a", "b"), Small.step("back", "b", "a"),
        ]), .deadEnd(states: ["a"])
    ),
    (
      "a join that waits for a branch nobody began",
      Small(
        states: [("begin", .begin), ("a", .work), ("b", .work), ("end", .end)],
        transitions: [Small.step("go", "begin", "a"), Small.step("join", "a b", "end")]),
      .neverEnabled(transition: "join")
    ),
    (
      "a branch that is left over",
      Small(
        states: [("begin", .begin), ("a", .work), ("b", .work), ("end", .end), ("other", .end)],
        transitions: [
          Small.step("split", "begin", "a b"), Small.step("finish", "a", "end"),
          Small.step("stop", "b", "other"),
        ]), .branchLeftOver(states: ["b", "end"])
    ),
    (
      "a state that is held twice",
      Small(
        states: [("begin", .begin), ("a", .work), ("b", .work), ("c", .work), ("end", .end)],
        transitions: [
          Small.step("split", "begin", "a b"), Small.step("one", "a", "c"),
          Small.step("two", "b", "c"), Small.step("finish", "c", "end"),
        ]), .heldTwice(state: "c", transition: "two")
    ),
    (
      "automatic steps that go round",
      Small(
        states: [("begin", .begin), ("a", .work), ("end", .end)],
        transitions: [
          Small.step("there", "begin", "a", by: .automatic),
          Small.step("back", "a", "begin", by: .automatic), Small.step("finish", "a", "end"),
        ]), .automaticCycle(transitions: ["back", "there"])
    ),
    (
      "a role there is not",
      Small(
        states: Small.plain.states,
        transitions: [Small.step("finish", "begin", "end", by: .person(["king"]))]),
      .unknownRole("king", place: "finish")
    ),
    (
      "a state there is not",
      Small(states: Small.plain.states, transitions: [Small.step("finish", "begin", "moon")]),
      .unknownState("moon", transition: "finish")
    ),
    (
      "a clock there is not",
      Small(
        states: Small.plain.states,
        transitions: [Small.step("finish", "begin", "end", by: .due(clock: "none"))]),
      .unknownClock("none", place: "finish")
    ),
    (
      "a document there is not",
      Small(
        states: Small.plain.states,
        transitions: [Small.step("finish", "begin", "end", documents: ["map"])]),
      .unknownDocument("map", place: "finish")
    ),
    (
      "a step out of an end",
      Small(
        states: Small.plain.states,
        transitions: [Small.step("finish", "begin", "end"), Small.step("again", "end", "begin")]),
      .leavesAnEnd(transition: "again")
    ),
    (
      "no end", Small(states: [("begin", .begin)], transitions: []), .noEnd
    ),
    (
      "two beginnings",
      Small(
        states: [("begin", .begin), ("other", .begin), ("end", .end)],
        transitions: [Small.step("finish", "begin", "end")]),
      .severalBeginnings(["begin", "other"])
    ),
    (
      "a promise longer than the law's",
      Small(
        states: Small.plain.states, transitions: Small.plain.transitions,
        clocks: [DeclaredClock(id: "clock", term: Fixtures.term(20), promised: 21)],
        starts: ["clock"]), .promiseTooLong(clock: "clock", promised: 21, term: 20)
    ),
    (
      "a clock without an article",
      Small(
        states: Small.plain.states, transitions: Small.plain.transitions,
        clocks: [
          DeclaredClock(
            id: "clock",
            term: Term(
              id: "t", title: Small.text("t"), unit: .workingDays, length: 5,
              certainty: .certain, citations: []))
        ], starts: ["clock"]), .clockWithoutArticle("clock")
    ),
    (
      "a clock that never starts",
      Small(
        states: Small.plain.states, transitions: Small.plain.transitions,
        clocks: [DeclaredClock(id: "clock", term: Fixtures.term(20))]),
      .clockNeverStarted("clock")
    ),
  ]

  @Test(arguments: wrong.indices)
  func `a procedure that is wrong is refused, and why`(index: Int) throws {
    let (what, small, fault) = Self.wrong[index]
    let faults = try small.faults()
    #expect(faults.contains(fault), "\(what): \(faults)")
  }

  @Test func `branches without end are too many`() throws {
    let names = (0..<13).map { "s\($0)" }
    let small = Small(
      states: [("begin", .begin), ("end", .end)] + names.map { ($0, .work) }
        + names.map { ($0 + "-done", .work) },
      transitions: [
        Small.step("split", "begin", names.joined(separator: " ")),
        Small.step("join", names.map { $0 + "-done" }.joined(separator: " "), "end"),
      ] + names.map { Small.step("do-" + $0, $0, $0 + "-done") })
    #expect(try small.faults() == [.tooManyMarkings(allowed: WorkflowCheck.markingsMax)])
  }

  /// Every procedure of three states and two steps: a case of one that passed the check ends from
  /// wherever it goes, and of one that did not there is somewhere it cannot.
  @Test func `the check agrees with walking every small procedure`() throws {
    let ids = ["begin", "mid", "end"]
    let pairs = ids.dropLast().flatMap { from in ids.map { (from, $0) } }
    var passed = 0
    for first in pairs {
      for second in pairs {
        let small = Small(
          states: [("begin", .begin), ("mid", .work), ("end", .end)],
          transitions: [
            Small.step("one", first.0, first.1), Small.step("two", second.0, second.1),
          ])
        let isRight = try small.faults().isEmpty
        // By hand: with two steps every state is reached and left only on the way through the
        // middle, or by a way straight on beside a loop, which leaves the middle out.
        let steps = Set([first.0 + first.1, second.0 + second.1])
        #expect(isRight == (steps == ["beginmid", "midend"]), "\(first) \(second)")
        passed += isRight ? 1 : 0
      }
    }
    #expect(passed == 2)
  }
}
