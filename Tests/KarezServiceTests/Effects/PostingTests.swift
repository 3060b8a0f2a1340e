import Foundation
import KarezAccounts
import KarezCore
import KarezPacks
import KarezRules
import KarezStore
import KarezWorkflow
import TestSupport
import Testing

@testable import KarezService

/// The procedures that are shipped post to accounts: what the check measured is set aside, used
/// and let go, and no case passes without.
@Suite struct PostingTests {
  static let conversion = "administrative-procedure/conversion-expropriation"
  static let temporary = "administrative-procedure/temporary-land"

  /// The first boundary is irrigated land, all others are woods.
  static func withLand(
    _ engine: MapEngine = .folder, _ body: (EffectRoom) async throws -> Void
  ) async throws {
    try await EffectRoom.with(engine) { room in
      try await room.recordLand()
      try await body(room)
    }
  }

  /// Brings a conversion without expropriation to the authority's review.
  static func takenUp(
    _ room: EffectRoom, _ place: Int = 0, facts: [FactID: FactValue] = [:]
  ) async throws -> String {
    let number = try await room.open(place, procedure: conversion, ["project-basis"])
    try await room.make("convert-only", number)
    try await room.work()
    try await room.bring(["balance-plan", "file"], to: number)
    try await room.make("compile", number, facts: [FactID("conforms"): .boolean(true)])
    try await room.work()
    try await room.bring(["legal-opinion"], to: number)
    try await room.make("examine-legality", number)
    try await room.make("take-up", number, facts: facts)
    try await room.work()
    return number
  }

  static func paired(_ lot: String) -> [FactID: FactValue] {
    [FactID("compensation_lot"): .text(lot), FactID("occupied_part"): .text("9-dry")]
  }

  static let approver: [FactID: FactValue] = [FactID("approver"): .text("province")]

  static func approved(_ room: EffectRoom, _ number: String) async throws {
    try await room.make("pass", number, facts: approver)
    try await room.bring(["submission", "approval"], to: number)
    try await room.make("submit-to-province", number)
    try await room.make(
      "record-approval", number, facts: [FactID("approval_number"): .text("新政函〔2025〕1号")])
    try await room.work()
  }

  static func code(_ body: () async throws -> Void) async -> String? {
    do {
      try await body()
      return nil
    } catch let problem as Problem { return problem.code } catch { return "\(error)" }
  }

