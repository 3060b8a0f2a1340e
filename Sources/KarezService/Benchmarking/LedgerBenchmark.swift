import Foundation
import KarezAccounts
public import KarezCore
import KarezStore

/// `bench ledger`: postings in batches, and one by one with every one on the disk, in a folder of
/// its own or an empty database.
public struct LedgerBenchmark: Sendable {
  let postings: Int
  let batch: Int
  let durable: Int
  let server: String?

  public init(postings: Int, batch: Int, durable: Int, server: String? = nil) {
    self.postings = postings
    self.batch = batch
    self.durable = durable
    self.server = server
  }

  private static let regions = 40

  public func run() async throws(Problem) -> JSONValue {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "karez-bench-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let store = try await open(folder)
      let chart = try Self.chart()
      let begin = ResourceUse.now()
      var sent = 0
      while sent < postings {
        let count = min(batch, postings - sent)
        let orders = try (sent..<sent + count).map { try Self.order("b\($0)", $0) }
        _ = try await store.post(
          orders, under: chart, recording: nil, by: .operator, in: .all)
        sent += count
      }
      let batched = ResourceUse.now()
      for number in 0..<durable {
        _ = try await store.post(
          [try Self.order("d\(number)", number)], under: chart, recording: nil, by: .operator,
          in: .all)
      }
      let after = ResourceUse.now()
      return try await report(store, begin, batched, after)
    } catch {
      throw Problem.backup(error, at: "bench")
    }
  }

  private func open(_ folder: URL) async throws -> RelationalStore {
    guard let server else {
      return try RelationalStore(folder: folder.appending(path: "map"), clock: Clock.timestamp)
    }
    return try await .server(
      PostgreSQLSettings(address: server), isMade: true, cache: folder, clock: Clock.timestamp)
  }

  private func report(
    _ store: RelationalStore, _ begin: ResourceUse, _ batched: ResourceUse, _ after: ResourceUse
  ) async throws -> JSONValue {
    let today = LedgerTime(validOn: Clock.today)
    let trial = TrialBalance(
      time: today,
      accounts: try await store.ledgerBalances(LedgerAccountQuery(), at: today, in: .all))
    func rate(_ count: Int, _ seconds: Double) -> JSONValue {
      .number((Double(count) / max(seconds, 1e-9)).rounded())
    }
    return .object([
      "job": .string("ledger"), "wallS": .number(after.wallSeconds - begin.wallSeconds),
      "cpuS": .number(after.cpuSeconds - begin.cpuSeconds), "peakMB": .number(after.peakMegabytes),
      "result": .object([
        "postings": .integer(Int64(postings)), "batch": .integer(Int64(batch)),
        "batchPerSecond": rate(postings, batched.wallSeconds - begin.wallSeconds),
        "batchPerCPUSecond": rate(postings, batched.cpuSeconds - begin.cpuSeconds),
        "durable": .integer(Int64(durable)),
        "durablePerSecond": rate(durable, after.wallSeconds - batched.wallSeconds),
        "durablePerCPUSecond": rate(durable, after.cpuSeconds - batched.cpuSeconds),
        "accounts": .integer(Int64(trial.accounts.count)),
        "balanced": .boolean(trial.isBalanced),
      ]),
    ])
  }

  private static func chart() throws -> ChartOfAccounts {
    let text = LocalizedText(zh: "测算", en: "benchmark")
    guard let measure = Measure(.squareMetre, decimals: 2),
      let begin = LegalDate(year: 2020, month: 1, day: 1), let inForce = Validity(from: begin)
    else { throw StoreError.unavailable(reason: "measure") }
    func kind(_ id: String, mayBeNegative: Bool) -> AccountKind {
      AccountKind(
        id: id, title: text, measure: measure, mayBeNegative: mayBeNegative, parts: [],
        carry: .stays, source: text)
    }
    return try ChartOfAccounts(
      kinds: [kind("issued", mayBeNegative: true), kind("quota", mayBeNegative: false)],
      rules: [
        MoveRule(
          id: "issue", title: text, from: "issued", to: "quota", inForce: inForce, source: text),
        MoveRule(
          id: "return", title: text, from: "quota", to: "issued", inForce: inForce, source: text),
      ])
  }

  /// Two of three are issued, one given back; over forty regions and a year of days.
  private static func order(_ key: String, _ number: Int) throws -> LedgerOrder {
    let region = String(653_100 + number / 3 % regions)
    guard let issued = AccountName(kind: "issued", region: region, year: 2026),
      let quota = AccountName(kind: "quota", region: region, year: 2026),
      let day = LegalDate(year: 2026, month: 1, day: 1)?.adding(days: number / 200 % 300)
    else { throw StoreError.unavailable(reason: "account") }
    let move =
      number % 3 == 2
      ? Move(rule: "return", from: quota, to: issued, units: 50)
      : Move(rule: "issue", from: issued, to: quota, units: 10_000)
    return LedgerOrder(key: key, .post([move]), on: day, reason: "bench", caseNumber: "B1")
  }
}
