import KarezCore
import KarezRules
import KarezWorkflow
import Testing

/// What came of an effect is told once, may come after the end, and may be tried again.
@Suite struct EffectRunTests {
  typealias Small = SmallWorkflow

  static let refusal = EffectRefusal(
    code: "ledger-overdrawn", place: "T1", what: SmallWorkflow.text("not enough"),
    remedy: SmallWorkflow.text("add"))
  static let done = EffectRun.Standing.done(.object(["commit": .integer(7)]))

  /// A step to the end that orders a change.
  static let ending = SmallWorkflow(
    states: [("begin", .begin), ("end", .end)],
    transitions: [
      Small.step(
        "finish", "begin", "end",
        effects: [
          CaseEffect(kind: .datasetChange, of: "land", establishes: FactID("fine")),
          CaseEffect(kind: .notice, of: "granted"),
        ])
    ])

  @Test func `what is ordered waits, is told of after the end, and once`() throws {
    var sample = try SmallCase(Self.ending)
    #expect(try sample.give(sample.order(.make(transition: "finish"))) == nil)
    let orders = sample.state.effectRuns.map(\.position)
    #expect(sample.state.effectRuns.allSatisfy { $0.standing == .waiting })
    try #require(orders == [3, 4])
    // Nothing else may be done in a case that is over.
    #expect(try sample.give(sample.order(.establish)) == .isOver)
    let told = try sample.order(
      .settle(order: 3, Self.done), as: [], facts: [FactID("fine"): .boolean(true)])
    #expect(try sample.give(told) == nil)
    #expect(sample.state.effectRuns[0].result?["commit"] == .integer(7))
    #expect(sample.state.facts[FactID("fine")] == .boolean(true))
    #expect(sample.state.run(of: .datasetChange, "land")?.position == 3)
    #expect(
      try sample.give(sample.order(.settle(order: 3, Self.done), as: [])) == .effectSettled(3))
    #expect(
      try sample.give(sample.order(.settle(order: 9, Self.done), as: [])) == .effectUnknown(9))
    #expect(try CaseState(sample.events) == sample.state)
  }

  @Test func `a refusal stays until somebody who may has it tried again`() throws {
    var sample = try SmallCase(Self.ending)
    #expect(try sample.give(sample.order(.make(transition: "finish"))) == nil)
    #expect(try sample.give(sample.order(.retry(order: 3))) == .effectNotRefused(3))
    #expect(
      try sample.give(sample.order(.settle(order: 3, .refused(Self.refusal)), as: [])) == nil)
    #expect(sample.state.effectRuns[0].refusal == Self.refusal)
    #expect(
      try sample.give(sample.order(.retry(order: 3), as: ["applicant"]))
        == .wrongRole(needed: ["clerk"]))
    #expect(try sample.give(sample.order(.retry(order: 3))) == nil)
    #expect(sample.state.effectRuns[0].standing == .waiting)
    #expect(try sample.give(sample.order(.settle(order: 3, Self.done), as: [])) == nil)
    #expect(try CaseState(sample.events) == sample.state)
  }

  @Test func `events that tell of an effect nobody ordered are no history`() throws {
    let sample = try SmallCase(Self.ending)
    let stray = CaseEvent(
      position: 2, at: Timestamp(millisecondsSince1970: 2), on: sample.day, actor: "a",
      fact: .effectRetried(order: 1))
    #expect(throws: CaseHistoryError.impossible(position: 2)) {
      try CaseState(sample.events + [stray])
    }
  }
}
