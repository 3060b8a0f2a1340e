import CSQLite
import KarezReading

/// Looks into a GeoPackage before GDAL does, and refuses what could run.
enum GeoPackageGuard {
  static func check(_ path: String) throws(ReadingError) {
    var handle: OpaquePointer?
    let name = "file:" + escaped(path) + "?immutable=1&mode=ro"
    let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX
    let opened = sqlite3_open_v2(name, &handle, flags, nil)
    defer { sqlite3_close_v2(handle) }
    guard opened == SQLITE_OK, let handle else { throw fault("open") }
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, 64 << 20)
    sqlite3_limit(handle, SQLITE_LIMIT_VDBE_OP, 100_000)
    for pragma in ["trusted_schema=OFF", "cell_size_check=ON", "query_only=ON"] {
      sqlite3_exec(handle, "PRAGMA " + pragma, nil, nil, nil)
    }
    let objects = try rows(
      "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema", in: handle)
    let names = Set(objects.map { $0[1] })
    guard names.contains("gpkg_contents") else { throw fault("gpkg_contents") }
    var columns: [String: String] = [:]
    if names.contains("gpkg_geometry_columns") {
      let sql = "SELECT lower(table_name), column_name FROM gpkg_geometry_columns"
      for row in try rows(sql, in: handle) { columns[row[0]] = row[1] }
    }
    for object in objects {
      try check(object, geometry: columns[object[2].lowercased()], in: handle)
    }
  }

  private static func check(
    _ object: [String], geometry: String?, in handle: OpaquePointer
  ) throws(ReadingError) {
    let (kind, name, table, sql) = (object[0], object[1], object[2], object[3])
    switch kind {
    case "view": throw .geopackage(.view(name: name))
    case "trigger":
      let key = try primaryKey(of: table, in: handle)
      let known = GeoPackageTriggers(table: table, geometry: geometry, key: key)
      guard known.contains(sql) else { throw .geopackage(.trigger(name: name)) }
    case "table":
      guard !GeoPackageTriggers.isVirtual(sql) || GeoPackageTriggers.isSpatialIndex(sql) else {
        throw .geopackage(.virtualTable(name: name))
      }
    default: break
    }
  }

  private static func primaryKey(
    of table: String, in handle: OpaquePointer
  ) throws(ReadingError) -> String? {
    let quoted = table.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"")
    let rows = try rows("PRAGMA table_info(\"\(quoted)\")", in: handle)
    return rows.first { $0.count > 5 && $0[5] == "1" }?[1]
  }

  /// All rows of a query as text; at most a hundred thousand.
  private static func rows(
    _ sql: String, in handle: OpaquePointer
  ) throws(ReadingError) -> [[String]] {
    var statement: OpaquePointer?
    defer { sqlite3_finalize(statement) }
    guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else {
      throw fault("schema")
    }
    var rows: [[String]] = []
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW:
        guard rows.count < 100_000 else { throw fault("schema") }
        rows.append(
          (0..<sqlite3_column_count(statement)).map { column in
            // Safe because SQLite's texts end with a zero and live until the next step.
            sqlite3_column_text(statement, column).map { String(cString: $0) } ?? ""
          })
      case SQLITE_DONE: return rows
      default: throw fault("damaged")
      }
    }
  }

  private static func fault(_ message: String) -> ReadingError {
    .geopackage(.malformed(message: message))
  }

  /// The path as a URI has it.
  private static func escaped(_ path: String) -> String {
    path.utf8.map { byte in
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
        || (0x61...0x7A).contains(byte) || byte == 0x2F || byte == 0x2E
      return isPlain
        ? String(UnicodeScalar(byte)) : "%" + FileContent.hexadecimal([byte])
    }.joined()
  }
}
