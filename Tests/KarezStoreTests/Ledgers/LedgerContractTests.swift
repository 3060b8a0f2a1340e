import KarezAccounts
import KarezCore
import KarezStore
import TestSupport
import Testing

/// What every engine promises of ledgers.
@Suite struct LedgerContractTests {
  typealias Ledger = LedgerFixture

  @Test(arguments: StoreEngine.all)
  func `what is posted is there for two times, with an entry in the log`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let made = try Ledger.order("k1", .post([try Ledger.making(10_000, in: "653101")]))
      let used = try Ledger.order(
        "k2", .post([try Ledger.occupying(2_500, in: "653101")]), on: "2026-05-01", case: "C1")
      #expect(try await store.post(made).map(\.isNews) == [true])
      let hold = try Ledger.order("k3", .hold(try Ledger.name("quota", "653101"), units: 500))
      let receipts = try await store.post(used, hold)
      #expect(receipts.map(\.transaction.number) == [2, 3])

      let now = try #require(try await store.balance("quota", "653101"))
      #expect((now.received, now.given, now.held) == (10_000, 2_500, 500))
      #expect(now.available == 7_000)
      let april = LedgerTime(validOn: try Ledger.day("2026-04-30"))
      #expect(try await store.balance("quota", "653101", at: april)?.balance == 10_000)
      let before = LedgerTime(validOn: try Ledger.day("2026-06-01"), recorded: 1)
      #expect(try await store.balance("quota", "653101", at: before)?.available == 10_000)

