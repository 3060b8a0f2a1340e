import Foundation
import GRDB
import KarezCore
import KarezGeometry
import KarezStore
import TestSupport
import Testing

/// Whoever edits the file behind the store's back is found, and what they touched is named.
@Suite struct TamperTests {
  /// An edit, and the fault it must cause.
  struct Edit: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let sql: String
    let entry: Int64
    let kind: String
    let what: String
  }

  static let drop = "DROP TRIGGER karez_log_is_not_changed; DROP TRIGGER karez_log_is_not_cut; "
  static let history = "land_patches_history"

  static func edit(
    _ name: String, _ sql: String, _ entry: Int64, _ kind: String, _ what: String
  ) -> Edit {
    Edit(testDescription: name, sql: sql, entry: entry, kind: kind, what: what)
  }

  /// The edits of a log of one schema (1), two commits (2, 3) and an answer (4).
  ///
  /// Rows 1–3 are written by commit 1, 4 and 5 by commit 2,
  /// which superseded row 1.
  static let edits: [Edit] = [
    edit(
      "an attribute", "UPDATE \(history) SET floors = 9 WHERE fid = 2", 2, "row-altered",
      "land-patches row 2 g"),
    edit(
      "one bit of a geometry",
      """
      UPDATE \(history) SET geom = substr(geom, 1, 70) || x'01' || substr(geom, 72)
      WHERE fid = 3
      """, 2, "row-altered", "land-patches row 3 h"),
    edit(
      "the box in a geometry's header",
      """
      UPDATE \(history) SET geom = substr(geom, 1, 10) || x'7f' || substr(geom, 12)
      WHERE fid = 3
      """, 2, "row-altered", "land-patches row 3 h"),
    edit(
      "an area", "UPDATE \(history) SET area_m2 = area_m2 + 1 WHERE fid = 2", 2, "row-altered",
      "land-patches row 2 g"),
    edit(
      "a day", "UPDATE \(history) SET valid_until = '2024-01-01' WHERE fid = 2", 2, "row-altered",
      "land-patches row 2 g"),
    edit(
      "an id", "UPDATE \(history) SET id = 'x' WHERE fid = 2", 2, "row-altered",
      "land-patches row 2 x"),
    edit(
      "the commit of a row", "UPDATE \(history) SET recorded_from = 2 WHERE fid = 2", 2,
      "row-altered", "land-patches row 2 g"),
    edit(
      "a row brought back", "UPDATE \(history) SET recorded_until = NULL WHERE fid = 1", 3,
      "row-missing", "land-patches commit 2: 0 of 1"),
    edit(
      "a row ended without a commit", "UPDATE \(history) SET recorded_until = 2 WHERE fid = 2", 3,
      "row-unrecorded", "land-patches commit 2: 2 of 1"),
    edit(
      "a row taken away", "DELETE FROM \(history) WHERE fid = 2", 2, "row-missing",
      "land-patches row 2"),
    edit(
      "the last row taken away", "DELETE FROM \(history) WHERE fid = 5", 3, "row-missing",
      "land-patches row 5"),
    edit(
      "a row slipped in",
      """
      INSERT INTO \(history) (id, valid_from, recorded_from, row_hash, content_hash)
      VALUES ('z', '2020-01-01', 1, x'00', x'00')
      """, 0, "row-unrecorded", "land-patches row 6"),
    edit(
      "a row and its own digest",
      """
      UPDATE \(history) SET row_hash = (SELECT row_hash FROM \(history) WHERE fid = 3)
      WHERE fid = 2
      """, 2, "row-altered", "land-patches commit 1"),
    edit(
      "a row hidden from the index", "DELETE FROM rtree_\(history)_geom WHERE id = 2", 2,
      "row-altered", "land-patches row 2 g"),
    edit(
      "an entry's words", drop + "UPDATE karez_log SET actor = 'nobody' WHERE number = 2", 2,
      "altered", "2 commit"),
    edit(
      "an entry that is no JSON", drop + "UPDATE karez_log SET body = '{' WHERE number = 4", 4,
      "altered", "4"),
    edit(
      "an entry taken away", drop + "DELETE FROM karez_log WHERE number = 2", 2, "missing", "2"),
    edit(
      "two entries in the other order",
      drop + """
        UPDATE karez_log SET number = -1 WHERE number = 2;
        UPDATE karez_log SET number = 2 WHERE number = 3;
        UPDATE karez_log SET number = 3 WHERE number = -1
        """, 2, "reordered", "2 commit"),
    edit(
      "the end of the log cut off", drop + "DELETE FROM karez_log WHERE number >= 3", 0,
      "row-unrecorded", "commit 2"),
    edit(
      "the register of commits", "UPDATE karez_commit SET reason = 'x' WHERE number = 2", 3,
      "row-altered", "commit 2"),
    edit(
      "a commit taken from the register", "DELETE FROM karez_commit WHERE number = 2", 3,
      "row-missing", "commit 2"),
    edit(
      "a schema",
      "UPDATE karez_dataset SET definition = replace(definition, 'survey', 'purvey')", 1,
      "row-altered", "dataset land-patches"),
    edit("an answer", "UPDATE karez_answer SET json = '{}'", 4, "row-altered", "answer a1"),
    edit("an answer taken away", "DELETE FROM karez_answer", 4, "row-missing", "answer a1"),
  ]

  static let unknownCommit = """
    INSERT INTO karez_commit
    SELECT 3, 'roads', recorded_at, actor, reason, case_number, valid_from, valid_until, source,
      source_sm3, reader, crs, inserted, changed, ended, sm3 FROM karez_commit WHERE number = 2;
    UPDATE \(history) SET recorded_until = 3 WHERE fid = 2
    """

  /// Edits of what stands beside the rows, and of the commits that rows name.
  static let registerEdits: [Edit] = [
    edit(
      "a row ended by a number of no commit",
      "UPDATE \(history) SET recorded_until = 99 WHERE fid = 2", 2, "row-altered",
      "land-patches row 2 g"),
    edit(
      "a row ended by what no number is",
      "UPDATE \(history) SET recorded_until = 'x' WHERE fid = 2", 2, "row-altered",
      "land-patches row 2 g"),
    edit(
      "a row ended by a commit of the register only", unknownCommit, 2, "row-altered",
      "land-patches row 2 g"),
    edit(
      "a row's digest that is no digest", "UPDATE \(history) SET row_hash = 5 WHERE fid = 2", 2,
      "row-altered", "land-patches row 2 g"),
    edit(
      "who recorded", "UPDATE karez_commit SET actor = 'x' WHERE number = 2", 3, "row-altered",
      "commit 2"),
    edit(
      "when it was recorded",
      "UPDATE karez_commit SET recorded_at = '2020-01-01T00:00:00Z' WHERE number = 2", 3,
      "row-altered", "commit 2"),
    edit(
      "where rows came from", "UPDATE karez_commit SET source = 'x' WHERE number = 2", 3,
      "row-altered", "commit 2"),
    edit(
      "a count that is no number", "UPDATE karez_commit SET inserted = 'x' WHERE number = 2", 3,
      "row-altered", "commit 2"),
    edit(
      "an answer's digest", "UPDATE karez_answer SET digest = 'sm3:01'", 4, "row-altered",
      "answer a1"),
    edit(
      "an answer's time", "UPDATE karez_answer SET kept_at = 'x'", 4, "row-altered", "answer a1"),
    edit(
      "an answer's entry cut off", drop + "DELETE FROM karez_log WHERE number = 4", 0,
      "row-unrecorded", "answer a1"),
    edit(
      "the first day of a statement",
      "UPDATE karez_statement SET valid_from = '2019-01-01' WHERE said_at = 1", 2, "row-altered",
      "statement land-patches commit 1"),
    edit(
      "the end of a statement",
      "UPDATE karez_statement SET valid_until = '2024-01-01' WHERE said_at = 2", 3, "row-altered",
      "statement land-patches commit 2"),
    edit(
      "a statement taken away", "DELETE FROM karez_statement WHERE said_at = 1", 2, "row-missing",
      "statement land-patches commit 1"),
    edit(
      "a statement nobody made",
      "INSERT INTO karez_statement SELECT * FROM karez_statement WHERE said_at = 1", 0,
      "row-unrecorded", "statement land-patches commit 1"),
    edit(
      "a parent", "UPDATE karez_succession SET id = 'h' WHERE role = 'parent'", 3, "row-altered",
      "succession land-patches commit 2"),
    edit(
      "a succession taken back", "UPDATE karez_succession SET recorded_until = 2", 3,
      "row-altered", "succession land-patches commit 2"),
    edit(
      "a child taken away", "DELETE FROM karez_succession WHERE role = 'child'", 3, "row-missing",
      "succession land-patches commit 2"),
    edit(
      "a child slipped in",
      """
      INSERT INTO karez_succession VALUES
        ('land-patches', 1, 'redraw', '2021-01-01', 'child', 1, 'h', 2, NULL)
      """, 0, "row-unrecorded", "succession land-patches commit 2"),
    edit(
      "a receipt taken away", "DELETE FROM karez_receipt WHERE number = 2", 3, "row-missing",
      "receipt land-patches commit 2"),
    edit(
      "the counts of a receipt", "UPDATE karez_receipt SET ended = 9 WHERE number = 2", 3,
      "row-altered", "receipt land-patches commit 2"),
    edit(
      "a receipt nobody was given",
      "INSERT INTO karez_receipt VALUES ('z', 'land-patches', NULL, 0, 0, 0)", 0,
      "row-unrecorded", "receipt land-patches without a commit"),
    edit(
      "the view of what is recorded today",
      """
      DROP VIEW land_patches;
      CREATE VIEW land_patches AS SELECT * FROM \(history) WHERE id <> 'g'
      """, 1, "view-altered", "land_patches"),
    edit(
      "the view taken away", "DROP VIEW land_patches", 1, "view-altered", "land_patches"),
  ]

  static func prepare(_ store: any OneMapStore) async throws {
    let dataset = try Fixture.dataset("land-patches")
    try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
    let rows = try ["f", "g", "h"].enumerated().map {
      DraftRow(row: Int64($0.offset + 1), feature: try Fixture.feature($0.element, 1))
    }
    try await store.importing(rows, into: dataset, .state, from: Fixture.day(0), key: "a")
    try await store.changing(
      [DraftRow(row: 1, feature: try Fixture.feature("f", 2))], in: dataset, from: Fixture.day(1),
      key: "b", [#require(Succession(.redraw, of: ["g"], into: ["f"], on: Fixture.day(1)))])
    try await store.keepAnswer(
      id: "a1", digest: "sm3:00", json: "{\"a\":1}", by: .operator, in: .all)
  }

  @Test(arguments: edits + registerEdits)
  func `an edit is found and named`(edit: Edit) async throws {
    try await Places.withTemporaryFolder { folder in
      let store = try SQLiteStore(folder: folder, clock: Fixture.clock)
      try await Self.prepare(store)
      let clean = try await store.verifyLog { _ in }
      #expect(clean == LogVerification(entries: 4, rows: 5, faults: []))
      let intruder = try DatabaseQueue(path: folder.appending(path: "karez.gpkg").path)
      try await intruder.write { try $0.execute(sql: edit.sql) }
      let found = try await store.verifyLog { _ in }
      let expected = LogVerification.Fault(entry: edit.entry, kind: edit.kind, what: edit.what)
      #expect(found.faults.contains(expected), "\(found.faults)")
    }
  }

  @Test func `a row ended by a commit of another dataset is found and named`() async throws {
    try await Places.withTemporaryFolder { folder in
      let store = try SQLiteStore(folder: folder, clock: Fixture.clock)
      try await Self.prepare(store)
      let other = try Fixture.dataset("roads")
      try await store.define(Fixture.schema(other), by: .operator, in: .all)
      let row = DraftRow(row: 1, feature: try Fixture.feature("r", 1))
      for key in ["c", "d"] {
        // The second time says what was said already, and is no commit.
        try await store.importing([row], into: other, .state, from: Fixture.day(0), key: key)
      }
      #expect(try await store.verifyLog { _ in }.faults == [])
      let intruder = try DatabaseQueue(path: folder.appending(path: "karez.gpkg").path)
      try await intruder.write {
        try $0.execute(sql: "UPDATE \(Self.history) SET recorded_until = 3 WHERE fid = 2")
      }
      let fault = LogVerification.Fault(
        entry: 2, kind: "row-altered", what: "land-patches row 2 g")
      #expect(try await store.verifyLog { _ in }.faults == [fault])
    }
  }

  @Test func `an answer kept under a digest its own text denies is found`() async throws {
    try await Places.withTemporaryFolder { folder in
      let store = try SQLiteStore(folder: folder, clock: Fixture.clock)
      try await store.keepAnswer(
        id: "a", digest: "sm3:00", json: "{\"digest\":\"sm3:01\"}", by: .operator, in: .all)
      let fault = LogVerification.Fault(entry: 1, kind: "row-altered", what: "answer a")
      #expect(try await store.verifyLog { _ in }.faults == [fault])
    }
  }

  @Test func `the engine itself refuses to change or cut the log`() async throws {
    try await Places.withTemporaryFolder { folder in
      let store = try SQLiteStore(folder: folder, clock: Fixture.clock)
      try await Self.prepare(store)
      let intruder = try DatabaseQueue(path: folder.appending(path: "karez.gpkg").path)
      for sql in ["UPDATE karez_log SET actor = 'x'", "DELETE FROM karez_log"] {
        await #expect(throws: DatabaseError.self) {
          try await intruder.write { try $0.execute(sql: sql) }
        }
      }
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `one flipped bit in a recorded geometry or text is found`(seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    let offset = Int.random(in: 0..<6, using: &random)
    let bit = UInt8(1) << UInt8.random(in: 0..<8, using: &random)
    try await Places.withTemporaryFolder { folder in
      let path = folder.appending(path: "karez.gpkg").path
      do {
        let store = try SQLiteStore(folder: folder, clock: Fixture.clock)
        try await Self.prepare(store)
      }
      let intruder = try DatabaseQueue(path: path)
      _ = try await intruder.writeWithoutTransaction { try $0.checkpoint(.truncate) }
      try intruder.close()
      // The text of row 3's owner, or the first ordinates of its ring, wherever they lie.
      var bytes = Array(try Data(contentsOf: URL(filePath: path)))
      let needle = seed.isMultiple(of: 2) ? Array("张1".utf8) : Self.ordinate
      let places = bytes.indices.filter { bytes[$0...].starts(with: needle) }
      try #require(!places.isEmpty)
      let place = try #require(places.randomElement(using: &random))
      bytes[place + offset % needle.count] ^= bit
      try Data(bytes).write(to: URL(filePath: path))
      let store = try SQLiteStore(folder: folder, clock: Fixture.clock)
      let found = try await store.verifyLog { _ in }
      #expect(found.faults.contains { $0.kind == "row-altered" && $0.what.contains("row ") })
    }
  }

  /// The latitude every fixture feature begins with, as it lies in the file.
  static var ordinate: [UInt8] {
    withUnsafeBytes(of: (39.005).bitPattern.littleEndian) { Array($0) }
  }
}
