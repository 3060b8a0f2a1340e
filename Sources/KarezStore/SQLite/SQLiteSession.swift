import CSQLite
import Foundation
import GRDB
import KarezCore
import KarezGeometry

/// A connection to the file, inside one transaction of GRDB's.
struct SQLiteSession: Session {
  let db: Database
  /// The R*Tree that is filled along with a table's rows.
  var boxes = FilledBoxes.ofTable

  enum FilledBoxes {
    /// That of a history table.
    case ofTable
    case named(String)
    case none
  }

  var dialect: Dialect { .sqlite }

  /// A file has one reader, this program; whoever may open it reads all of it.
  func confine(to scope: Scope) throws {}

  func within<Result>(_ time: Duration, _ body: () throws -> Result) throws -> Result {
    try StatementDeadline(after: time).hold(db, body)
  }

  func run(_ sql: SQL) throws {
    try db.execute(sql: text(sql), arguments: StatementArguments(sql.databaseValues))
  }

  func script(_ text: String) throws { try db.execute(sql: text) }

  func rows(_ sql: SQL) throws -> any SQLRows {
    try SQLiteRows(of: try statement(sql), StatementArguments(sql.databaseValues))
  }

  func all(_ sql: SQL) throws -> [any SQLRow] {
    try Row.fetchAll(try statement(sql), arguments: StatementArguments(sql.databaseValues))
      .map { SQLiteRow(row: $0) }
  }

  private func text(_ sql: SQL) -> String { sql.text(dialect.mark) }

  private func statement(_ sql: SQL) throws -> Statement {
    sql.isKept ? try db.cachedStatement(sql: text(sql)) : try db.makeStatement(sql: text(sql))
  }

  func fill(_ table: TableShape, _ next: () throws -> FilledRow?) throws {
    let names = table.columns.map(\.name)
    let marks = names.map { _ in "?" }.joined(separator: ",")
    let insert = DirectStatement(
      try db.cachedStatement(
        sql: "INSERT INTO \(SQL.quoted(table.name)) (\(SQL.quoted(names))) VALUES (\(marks))"), db)
    let geometry = table.columns.firstIndex { $0.name == "geom" }
    let box = try geometry.flatMap { _ in rtree(of: table) }.map { rtree in
      DirectStatement(
        try db.cachedStatement(sql: "INSERT INTO \(SQL.quoted(rtree)) VALUES (?,?,?,?,?)"), db)
    }
    while let row = try next() {
      try insert.run(row.values, geometry: geometry, in: row.box)
      guard let box, let sides = row.box else { continue }
      try box.run(
        [row.values[0]] + [sides.minX, sides.maxX, sides.minY, sides.maxY].map { .real($0) })
    }
  }

  private func rtree(of table: TableShape) -> String? {
    switch boxes {
    case .ofTable: "rtree_\(table.name)_geom"
    case .named(let name): name
    case .none: nil
    }
  }

  func indexBoxes(of rows: PlannedRows, in table: DatasetTable, above base: Int64) throws {
    let boxes = try self.rows(
      """
      SELECT \(base) + \(rows.number), substr(s.geom, 1, \(GeoPackageBlob.boxLength))
      FROM \(rows.tables) WHERE \(rows.condition) ORDER BY \(rows.number)
      """)
    try index(boxes, in: table.rtree, of: "main")
  }

  /// Puts rows of a number and the head of a geometry into an R*Tree.
  func index(_ rows: any SQLRows, in rtree: String, of schema: String) throws {
    var entries: [BoxTree.Entry] = []
    let tree = try BoxTree(rtree, in: schema, db)
    let insert = DirectStatement(
      try db.cachedStatement(
        sql: "INSERT INTO \(schema).\(SQL.quoted(rtree)) VALUES (?,?,?,?,?)"), db)
    func put(_ number: Int64, _ box: BoundingBox) throws {
      let sides = [box.minX, box.maxX, box.minY, box.maxY]
      try insert.run([.integer(number)] + sides.map { .real($0) })
    }
    var isBulk = tree != nil
    while let row = try rows.next() {
      guard let number = row.integer(0), let box = row.bytes(1).flatMap(GeoPackageBlob.box) else {
        continue
      }
      if isBulk, entries.count == BoxTree.most {
        try tree?.fill(entries)
        entries = []
        isBulk = false
      }
      if isBulk {
        entries.append(BoxTree.Entry(number: number, box))
      } else {
        try put(number, box)
      }
    }
    guard isBulk, !entries.isEmpty else { return }
    try tree?.fill(entries)
  }

