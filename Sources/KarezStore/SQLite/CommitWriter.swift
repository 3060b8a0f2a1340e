import Foundation
import GRDB
import KarezCore
import KarezCrypto

/// Works out what a draft changes, and writes it; all inside the caller's one transaction.
///
/// - Shape: three temporary tables. `touched`: versions that say something else than the draft
///   over its days. `pieces`: days over which a row of the draft is news. `remnants`: days of
///   touched versions that the draft does not speak of.
/// - Assumes: the draft is attached as `draft`, and says of no feature two things of one day.
///   Versions of one feature that are not superseded never overlap.
/// - Complexity: statements over whole sets; memory does not grow with the dataset.
struct CommitWriter {
  let db: Database
  let table: DatasetTable
  let plan: DraftPlan

  var history: String { GeoPackageTables.quoted(table.history) }
  private var rtree: String { GeoPackageTables.quoted(table.rtree) }

  /// What was written, for the receipt and the log.
  struct Outcome {
    var inserted = 0
    var changed = 0
    var ended = 0
    var firstRow: Int64 = 0
    var written = 0
    var superseded = 0
    var sm3 = ""

    var isNothing: Bool { written == 0 && superseded == 0 }
  }

  /// The end of the draft's days: its own, or the next later state, whichever is first.
  ///
  /// A correction of the past never alters what a later state says; rows with days of their own
  /// are taken at their word.
  func effectiveUntil() throws -> LegalDate? {
    if plan.mode == .versions { return plan.validity.until }
    let later = try String.fetchOne(
      db,
      sql: """
        SELECT min(valid_from) FROM karez_statement
        WHERE dataset = ? AND mode = 'state' AND valid_from > ?
        """,
      arguments: [plan.dataset.text, plan.validity.from.description]
    ).flatMap { LegalDate($0) }
    guard let until = plan.validity.until else { return later }
    return later.map { min($0, until) } ?? until
  }

  func refuseDuplicates() throws {
    let duplicate = try Row.fetchOne(
      db,
      sql: plan.mode == .versions
        ? """
        SELECT s.id, s.row FROM draft.staged s JOIN draft.staged o ON o.id = s.id
        WHERE o.row < s.row AND (o.valid_until IS NULL OR o.valid_until > s.valid_from)
          AND (s.valid_until IS NULL OR s.valid_until > o.valid_from)
        ORDER BY s.row LIMIT 1
        """
        : """
        SELECT id, max(row) FROM draft.staged GROUP BY id HAVING count(*) > 1
        ORDER BY max(row) LIMIT 1
        """)
    if let duplicate {
      throw StoreError.duplicateIdentifier(plan.dataset, id: duplicate[0], row: duplicate[1])
    }
  }

  /// Records the draft as commit `number`, or finds that nothing differs.
  func write(as number: Int, until: LegalDate?) throws -> Outcome {
    try makeTables()
    try setUntil(until)
    try findTouched(until)
    try findPieces()
    try findRemnants()
    var outcome = try counted()
    guard !outcome.isNothing else { return outcome }
    try supersedeAndInsert(as: number, &outcome)
    outcome.sm3 = try digest(of: number, outcome)
    try dropTables()
    return outcome
  }

  func run(_ sql: String, _ more: [String: (any DatabaseValueConvertible)?] = [:]) throws {
    var arguments = more
    arguments["day"] = plan.validity.from.description
    try db.execute(sql: sql, arguments: StatementArguments(arguments))
  }

