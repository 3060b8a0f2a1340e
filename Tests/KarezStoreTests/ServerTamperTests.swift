import KarezCore
import KarezStore
import TestSupport
import Testing

/// The edits of `TamperTests`, made behind the back of a server's map.
@Suite(
  .serialized,
  .enabled(if: PostgreSQLServer.isInstalled, "PostgreSQL is not installed: its engine is untested"))
struct ServerTamperTests {
  typealias Edit = TamperTests.Edit

  static let history = TamperTests.history

  /// What a server's map does not have: the header and the index of a GeoPackage.
  static let absent: Set<String> = [
    "the box in a geometry's header", "a row hidden from the index",
  ]

  /// What the server's types refuse.
  static let refused: Set<String> = [
    "a row ended by what no number is", "a row's digest that is no digest",
    "a count that is no number",
  ]

  /// Edits that a server writes otherwise.
  static let rewritten: [String: String] = [
    "one bit of a geometry":
      "UPDATE \(history) SET geom = ST_Translate(geom, 1e-13, 0) WHERE fid = 3",
    "a row slipped in":
      """
    INSERT INTO \(history) (fid, id, valid_from, recorded_from, row_hash, content_hash)
    VALUES (6, 'z', '2020-01-01', 1, '\\x00', '\\x00')
    """,
  ]

  static let edits = (TamperTests.edits + TamperTests.registerEdits).filter {
    !absent.contains($0.testDescription)
  }

  static func sql(of edit: Edit) -> String {
    let statements =
      (rewritten[edit.testDescription] ?? edit.sql)
      .replacing("karez_log_is_not_changed;", with: "karez_log_is_not_changed ON karez_log;")
      .replacing("karez_log_is_not_cut;", with: "karez_log_is_not_cut ON karez_log;")
    return "SET search_path TO karez, public; " + statements
  }

  @Test(arguments: edits)
  func `an edit is found and named, or refused by the server`(edit: Edit) async throws {
    let engine = StoreEngine(kind: .server)
    try await engine.withPlace { place in
      let store = try await engine.open(place)
      try await TamperTests.prepare(store)
      let clean = try await store.verifyLog { _ in }
      #expect(clean == LogVerification(entries: 4, rows: 5, faults: []))
      let server = try PostgreSQLServer.shared()
      guard !Self.refused.contains(edit.testDescription) else {
        #expect(throws: PostgreSQLServer.Failure.self) {
          try server.sql(Self.sql(of: edit), in: place.database)
        }
        return
      }
      try server.sql(Self.sql(of: edit), in: place.database)
      let found = try await store.verifyLog { _ in }
      let expected = LogVerification.Fault(entry: edit.entry, kind: edit.kind, what: edit.what)
      #expect(found.faults.contains(expected), "\(found.faults)")
    }
  }

  @Test func `the server itself refuses to change or cut the log`() async throws {
    let engine = StoreEngine(kind: .server)
    try await engine.withPlace { place in
      let store = try await engine.open(place)
      try await TamperTests.prepare(store)
      for sql in [
        "UPDATE karez.karez_log SET actor = 'x'", "DELETE FROM karez.karez_log",
        "TRUNCATE karez.karez_log",
      ] {
        #expect(throws: PostgreSQLServer.Failure.self) {
          try PostgreSQLServer.shared().sql(sql, in: place.database)
        }
      }
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `every edit that is said to be absent or refused is one of the embedded engine's`() {
    let known = Set((TamperTests.edits + TamperTests.registerEdits).map(\.testDescription))
    #expect(Self.absent.union(Self.refused).union(Self.rewritten.keys).isSubset(of: known))
  }
}
