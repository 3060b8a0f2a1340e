import GRDB

/// 空间索引: the R*Tree beside a layer, as the GeoPackage extension lays it out.
///
/// - Source: OGC 12-128r18, annex F.3.
enum GeoPackageIndex {
  static func create(on table: String, _ db: Database) throws {
    let rtree = SQL.quoted("rtree_\(table)_geom")
    try db.execute(sql: "CREATE VIRTUAL TABLE \(rtree) USING rtree(id, minx, maxx, miny, maxy)")
    try db.execute(
      sql: """
        INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index',
          'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')
        """,
      arguments: [table])
  }

  /// The triggers that keep the index right when other programs edit the layer.
  static func addTriggers(to table: String, _ db: Database) throws {
    for (name, text) in triggers(of: table) {
      let trigger = SQL.quoted("rtree_\(table)_geom_\(name)")
      try db.execute(sql: "CREATE TRIGGER \(trigger) \(text)")
    }
  }

  private static func triggers(of table: String) -> [(name: String, text: String)] {
    let layer = SQL.quoted(table)
    let rtree = SQL.quoted("rtree_\(table)_geom")
    let filled = #"(NEW."geom" NOT NULL AND NOT ST_IsEmpty(NEW."geom"))"#
    let hollow = #"(NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))"#
    let put = """
      INSERT OR REPLACE INTO \(rtree) VALUES (NEW."fid", ST_MinX(NEW."geom"), \
      ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom"));
      """
    let drop = #"DELETE FROM \#(rtree) WHERE id = OLD."fid";"#
    return [
      ("insert", "AFTER INSERT ON \(layer) WHEN \(filled) BEGIN \(put) END"),
      (
        "update1",
        #"AFTER UPDATE OF "geom" ON \#(layer) WHEN OLD."fid" = NEW."fid" AND "#
          + "\(filled) BEGIN \(put) END"
      ),
      (
        "update2",
        #"AFTER UPDATE OF "geom" ON \#(layer) WHEN OLD."fid" = NEW."fid" AND "#
          + "\(hollow) BEGIN \(drop) END"
      ),
      (
        "update3",
        #"AFTER UPDATE ON \#(layer) WHEN OLD."fid" != NEW."fid" AND "#
          + "\(filled) BEGIN \(drop) \(put) END"
      ),
      (
        "update4",
        #"AFTER UPDATE ON \#(layer) WHEN OLD."fid" != NEW."fid" AND \#(hollow) BEGIN "#
          + #"DELETE FROM \#(rtree) WHERE id IN (OLD."fid", NEW."fid"); END"#
      ),
      ("delete", #"AFTER DELETE ON \#(layer) WHEN OLD."geom" NOT NULL BEGIN \#(drop) END"#),
    ]
  }
}
