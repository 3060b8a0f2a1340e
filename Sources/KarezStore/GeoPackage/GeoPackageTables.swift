import GRDB
import KarezCore
import KarezGeometry

/// The tables every GeoPackage has, and how names are quoted in them.
///
/// - Source: OGC 12-128r18, GeoPackage 1.3.1, annexes C and F.3.
enum GeoPackageTables {
  /// "GPKG", the application id of SQLite's file header.
  static let applicationID: Int32 = 0x4750_4B47
  /// Version 1.3.0 as the header writes it.
  static let userVersion: Int32 = 10_300
  static let srs: Int32 = 4490

  static let metadata = """
    CREATE TABLE gpkg_spatial_ref_sys (
      srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
      organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
    CREATE TABLE gpkg_contents (
      table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
      description TEXT DEFAULT '', last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE,
      max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
      CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
    CREATE TABLE gpkg_geometry_columns (
      table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
      srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
      CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
      CONSTRAINT uk_gc_table_name UNIQUE (table_name),
      CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
      CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
    CREATE TABLE gpkg_extensions (
      table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
      scope TEXT NOT NULL,
      CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
    INSERT INTO gpkg_spatial_ref_sys VALUES
      ('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined cartesian'),
      ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic'),
      ('WGS 84', 4326, 'EPSG', 4326, '\(wgs84)', 'longitude and latitude in degrees'),
      ('CGCS2000', 4490, 'EPSG', 4490, '\(cgcs2000)', 'longitude and latitude in degrees');
    """

  private static let wgs84 =
    #"GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,"#
    + #"AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,"#
    + #"AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,"#
    + #"AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]"#

  private static let cgcs2000 =
    #"GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000","#
    + #"SPHEROID["CGCS2000",6378137,298.257222101,AUTHORITY["EPSG","1024"]],"#
    + #"AUTHORITY["EPSG","1043"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],"#
    + #"UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],"#
    + #"AUTHORITY["EPSG","4490"]]"#

  /// Adds a system that is not among the file's yet.
  static func describe(_ crs: CoordinateReferenceSystem, as srs: Int32, _ db: Database) throws {
    try db.execute(
      sql: "INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES (?,?,?,?,?,?)",
      arguments: [
        crs.description, srs, crs.epsg == nil ? "NONE" : "EPSG", srs,
        [4_326, 4_490].contains(srs) ? "" : try crs.definition(in: .wkt1), nil,
      ])
  }

  static func geometryTypeName(of kind: GeometryKind) -> String {
    switch kind {
    case .none: ""
    case .point: "POINT"
    case .line: "MULTILINESTRING"
    case .polygon: "MULTIPOLYGON"
    }
  }

  /// Whether a column or table of ours may be called so; anything else never reaches SQL.
  static func isPlainName(_ name: String) -> Bool {
    let bytes = name.utf8
    guard let first = bytes.first, bytes.count <= 63 else { return false }
    let isLetter = { (byte: UInt8) in (0x61...0x7A).contains(byte | 0x20) && byte >= 0x41 }
    guard isLetter(first) || first == 0x5F else { return false }
    return bytes.allSatisfy {
      isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x5F || $0 == 0x2D
    }
  }
}
