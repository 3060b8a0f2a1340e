import KarezCore
import KarezGeometry

/// A connection inside one transaction.
struct PostgreSQLSession: Session {
  let wire: PostgreSQLWire
  private let cursors = Counter()

  init(wire: PostgreSQLWire) { self.wire = wire }

  var dialect: Dialect { .postgreSQL }

  func confine(to scope: Scope) throws { try run(RowPolicy.confinement(to: scope)) }

  /// The setting ends with the transaction, which is undone after reading.
  func within<Result>(_ time: Duration, _ body: () throws -> Result) throws -> Result {
    // Zero would be no limit.
    let milliseconds = max(1, time / .milliseconds(1))
    try script("SET LOCAL statement_timeout = \(Int(milliseconds.rounded(.up)))")
    do {
      return try body()
    } catch let failure as PostgreSQLFailure where failure.isStopped {
      throw StoreError.tookTooLong
    }
  }

  func run(_ sql: SQL) throws { _ = try wire.query(sql) }
  func script(_ text: String) throws { try wire.simple(text) }
  func all(_ sql: SQL) throws -> [any SQLRow] { try wire.query(sql).rows }

  func rows(_ sql: SQL) throws -> any SQLRows {
    try PostgreSQLRows(wire, "rows_\(cursors.next())", sql)
  }

  func fill(_ table: TableShape, _ next: () throws -> FilledRow?) throws {
    let columns = table.columns.map(\.name) + (table.hasBounds ? ["bounds"] : [])
    let name = table.name.contains(".") ? table.name : SQL.quoted(table.name)
    var pieces = CopyPieces(table)
    try wire.copy("COPY \(name) (\(SQL.quoted(columns))) FROM STDIN (FORMAT binary)") {
      try pieces.next(next)
    }
  }

  /// The server joins without one.
  func prepareIdentifiers(of staged: SQL) throws {}

  func examine(_ table: SQL) throws { try run("ANALYZE \(table)") }

  // MARK: Digests of rows

  private static let hashes = TableShape(
    name: "pg_temp.hashes", columns: [Column("number", .integer), Column("row_hash", .bytes)],
    key: ["number"])
  /// How many digests are held before they are sent.
  private static let batch = 20_000

  /// The index is over the geometries themselves.
  func indexBoxes(of rows: PlannedRows, in table: DatasetTable, above base: Int64) throws {}

  /// Digests are ours to make: the server has no SM3 that we could rely on.
  func rowHashes(of plan: PlannedRows) throws -> PlannedHashes {
    try script(
      "DROP TABLE IF EXISTS pg_temp.hashes; "
        + PostgreSQLTables.creation(Self.hashes, kind: "TEMP TABLE"))
    let rows = try rows(
      """
      SELECT \(plan.number), s.content_hash, \(plan.from), \(plan.until), s.area_m2
      FROM \(plan.tables) WHERE \(plan.condition)
      """)
    var filled: [FilledRow] = []
    repeat {
      filled.removeAll(keepingCapacity: true)
      while filled.count < Self.batch, let row = try rows.next() {
        let hash = RowHash.row(
          content: row.bytes(1) ?? [], from: row.text(2) ?? "", until: row.text(3),
          areaM2: row.real(4))
        filled.append(FilledRow(values: [row[0], .bytes(hash)]))
      }
      if !filled.isEmpty { try fill(Self.hashes, with: filled) }
    } while !filled.isEmpty
    let table: SQL = "pg_temp.hashes"
    try examine(table)
    return PlannedHashes(
      table: " CROSS JOIN \(table) k", condition: " AND k.number = \(plan.number)",
      digest: "k.row_hash")
  }
}

/// Numbers for names that must differ within a transaction.
private final class Counter {
  private var last = 0

  func next() -> Int {
    last += 1
    return last
  }
}

/// An answer of any size, through a cursor: fetched in batches, while others may be read too.
final class PostgreSQLRows: SQLRows {
  private static let fewest = 100
  private static let most = 5_000
  /// What a batch is aimed at, in bytes.
  private static let aim = 1 << 20

  private let wire: PostgreSQLWire
  private let name: String
  private var rows: [any SQLRow] = []
  private var position = 0
  private var batch = PostgreSQLRows.fewest
  private var isAtEnd = false

  init(_ wire: PostgreSQLWire, _ name: String, _ sql: SQL) throws {
    self.wire = wire
    self.name = name
    _ = try wire.query("DECLARE \(raw: name) NO SCROLL CURSOR FOR \(sql)")
  }

  func next() throws -> (any SQLRow)? {
    if position == rows.count, !isAtEnd { try fetch() }
    guard position < rows.count else { return nil }
    position += 1
    return rows[position - 1]
  }

  private func fetch() throws {
    let answer = try wire.query("FETCH \(raw: String(batch)) FROM \(raw: name)")
    rows = answer.rows
    position = 0
    isAtEnd = rows.count < batch
    if isAtEnd { try wire.simple("CLOSE \(name)") }
    let size = max(1, answer.byteCount / max(1, rows.count))
    batch = max(Self.fewest, min(Self.most, Self.aim / size))
  }
}
