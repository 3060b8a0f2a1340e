public import KarezCore
import KarezPacks
import KarezTables

extension OneMap {
  /// What regions of a table are called: by their borders, else by the region's pack.
  public func regionNames(
    of table: StatisticsTable, in language: Language
  ) -> [String: String] {
    let counties = Dictionary(
      (region?.counties ?? []).map { ($0.code, $0.name[language]) }
    ) { first, _ in first }
    return table.names.merging(counties) { $1 }
  }

  /// What classes of a table are called, by code.
  public func classNames(
    of table: StatisticsTable, _ schema: DatasetSchema, in language: Language
  ) -> [String: String] {
    let attribute = schema.attributes.first { $0.name == table.attribute }
    guard let codes = attribute?.codes.flatMap({ packs.codeTables[$0] }) else { return [:] }
    var names: [String: String] = [:]
    for line in table.classes {
      names[line.className] = codes.title(of: line.className)?[language]
    }
    return names
  }

  /// Writes a table as `.csv`, a line for each class of each region, or as `.xlsx`, where the sums
  /// stand below.
  ///
  /// - Errors: `Problem` of kind usage for another name, before anything is written.
  public func write(
    _ table: StatisticsTable, in scope: Scope, to path: String
  ) async throws(Problem) {
    let schema = try await schema(of: table.dataset, in: scope)
    let names = StatisticsNames(
      regions: regionNames(of: table, in: .zh), classes: classNames(of: table, schema, in: .zh))
    if Spreadsheet.isMeant(by: path) {
      return try await table.spreadsheet(schema, names).write(to: path, by: installation)
    }
    guard let format = TableFormat(path: path) else {
      throw Wording(
        "output-format-unknown", "输出文件须为 .csv、.xlsx 或 .parquet",
        "the output is a .csv, a .xlsx or a .parquet file", do: "更正文件名", "mend the name"
      ).problem(.usage, at: "format")
    }
    do throws(TableError) {
      try table.write(names, to: path, as: format)
    } catch {
      throw .table(error)
    }
  }
}

/// Names of regions and classes, by code.
struct StatisticsNames {
  let regions: [String: String]
  let classes: [String: String]
}

extension StatisticsTable {
  /// Square metres to a hectare, and to a 亩.
  private static func hectares(_ line: Line) -> Double {
    Area.squareMetres(line.areaM2).hectares
  }

  fileprivate func write(
    _ names: StatisticsNames, to path: String, as format: TableFormat
  ) throws(TableError) {
    var columns: [TableColumn] = []
    for name in ["region", "region_name", "class", "class_name"] {
      columns.append(TableColumn(name, .text))
    }
    columns.append(TableColumn("features", .integer))
    if isMeasured {
      for (name, places) in [("area_m2", LedgerUnits.decimals), ("area_ha", 4), ("area_mu", 2)] {
        columns.append(TableColumn(name, .decimal(places: places)))
      }
    }
    let schema = try TableSchema(columns)
    let writer = try format.writer(to: path, schema: schema)
    var rows = TableBatch(schema, capacity: lines.count)
    for line in lines {
      rows[0].append(text: line.region)
      rows[1].append(text: names.regions[line.region] ?? "")
      rows[2].append(text: line.className)
      rows[3].append(text: names.classes[line.className] ?? "")
      rows[4].append(integer: Int64(line.count))
      guard isMeasured else { continue }
      rows[5].append(number: line.areaM2)
      rows[6].append(number: Self.hectares(line))
      rows[7].append(number: Area.squareMetres(line.areaM2).mu)
    }
    try writer.append(rows)
    try writer.finish()
  }

  fileprivate func spreadsheet(
    _ schema: DatasetSchema, _ names: StatisticsNames
  ) -> Spreadsheet {
    var columns: [Spreadsheet.Column] = [
      .init("行政区代码", "region", .text), .init("行政区", "region, name", .text),
      .init("类别代码", "class", .text), .init("类别", "class, name", .text),
      .init("要素数", "features", .integer),
    ]
    if isMeasured {
      columns += [
        .init("椭球面积（平方米）", "ellipsoidal area, m2", .decimal),
        .init("椭球面积（公顷）", "ellipsoidal area, ha", .decimal),
        .init("椭球面积（亩）", "ellipsoidal area, mu", .decimal),
      ]
    }
    let day = asOf.validOn.description
    var sheet = Spreadsheet(
      title: LocalizedText(zh: schema.title.zh + " " + day, en: schema.title.en + " " + day),
      columns: columns)
    func row(_ line: Line, _ region: String, _ name: String) -> [AttributeValue] {
      var row: [AttributeValue] = [
        .text(line.region), .text(region), .text(line.className), .text(name),
        .integer(Int64(line.count)),
      ]
      if isMeasured {
        row += [
          .decimal(line.areaM2), .decimal(Self.hectares(line)),
          .decimal(Area.squareMetres(line.areaM2).mu),
        ]
      }
      return row
    }
    let sum = "合计"
    sheet.rows = lines.map {
      row($0, names.regions[$0.region] ?? "", names.classes[$0.className] ?? "")
    }
    sheet.rows += classes.map { row($0, sum, names.classes[$0.className] ?? "") }
    sheet.rows.append(row(total, sum, sum))
    return sheet
  }
}
