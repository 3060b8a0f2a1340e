import Foundation
import KarezAccounts
import KarezCore
import KarezPacks
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Ledgers as every door calls them, under the chart of the packs.
@Suite struct LedgerTests {
  static let made = "compensation-made/653101/2026/9-dry"
  static let quota = "compensation-quota/653101/2026/9-dry"
  static let used = "compensation-used/653101/2026/9-dry"

  /// A map with two patches, of which one was made and one is occupied.
  static func with(
    _ engine: MapEngine = .folder, _ body: (TimeFixture, Ledgers) async throws -> Void
  ) async throws {
    try await TimeFixture.with(engine) { fixture in
      try await fixture.record(
        [
          .init(id: "new", box: .init(0, 0, 1, 1)),
          .init(id: "old", box: .init(2, 0, 3, 1)),
        ], from: "2023-01-01")
      try await body(fixture, try fixture.map.ledgers())
    }
  }

  static func orders(_ text: String, _ ledgers: Ledgers) throws -> [LedgerOrder] {
    try LedgerOrderReader(ledgers.chart).orders(JSONValue(parsing: text))
  }

  static func verified(_ amount: String, of id: String = "new", commit: Int = 1) -> String {
    """
    {"act": "post", "key": "v-\(amount)-\(id)-\(commit)", "day": "2026-02-01", "reason": "验收", "case": "YS-1",
     "moves": [{"rule": "compensation-verified", "from": "\(made)", "to": "\(quota)",
       "amount": "\(amount)", "made": {"dataset": "land-patches", "id": "\(id)", "commit": \(commit)}}]}
    """
  }

  static func occupied(_ amount: String, day: String = "2026-03-01", part: String = "9-dry")
    -> String
  {
    """
    {"act": "post", "key": "o-\(amount)-\(day)-\(part)", "day": "\(day)", "reason": "转用", "case": "ZY-1",
     "moves": [{"rule": "farmland-occupied", "from": "\(quota)", "to": "\(used)",
       "amount": "\(amount)", "pairings": [{"occupied": {"dataset": "land-patches", "id": "old",
         "commit": 1}, "part": "\(part)", "lot": "1.0", "amount": "\(amount)"}]}]}
    """
  }

  @Test(arguments: MapEngine.installed)
  func `a square metre that is occupied leads to the one that compensates it`(
    engine: MapEngine
  ) async throws {
    try await Self.with(engine) { _, ledgers in
      let orders = try Self.orders(
        "[\(Self.verified("5000.00")), \(Self.occupied("1234.56"))]", ledgers)
      let receipts = try await ledgers.post(orders, by: .operator, in: .all)
      #expect(receipts.map(\.transaction.number) == [1, 2])
      let now = LedgerTime(validOn: try TimeFixture.day("2026-12-31"))
      let trial = try await ledgers.trialBalance(at: now, in: .all)
      #expect(trial.isBalanced)
      #expect(trial.accounts.map { $0.text($0.balance) } == ["-5000.00", "3765.44", "1234.56"])

      let account = try #require(AccountName(Self.quota))
      let statement = try await ledgers.statement(of: account, at: now, in: .all)
      #expect(statement.lines.map { statement.balance.text($0.balance) } == ["5000.00", "3765.44"])
      #expect(statement.lines.map(\.recorded.transaction.caseNumber) == ["YS-1", "ZY-1"])
      let known = LedgerTime(validOn: try TimeFixture.day("2026-12-31"), recorded: 1)
      #expect(try await ledgers.statement(of: account, at: known, in: .all).lines.count == 1)

      let feature = LedgerTransactionQuery(feature: .init(dataset: "land-patches", id: "new"))
      let found = try await ledgers.transactions(feature, limit: 10, in: .all)
      #expect(found.map(\.transaction.number) == [1, 2])
      let shown = ledgers.json(of: found[1])
      #expect(shown["moves"]?.array?.first?["amount"] == .string("1234.56"))
    }
  }

  @Test func `what is not right is told in two languages, with what to do, and nothing is kept`()
    async throws
  {
    try await Self.with { _, ledgers in
      let refused: [(orders: String, code: String)] = [
        (Self.verified("5000.00", of: "none"), "ledger-feature-unknown"),
        (Self.verified("5000.00", commit: 9), "ledger-feature-unknown"),
        (Self.verified("50000.00"), "ledger-feature-smaller"),
        (Self.occupied("1.00"), "ledger-lot-unknown"),
        (Self.occupied("1.00", day: "2024-01-01"), "ledger-rule"),
        (Self.verified("100.00") + ", " + Self.occupied("100.01"), "ledger-overdrawn"),
        (Self.verified("100.00") + ", " + Self.occupied("1.00", part: "9-paddy"), "ledger-rule"),
        (Self.verified("1.005"), "ledger-order"),
        (Self.verified("-1"), "ledger-amount"),
        (#"{"act": "burn", "key": "k", "day": "2026-01-01", "reason": "r"}"#, "ledger-order"),
        (
          #"{"act": "reverse", "key": "k", "day": "2026-01-01", "reason": "r", "transaction": 4}"#,
          "ledger-transaction-unknown"
        ),
        (
          #"{"act": "hold", "key": "k", "day": "2026-01-01", "reason": "r", "x": 1}"#,
          "ledger-order"
        ),
      ]
      for (text, code) in refused {
        do {
          let orders = try Self.orders("[\(text)]", ledgers)
          _ = try await ledgers.post(orders, by: .operator, in: .all)
          Issue.record("\(code) was recorded")
        } catch let problem as Problem {
          #expect(problem.code == code, "\(problem.line(in: .en))")
          #expect(!problem.what.zh.isEmpty && !problem.remedy.en.isEmpty)
        }
      }
      let all = try await ledgers.transactions(
        LedgerTransactionQuery(), limit: 10, in: .all)
      #expect(all.isEmpty)
    }
  }

  @Test func `balances and statements go into tables whose figures are exact`() async throws {
    try await Self.with { fixture, ledgers in
      let orders = try Self.orders(
        "[\(Self.verified("5000.10")), \(Self.occupied("0.05"))]", ledgers)
      _ = try await ledgers.post(orders, by: .operator, in: .all)
      let now = LedgerTime(validOn: try TimeFixture.day("2026-12-31"))
      let balances = try await ledgers.balances(
        LedgerAccountQuery(kind: "compensation-quota"), at: now, in: .all)
      let table = fixture.folder.appending(path: "balances.csv")
      try await ledgers.write(balances, to: table.path)
      let text = try String(contentsOf: table, encoding: .utf8)
      #expect(text.contains("5000.10,0.05,5000.05,0.00,5000.05"), "\(text)")
      let account = try #require(AccountName(Self.quota))
      let statement = try await ledgers.statement(of: account, at: now, in: .all)
      let lines = fixture.folder.appending(path: "statement.csv")
      try await ledgers.write(statement, to: lines.path)
      #expect(try String(contentsOf: lines, encoding: .utf8).contains("-0.05"))
      await #expect(throws: Problem.self) {
        try await ledgers.write(balances, to: fixture.folder.appending(path: "x.doc").path)
      }
    }
  }

  @Test func `the benchmark balances`() async throws {
    let report = try await LedgerBenchmark(postings: 300, batch: 100, durable: 10).run()
    #expect(report["result"]?["balanced"] == .boolean(true))
    #expect(report["result"]?["accounts"]?.integer == 80)
  }
}
