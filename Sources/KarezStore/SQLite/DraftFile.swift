import Foundation
import GRDB
import KarezCore
import KarezGeometry
import Synchronization

/// 汇交草稿 on disk: one file of its own, so that a draft neither grows the One Map nor is seen
/// in it.
///
/// - Shape: table `staged` with the rows as they are going to be recorded, R*Tree `box`.
final class DraftFile: Sendable {
  let id: DraftID
  let plan: DraftPlan
  let actor: Actor
  let table: DatasetTable
  let file: URL
  private let queue: DatabaseQueue
  private let insert: String
  private let bounds = Mutex<BoundingBox?>(nil)

  /// The box of all rows appended so far.
  var extent: BoundingBox? { bounds.withLock(\.self) }

  init(
    id: DraftID, file: URL, plan: DraftPlan, actor: Actor, table: DatasetTable
  ) throws {
    self.id = id
    self.plan = plan
    self.actor = actor
    self.table = table
    self.file = file
    let columns = Self.columns(of: table)
    let marks = columns.map { _ in "?" }.joined(separator: ",")
    insert = "INSERT INTO staged (\(DatasetTable.quoted(columns))) VALUES (\(marks))"
    var configuration = Configuration()
    configuration.prepareDatabase { db in
      // A draft is worth nothing after a crash, so it is not protected against one.
      try db.execute(
        sql: "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA cache_size=-32768;")
    }
    queue = try DatabaseQueue(path: file.path, configuration: configuration)
    try queue.write { db in
      let values = table.schema.attributes.map {
        let name = GeoPackageTables.quoted(DatasetTable.column(of: $0.name))
        return "\(name) \(GeoPackageTables.columnType(of: $0.type)),"
      }
      try db.execute(
        sql: """
          CREATE TABLE staged (
            row INTEGER PRIMARY KEY NOT NULL, id TEXT NOT NULL, ends INTEGER NOT NULL,
            area_m2 DOUBLE, content_hash BLOB NOT NULL, \(values.joined(separator: " "))
            \(table.schema.isOpen ? DatasetTable.openColumn + " TEXT," : "")
            valid_from TEXT NOT NULL, valid_until TEXT, geom BLOB, source BLOB);
          CREATE VIRTUAL TABLE box USING rtree(row, minx, maxx, miny, maxy);
          """)
    }
  }

  private static func columns(of table: DatasetTable) -> [String] {
    ["row", "id", "ends", "area_m2", "content_hash"] + table.valueColumns
      + ["valid_from", "valid_until", "geom", "source"]
  }

  func append(_ rows: [DraftRow]) async throws(StoreError) {
    do {
      try await queue.write { db in
        let insert = try db.cachedStatement(sql: insert)
        let box = try db.cachedStatement(sql: "INSERT INTO box VALUES (?,?,?,?,?)")
        for row in rows { try self.write(row, insert, box) }
      }
    } catch {
      throw StoreError(error)
    }
  }

  private func write(_ row: DraftRow, _ insert: Statement, _ box: Statement) throws {
    let feature = row.feature
    let geometry = table.hasGeometry ? feature.geometry?.storable : nil
    let blob = geometry.map { GeoPackageBlob.bytes(of: $0) }
    let wkb = blob.flatMap { bytes in
      GeoPackageBlob.wkbOffset(in: bytes).map { bytes[$0...] }
    }
    let attributes = try stored(feature.attributes, of: row.row)
    let id = feature.id.storable
    let hash = RowHash.content(id: id, wkb: wkb, attributes: attributes)
    var arguments: [(any DatabaseValueConvertible)?] = [
      row.row, id, row.ends ? 1 : 0, geometry?.recordedArea?.squareMetres, Data(hash),
    ]
    arguments += table.values(of: attributes)
    // Only rows with days of their own say when they end; a commit works it out for others.
    let days = plan.mode == .versions ? row.validity ?? plan.validity : nil
    arguments.append((days ?? plan.validity).from.description)
    arguments.append(days?.until?.description)
    arguments.append(blob.map { Data($0) })
    arguments.append(row.source?.storable.map { Data($0.wkb()) })
    insert.setUncheckedArguments(StatementArguments(arguments))
    try insert.execute()
    guard let sides = geometry?.boundingBox else { return }
    bounds.withLock { $0 = $0?.union(sides) ?? sides }
    box.setUncheckedArguments([row.row, sides.minX, sides.maxX, sides.minY, sides.maxY])
    try box.execute()
  }

