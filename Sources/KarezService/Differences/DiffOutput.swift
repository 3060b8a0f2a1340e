public import KarezCore
import KarezGeometry
import KarezTables

extension DiffReport {
  /// Writes what a file of this name is for: the ledger as `.csv`, `.xlsx` or `.parquet`, the
  /// patches as `.geojson`, all of it as `.json`.
  ///
  /// - Errors: `Problem` of kind usage for another name, before anything is written.
  public func write(to path: String, by installation: Installation) async throws(Problem) {
    if Spreadsheet.isMeant(by: path) {
      return try await spreadsheet.write(to: path, by: installation)
    }
    switch path.split(separator: ".").last.map({ $0.lowercased() }) {
    case "json": try OutputFile.write(json().prettyText, to: path)
    case "geojson": try OutputFile.write(featureCollection.canonicalText, to: path)
    default: try writeLedger(to: path)
    }
  }

  /// Whether patches must have their geometry for a file of this name.
  public static func isDrawn(in path: String) -> Bool { path.lowercased().hasSuffix(".geojson") }

  private var featureCollection: JSONValue {
    .object([
      "type": .string("FeatureCollection"),
      "features": .array(
        changes.map { change in
          guard case .object(var members) = change.json else { return .null }
          members["geometry"] = nil
          return .object([
            "type": .string("Feature"), "id": .string(change.id),
            "properties": .object(members), "geometry": change.geometry?.geoJSON ?? .null,
          ])
        }),
    ])
  }

  private func writeLedger(to path: String) throws(Problem) {
    guard let format = TableFormat(path: path) else {
      throw Wording(
        "output-format-unknown", "输出文件须为 .csv、.xlsx、.parquet、.json 或 .geojson",
        "the output is a .csv, a .xlsx, a .parquet, a .json or a .geojson file",
        do: "更正 --out", "mend --out"
      ).problem(.usage, at: "--out")
    }
    let areas = ["from_m2", "gain_m2", "loss_m2", "to_m2"]
    do throws(TableError) {
      let schema = try TableSchema(
        [TableColumn("region", .text), TableColumn("class", .text)]
          + areas.map { TableColumn($0, .decimal(places: LedgerUnits.decimals)) })
      let table = try format.writer(to: path, schema: schema)
      var rows = TableBatch(schema, capacity: ledger.lines.count)
      for line in ledger.lines {
        rows[0].append(text: line.region)
        rows[1].append(text: line.className)
        for (column, units) in [line.from, line.gain, line.loss, line.to].enumerated() {
          rows[column + 2].append(number: LedgerUnits.squareMetres(units))
        }
      }
      try table.append(rows)
      try table.finish()
    } catch {
      throw .table(error)
    }
  }
}
