import KarezCore
import KarezCrypto

/// Works out what a draft changes, and writes it; all inside the caller's one transaction.
///
/// - Shape: three temporary tables. `touched`: versions that say something else than the draft
///   over its days. `pieces`: days over which a row of the draft is news. `remnants`: days of
///   touched versions that the draft does not speak of.
/// - Assumes: the draft says of no feature two things of one day. Versions of one feature that are
///   not superseded never overlap.
/// - Complexity: statements over whole sets; memory does not grow with the dataset.
struct CommitWriter {
  let session: any Session
  let table: DatasetTable
  let plan: DraftPlan
  /// The draft's table, as a statement of this session names it.
  let staged: SQL
  /// What is known of its rows without reading them.
  let tally: DraftTally

  var history: SQL { table.history }
  var touched: SQL { temporary("touched") }
  var pieces: SQL { temporary("pieces") }
  var remnants: SQL { temporary("remnants") }

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
    let later = try session.text(
      """
      SELECT min(valid_from) FROM karez_statement
      WHERE dataset = \(plan.dataset) AND mode = 'state' AND valid_from > \(plan.validity.from)
      """
    ).flatMap { LegalDate($0) }
    guard let until = plan.validity.until else { return later }
    return later.map { min($0, until) } ?? until
  }

  func refuseDuplicates() throws {
    if tally.isSorted { return }
    try session.prepareIdentifiers(of: staged)
    let duplicate = try session.first(
      plan.mode == .versions
        ? """
        SELECT s.id, s.row FROM \(staged) s JOIN \(staged) o ON o.id = s.id
        WHERE o.row < s.row AND (o.valid_until IS NULL OR o.valid_until > s.valid_from)
          AND (s.valid_until IS NULL OR s.valid_until > o.valid_from)
        ORDER BY s.row LIMIT 1
        """
        : """
        SELECT id, max(row) FROM \(staged) GROUP BY id HAVING count(*) > 1
        ORDER BY max(row) LIMIT 1
        """)
    if let duplicate {
      throw StoreError.duplicateIdentifier(
        plan.dataset, id: duplicate.text(0) ?? "", row: duplicate.integer(1) ?? 0)
    }
  }

  /// Records the draft as commit `number`, or finds that nothing differs.
  ///
  /// `isWanted` asks for a commit also where no row differs, because something else is recorded
  /// with it.
  func write(as number: Int, until: LegalDate?, isWanted: Bool) throws -> Outcome {
    try setUntil(until)
    let days = days(until: until)
    if try isAllNews() { return try writeAll(days, as: number) }
    try session.prepareIdentifiers(of: staged)
    try makeTables()
    if table.schema.retiresIdentifiers { try refuseRetired(days) }
    try findTouched(days)
    try findPieces(days)
    try findRemnants()
    var outcome = try counted(days)
    if !outcome.isNothing || isWanted {
      try supersedeAndInsert(as: number, &outcome)
      outcome.sm3 = try digest(of: number, outcome)
    }
    try dropTables()
    return outcome
  }

  /// Whether nothing was ever recorded, and each row is a feature under the number it has.
  private func isAllNews() throws -> Bool {
    guard plan.mode != .versions, tally.isNumbered, tally.ending == 0, tally.rows > 0 else {
      return false
    }
    return try session.first("SELECT 1 FROM \(history) LIMIT 1") == nil
  }

  /// Records every row of the draft as it stands.
  private func writeAll(_ days: RowDays, as number: Int) throws -> Outcome {
    var outcome = Outcome(inserted: tally.rows, firstRow: 1, written: tally.rows)
    let rows = PlannedRows(
      tables: "\(staged) s", condition: "1 = 1", number: "s.row", from: days.from,
      until: days.until)
    try insert(rows, as: number, above: 0) { session.dialect.recorded($0) }
    outcome.sm3 = try digest(of: number, outcome)
    return outcome
  }

  private func counted(_ days: RowDays) throws -> Outcome {
    func count(_ sql: SQL) throws -> Int { Int(try session.integer(sql) ?? 0) }
    var outcome = Outcome()
    // A feature has one row, unless rows have days of their own.
    let feature: SQL = plan.mode == .versions ? "s.id" : "p.row"
    let features = try count(
      "SELECT count(DISTINCT \(feature)) FROM \(pieces) p JOIN \(staged) s ON s.row = p.row")
    outcome.inserted = try count(
      """
      SELECT count(DISTINCT \(feature)) FROM \(pieces) p JOIN \(staged) s ON s.row = p.row
      WHERE NOT EXISTS (SELECT 1 FROM \(history) h WHERE h.id = s.id AND \(days.areMet(by: "h")))
      """)
    outcome.changed = features - outcome.inserted
    outcome.ended = try count(
      """
      SELECT count(DISTINCT h.id) FROM \(touched) t JOIN \(history) h ON h.fid = t.fid
      WHERE t.ended <> 0
      """)
    outcome.superseded = try count("SELECT count(DISTINCT fid) FROM \(touched)")
    outcome.written =
      try count("SELECT count(*) FROM \(pieces)") + count("SELECT count(*) FROM \(remnants)")
    outcome.firstRow = (try session.integer("SELECT max(fid) FROM \(history)") ?? 0) + 1
    return outcome
  }

  // MARK: Writing

  private func supersedeAndInsert(as number: Int, _ outcome: inout Outcome) throws {
    try session.run(
      """
      UPDATE \(history) SET recorded_until = \(number)
      WHERE fid IN (SELECT fid FROM \(touched))
      """)
    let base = outcome.firstRow - 1
    let fromDraft = PlannedRows(
      tables: "\(pieces) p CROSS JOIN \(staged) s", condition: "s.row = p.row")
    try insert(fromDraft, as: number, above: base) { session.dialect.recorded($0) }
    let next = base + (try session.integer("SELECT count(*) FROM \(pieces)") ?? 0)
    let cut = PlannedRows(
      tables: "\(remnants) p CROSS JOIN \(history) s", condition: "s.fid = p.fid")
    try insert(cut, as: number, above: next) { $0 }
  }

  private func insert(
    _ rows: PlannedRows, as number: Int, above base: Int64, geometry: (SQL) -> SQL
  ) throws {
    let hashes = try session.rowHashes(of: rows)
    let names = (DatasetTable.fixedColumns + table.contentColumns).map(\.name)
    let copied = table.contentColumns.map { column -> SQL in
      let value: SQL = "s.\(name: column.name)"
      return column.name == "geom" ? geometry(value) : value
    }
    let fixed: SQL = """
      \(base) + \(rows.number), s.id, \(rows.from), \(rows.until), CAST(\(number) AS BIGINT),
      CAST(NULL AS BIGINT), s.area_m2, \(hashes.digest), s.content_hash
      """
    try session.run(
      """
      INSERT INTO \(history) (\(.names(names)))
      SELECT \(.joined([fixed] + copied, by: ", "))
      FROM \(rows.tables)\(hashes.table)
      WHERE \(rows.condition)\(hashes.condition) ORDER BY \(rows.number)
      """)
    if table.hasGeometry { try session.indexBoxes(of: rows, in: table, above: base) }
  }

  private func digest(of number: Int, _ outcome: Outcome) throws -> String {
    var digest = CommitDigest()
    let superseded = try session.rows(
      "SELECT row_hash FROM \(history) WHERE recorded_until = \(number) ORDER BY fid")
    while let row = try superseded.next() { digest.superseded(row.bytes(0) ?? []) }
    let written = try session.rows(
      "SELECT row_hash FROM \(history) WHERE fid >= \(outcome.firstRow) ORDER BY fid")
    while let row = try written.next() { digest.written(row.bytes(0) ?? []) }
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
