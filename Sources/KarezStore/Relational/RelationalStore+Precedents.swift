public import KarezCore
import KarezGeometry

extension RelationalStore {
  public func precedents(
    of ids: [String], of dataset: DatasetID, asOf: AsOf, in scope: Scope
  ) async throws(StoreError) -> [String: Precedent] {
    guard !ids.isEmpty else { return [:] }
    return try await reading(.precedents, in: scope) { reader in
      let scoped = try reader.table(dataset)
      let table = scoped.table
      let list = SQL.joined(ids.map { id -> SQL in "\(id)" }, by: ", ")
      let conditions: [SQL] = [
        "h.id IN (\(list))", "h.valid_from <= \(asOf.validOn)",
        "h.recorded_from <= \(asOf.recorded)",
        "(h.recorded_until IS NULL OR h.recorded_until > \(asOf.recorded))",
      ]
      let columns = ["id", "valid_from", "valid_until"] + (table.hasGeometry ? ["geom"] : [])
      // In the order of their days, so that the last one of an id stays.
      let rows = try reader.session.rows(
        """
        SELECT \(.names(columns, of: "h")) FROM \(table.history) h
        WHERE \(SQL.and(conditions + scoped.rows())) ORDER BY h.valid_from
        """)
      var found: [String: Precedent] = [:]
      while let row = try rows.next() {
        guard let id = row.text(0) else {
          throw StoreError.corrupt(what: "\(table.schema.id): no id")
        }
        let until = row.text(2).flatMap { LegalDate($0) }
        found[id] = Precedent(
          endedOn: until.flatMap { $0 <= asOf.validOn ? $0 : nil },
          box: table.hasGeometry ? try row.geometry(3)?.boundingBox : nil)
      }
      return found
    }
  }
}
