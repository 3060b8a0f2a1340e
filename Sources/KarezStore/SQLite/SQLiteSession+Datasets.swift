import GRDB
import KarezCore
import KarezGeometry

/// What stands beside the rows of a dataset, so that other programs find a GeoPackage.
extension SQLiteSession {
  func create(_ table: DatasetTable, at time: String) throws {
    if table.hasGeometry {
      try db.execute(
        sql: """
          CREATE VIRTUAL TABLE \(SQL.quoted(table.rtree))
          USING rtree(id, minx, maxx, miny, maxy)
          """)
    }
    try show(table, at: time)
  }

  func show(_ table: DatasetTable, at time: String) throws {
    try db.execute(sql: "DROP VIEW IF EXISTS \(SQL.quoted(table.view))")
    try db.execute(sql: Self.viewDefinition(of: table))
    try db.execute(
      sql: """
        INSERT OR REPLACE INTO gpkg_contents (table_name, data_type, identifier, description,
          last_change, srs_id) VALUES (?,?,?,?,?,?)
        """,
      arguments: [
        table.view, table.hasGeometry ? "features" : "attributes", table.view,
        table.schema.title.zh, time, table.hasGeometry ? GeoPackageTables.srs : nil,
      ])
    guard table.hasGeometry else { return }
    try db.execute(
      sql: "INSERT OR REPLACE INTO gpkg_geometry_columns VALUES (?,'geom',?,?,0,0)",
      arguments: [
        table.view, GeoPackageTables.geometryTypeName(of: table.schema.geometry),
        GeoPackageTables.srs,
      ])
  }

  /// What is valid "today" in the view, by the legal time of the country.
  private static let today = "date('now', '+8 hours')"

  /// The statement that makes the view, which is also how the engine keeps it.
  private static func viewDefinition(of table: DatasetTable) -> String {
    """
    CREATE VIEW \(SQL.quoted(table.view)) AS SELECT \(SQL.quoted(table.shownColumns)) \
    FROM \(SQL.quoted(table.historyName))
    WHERE recorded_until IS NULL AND valid_from <= \(today)
      AND (valid_until IS NULL OR valid_until > \(today))
    """
  }

  func isViewWhole(of table: DatasetTable) throws -> Bool {
    let sql = try String.fetchOne(
      db, sql: "SELECT sql FROM sqlite_master WHERE type = 'view' AND name = ?",
      arguments: [table.view])
    return sql == Self.viewDefinition(of: table)
  }

  func widen(_ table: DatasetTable, to box: BoundingBox, at time: String) throws {
    try db.execute(
      sql: """
        UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?, last_change = ?
        WHERE table_name = ?
        """,
      arguments: [box.minX, box.minY, box.maxX, box.maxY, time, table.view])
  }
}