  /// The attributes a dataset keeps, in the form every engine can keep them.
  private func stored(
    _ attributes: [String: AttributeValue], of row: Int64
  ) throws -> [String: AttributeValue] {
    var stored: [String: AttributeValue] = [:]
    for attribute in table.schema.attributes {
      guard let value = attributes[attribute.name]?.storable, value != .null else { continue }
      guard value.type == attribute.type else {
        throw StoreError.corrupt(what: "row \(row): \(attribute.name)")
      }
      stored[attribute.name] = value
    }
    guard table.schema.isOpen else { return stored }
    for (name, value) in attributes where stored[name] == nil && value != .null {
      stored[name.storable] = value.storable
    }
    return stored
  }

  func rows(after row: Int64, limit: Int) async throws(StoreError) -> [DraftRow] {
    try await rows(
      where: "row > ? ORDER BY row LIMIT ?", arguments: [row, max(1, limit)])
  }

  func rows(meeting window: BoundingBox) async throws(StoreError) -> [DraftRow] {
    try await rows(
      where: """
        row IN (SELECT row FROM box WHERE minx <= ? AND maxx >= ? AND miny <= ? AND maxy >= ?)
        ORDER BY row
        """,
      arguments: [window.maxX, window.minX, window.maxY, window.minY])
  }

  private func rows(
    where condition: String, arguments: StatementArguments
  ) async throws(StoreError) -> [DraftRow] {
    let columns = Self.columns(of: table).filter { $0 != "area_m2" && $0 != "content_hash" }
    let sql = "SELECT \(DatasetTable.quoted(columns)) FROM staged WHERE \(condition)"
    do {
      return try await queue.read { db in
        let statement = try db.cachedStatement(sql: sql)
        let cursor = try Row.fetchCursor(statement, arguments: arguments)
        var rows: [DraftRow] = []
        while let row = try cursor.next() { rows.append(try self.draftRow(row)) }
        return rows
      }
    } catch {
      throw StoreError(error)
    }
  }

  private func draftRow(_ row: Row) throws -> DraftRow {
    let end = 3 + table.valueColumns.count
    let source = try (row[end + 3] as Data?).map { wkb in
      do { return try Geometry(wkb: Array(wkb)) } catch {
        throw StoreError.corrupt(what: "geometry")
      }
    }
    return DraftRow(
      row: row[0],
      feature: Feature(
        id: row[1],
        geometry: try (row[end + 2] as Data?).map { try GeoPackageBlob.geometry(in: $0) },
        attributes: try table.attributes(of: row, from: 3)),
      ends: (row[2] as Int) != 0, validity: try validity(row, from: end), source: source)
  }

  /// The row's own days, where rows have any.
  private func validity(_ row: Row, from start: Int) throws -> Validity? {
    guard plan.mode == .versions else { return nil }
    let until = row[start + 1] as String?
    guard let from = LegalDate(row[start] as String),
      let days = Validity(from: from, until: until.flatMap { LegalDate($0) })
    else { throw StoreError.corrupt(what: "days") }
    return days
  }

  /// Closes the file, so that the commit can read it from its own connection.
  func close() throws(StoreError) { try mappingErrors { try queue.close() } }

  func remove() {
    try? queue.close()
    try? FileManager.default.removeItem(at: file)
  }
}

extension AttributeValue {
  /// The type of the value, nil where there is none.
  var type: AttributeType? {
    switch self {
    case .null: nil
    case .text: .text
    case .integer: .integer
    case .decimal: .decimal
    case .boolean: .boolean
    case .date: .date
    }
  }
}

extension Geometry {
  /// The geometry, unless it has no positions or one of them is not a number.
  var storable: Geometry? {
    guard let box = boundingBox else { return nil }
    switch self {
    case .points(let positions) where !positions.allSatisfy(\.isFinite): return nil
    case .lines(let lines) where !lines.allSatisfy({ $0.allSatisfy(\.isFinite) }): return nil
    default: return box.minX.isFinite && box.maxX.isFinite ? self : nil
    }
  }

  /// 椭球面积 as it is recorded: of polygons on the globe; nil for anything else.
  var recordedArea: Area? {
    guard case .polygons(let multi) = self, let box = boundingBox,
      box.minX >= -180, box.maxX <= 180, box.minY >= -90, box.maxY <= 90
    else { return nil }
    return multi.statutoryArea()
  }
}
