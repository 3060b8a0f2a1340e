import Foundation
import GRDB
import KarezCore
import KarezGeometry

/// Writes a plain GeoPackage, for exchange and for other programs.
///
/// Rows are written as they come and nothing is kept in memory. Until `finish()` the file has
/// another name, so that a reader never meets half of one; without it nothing is left behind.
///
/// - Accuracy: the same layers and rows give the same bytes; held by `GeoPackageWriterTests`.
public final class GeoPackageWriter {
  private struct OpenLayer {
    let layer: GeoPackageLayer
    let insert: Statement
    let index: Statement?
    var rows: Int64 = 0
    var extent: BoundingBox?
  }

  private let path: String
  private let partPath: String
  private var queue: DatabaseQueue?
  private let writtenAt: String
  private var layers: [String: OpenLayer] = [:]

  /// A writer of a file that is not there yet, or is to be replaced.
  ///
  /// `writtenAt` (RFC 3339) is kept in the file as the time of its last change.
  public init(
    path: String, writtenAt: String = "1970-01-01T00:00:00.000Z"
  ) throws(StoreError) {
    self.path = path
    self.partPath = path + ".part"
    self.writtenAt = writtenAt
    self.queue = try mappingErrors {
      try? FileManager.default.removeItem(atPath: path + ".part")
      var configuration = Configuration()
      // One transaction spans all calls between `init` and `finish`.
      configuration.allowsUnsafeTransactions = true
      configuration.prepareDatabase { db in
        // Nothing is promised before the final rename, so nothing needs a journal or a sync.
        try db.execute(
          sql: """
            PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;
            PRAGMA cache_size=-65536;
            PRAGMA application_id=\(GeoPackageTables.applicationID);
            PRAGMA user_version=\(GeoPackageTables.userVersion);
            """)
      }
      let queue = try DatabaseQueue(path: path + ".part", configuration: configuration)
      try queue.writeWithoutTransaction { db in
        try db.execute(sql: "BEGIN")
        try db.execute(sql: GeoPackageTables.metadata)
      }
      return queue
    }
  }

  deinit {
    guard queue != nil else { return }
    layers = [:]
    queue = nil
    try? FileManager.default.removeItem(atPath: partPath)
  }

  /// Adds a layer; its rows may be appended in turn with those of others.
  ///
  /// - Precondition: its name is plain (letters, digits, `_`, `-`) and no other layer's, and no two
  ///   columns collide.
  public func addLayer(_ layer: GeoPackageLayer) throws(StoreError) {
    precondition(layers[layer.name] == nil, "layer added twice: \(layer.name)")
    precondition(GeoPackageLayer.isUsable(name: layer.name), "not a plain name: \(layer.name)")
    if let (first, second) = layer.collision {
      preconditionFailure("columns collide: \(first), \(second)")
    }
    layers[layer.name] = try withDatabase { db in
      try Self.createTables(for: layer, at: self.writtenAt, db)
      let hasIndex = layer.isIndexed && layer.geometry != .none
      let table = SQL.quoted(layer.name)
      let rtree = SQL.quoted("rtree_\(layer.name)_geom")
      let marks = Array(repeating: "?", count: layer.fields.count + 2).joined(separator: ",")
      let insert = try db.makeStatement(
        sql: layer.geometry == .none
          ? "INSERT INTO \(table) VALUES (\(marks.dropLast(2)))"
          : "INSERT INTO \(table) VALUES (\(marks))")
      let index =
        hasIndex ? try db.makeStatement(sql: "INSERT INTO \(rtree) VALUES (?,?,?,?,?)") : nil
      return OpenLayer(layer: layer, insert: insert, index: index)
    }
  }

  /// Appends rows; batches of some thousands are quickest.
  ///
  /// - Precondition: each row has as many values as the layer has fields.
  public func append(_ rows: [GeoPackageRow], to name: String) throws(StoreError) {
    guard var open = layers[name] else { preconditionFailure("no such layer: \(name)") }
    try withDatabase { _ in for row in rows { try Self.write(row, into: &open) } }
    layers[name] = open
  }

