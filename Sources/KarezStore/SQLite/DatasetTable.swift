import Foundation
import GRDB
import KarezCore
import KarezGeometry

/// The tables of one dataset, and how a feature becomes their columns.
///
/// - Shape: `<dataset>_history` holds every version ever recorded, `rtree_<dataset>_history_geom`
///   their boxes, and the view `<dataset>` what is recorded and valid today.
struct DatasetTable: Sendable {
  /// Columns every history table has before those of its attributes.
  static let fixedColumns = [
    "fid", "id", "valid_from", "valid_until", "recorded_from", "recorded_until", "area_m2",
    "row_hash", "content_hash",
  ]
  /// The column that keeps what an open dataset's schema does not name.
  static let openColumn = "open_attributes"

  let schema: DatasetSchema

  var view: String { schema.id.tableName }
  var history: String { view + "_history" }
  var rtree: String { "rtree_\(history)_geom" }
  var hasGeometry: Bool { schema.geometry != .none }

  /// Column names of the schema's attributes, in its order.
  var attributeColumns: [String] { schema.attributes.map { Self.column(of: $0.name) } }

  /// Attribute columns and, in an open dataset, the one for the rest.
  var valueColumns: [String] {
    attributeColumns + (schema.isOpen ? [Self.openColumn] : [])
  }

  /// An attribute's column: its own name, with `_` where a column of ours already has it.
  static func column(of attribute: String) -> String {
    let lowered = attribute.lowercased()
    let isTaken =
      fixedColumns.contains(lowered)
      || ["geom", openColumn, "row", "ends", "source"].contains(lowered)
    return isTaken ? attribute + "_" : attribute
  }

  static func quoted(_ names: [String], of alias: String = "") -> String {
    names.map { (alias.isEmpty ? "" : alias + ".") + GeoPackageTables.quoted($0) }
      .joined(separator: ", ")
  }

  /// The values of a feature in the order of `valueColumns`.
  func values(of attributes: [String: AttributeValue]) -> [(any DatabaseValueConvertible)?] {
    var values: [(any DatabaseValueConvertible)?] = []
    values.reserveCapacity(schema.attributes.count + 1)
    for attribute in schema.attributes {
      values.append(attributes[attribute.name]?.databaseValue)
    }
    if schema.isOpen {
      let named = Set(schema.attributes.map(\.name))
      values.append(OpenAttributes.text(of: attributes.filter { !named.contains($0.key) }))
    }
    return values
  }

  /// The attributes of a row, whose value columns begin at `start`.
  func attributes(
    of row: Row, from start: Int, below ceiling: Classification = .confidential
  ) throws -> [String: AttributeValue] {
    var attributes: [String: AttributeValue] = [:]
    for (offset, attribute) in schema.attributes.enumerated()
    where attribute.classification <= ceiling {
      let value = try attribute.type.value(of: row[start + offset] as DatabaseValue)
      if value != .null { attributes[attribute.name] = value }
    }
    // What no schema names has no level of its own; it travels with the dataset.
    if schema.isOpen, let text = row[start + schema.attributes.count] as String? {
      attributes.merge(try OpenAttributes.attributes(parsing: text)) { named, _ in named }
    }
    return attributes
  }
}

extension DatasetTable {
  /// Makes the tables and the view, and registers the view as a layer.
  func create(at time: String, _ db: Database) throws {
    let history = GeoPackageTables.quoted(history)
    var columns = [
      "fid INTEGER PRIMARY KEY NOT NULL", "id TEXT NOT NULL", "valid_from TEXT NOT NULL",
      "valid_until TEXT", "recorded_from INTEGER NOT NULL", "recorded_until INTEGER",
      "area_m2 DOUBLE", "row_hash BLOB NOT NULL", "content_hash BLOB NOT NULL",
    ]
    columns += schema.attributes.map {
      let name = GeoPackageTables.quoted(Self.column(of: $0.name))
      return "\(name) \(GeoPackageTables.columnType(of: $0.type))"
    }
    if schema.isOpen { columns.append("\(Self.openColumn) TEXT") }
    // Last, so that a scan of times and attributes never walks through a large geometry.
    if hasGeometry {
      columns.append("geom \(GeoPackageTables.geometryTypeName(of: schema.geometry))")
    }
    try db.execute(sql: "CREATE TABLE \(history) (\(columns.joined(separator: ", ")))")
    for (suffix, indexed) in [
      ("id", "(id)"),
      ("times", "(valid_from, valid_until, recorded_from, recorded_until)"),
      ("superseded", "(recorded_until) WHERE recorded_until IS NOT NULL"),
    ] {
      let index = GeoPackageTables.quoted("\(self.history)_\(suffix)")
      try db.execute(sql: "CREATE INDEX \(index) ON \(history) \(indexed)")
    }
    if hasGeometry {
      try db.execute(
        sql: """
          CREATE VIRTUAL TABLE \(GeoPackageTables.quoted(rtree))
          USING rtree(id, minx, maxx, miny, maxy)
          """)
    }
    try createView(at: time, db)
  }