  private func counted() throws -> Outcome {
    func count(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: sql) ?? 0 }
    var outcome = Outcome()
    let pieces = try count("SELECT count(*) FROM temp.pieces")
    let remnants = try count("SELECT count(*) FROM temp.remnants")
    // A feature has one row, unless rows have days of their own.
    let feature = plan.mode == .versions ? "s.id" : "p.row"
    let features = try count(
      """
      SELECT count(DISTINCT \(feature)) FROM temp.pieces p JOIN draft.staged s ON s.row = p.row
      """)
    outcome.inserted = try count(
      """
      SELECT count(DISTINCT \(feature)) FROM temp.pieces p JOIN draft.staged s ON s.row = p.row
      WHERE NOT EXISTS (SELECT 1 FROM \(history) h WHERE h.id = s.id AND \(meets()))
      """)
    outcome.changed = features - outcome.inserted
    outcome.ended = try count(
      """
      SELECT count(DISTINCT h.id) FROM temp.touched t JOIN \(history) h ON h.fid = t.fid
      WHERE t.ended
      """)
    outcome.superseded = try count("SELECT count(DISTINCT fid) FROM temp.touched")
    outcome.written = pieces + remnants
    outcome.firstRow =
      (try Int64.fetchOne(db, sql: "SELECT max(fid) FROM \(history)") ?? 0) + 1
    return outcome
  }

  private func supersedeAndInsert(as number: Int, _ outcome: inout Outcome) throws {
    try run(
      """
      UPDATE \(history) SET recorded_until = :number WHERE fid IN (SELECT fid FROM temp.touched)
      """, ["number": number])
    let values = table.valueColumns + (table.hasGeometry ? ["geom"] : [])
    let columns = DatasetTable.quoted(DatasetTable.fixedColumns + values)
    let base = outcome.firstRow - 1
    try run(
      insertion(into: columns, values, from: "draft.staged s ON s.row = p.row", "temp.pieces"),
      ["number": number, "base": base])
    try insertBoxes(of: "temp.pieces p JOIN draft.box b ON b.row = p.row", above: base)
    let next = base + (try Int64.fetchOne(db, sql: "SELECT count(*) FROM temp.pieces") ?? 0)
    try run(
      insertion(into: columns, values, from: "\(history) s ON s.fid = p.fid", "temp.remnants"),
      ["number": number, "base": next])
    try insertBoxes(of: "temp.remnants p JOIN \(rtree) b ON b.id = p.fid", above: next)
  }

  private func insertion(
    into columns: String, _ values: [String], from source: String, _ pieces: String
  ) -> String {
    let copied = values.isEmpty ? "" : ", " + DatasetTable.quoted(values, of: "s")
    return """
      INSERT INTO \(history) (\(columns))
      SELECT :base + p.number, s.id, p.valid_from, p.valid_until, :number, NULL, s.area_m2,
        row_hash(s.content_hash, p.valid_from, p.valid_until, s.area_m2), s.content_hash\(copied)
      FROM \(pieces) p CROSS JOIN \(source) ORDER BY p.number
      """
  }

  private func insertBoxes(of source: String, above base: Int64) throws {
    guard table.hasGeometry else { return }
    try run(
      """
      INSERT INTO \(rtree) SELECT :base + p.number, b.minx, b.maxx, b.miny, b.maxy
      FROM \(source) ORDER BY p.number
      """, ["base": base])
  }

  private func digest(of number: Int, _ outcome: Outcome) throws -> String {
    var digest = CommitDigest()
    let superseded = try Row.fetchCursor(
      db, sql: "SELECT row_hash FROM \(history) WHERE recorded_until = ? ORDER BY fid",
      arguments: [number])
    while let row = try superseded.next() { digest.superseded(row[0] as Data) }
    let written = try Row.fetchCursor(
      db, sql: "SELECT row_hash FROM \(history) WHERE fid >= ? ORDER BY fid",
      arguments: [outcome.firstRow])
    while let row = try written.next() { digest.written(row[0] as Data) }
    return digest.finish().description
  }
}

/// The digest of a commit: the rows it superseded, then those it wrote, by their hashes.
struct CommitDigest: ~Copyable {
  private var hash = SM3()

  mutating func superseded(_ rowHash: some Collection<UInt8>) {
    hash.update([0])
    hash.update(rowHash)
  }

  mutating func written(_ rowHash: some Collection<UInt8>) {
    hash.update([1])
    hash.update(rowHash)
  }

  consuming func finish() -> SM3Digest { hash.finish() }
}