      let entries = try await store.logEntries(after: 0, limit: 9)
      #expect(entries.map(\.kind) == ["ledger-posted", "ledger-posted"])
      #expect(entries[1].body["cases"] == .array([.string("C1")]))
      #expect(entries[1].body["count"] == .integer(2) && entries[1].actor.id == "li")
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `the same order is recorded once, and of a batch all or none`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let first = try Ledger.order("k1", .post([try Ledger.making(100, in: "653101")]))
      let receipt = try await store.post(first)
      let again = try await store.post(first)
      #expect(again.map(\.isNews) == [false] && again[0].transaction == receipt[0].transaction)
      await #expect(throws: StoreError.ledger(.keyOfAnother("k1"), order: 0)) {
        try await store.post(
          try Ledger.order("k1", .post([try Ledger.making(101, in: "653101")])))
      }
      let good = try Ledger.order("k2", .post([try Ledger.occupying(60, in: "653101")]))
      let bad = try Ledger.order("k3", .post([try Ledger.occupying(41, in: "653101")]))
      let refusal = StoreError.ledger(
        .overdrawn(
          try Ledger.name("quota", "653101"), on: try Ledger.day("2026-03-01"), available: 40,
          asked: 41), order: 2)
      await #expect(throws: refusal) { try await store.post(first, good, bad) }
      #expect(try await store.transactions().count == 1)
      #expect(try await store.balance("quota", "653101")?.balance == 100)
      // A key that is known beside one that is new: the new one is recorded.
      let mixed = try await store.post(first, good)
      #expect(mixed.map(\.isNews) == [false, true])
      #expect(try await store.logEntries(after: 0, limit: 9).count == 2)
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `records are written with what is posted, or neither is`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let chart = try Ledger.chart()
      func post(_ key: String, _ units: Int64, record: PlatformRecord) async throws {
        _ = try await store.post(
          [try Ledger.order(key, .post([try Ledger.making(units, in: "653101")]))], under: chart,
          recording: RecordContractTests.batch(.write(record)), by: .operator, in: .all)
      }
      let first = RecordContractTests.record("case-1")
      try await post("k1", 5, record: first)
      await #expect(
        throws: StoreError.recordConflict(kind: "account", key: "case-1", expected: 0, found: 1)
      ) { try await post("k2", 5, record: first) }
      #expect(try await store.balance("quota", "653101")?.balance == 5)
      // Sent again by who did not hear the answer: nothing happens twice.
      try await post("k1", 5, record: first)
      #expect(try await store.record(RecordContractTests.account, "case-1")?.version == 1)
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `holds, lots and counter-postings are known to later calls, and after opening anew`(
    engine: StoreEngine
  ) async throws {
    try await engine.withPlace { place in
      var store = try await engine.open(place)
      try await store.post(try Ledger.order("k1", .post([try Ledger.making(100, in: "653101")])))
      try await store.post(
        try Ledger.order("k2", .hold(try Ledger.name("quota", "653101"), units: 80)))
      store = try await engine.open(place)
      let use = [try Ledger.occupying(50, in: "653101")]
      try await store.post(try Ledger.order("k3", .consume(hold: 2, use), case: "C1"))
      await #expect(throws: StoreError.ledger(.holdSpent(2, left: 30, asked: 31), order: 0)) {
        try await store.post(try Ledger.order("k4", .release(hold: 2, units: 31)))
      }
      try await store.post(try Ledger.order("k5", .reverse(3)))
      await #expect(throws: StoreError.ledger(.reversedAlready(3, by: 4), order: 0)) {
        try await store.post(try Ledger.order("k6", .reverse(3)))
      }
      try await store.post(try Ledger.order("k7", .release(hold: 2, units: nil)))
      try await store.post(
        try Ledger.order(
          "k8", .carryOver(try Ledger.name("quota", "653101")), on: "2027-01-02"))
      let old = try await store.balance("quota", "653101")
      #expect(old?.balance == 0 && old?.held == 0)
      let next = LedgerAccountQuery(year: 2027)
      let carried = try await store.ledgerBalances(next, at: Ledger.always, in: .all)
      #expect(carried.map(\.balance) == [100])
      let listed = try await store.ledgerTransactions(
        LedgerTransactionQuery(number: 3), after: 0, limit: 9, in: .all)
      #expect(listed.map(\.reversedBy) == [4] && listed.first?.actor.id == "li")
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a transaction is found by account, case and both its features`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      try await store.post(
        try Ledger.order("k1", .post([try Ledger.making(100, in: "653101")])),
        try Ledger.order("k2", .post([try Ledger.making(100, in: "653122", of: "b2")])),
        try Ledger.order(
          "k3", .post([try Ledger.occupying(30, in: "653101")]), case: "C1"))
      func numbers(_ query: LedgerTransactionQuery) async throws -> [Int64] {
        try await store.transactions(query).map(\.number)
      }
      func feature(_ dataset: String, _ id: String) -> LedgerTransactionQuery {
        LedgerTransactionQuery(feature: .init(dataset: dataset, id: id))
      }
      #expect(
        try await numbers(LedgerTransactionQuery(account: Ledger.name("quota", "653101")))
          == [1, 3])
      #expect(try await numbers(LedgerTransactionQuery(caseNumber: "C1")) == [3])
      #expect(try await numbers(feature("supplementary-farmland", "b1")) == [1, 3])
      #expect(try await numbers(feature("supplementary-farmland", "b2")) == [2])
      #expect(try await numbers(feature("land-conversions", "z1")) == [3])
      #expect(try await numbers(feature("land-conversions", "b1")) == [])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `who sees one county posts and reads there, and elsewhere nothing is`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let county = Scope(ceiling: .internal, regionPrefixes: ["653101"])
      try await store.post(
        try Ledger.order("k1", .post([try Ledger.making(100, in: "653122")])),
        try Ledger.order("k2", .hold(try Ledger.name("quota", "653122"), units: 10)))
      let there = try Ledger.name("quota", "653122")
      let made = try Ledger.name("made", "653122")
      let tries: [(LedgerOrder, LedgerError)] = [
        (
          try Ledger.order("a", .post([try Ledger.making(1, in: "653122")])),
          .accountUnknown(made)
        ),
        (try Ledger.order("b", .hold(there, units: 1)), .accountUnknown(there)),
        (try Ledger.order("c", .release(hold: 2, units: 1)), .holdUnknown(2)),
        (try Ledger.order("d", .reverse(1)), .transactionUnknown(1)),
        (try Ledger.order("e", .carryOver(there)), .accountUnknown(there)),
        (try Ledger.order("f", .open(there)), .accountUnknown(there)),
        // Even what was recorded is not told to who sends its key.
        (
          try Ledger.order("k1", .post([try Ledger.making(100, in: "653122")])),
          .accountUnknown(made)
        ),
      ]
      for (order, error) in tries {
        await #expect(throws: StoreError.ledger(error, order: 0)) {
          try await store.post(order, in: county)
        }
      }
      try await store.post(
        try Ledger.order("k3", .post([try Ledger.making(5, in: "653101")])), in: county)
      #expect(
        try await store.ledgerBalances(LedgerAccountQuery(), at: Ledger.always, in: county)
          .map(\.account.name.region) == ["653101", "653101"])
      #expect(try await store.transactions(in: county).map(\.number) == [3])
      let outsider = Scope(ceiling: .public)
      #expect(
        try await store.ledgerBalances(LedgerAccountQuery(), at: Ledger.always, in: outsider)
          == [])
      #expect(try await store.transactions(in: outsider) == [])
      // A trade has two sides, and each sees it whole.
      try await store.post(
        try Ledger.order("k4", .post([try Ledger.paying("pay-in", 9, "653101", "653101")])),
        try Ledger.order(
          "k5",
          .post([
            try Ledger.trading(50, "653122", "653101"),
            try Ledger.paying("pay", 9, "653101", "653122"),
          ])))
      #expect(try await store.transactions(in: county).map(\.number) == [3, 4, 5])
    }
  }

  /// The store and the book alone are given the same orders, right and wrong ones.
  @Test(arguments: StoreEngine.all, 0..<3 as Range<UInt64>)
  func `the store decides as the book does, and adds up to the same`(
    engine: StoreEngine, seed: UInt64
  ) async throws {
    try await engine.withStore { store in
      var random = SplitMix64(seed: seed)
      var book = LedgerBook(chart: try Ledger.chart())
      var (kept, refused): ([LedgerTransaction], Int) = ([], 0)
      for place in 0..<150 {
        let order = try Self.order("\(place)", last: book.last, &random)
        var expected: LedgerTransaction?
        do throws(LedgerError) {
          expected = try book.record(order).transaction
        } catch {
          refused += 1
          await #expect(throws: StoreError.ledger(error, order: 0)) {
            try await store.post(order)
          }
        }
        guard let expected else { continue }
        kept.append(expected)
        #expect(try await store.post(order).map(\.transaction) == [expected])
      }
      #expect(kept.count > 40 && refused > 10)
      let accounts = book.accounts.values.map(\.account)
      for day in ["2026-01-15", "2026-06-30", "2027-12-31"] {
        for recorded in [Int64(kept.count / 2), Int64(kept.count)] {
          let time = LedgerTime(validOn: try Ledger.day(day), recorded: recorded)
          let trial = TrialBalance(
            time: time,
            accounts: try await store.ledgerBalances(LedgerAccountQuery(), at: time, in: .all))
          #expect(trial == TrialBalance(of: kept, accounts: accounts, at: time))
          #expect(trial.isBalanced)
        }
      }
      #expect(try await store.transactions() == kept)
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  static func order(
    _ key: String, last: Int64, _ random: inout SplitMix64
  ) throws -> LedgerOrder {
    let regions = ["653101", "653121", "653122"]
    let region = regions[Int.random(in: 0..<3, using: &random)]
    let other = regions[Int.random(in: 0..<3, using: &random)]
    let units = Int64.random(in: 1...100, using: &random)
    let known = Int64.random(in: 0...last, using: &random) + 1
    let lot = LotName(transaction: Int64.random(in: 1...max(1, last), using: &random), move: 0)
    let days = ["2026-01-10", "2026-03-01", "2026-09-09", "2027-01-01"]
    let day = days[Int.random(in: 0..<4, using: &random)]
    let use = try Ledger.occupying(units, in: region, from: lot)
    let act: LedgerAct
    switch Int.random(in: 0..<14, using: &random) {
    case 0..<4: act = .post([try Ledger.making(units * 3, in: region)])
    case 4..<7: act = .post([use])
    case 7: act = .post([try Ledger.paying("pay-in", units, other, other)])
    case 8:
      act = .post([
        try Ledger.trading(units, region, other), try Ledger.paying("pay", units, other, region),
      ])
    case 9: act = .hold(try Ledger.name("quota", region), units: units)
    case 10: act = .release(hold: known, units: nil)
    case 11: act = .consume(hold: known, [use])
    case 12: act = .carryOver(try Ledger.name("quota", region))
    default: act = .reverse(known)
    }
    return try Ledger.order(key, act, on: day)
  }
}
