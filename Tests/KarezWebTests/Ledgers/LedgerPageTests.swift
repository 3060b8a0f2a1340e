import Foundation
import KarezAccounts
import KarezCore
import KarezService
import KarezStore
import TestSupport
import Testing

@testable import KarezWeb

/// Ledgers as offices read them, in three languages, and as programs do.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct LedgerPageTests {
  typealias Client = WebServerTests.Client

  static let orders = """
    [{"act": "post", "key": "a", "day": "2026-01-05", "reason": "下达", "moves": [{"rule": "plan-issued",
      "from": "annual-plan-issued/653121/2026/any", "to": "annual-plan-quota/653121/2026/any",
      "amount": "120000.50"}]},
     {"act": "hold", "key": "b", "day": "2026-02-01", "reason": "预留", "case": "ZY-7",
      "account": "annual-plan-quota/653121/2026/any", "amount": "20000"},
     {"act": "post", "key": "c", "day": "2026-03-01", "reason": "转用", "case": "ZY-8",
      "moves": [{"rule": "plan-used", "from": "annual-plan-quota/653121/2026/any",
      "to": "annual-plan-used/653121/2026/any", "amount": "0.50"}]},
     {"act": "reverse", "key": "d", "day": "2026-03-02", "reason": "<b>错记</b>", "transaction": 3}]
    """
  static let account = "annual-plan-quota/653121/2026/any"

  static func withLedger(
    _ body: (Client, OneMap) async throws -> Void
  ) async throws {
    try await WebServerTests.withServer(
      prepare: { map in
        let ledgers = try map.ledgers()
        let orders = try LedgerOrderReader(ledgers.chart).orders(JSONValue(parsing: orders))
        _ = try await ledgers.post(orders, by: .operator, in: .all)
      }, body)
  }

  @Test func `accounts, a statement and a transaction are pages in three languages`() async throws {
    try await Self.withLedger { client, _ in
      let words = [
        ("zh", "指标账簿", "对账单", "凭证"), ("ug", "كۆرسەتكۈچ", "ھېسابات", "تالون"),
        ("en", "Ledger of quotas", "Statement", "Transaction"),
      ]
      for (language, ledger, statement, transaction) in words {
        let times = "validOn=2026-12-31&lang=\(language)"
        let page = try await client.get("/ledger?\(times)")
        #expect(page.status == 200 && page.body.contains(ledger), "\(page.body.prefix(400))")
        #expect(page.body.contains("120\u{2009}000.50") && !page.body.contains("{{"))
        #expect(page.body.contains("/ledger/accounts/\(Self.account)?validOn=2026-12-31"))
        let account = try await client.get("/ledger/accounts/\(Self.account)?\(times)")
        #expect(account.status == 200 && account.body.contains(statement))
        #expect(account.body.contains("100\u{2009}000.50") && !account.body.contains("{{"))
        #expect(account.body.contains("&lt;b&gt;错记"), "a reason is text")
        let third = try await client.get("/ledger/transactions/3?lang=\(language)")
        #expect(third.status == 200 && third.body.contains(transaction))
        #expect(third.body.contains("ZY-8") && third.body.contains("/ledger/transactions/4"))
      }
      #expect(try await client.get("/desk").body.contains("href=\"/ledger\""))
    }
  }

  @Test func `figures are as of the day and the transaction that are asked for`() async throws {
    try await Self.withLedger { client, _ in
      func balance(_ query: String) async throws -> String? {
        let path = "/api/v1/ledger/accounts/\(Self.account)?\(query)"
        let reply = try await client.get(path)
        return try JSONValue(parsing: reply.body)["account"]?["available"]?.string
      }
      #expect(try await balance("validOn=2026-01-04") == "0.00")
      #expect(try await balance("validOn=2026-01-31") == "120000.50")
      #expect(try await balance("validOn=2026-03-01") == "100000.00")
      #expect(try await balance("validOn=2026-12-31") == "100000.50")
      #expect(try await balance("validOn=2026-12-31&through=1") == "120000.50")
      let trial = try JSONValue(
        parsing: try await client.get("/api/v1/ledger/accounts?validOn=2026-12-31").body)
      #expect(trial["balanced"] == .boolean(true) && trial["accounts"]?.array?.count == 3)
      let some = try JSONValue(
        parsing: try await client.get("/api/v1/ledger/accounts?region=653101").body)
      #expect(some["accounts"]?.array == [])
      let one = try JSONValue(
        parsing: try await client.get("/api/v1/ledger/transactions/3").body)
      #expect(one["reversedBy"] == .integer(4) && one["case"] == .string("ZY-8"))
    }
  }

  @Test func `tables are taken away, and what makes no sense is refused`() async throws {
    try await Self.withLedger { client, _ in
      let csv = try await client.get("/ledger/file?format=csv&validOn=2026-12-31")
      #expect(csv.status == 200 && csv.body.contains("\(Self.account)"))
      #expect(csv.body.contains("120001.00,0.50,120000.50,20000.00,100000.50"))
      let lines = try await client.get(
        "/ledger/accounts/\(Self.account)/file?format=csv&validOn=2026-12-31")
      #expect(lines.body.contains("ZY-8"))
      for path in [
        "/ledger?year=26", "/ledger?region=abc", "/ledger?kind=A", "/ledger?validOn=x",
        "/ledger?through=-1", "/ledger/file?format=doc", "/api/v1/ledger/accounts?year=26",
      ] { #expect(try await client.get(path).status == 400, "\(path)") }
      for path in [
        "/ledger/accounts/annual-plan-quota/653122/2026/any", "/ledger/transactions/99",
        "/ledger/transactions/x", "/ledger/accounts/a/b/c/d",
        "/api/v1/ledger/transactions/99",
      ] { #expect(try await client.get(path).status == 404, "\(path)") }
    }
  }
}
