import KarezAccounts
import KarezCore
import KarezStore
import TestSupport
import Testing

/// Who posts at the same time, from the same process or another.
@Suite struct LedgerConcurrencyTests {
  typealias Ledger = LedgerFixture

  @Test(arguments: StoreEngine.all)
  func `of many who want the last of it at once, no more are given than there is`(
    engine: StoreEngine
  ) async throws {
    try await engine.withPlace { place in
      // Two doors to the same map, as two processes have them.
      let doors = [try await engine.open(place), try await engine.open(place)]
      try await doors[0].post(
        try Ledger.order("k", .post([try Ledger.making(70, in: "653101")])))
      let given = try await withThrowingTaskGroup(of: Int.self) { group in
        for asker in 0..<12 {
          group.addTask {
            var given = 0
            for attempt in 0..<10 {
              let order = try Ledger.order(
                "\(asker)-\(attempt)", .post([try Ledger.occupying(1, in: "653101")]))
              do throws(StoreError) {
                _ = try await doors[asker % 2].post(
                  [order], under: Self.chart, recording: nil, by: .operator, in: .all)
                given += 1
              } catch {
                guard case .ledger(.overdrawn, order: 0) = error else { throw error }
              }
            }
            return given
          }
        }
        return try await group.reduce(0, +)
      }
      #expect(given == 70)
      let left = try await doors[1].balance("quota", "653101")
      #expect(left?.balance == 0 && left?.given == 70)
      let numbers = try await doors[0].transactions().map(\.number)
      #expect(numbers == Array(1...71))
      #expect(try await doors[0].verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `the same order sent by many at once is recorded once`(engine: StoreEngine) async throws {
    try await engine.withPlace { place in
      let doors = [try await engine.open(place), try await engine.open(place)]
      let order = try Ledger.order("k", .post([try Ledger.making(70, in: "653101")]))
      let news = try await withThrowingTaskGroup(of: Int.self) { group in
        for asker in 0..<8 {
          group.addTask { try await doors[asker % 2].post(order).count { $0.isNews } }
        }
        return try await group.reduce(0, +)
      }
      #expect(news == 1)
      #expect(try await doors[0].balance("quota", "653101")?.balance == 70)
    }
  }

  static let chart: ChartOfAccounts = {
    guard let chart = try? LedgerFixture.chart() else { preconditionFailure("a chart of tests") }
    return chart
  }()
}

/// A connection that ends with the COMMIT.
@Suite(
  .enabled(if: PostgreSQLServer.isInstalled, "PostgreSQL is not installed: its engine is untested"))
struct LedgerUnknownOutcomeTests {
  @Test(arguments: [CuttingProxy.Cut.before, .after])
  func `a posting whose answer is lost is unknown, and is made once when it is repeated`(
    cut: CuttingProxy.Cut
  ) async throws {
    try await CuttingProxy.withStore { store, proxy in
      let order = try LedgerFixture.order(
        "k", .post([try LedgerFixture.making(70, in: "653101")]))
      proxy.arm(cut)
      await #expect(throws: StoreError.unknownOutcome(idempotencyKey: "ledger k")) {
        try await store.post(order)
      }
      let receipt = try await store.post(order)
      #expect(receipt.map(\.isNews) == [cut == .before])
      #expect(try await store.balance("quota", "653101")?.balance == 70)
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }
}