  /// What is valid "today" in the view, by the legal time of the country.
  private static let today = "date('now', '+8 hours')"

  /// The statement that makes the view, which is also how the engine keeps it.
  var viewDefinition: String {
    let shown =
      ["fid", "id", "valid_from", "valid_until", "recorded_from", "area_m2"] + valueColumns
      + (hasGeometry ? ["geom"] : [])
    let view = GeoPackageTables.quoted(view)
    return """
      CREATE VIEW \(view) AS SELECT \(Self.quoted(shown)) FROM \(GeoPackageTables.quoted(history))
      WHERE recorded_until IS NULL AND valid_from <= \(Self.today)
        AND (valid_until IS NULL OR valid_until > \(Self.today))
      """
  }

  private func createView(at time: String, _ db: Database) throws {
    try db.execute(sql: "DROP VIEW IF EXISTS \(GeoPackageTables.quoted(view))")
    try db.execute(sql: viewDefinition)
    try db.execute(
      sql: """
        INSERT OR REPLACE INTO gpkg_contents (table_name, data_type, identifier, description,
          last_change, srs_id) VALUES (?,?,?,?,?,?)
        """,
      arguments: [
        self.view, hasGeometry ? "features" : "attributes", self.view, schema.title.zh, time,
        hasGeometry ? GeoPackageTables.srs : nil,
      ])
    guard hasGeometry else { return }
    try db.execute(
      sql: "INSERT OR REPLACE INTO gpkg_geometry_columns VALUES (?,'geom',?,?,0,0)",
      arguments: [
        self.view, GeoPackageTables.geometryTypeName(of: schema.geometry), GeoPackageTables.srs,
      ])
  }

  /// Whether `later` keeps what the tables hold: the same columns, or more at the end.
  func canBecome(_ later: DatasetSchema) -> Bool {
    let isSameShape =
      schema.id == later.id && schema.geometry == later.geometry
      && schema.identifier == later.identifier && schema.isOpen == later.isOpen
    guard isSameShape, later.attributes.count >= schema.attributes.count else { return false }
    guard !schema.isOpen || later.attributes.count == schema.attributes.count else { return false }
    return zip(schema.attributes, later.attributes).allSatisfy {
      $0.name == $1.name && $0.type == $1.type
    }
  }

  /// Adds the columns `later` has at its end, and shows them in the view.
  func extend(to later: DatasetSchema, at time: String, _ db: Database) throws {
    for attribute in later.attributes.dropFirst(schema.attributes.count) {
      let name = GeoPackageTables.quoted(Self.column(of: attribute.name))
      let type = GeoPackageTables.columnType(of: attribute.type)
      try db.execute(
        sql: "ALTER TABLE \(GeoPackageTables.quoted(history)) ADD COLUMN \(name) \(type)")
    }
    try DatasetTable(schema: later).createView(at: time, db)
  }
}

extension AttributeType {
  /// The value a column of this type holds.
  func value(of column: DatabaseValue) throws -> AttributeValue {
    if column.isNull { return .null }
    switch self {
    case .text:
      if let text = String.fromDatabaseValue(column) { return .text(text) }
    case .integer:
      if let number = Int64.fromDatabaseValue(column) { return .integer(number) }
    case .decimal:
      if let number = Double.fromDatabaseValue(column) { return .decimal(number) }
    case .boolean:
      if let claim = Bool.fromDatabaseValue(column) { return .boolean(claim) }
    case .date:
      if let day = String.fromDatabaseValue(column).flatMap({ LegalDate($0) }) {
        return .date(day)
      }
    }
    throw StoreError.corrupt(what: "attribute value")
  }
}
