import Foundation
import GRDB
import KarezAccounts
import KarezCore
import KarezStore
import TestSupport
import Testing

/// Whoever edits a ledger behind the store's back is found, and a copy has it whole.
@Suite struct LedgerEvidenceTests {
  typealias Ledger = LedgerFixture
  private static let leg = "ledger leg 2"
  private static let quota = "quota/653101/2026/any"

  /// Edits of a ledger of two entries: 100.00 m² made in the first, 0.40 m² used and undone in the
  /// second, as transactions 2 and 3.
  static let edits: [TamperTests.Edit] = [
    TamperTests.edit(
      "an amount", "UPDATE karez_ledger_leg SET units = units * 2 WHERE number = 2", 2,
      "row-altered", leg),
    TamperTests.edit(
      "a leg taken away", "DELETE FROM karez_ledger_leg WHERE number = 2 AND position = 0", 2,
      "row-altered", leg),
    TamperTests.edit(
      "a leg slipped in",
      "INSERT INTO karez_ledger_leg VALUES (9, 0, '\(quota)', '2026-03-01', 5, 0, NULL)", 0,
      "row-unrecorded", "ledger leg 9"),
    TamperTests.edit(
      "a case", "UPDATE karez_ledger_transaction SET case_number = 'C9' WHERE number = 2", 2,
      "row-altered", "ledger transaction 2"),
    TamperTests.edit(
      "who recorded it", "UPDATE karez_ledger_transaction SET actor = 'x' WHERE number = 3", 2,
      "row-altered", "ledger transaction 3"),
    TamperTests.edit(
      "the lot that is pointed at",
      "UPDATE karez_ledger_pairing SET lot_number = 7 WHERE number = 2", 2, "row-altered",
      "ledger pairing 2"),
    TamperTests.edit(
      "what a lot was made of", "UPDATE karez_ledger_lot SET feature = 'b9'", 1, "row-altered",
      "ledger lot 1"),
    TamperTests.edit(
      "the sum of a day",
      "UPDATE karez_ledger_day SET units = 99 WHERE account = '\(quota)'", 0, "row-altered",
      "ledger day \(quota) 2026-03-01"),
    TamperTests.edit(
      "a day taken away", "DELETE FROM karez_ledger_day WHERE account = '\(quota)'", 0,
      "row-missing", "ledger day \(quota) 2026-03-01"),
    TamperTests.edit(
      "what an account may",
      "UPDATE karez_ledger_account SET may_be_negative = 1 WHERE name = '\(quota)'", 1,
      "row-altered", "ledger account \(quota)"),
    TamperTests.edit(
      "an account slipped in",
      """
      INSERT INTO karez_ledger_account
      VALUES ('quota/653199/2026/any', 'quota', '653199', 2026, 'any', 'm2', 2, 1)
      """, 0, "row-unrecorded", "ledger account quota/653199/2026/any"),
  ]

  static func fill(_ store: any OneMapStore) async throws {
    try await store.post(try Ledger.order("k1", .post([try Ledger.making(10_000, in: "653101")])))
    try await store.post(
      try Ledger.order("k2", .post([try Ledger.occupying(40, in: "653101")]), case: "C1"),
      try Ledger.order("k3", .reverse(2)))
  }

  @Test(arguments: edits)
  func `an edit of a ledger is found and named`(edit: TamperTests.Edit) async throws {
    try await Places.withTemporaryFolder { folder in
      let store = try SQLiteStore(folder: folder, clock: Fixture.clock)
      try await Self.fill(store)
      #expect(
        try await store.verifyLog { _ in } == LogVerification(entries: 2, rows: 6, faults: []))
      let intruder = try DatabaseQueue(path: folder.appending(path: "karez.gpkg").path)
      try await intruder.write { try $0.execute(sql: edit.sql) }
      let found = try await store.verifyLog { _ in }
      let expected = LogVerification.Fault(entry: edit.entry, kind: edit.kind, what: edit.what)
      #expect(found.faults == [expected])
    }
  }

  @Test func `a body that is another, with all its digests made anew, is not what was told`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let store = try SQLiteStore(folder: folder, clock: Fixture.clock)
      try await Self.fill(store)
      let intruder = try DatabaseQueue(path: folder.appending(path: "karez.gpkg").path)
      try await intruder.write { db in
        try db.execute(
          sql: """
            UPDATE karez_ledger_transaction SET body = replace(body, '"C1"', '"C2"') WHERE number = 2;
            DELETE FROM karez_ledger_transaction WHERE number = 3;
            """)
      }
      let faults = try await store.verifyLog { _ in }.faults
      #expect(faults.contains { $0.kind == "row-altered" && $0.what == "ledger transaction 2" })
      #expect(faults.contains { $0.kind == "row-missing" && $0.what == "ledger transaction 3" })
    }
  }

  @Test(arguments: MapCopyTests.pairs)
  func `a copy has the ledger whole and goes on with the next number`(
    source: StoreEngine, target: StoreEngine
  ) async throws {
    try await source.withPlace { place in
      let ours = try await source.open(place)
      try await Self.fill(ours)
      try await target.withPlace { place in
        let theirs = try await target.open(place)
        let digest = try await MapCopy(from: ours, to: theirs).run { _ in }
        #expect(try await theirs.digest { _ in } == digest)
        #expect(try await theirs.transactions() == ours.transactions())
        let next = try await theirs.post(
          try Ledger.order("k4", .post([try Ledger.occupying(10_000, in: "653101")])))
        #expect(next.map(\.transaction.number) == [4])
        #expect(try await theirs.verifyLog { _ in }.faults == [])
      }
    }
  }
}
