import KarezCore
import KarezCrypto
import KarezGeometry

extension Dialect {
  static let postgreSQL = Dialect(
    mark: { "$\($0)" },
    temporary: "pg_temp",
    least: "least",
    numbering: "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    fitting: PostgreSQLTables.fitting,
    reserved: ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"],
    creation: PostgreSQLTables.creation,
    type: PostgreSQLTables.type,
    isNear: { _, window in "h.geom && \(PostgreSQLTables.envelope(window))" },
    isDraftedNear: { _, window in
      """
      bounds && box(point(\(window.maxX), \(window.maxY)), point(\(window.minX), \(window.minY)))
      """
    },
    extent: { table, condition in
      """
      SELECT min(ST_XMin(h.geom)), min(ST_YMin(h.geom)), max(ST_XMax(h.geom)), max(ST_YMax(h.geom))
      FROM \(table.history) h WHERE \(condition)
      """
    },
    boxes: { _ in nil },
    isLike: { "(\($0) LIKE \($1.like))" },
    recorded: { "ST_GeomFromWKB(\($0), \(raw: String(GeoPackageTables.srs)))" },
    size: { "pg_column_size(\($0))" },
    databaseBytes: "SELECT pg_database_size(current_database())")
}

extension TextPattern {
  /// The pattern as LIKE has it.
  fileprivate var like: String {
    pieces.map { piece in
      switch piece {
      case .anyText: "%"
      case .anyCharacter: "_"
      case .text(let text):
        String(text.flatMap { "%_\\".contains($0) ? "\\\($0)" : String($0) })
      }
    }.joined()
  }
}

/// How PostgreSQL writes tables.
enum PostgreSQLTables {
  /// Longer names would be cut short without a word.
  private static let mostBytes = 63

  /// The name, or one that is as good where it would be cut short.
  static func fitting(_ name: String) -> String {
    guard name.utf8.count > mostBytes else { return name }
    let digest = SM3.digest(name).description.prefix(12)
    return name.prefix(mostBytes - 13) + "_" + digest
  }

  static func envelope(_ box: BoundingBox) -> SQL {
    """
    ST_MakeEnvelope(\(box.minX), \(box.minY), \(box.maxX), \(box.maxY), \
    \(raw: String(GeoPackageTables.srs)))
    """
  }

  static func creation(_ shape: TableShape) -> String { creation(shape, kind: "TABLE") }

  /// Days and identifiers are compared by their bytes, whatever language the database speaks.
  static func creation(_ shape: TableShape, kind: String) -> String {
    var lines = shape.columns.map { column in
      "\(SQL.quoted(column.name)) \(type(column.kind))\(column.isRequired ? " NOT NULL" : "")"
    }
    if shape.hasBounds { lines.append("bounds box") }
    if !shape.key.isEmpty { lines.append("PRIMARY KEY (\(SQL.quoted(shape.key)))") }
    // A statement names the schema itself where it is not the first in reach.
    let name = shape.name.contains(".") ? shape.name : SQL.quoted(shape.name)
    let table = "CREATE \(kind) \(name) (\(lines.joined(separator: ", ")))"
    let indexes = shape.indexes.map { creation($0, on: name) }
    return ([table] + indexes).joined(separator: ";\n") + ";\n"
  }

  static func creation(_ index: TableShape.Index, on name: String) -> String {
    """
    CREATE INDEX \(SQL.quoted(index.name)) ON \(name) \
    (\(SQL.quoted(index.columns)))\(index.condition.map { " WHERE " + $0 } ?? "")
    """
  }

  static func type(_ kind: ColumnKind) -> String {
    switch kind {
    case .text: "text COLLATE \"C\""
    case .integer: "bigint"
    case .decimal: "double precision"
    case .boolean: "boolean"
    case .date: "date"
    case .bytes, .drafted: "bytea"
    case .geometry(.none), .geometry(.point): "geometry(Geometry,\(GeoPackageTables.srs))"
    case .geometry(.line): "geometry(MultiLineString,\(GeoPackageTables.srs))"
    case .geometry(.polygon): "geometry(MultiPolygon,\(GeoPackageTables.srs))"
    }
  }
}