  /// A file attached has its own indexes; rows are put into it before there is one.
  func prepareIdentifiers(of staged: SQL) throws {
    try script("CREATE INDEX IF NOT EXISTS draft.staged_id ON \(SQL.quoted(SQLiteDraft.name)) (id)")
  }

  /// The engine's plans do not rest on what tables hold.
  func examine(_ table: SQL) throws {}

  func rowHashes(of plan: PlannedRows) throws -> PlannedHashes {
    PlannedHashes(
      table: SQL(), condition: SQL(),
      digest: "row_hash(s.content_hash, \(plan.from), \(plan.until), s.area_m2)")
  }
}

/// A row of GRDB's, as what the file holds: a value of another type is seen as it is.
struct SQLiteRow: SQLRow {
  let row: Row

  subscript(_ column: Int) -> SQLValue {
    let value: DatabaseValue = row[column]
    switch value.storage {
    case .null: return .null
    case .int64(let number): return .integer(number)
    case .double(let number): return .real(number)
    case .string(let text): return .text(text)
    case .blob(let data): return .bytes(Array(data))
    }
  }

  func withWKB<Result>(
    _ column: Int, _ body: (UnsafeRawBufferPointer?) throws -> Result
  ) throws -> Result {
    try row.withUnsafeData(atIndex: column) { blob in
      guard let blob else { return try body(nil) }
      return try blob.withUnsafeBytes { try GeoPackageBlob.withWKB(of: $0, body) }
    }
  }

  /// The header is no part of a digest, so it is compared with what it must be.
  func isPlain(_ column: Int, _ geometry: Geometry) throws -> Bool {
    self[column].bytes == GeoPackageBlob.bytes(of: geometry)
  }
}

private final class SQLiteRows: SQLRows {
  private let statement: Statement
  private let cursor: RowCursor

  init(of statement: Statement, _ arguments: StatementArguments) throws {
    self.statement = statement
    cursor = try Row.fetchCursor(statement, arguments: arguments)
  }

  func next() throws -> (any SQLRow)? {
    try cursor.next() == nil ? nil : SteppedRow(statement: statement.sqliteStatement)
  }
}

/// The row a statement stands at, read straight from it: good until the next step.
private struct SteppedRow: SQLRow {
  let statement: OpaquePointer

  subscript(_ column: Int) -> SQLValue {
    let place = Int32(truncatingIfNeeded: column)
    switch sqlite3_column_type(statement, place) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, place))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, place))
    case SQLITE_TEXT:
      // Safe because SQLite's texts end with a zero and live until the next step.
      return sqlite3_column_text(statement, place).map { .text(String(cString: $0)) } ?? .null
    case SQLITE_BLOB: return .bytes(Array(blob(place)))
    default: return .null
    }
  }

  /// Safe because the bytes live until the next step, and nobody keeps them longer.
  private func blob(_ place: Int32) -> UnsafeRawBufferPointer {
    let start = sqlite3_column_blob(statement, place)
    return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, place)))
  }

  func withWKB<Result>(
    _ column: Int, _ body: (UnsafeRawBufferPointer?) throws -> Result
  ) throws -> Result {
    let place = Int32(truncatingIfNeeded: column)
    guard sqlite3_column_type(statement, place) != SQLITE_NULL else { return try body(nil) }
    return try GeoPackageBlob.withWKB(of: blob(place), body)
  }

  func isPlain(_ column: Int, _ geometry: Geometry) throws -> Bool {
    self[column].bytes == GeoPackageBlob.bytes(of: geometry)
  }
}

extension SQL {
  fileprivate var databaseValues: [DatabaseValue] { values.map(\.databaseValue) }
}

extension SQLValue {
  var databaseValue: DatabaseValue {
    switch self {
    case .null: .null
    case .integer(let number): number.databaseValue
    case .real(let number): number.databaseValue
    case .text(let text): text.databaseValue
    case .bytes(let bytes): Data(bytes).databaseValue
    }
  }
}
