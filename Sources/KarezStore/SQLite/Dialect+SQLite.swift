import KarezGeometry

extension Dialect {
  static let sqlite = Dialect(
    mark: { _ in "?" },
    temporary: "temp",
    least: "min",
    numbering: "INTEGER PRIMARY KEY",
    fitting: { $0 },
    reserved: [],
    creation: SQLiteTables.creation,
    type: SQLiteTables.type,
    isNear: { table, window in
      """
      h.fid IN (SELECT id FROM \(name: table.rtree) \
      WHERE minx <= \(window.maxX) AND maxx >= \(window.minX) \
      AND miny <= \(window.maxY) AND maxy >= \(window.minY))
      """
    },
    isDraftedNear: { _, window in
      """
      row IN (SELECT row FROM box WHERE minx <= \(window.maxX) AND maxx >= \(window.minX) \
      AND miny <= \(window.maxY) AND maxy >= \(window.minY))
      """
    },
    extent: { table, condition in
      """
      SELECT min(r.minx), min(r.miny), max(r.maxx), max(r.maxy) FROM \(table.history) h
      JOIN \(name: table.rtree) r ON r.id = h.fid WHERE \(condition)
      """
    },
    boxes: { table in
      IndexedBoxes(
        columns: "b.minx, b.maxx, b.miny, b.maxy",
        join: "LEFT JOIN \(name: table.rtree) b ON b.id = h.fid")
    },
    isLike: { "(\($0) GLOB \($1.glob))" },
    recorded: { $0 },
    size: { "length(\($0))" },
    databaseBytes: """
      SELECT p.page_count * s.page_size FROM pragma_page_count() p, pragma_page_size() s
      """)
}

extension TextPattern {
  /// The pattern as SQLite's GLOB has it.
  fileprivate var glob: String {
    pieces.map { piece in
      switch piece {
      case .anyText: "*"
      case .anyCharacter: "?"
      case .text(let text):
        String(text.flatMap { "*?[".contains($0) ? "[\($0)]" : String($0) })
      }
    }.joined()
  }
}

extension DatasetTable {
  /// The R*Tree of the history table's boxes, as GeoPackage names it.
  var rtree: String { "rtree_\(historyName)_geom" }
}

/// How SQLite writes tables.
enum SQLiteTables {
  static func creation(_ shape: TableShape) -> String {
    // A key of one whole number is SQLite's own number of the row.
    let ownKey =
      shape.key.count == 1
      && shape.columns.contains {
        $0.name == shape.key[0] && $0.kind == .integer
      }
    var lines = shape.columns.map { column in
      let key = ownKey && column.name == shape.key[0] ? " PRIMARY KEY" : ""
      let required = column.isRequired ? " NOT NULL" : ""
      return "\(SQL.quoted(column.name)) \(type(column.kind))\(key)\(required)"
    }
    if !ownKey, !shape.key.isEmpty { lines.append("PRIMARY KEY (\(SQL.quoted(shape.key)))") }
    let ending = ownKey || shape.key.isEmpty ? "" : " WITHOUT ROWID"
    let table = "CREATE TABLE \(SQL.quoted(shape.name)) (\(lines.joined(separator: ", ")))\(ending)"
    let indexes = shape.indexes.map { creation($0, of: shape) }
    return ([table] + indexes).joined(separator: ";\n") + ";\n"
  }

  static func creation(_ index: TableShape.Index, of shape: TableShape) -> String {
    """
    CREATE INDEX \(SQL.quoted(index.name)) ON \(SQL.quoted(shape.name)) \
    (\(SQL.quoted(index.columns)))\(index.condition.map { " WHERE " + $0 } ?? "")
    """
  }

  static func type(_ kind: ColumnKind) -> String {
    switch kind {
    case .text: "TEXT"
    case .integer: "INTEGER"
    case .decimal: "DOUBLE"
    case .boolean: "BOOLEAN"
    case .date: "DATE"
    case .bytes, .drafted: "BLOB"
    case .geometry(let kind): GeoPackageTables.geometryTypeName(of: kind)
    }
  }
}