  @Test(arguments: MapEngine.installed)
  func `a conversion sets aside what the check measured, and uses it at the approval`(
    engine: MapEngine
  ) async throws {
    try await Self.withLand(engine) { room in
      try await room.issue("20000.00")
      let lot = try await room.verifyLot("12000.00")
      let number = try await Self.takenUp(room, facts: Self.paired(lot))
      let check = try #require(try await room.effect(.complianceCheck, number).result)
      let answer = try await room.map.answer(
        id: try #require(check["answer"]?.string), in: .all)
      let areas = Dictionary(
        uniqueKeysWithValues: answer.landUse.map {
          ($0.code, DecimalText.fixed($0.area.squareMetres, decimals: 2))
        })
      let whole = try #require(try await room.view(number).boundary).areaM2
      let plan = try await room.balance("annual-plan-quota", "any")
      #expect(plan.text(plan.held) == whole, "irrigated land is agricultural")
      let quota = try await room.balance("compensation-quota", "9-dry")
      #expect(quota.text(quota.held) == areas["0102"])
      #expect(plan.balance - plan.held == plan.available && plan.available > 0)

      try await Self.approved(room, number)
      let used = try await room.balance("annual-plan-used", "any")
      #expect(used.text(used.balance) == whole)
      #expect(try await room.balance("annual-plan-quota", "any").held == 0)
      let compensated = try await room.balance("compensation-used", "9-dry")
      #expect(compensated.text(compensated.balance) == areas["0102"])
      // The posting points at the version of the land that was converted.
      let change = try #require(try await room.effect(.datasetChange, number).result)
      let posted = try await room.map.ledgers().transactions(
        LedgerTransactionQuery(caseNumber: number), limit: 10, in: .all)
      let pairings = posted.flatMap(\.transaction.moves).flatMap(\.pairings)
      #expect(pairings.map(\.occupied.id) == [number])
      #expect(pairings.first.map { Int64($0.occupied.commit) } == change["commit"]?.integer)
      #expect(posted.map(\.transaction.sort) == [.hold, .hold, .consume, .consume])
      try await room.make("close-conversion", number)
      #expect(try await room.view(number).isOver)
      #expect(try await room.trialBalance().isBalanced)
      #expect(try await room.map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `without quota a case does not pass, says what to do, and passes once there is some`()
    async throws
  {
    try await Self.withLand { room in
      try await room.issue("100.00")
      // Nothing of the second boundary is cultivated: no lot is asked for.
      let number = try await Self.takenUp(room, 1)
      let refused = try await Self.problem {
        try await room.make("pass", number, facts: Self.approver)
      }
      #expect(refused?.code == "case-not-posted")
      #expect(
        refused?.what.zh.contains("annual-plan-quota") == true, "\(String(describing: refused))")
      #expect(refused?.remedy.zh.contains("先补充指标") == true)
      // Nobody says by hand that it was set aside.
      let typed = Self.approver.merging([FactID("plan_quota_held"): .boolean(true)]) { one, _ in one
      }
      let code = await Self.code { try await room.make("pass", number, facts: typed) }
      #expect(code == "case-fact-posted")

      try await room.issue("20000.00")
      let order = try #require(
        try await room.view(number).effects.first { $0.refusal != nil }?.position)
      try await room.cases.retry(order, in: number, key: "again", by: .operator)
      try await room.work()
      try await Self.approved(room, number)
      try await room.make("close-conversion", number)
      #expect(try await room.balance("annual-plan-quota", "any").held == 0)
    }
  }

  @Test(arguments: ["return-file", "give-up", "record-refusal"])
  func `what was set aside is let go where the case is returned, given up or refused`(
    step: String
  ) async throws {
    try await Self.withLand { room in
      try await room.issue("20000.00")
      let lot = try await room.verifyLot("12000.00")
      let number = try await Self.takenUp(room, facts: Self.paired(lot))
      #expect(try await room.balance("annual-plan-quota", "any").held > 0)
      if step == "record-refusal" {
        try await room.make("pass", number, facts: Self.approver)
        try await room.bring(["submission", "refusal"], to: number)
        try await room.make("submit-to-province", number)
      }
      try await room.make(step, number)
      try await room.work()
      for (kind, part) in [("annual-plan-quota", "any"), ("compensation-quota", "9-dry")] {
        let left = try await room.balance(kind, part)
        #expect(left.held == 0 && left.available == left.balance, "\(kind)")
      }
      guard step == "return-file" else { return }
      // Taken up again, it is set aside again, and not before.
      let known = try await room.cases.loaded(number, for: .operator)
      #expect(known.state.facts[FactID("plan_quota_held")] == .boolean(false))
      try await room.make("compile", number)
      try await room.work()
      try await room.make("examine-legality", number)
      try await room.make("take-up", number)
      try await room.work()
      #expect(try await room.balance("compensation-quota", "9-dry").held > 0)
      try await Self.approved(room, number)
      try await room.make("close-conversion", number)
    }
  }

  @Test func `another boundary undoes what was set aside for the first`() async throws {
    try await Self.withLand { room in
      try await room.issue("40000.00")
      let number = try await Self.takenUp(room, 1)
      try await room.cases.attach(
        try room.boundary(2), to: number, key: "other", by: .operator)
      let code = await Self.code {
        try await room.make("pass", number, facts: Self.approver)
      }
      #expect(code == "case-not-posted")
    }
  }

  @Test func `land nobody measured is no amount`() async throws {
    try await EffectRoom.with { room in
      try await room.issue("20000.00")
      let number = try await Self.takenUp(room)
      let refusal = try #require(
        try await room.view(number).effects.compactMap(\.refusal).first)
      #expect(refusal.code == "effect-land-not-measured")
    }
  }

  @Test func `a case given up while its quota is being set aside holds nothing`() async throws {
    try await Self.withLand { room in
      try await room.issue("20000.00")
      let lot = try await room.verifyLot("12000.00")
      let number = try await room.open(0, procedure: Self.conversion, ["project-basis"])
      try await room.make("convert-only", number)
      try await room.work()
      try await room.bring(["balance-plan", "file", "legal-opinion"], to: number)
      try await room.make("compile", number)
      try await room.work()
      try await room.make("examine-legality", number)
      try await room.make("take-up", number, facts: Self.paired(lot))
      // Nobody has done what it ordered when it is given up.
      try await room.make("give-up", number)
      for _ in 0..<3 {
        try await room.work()
        room.clock.pass(seconds: 3_600)
      }
      #expect(try await room.balance("annual-plan-quota", "any").held == 0)
      let known = try await room.cases.loaded(number, for: .operator)
      #expect(known.state.facts[FactID("plan_quota_held")] != .boolean(true))
      #expect(known.state.effectRuns.allSatisfy { $0.standing != .waiting })
    }
  }

