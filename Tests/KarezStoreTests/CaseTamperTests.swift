import Foundation
import GRDB
import KarezCore
import KarezStore
import TestSupport
import Testing

/// Whoever edits a case, its tasks or what its terms took behind the store's back is found.
@Suite struct CaseTamperTests {
  /// Edits of six cases, the first written by entry 1 and so on.
  static let edits: [TamperTests.Edit] = [
    TamperTests.edit(
      "where a case stands", "UPDATE karez_case SET states = 'end' WHERE number = 'T001'", 1,
      "row-altered", "case T001"),
    TamperTests.edit(
      "a due day", "UPDATE karez_case SET due = '2030-01-01' WHERE number = 'T002'", 2,
      "row-altered", "case T002"),
    TamperTests.edit(
      "an event", "UPDATE karez_case_event SET body = '{}' WHERE number = 'T003'", 3,
      "row-altered", "case T003"),
    TamperTests.edit(
      "the days a term took", "UPDATE karez_case_term SET used = 1 WHERE number = 'T004'", 4,
      "row-altered", "case T004"),
    TamperTests.edit(
      "that a term was late", "UPDATE karez_case_term SET is_late = 0 WHERE number = 'T006'", 6,
      "row-altered", "case T006"),
    TamperTests.edit(
      "where a term is counted",
      "UPDATE karez_case_term SET region = '653122' WHERE number = 'T005'", 5, "row-altered",
      "case T005"),
    TamperTests.edit(
      "a term taken away", "DELETE FROM karez_case_term WHERE number = 'T005'", 5,
      "row-altered", "case T005"),
    TamperTests.edit(
      "a term slipped in",
      """
      INSERT INTO karez_case_term
        (number, clock, procedure, region, ended_on, used, length, is_late)
      VALUES ('T001', 'notice', 'test/small', '653101001', '2025-01-02', 1, 5, 0)
      """, 1, "row-altered", "case T001"),
    TamperTests.edit(
      "a term of no case",
      """
      INSERT INTO karez_case_term
        (number, clock, procedure, region, ended_on, used, length, is_late)
      VALUES ('T009', 'notice', 'test/small', '653101', '2025-01-02', 1, 5, 0)
      """, 0, "row-unrecorded", "case T009"),
    TamperTests.edit(
      "a case taken away", "DELETE FROM karez_case WHERE number = 'T002'", 2, "row-missing",
      "case T002"),
  ]

  @Test(arguments: edits)
  func `an edit of a case is found and named`(edit: TamperTests.Edit) async throws {
    try await Places.withTemporaryFolder { folder in
      let store = try SQLiteStore(folder: folder, clock: Fixture.clock)
      try await CaseContractTests.fill(store)
      #expect(try await store.verifyLog { _ in }.faults == [])
      let intruder = try DatabaseQueue(path: folder.appending(path: "karez.gpkg").path)
      try await intruder.write { try $0.execute(sql: edit.sql) }
      let found = try await store.verifyLog { _ in }
      let expected = LogVerification.Fault(entry: edit.entry, kind: edit.kind, what: edit.what)
      #expect(found.faults == [expected])
    }
  }
}
