import Foundation
import GRDB
public import KarezCore
import KarezGeometry

extension SQLiteStore {
  public func features(
    _ query: FeatureQuery, after cursor: FeatureCursor?, limit: Int, in scope: Scope
  ) async throws(StoreError) -> FeaturePage {
    let limit = max(1, min(limit, 1_000_000))
    return try await reading { db in
      let table = try self.table(query.dataset, in: scope, db)
      let clause = Self.clause(for: query, after: cursor, of: table, in: scope)
      let columns =
        ["fid", "id", "valid_from", "valid_until", "recorded_from", "area_m2"]
        + table.valueColumns + (table.hasGeometry ? ["geom"] : [])
      var versions: [FeatureVersion] = []
      var lastRow: Int64 = 0
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT \(DatasetTable.quoted(columns, of: "h"))
          FROM \(GeoPackageTables.quoted(table.history)) h
          WHERE \(clause.text) ORDER BY h.fid LIMIT \(limit)
          """,
        arguments: StatementArguments(clause.arguments))
      while let row = try rows.next() {
        versions.append(try Self.version(of: row, in: table, below: scope.ceiling))
        lastRow = row[0]
      }
      return FeaturePage(
        versions: versions,
        next: versions.count == limit ? FeatureCursor(row: lastRow) : nil)
    }
  }

  static func clause(
    for query: FeatureQuery, after cursor: FeatureCursor?, of table: DatasetTable, in scope: Scope
  ) -> Clause {
    var clauses = [query.asOf.clause]
    if let cursor { clauses.append(Clause(text: "h.fid > ?", arguments: [cursor.row])) }
    if let id = query.id { clauses.append(Clause(text: "h.id = ?", arguments: [id])) }
    if let area = query.minimumArea {
      clauses.append(Clause(text: "h.area_m2 >= ?", arguments: [area.squareMetres]))
    }
    if let rows = query.rows {
      // Numbers of ours, and too many for arguments.
      let list = rows.map(String.init).joined(separator: ",")
      clauses.append(Clause(text: "h.fid IN (\(list))", arguments: []))
    }
    if let window = query.window {
      guard table.hasGeometry else { return Clause(text: "0", arguments: []) }
      clauses.append(
        Clause(
          text: """
            h.fid IN (SELECT id FROM \(GeoPackageTables.quoted(table.rtree)) \
            WHERE minx <= ? AND maxx >= ? AND miny <= ? AND maxy >= ?)
            """,
          arguments: [window.maxX, window.minX, window.maxY, window.minY]))
    }
    if let region = scope.regionClause(for: table.schema) { clauses.append(region) }
    return .and(clauses)
  }

  private static func version(
    of row: Row, in table: DatasetTable, below ceiling: Classification
  ) throws -> FeatureVersion {
    // Read as what the file holds: a value of another type is a damaged row, never a trap.
    func value<Value: DatabaseValueConvertible>(_ column: Int) -> Value? {
      Value.fromDatabaseValue(row[column] as DatabaseValue)
    }
    let until: String? = value(3)
    let area: Double? = value(5)
    guard let id: String = value(1), let start: String = value(2), let from = LegalDate(start),
      let validity = Validity(from: from, until: until.flatMap { LegalDate($0) }),
      let number: Int = value(4), let recorded = CommitNumber(number), area?.isFinite ?? true
    else {
      let place: Int64? = value(0)
      throw StoreError.corrupt(what: "\(table.schema.id) row \(place ?? 0)")
    }
    let geometry = table.hasGeometry ? row[6 + table.valueColumns.count] as Data? : nil
    return FeatureVersion(
      feature: Feature(
        id: id,
        geometry: try geometry.map { try GeoPackageBlob.geometry(in: $0) },
        attributes: try table.attributes(of: row, from: 6, below: ceiling)),
      row: row[0], validity: validity, recordedFrom: recorded,
      statutoryArea: area.map { .squareMetres(max(0, $0)) })
  }
}
