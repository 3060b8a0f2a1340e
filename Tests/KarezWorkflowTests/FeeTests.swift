import KarezCore
import KarezRules
import KarezWorkflow
import Testing

/// Fees in the engine: charged once, settled by what came of them, and told of on load.
@Suite struct FeeTests {
  typealias Small = SmallWorkflow

  static let fee = CaseEffect(kind: .fee, of: "copy")

  static func form(
    collectedBy: [String] = ["clerk"], waivedBy: [String] = ["chief"],
    decidedBy: [String] = ["finish"], citations: [Citation] = [Fixtures.article]
  ) -> EffectForm {
    EffectForm(
      kind: .fee, of: "copy",
      act: .fee(
        FeeForm(
          title: Small.text("copies"), amount: .given("80.00"), citations: citations,
          certainty: .unconfirmed, collectedBy: collectedBy, waivedBy: waivedBy,
          decidedBy: decidedBy)))
  }

  static func small(_ forms: [EffectForm] = [form()], paid: [String] = ["copy"]) -> Small {
    var finish = Small.step("finish", "open", "end")
    finish = Transition(
      id: finish.id, title: finish.title, trigger: finish.trigger, origin: finish.origin,
      to: finish.to, paid: paid)
    return Small(
      states: [("begin", .begin), ("open", .work), ("end", .end)],
      transitions: [
        Small.step("free", "begin", "open"),
        Small.step("charge", "begin", "open", effects: [fee]),
        Small.step("charge-again", "open", "begin", effects: [fee]), finish,
      ], forms: forms)
  }

  static func paid(_ channel: String) -> EffectRun.Standing {
    .done(.object(["state": .string("paid"), "channel": .string(channel)]))
  }

  @Test func `a step waits for a fee that was charged, and for none that was not`() throws {
    var free = try SmallCase(Self.small())
    #expect(try free.make("free") == nil)
    #expect(try free.make("finish") == nil)

    var owed = try SmallCase(Self.small())
    #expect(try owed.make("charge") == nil)
    #expect(!owed.state.isSettled(fee: "copy"))
    #expect(try owed.make("finish") == .feeUnpaid(["copy"]))
    #expect(
      owed.workflow.tasks(in: owed.state).first { $0.transition == "finish" }?.missing
        == ["fee:copy"])
    // What is charged is not offered, nor made, once more.
    #expect(!owed.workflow.tasks(in: owed.state).contains { $0.transition == "charge-again" })
    #expect(try owed.make("charge-again") == .feeCharged(["copy"]))
    let order = try #require(owed.state.effectRuns.first?.position)
    let told = try owed.order(.settle(order: order, Self.paid("gateway")), as: [])
    #expect(try owed.give(told) == nil)
    #expect(owed.state.isSettled(fee: "copy") && owed.state.cashiers.isEmpty)
    #expect(try owed.make("finish") == nil)
    #expect(try CaseState(owed.events) == owed.state)
  }

  @Test func `whoever took the cash does not decide`() throws {
    var sample = try SmallCase(Self.small())
    #expect(try sample.make("charge") == nil)
    let order = try #require(sample.state.effectRuns.first?.position)
    #expect(
      try sample.give(sample.order(.settle(order: order, Self.paid("cash")), as: [])) == nil)
    #expect(sample.state.cashiers == ["copy": ["a"]])
    #expect(try sample.make("finish") == .samePerson(transition: "finish", made: "copy"))
    var alone = try sample.order(.make(transition: "finish"))
    alone.isAlone = true
    #expect(try sample.give(alone) == nil)
  }

  @Test func `a fee without an article, a form, people or a decision is refused on load`() throws {
    #expect(try Self.small().faults() == [])
    #expect(try Self.small([]).faults().contains(.unknownFee("copy", place: "charge")))
    #expect(
      try Self.small(paid: ["other"]).faults().contains(.unknownFee("other", place: "finish")))
    let wrong: [(EffectForm, WorkflowFault)] = [
      (Self.form(citations: []), .feeWithoutArticle("copy")),
      (Self.form(collectedBy: []), .nobodyMay(transition: "copy")),
      (Self.form(waivedBy: ["king"]), .unknownRole("king", place: "copy")),
      (Self.form(decidedBy: ["nothing"]), .unknownStep("nothing", place: "copy")),
      (Self.form(decidedBy: []), .unknownStep("", place: "copy")),
    ]
    for (form, fault) in wrong {
      #expect(try Self.small([form]).faults().contains(fault), "\(fault)")
    }
  }
}
