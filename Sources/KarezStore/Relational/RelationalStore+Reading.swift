public import KarezCore
import KarezGeometry

extension RelationalStore {
  public func features(
    _ query: FeatureQuery, after cursor: FeatureCursor?, limit: Int, in scope: Scope
  ) async throws(StoreError) -> FeaturePage {
    let limit = max(1, min(limit, 1_000_000))
    return try await reading(.features, in: scope) { reader in
      guard let time = query.within else {
        return try Self.page(query, after: cursor, limit: limit, reader, until: nil)
      }
      let end = ContinuousClock.now + time
      return try reader.session.within(time) {
        try Self.page(query, after: cursor, limit: limit, reader, until: end)
      }
    }
  }

  /// The engine stops a statement that does not come to a row; what is judged of one row after
  /// another ends at `end`.
  private static func page(
    _ query: FeatureQuery, after cursor: FeatureCursor?, limit: Int, _ reader: Reader,
    until end: ContinuousClock.Instant?
  ) throws -> FeaturePage {
    let table = try reader.table(query.dataset)
    let plan = try FilterPlan(query.filter, of: table)
    let order = OrderPlan(query.order, of: table)
    let condition = SQL.and(
      [Self.condition(for: query, of: table)] + plan.conditions
        + (try cursor.map { [try order.after($0)] } ?? []))
    let columns = Self.versionColumns(of: table.table)
    let all = SQL.joined([.names(columns, of: "h")] + plan.columns, by: ", ")
    // What the engine leaves to be judged is left out of its count, too.
    let most: SQL = plan.isWhole ? " LIMIT \(raw: String(limit + 1))" : ""
    var versions: [FeatureVersion] = []
    let rows = try reader.session.rows(
      """
      SELECT \(all) FROM \(table.history) h
      WHERE \(condition) ORDER BY \(order.order)\(most)
      """)
    while let row = try rows.next() {
      if let end, ContinuousClock.now >= end { throw StoreError.tookTooLong }
      let version = try Self.version(of: row, in: table.table)
      guard try plan.admits(version.feature.geometry, row, from: columns.count) else {
        continue
      }
      // One more than is wanted tells that there is another page.
      if versions.count == limit {
        return FeaturePage(
          versions: versions,
          next: versions.last.map { FeatureCursor(after: $0, in: query.order) })
      }
      versions.append(version)
    }
    return FeaturePage(versions: versions, next: nil)
  }

  static func condition(for query: FeatureQuery, of table: ScopedTable) -> SQL {
    var conditions = [
      query.span?.clause(recorded: query.asOf.recorded, of: table) ?? query.asOf.clause
    ]
    if let id = query.id { conditions.append("h.id = \(id)") }
    if let area = query.minimumArea { conditions.append("h.area_m2 >= \(area.squareMetres)") }
    if let rows = query.rows {
      // Numbers of ours, and too many to bind.
      guard !rows.isEmpty else { return .never }
      conditions.append("h.fid IN (\(raw: rows.map(String.init).joined(separator: ",")))")
    }
    if let window = query.window {
      guard table.table.hasGeometry else { return .never }
      conditions.append(table.table.dialect.isNear(table.table, window))
    }
    return .and(conditions + table.rows())
  }

  /// The columns a version is read from, in the order `version(of:in:)` wants them.
  static func versionColumns(of table: DatasetTable) -> [String] {
    ["fid", "id", "valid_from", "valid_until", "recorded_from", "area_m2"]
      + table.contentColumns.map(\.name)
  }

  static func version(
    of row: any SQLRow, in table: DatasetTable
  ) throws -> FeatureVersion {
    // Read as what the row holds: a value of another type is a damaged row, never a trap.
    let area = row.real(5)
    guard let fid = row.integer(0), let id = row.text(1),
      let from = row.text(2).flatMap({ LegalDate($0) }),
      let validity = Validity(from: from, until: row.text(3).flatMap { LegalDate($0) }),
      let recorded = row.int(4).flatMap({ CommitNumber($0) }), area?.isFinite ?? true
    else { throw StoreError.corrupt(what: "\(table.schema.id) row \(row.integer(0) ?? 0)") }
    return FeatureVersion(
      feature: Feature(
        id: id,
        geometry: table.hasGeometry ? try row.geometry(6 + table.valueColumns.count) : nil,
        attributes: try table.attributes(of: row, from: 6)),
      row: fid, validity: validity, recordedFrom: recorded,
      statutoryArea: area.map { .squareMetres(max(0, $0)) })
  }
}