  /// Completes the file and gives it its name.
  public func finish() throws(StoreError) {
    try withDatabase { db in
      for open in layers.values.sorted(by: { $0.layer.name < $1.layer.name }) {
        try Self.complete(open, db)
      }
      try db.execute(sql: "COMMIT")
    }
    // The statements must be gone before the file can be closed.
    layers = [:]
    try mappingErrors {
      try queue?.close()
      queue = nil
      guard Self.makeDurable(partPath), rename(partPath, path) == 0 else {
        throw StoreError.unavailable(reason: String(cString: strerror(errno)))
      }
    }
  }

  private static func makeDurable(_ path: String) -> Bool {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    return fsync(file) == 0
  }

  private func withDatabase<Result>(
    _ body: (Database) throws -> Result
  ) throws(StoreError) -> Result {
    guard let queue else { preconditionFailure("the GeoPackage is already finished") }
    return try mappingErrors { try queue.writeWithoutTransaction(body) }
  }

  private static func write(_ row: GeoPackageRow, into open: inout OpenLayer) throws {
    precondition(row.values.count == open.layer.fields.count, "row of another width")
    open.rows += 1
    var arguments: [(any DatabaseValueConvertible)?] = [open.rows]
    arguments.reserveCapacity(row.values.count + 2)
    if open.layer.geometry != .none {
      arguments.append(
        row.geometry.map { Data(GeoPackageBlob.bytes(of: $0, srs: open.layer.srs)) })
    }
    for value in row.values { arguments.append(value.sqlValue.databaseValue) }
    open.insert.setUncheckedArguments(StatementArguments(arguments))
    try open.insert.execute()
    guard let box = row.geometry?.boundingBox else { return }
    open.extent = open.extent?.union(box) ?? box
    guard let index = open.index else { return }
    index.setUncheckedArguments([open.rows, box.minX, box.maxX, box.minY, box.maxY])
    try index.execute()
  }

  private static func createTables(
    for layer: GeoPackageLayer, at time: String, _ db: Database
  ) throws {
    let table = SQL.quoted(layer.name)
    var columns = ["fid INTEGER PRIMARY KEY NOT NULL"]
    if layer.geometry != .none {
      columns.append("geom \(GeoPackageTables.geometryTypeName(of: layer.geometry))")
    }
    columns += layer.fields.map {
      "\(SQL.quoted($0.name)) \(SQLiteTables.type($0.type.column))"
    }
    try db.execute(sql: "CREATE TABLE \(table) (\(columns.joined(separator: ", ")))")
    let isSpatial = layer.geometry != .none
    if isSpatial { try GeoPackageTables.describe(layer.crs, as: layer.srs, db) }
    try db.execute(
      sql: """
        INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change,
          srs_id) VALUES (?,?,?,?,?,?)
        """,
      arguments: [
        layer.name, isSpatial ? "features" : "attributes", layer.name, layer.title, time,
        isSpatial ? layer.srs : nil,
      ])
    guard isSpatial else { return }
    try db.execute(
      sql: "INSERT INTO gpkg_geometry_columns VALUES (?,'geom',?,?,0,0)",
      arguments: [
        layer.name, GeoPackageTables.geometryTypeName(of: layer.geometry), layer.srs,
      ])
    if layer.isIndexed { try GeoPackageIndex.create(on: layer.name, db) }
  }

  private static func complete(_ open: OpenLayer, _ db: Database) throws {
    if let box = open.extent {
      try db.execute(
        sql: """
          UPDATE gpkg_contents SET min_x=?, min_y=?, max_x=?, max_y=? WHERE table_name=?
          """,
        arguments: [box.minX, box.minY, box.maxX, box.maxY, open.layer.name])
    }
    if open.index != nil { try GeoPackageIndex.addTriggers(to: open.layer.name, db) }
  }
}
