import Foundation
import GRDB
import KarezCore
import KarezStore
import TestSupport
import Testing

/// Whoever edits a witnessed record behind the store's back is found.
@Suite struct RecordTamperTests {
  /// Edits of a log of two batches: `li` and `wang` written in entry 1, `li` again in entry 2.
  static let edits: [TamperTests.Edit] = [
    TamperTests.edit(
      "a body", "UPDATE karez_record SET body = '{}' WHERE key = 'li'", 2, "row-altered",
      "record account li"),
    TamperTests.edit(
      "a body that is no JSON", "UPDATE karez_record SET body = '{' WHERE key = 'li'", 2,
      "row-altered", "record account li"),
    TamperTests.edit(
      "a state", "UPDATE karez_record SET state = 'x' WHERE key = 'wang'", 1, "row-altered",
      "record account wang"),
    TamperTests.edit(
      "an owner", "UPDATE karez_record SET owner = 'x' WHERE key = 'wang'", 1, "row-altered",
      "record account wang"),
    TamperTests.edit(
      "a due time", "UPDATE karez_record SET due = '2030' WHERE key = 'wang'", 1, "row-altered",
      "record account wang"),
    TamperTests.edit(
      "a version", "UPDATE karez_record SET version = 1 WHERE key = 'li'", 2, "row-altered",
      "record account li"),
    TamperTests.edit(
      "a record taken away", "DELETE FROM karez_record WHERE key = 'wang'", 1, "row-missing",
      "record account wang"),
    TamperTests.edit(
      "a record slipped in",
      "INSERT INTO karez_record VALUES ('account', 'zhang', 1, 'open', NULL, NULL, '{}')", 0,
      "row-unrecorded", "record account zhang"),
    TamperTests.edit(
      "a record passed off as one nobody answers for",
      "UPDATE karez_record SET kind = 'transient/account' WHERE key = 'li'", 2, "row-missing",
      "record account li"),
  ]

  @Test(arguments: edits)
  func `an edit of a record is found and named`(edit: TamperTests.Edit) async throws {
    try await Places.withTemporaryFolder { folder in
      let store = try SQLiteStore(folder: folder, clock: Fixture.clock)
      let li = RecordContractTests.record("li")
      let wang = RecordContractTests.record("wang")
      let job = RecordContractTests.record("j", kind: RecordContractTests.job)
      try await store.put(
        RecordContractTests.batch(.write(li), .write(wang), .write(job)), by: .operator)
      let next = li.next(state: "b", due: nil, owner: nil, body: .object(["n": .integer(2)]))
      try await store.put(RecordContractTests.batch(.write(next)), by: .operator)
      #expect(
        try await store.verifyLog { _ in } == LogVerification(entries: 2, rows: 2, faults: []))
      let intruder = try DatabaseQueue(path: folder.appending(path: "karez.gpkg").path)
      try await intruder.write { try $0.execute(sql: edit.sql) }
      let found = try await store.verifyLog { _ in }
      let expected = LogVerification.Fault(entry: edit.entry, kind: edit.kind, what: edit.what)
      #expect(found.faults == [expected])
    }
  }
}
