import KarezGeometry

/// What stands beside the rows of a dataset, so that GIS programs find a layer.
extension PostgreSQLSession {
  func create(_ table: DatasetTable, at time: String) throws {
    if table.hasGeometry {
      let index = table.dialect.fitting(table.historyName + "_geom")
      try run("CREATE INDEX \(name: index) ON \(table.history) USING gist (geom)")
    }
    try show(table, at: time)
  }

  func show(_ table: DatasetTable, at time: String) throws {
    try script(RowPolicy.creation(of: table))
    try run("DROP VIEW IF EXISTS \(name: table.view)")
    try run("CREATE VIEW \(name: table.view) AS \(Self.current(table))")
  }

  /// What is recorded and valid today, by the legal time of the country.
  private static func current(_ table: DatasetTable) -> SQL {
    let today: SQL = """
      to_char((now() AT TIME ZONE 'UTC') + interval '8 hours', 'YYYY-MM-DD')
      """
    return """
      SELECT \(.names(table.shownColumns)) FROM \(table.history)
      WHERE recorded_until IS NULL AND valid_from <= \(today)
        AND (valid_until IS NULL OR valid_until > \(today))
      """
  }

  /// Compares what the server says of the view with what it says of one just made.
  func isViewWhole(of table: DatasetTable) throws -> Bool {
    let found = try text(
      """
      SELECT pg_get_viewdef(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'v' AND c.relname = \(table.view) AND n.nspname = current_schema()
      """)
    try run("CREATE TEMP VIEW view_as_made AS \(Self.current(table))")
    let made = try text("SELECT pg_get_viewdef('pg_temp.view_as_made'::regclass)")
    try run("DROP VIEW pg_temp.view_as_made")
    return found != nil && found == made
  }

  /// PostGIS keeps its own catalogue.
  func widen(_ table: DatasetTable, to box: BoundingBox, at time: String) throws {}
}