  @Test
  func `temporary land is not handed out before the duty to reclaim it is posted`()
    async throws
  {
    try await EffectRoom.with { room in
      let number = try await room.open(
        0, procedure: Self.temporary, ["application", "land-contract", "reclamation-plan"])
      try await room.make("accept", number)
      try await room.work()
      try await room.make("review", number)
      try await room.bring(["letter"], to: number)
      try await room.make("grant", number, facts: EffectRoom.grants)
      let early = await Self.code { try await room.make("issue", number) }
      #expect(early == "case-not-posted")
      try await room.work()
      let due = try await room.balance("restoration-due", "any")
      #expect(due.text(due.balance) == (try await room.view(number).boundary)?.areaM2)
      try await room.make("issue", number)
      let made = try await room.map.ledgers().transactions(
        LedgerTransactionQuery(caseNumber: number), limit: 10, in: .all
      ).flatMap(\.transaction.moves).compactMap(\.made)
      #expect(made.map(\.id) == [number] && made.map(\.dataset) == ["temporary-land"])
    }
  }

  @Test func `whatever a shipped procedure posts is in the chart, and what it holds it lets go`()
    throws
  {
    let packs = try PackLibrary.load(from: Places.repository.appending(path: "Packs").path)
    let chart = try packs.chart(from: Places.repository.appending(path: "Packs").path)
    var examined = 0
    for procedure in packs.procedures {
      for form in procedure.forms {
        guard case .posting(let posting) = form.act else { continue }
        examined += 1
        for move in posting.moves {
          let rule = try #require(chart.rule(move.rule), "\(procedure.id) \(move.rule)")
          #expect(rule.from == move.from.kind && rule.to == move.to.kind)
          #expect((rule.ground == .makes) == (move.made != nil))
          #expect((rule.ground == .pairs) == (move.pairing != nil))
        }
        guard case .hold(let account, _) = posting.act else { continue }
        #expect(chart.kind(account.kind)?.mayBeNegative == false)
        let others = procedure.forms.compactMap { other -> PostingForm.Act? in
          guard case .posting(let posting) = other.act else { return nil }
          return posting.act
        }
        #expect(others.contains(.use(hold: form.of)) && others.contains(.release(hold: form.of)))
      }
    }
    #expect(examined >= 8)
  }

  static func problem(_ body: () async throws -> Void) async throws -> Problem? {
    do {
      try await body()
      return nil
    } catch let problem as Problem { return problem }
  }
}

extension EffectRoom {
  /// Irrigated land in the west, woods in the east.
  func recordLand() async throws {
    _ = try await TimeFixture(on: map, in: folder).record(
      [
        TimeFixture.Patch(id: "P-1", box: .init(-100, -100, 2, 900), landClass: "0102"),
        TimeFixture.Patch(id: "P-2", box: .init(2, -100, 900, 900), landClass: "0301"),
      ], .state, from: "2020-01-01")
  }

  func bring(_ documents: [String], to number: String) async throws {
    for document in documents {
      try await cases.attach(
        try file(document, "\(document).pdf", "%PDF-1.7 t"), to: number, key: UUID().uuidString,
        by: .operator)
    }
  }

  func balance(_ kind: String, _ part: String, year: Int = 2025) async throws -> AccountBalance {
    let name = try #require(AccountName("\(kind)/\(Self.county)/\(year)/\(part)"))
    let day = try #require(clock.now.day(secondsEast: Clock.secondsEast))
    let found = try await map.ledgers().balances(
      LedgerAccountQuery(name: name), at: LedgerTime(validOn: day), in: .all)
    return try #require(found.first, "\(name)")
  }

  func trialBalance() async throws -> TrialBalance {
    let day = try #require(clock.now.day(secondsEast: Clock.secondsEast))
    return try await map.ledgers().trialBalance(at: LedgerTime(validOn: day), in: .all)
  }

  /// Compensating land that was verified, as the name of its lot.
  func verifyLot(_ squareMetres: String, part: String = "9-dry") async throws -> String {
    let ledgers = try map.ledgers()
    let commit = try #require(try await map.commits(of: "counties", in: .all).first?.commit.value)
    let order = """
      [{"act": "post", "key": "\(UUID().uuidString)", "day": "2025-01-02", "reason": "验收",
        "case": "补充耕地", "moves": [{"rule": "compensation-verified",
          "from": "compensation-made/\(Self.county)/2025/\(part)",
          "to": "compensation-quota/\(Self.county)/2025/\(part)", "amount": "\(squareMetres)",
          "made": {"dataset": "counties", "id": "\(Self.county)", "commit": \(commit)}}]}]
      """
    let orders = try LedgerOrderReader(ledgers.chart).orders(JSONValue(parsing: order))
    let posted = try await ledgers.post(orders, by: .operator, in: .all)
    return "\(try #require(posted.first).transaction.number).0"
  }
}
