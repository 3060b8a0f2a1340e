import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezStore
import KarezTiles

/// The tables of a page of statistics, and what its chart shows.
struct StatisticsTables {
  private let table: StatisticsTable
  private let form: StatisticsForm
  private let words: CatalogueWords
  private let regionNames: [String: String]
  private let classNames: [String: String]
  private let colours: [String: String]

  init(
    _ table: StatisticsTable, _ schema: DatasetSchema, _ form: StatisticsForm,
    _ words: CatalogueWords, _ map: OneMap
  ) {
    self.table = table
    self.form = form
    self.words = words
    regionNames = map.regionNames(of: table, in: words.language)
    classNames = map.classNames(of: table, schema, in: words.language)
    let style = LayerLegend(map).style(of: schema.id)
    var colours: [String: String] = [:]
    if let attribute = table.attribute, let style, style.attributes.contains(attribute) {
      for line in table.classes {
        colours[line.className] = style.paint(for: [attribute: .text(line.className)]).fill
      }
    }
    self.colours = colours
  }

  private var messages: MessageCatalogue { words.messages }

  private func className(_ code: String) -> String {
    if code.isEmpty {
      return messages.text(table.attribute == nil ? "statistics_all" : "statistics_unstated")
    }
    return classNames[code] ?? code
  }

  private func regionName(_ code: String) -> String {
    code.isEmpty ? messages.text("statistics_nowhere") : regionNames[code] ?? code
  }

  /// By class, then by region.
  var tables: [StatisticsView.Table] {
    var tables: [StatisticsView.Table] = []
    if table.attribute != nil {
      tables.append(
        rows(
          table.classes, "by-class", messages.text("statistics_by_class"),
          messages.text("land_use_class"), name: { className($0.className) },
          code: \.className, swatch: { colours[$0.className] }
        ) { StatisticsCell(className: $0.className) })
    }
    if table.regionsBy != .none {
      tables.append(
        rows(
          table.regions, "by-region", messages.text("statistics_by_region"),
          messages.text("ledger_region"), name: { regionName($0.region) }, code: \.region,
          swatch: { _ in nil }
        ) { StatisticsCell(region: $0.region) })
    }
    if tables.isEmpty {
      tables.append(
        rows(
          [table.total], "by-all", messages.text("total"), "",
          name: { _ in messages.text("statistics_all") }, code: \.region, swatch: { _ in nil }
        ) { _ in StatisticsCell() })
    }
    return tables
  }

  private func rows(
    _ lines: [StatisticsTable.Line], _ id: String, _ title: String, _ head: String,
    name: (StatisticsTable.Line) -> String, code: (StatisticsTable.Line) -> String,
    swatch: (StatisticsTable.Line) -> String?, cell: (StatisticsTable.Line) -> StatisticsCell
  ) -> StatisticsView.Table {
    let units: [StatisticsTable.Unit] = [.squareMetres, .hectares, .mu]
    let columns = table.isMeasured ? units.map { StatisticsTable.levelled(lines, to: $0) } : []
    let whole = table.total
    func row(
      _ line: StatisticsTable.Line, _ figures: [String], _ cell: StatisticsCell,
      _ name: String, _ code: String, _ swatch: String?
    ) -> StatisticsView.Row {
      StatisticsView.Row(
        rowName: name, rowCode: code, rowCount: FigureText.count(line.count),
        rowM2: figures.first.map(FigureText.grouped),
        rowHectares: figures.dropFirst().first.map(FigureText.grouped),
        rowMu: figures.dropFirst(2).first.map(FigureText.grouped),
        rowShare: share(line, of: whole), rowAddress: form.address(of: cell), swatch: swatch)
    }
    let made = lines.enumerated().map { index, line in
      row(
        line, columns.map { $0[index] }, cell(line), name(line), code(line), swatch(line))
    }
    let sums = table.isMeasured ? units.map { StatisticsTable.levelled([whole], to: $0)[0] } : []
    return StatisticsView.Table(
      tableID: id, tableTitle: title, tableHead: head, rows: made,
      sum: row(whole, sums, StatisticsCell(), messages.text("total"), "", nil))
  }

  private func share(_ line: StatisticsTable.Line, of whole: StatisticsTable.Line) -> String? {
    let (part, all) =
      table.isMeasured
      ? (line.areaM2, whole.areaM2) : (Double(line.count), Double(whole.count))
    guard all > 0 else { return nil }
    return DecimalText.fixed(part / all * 100, decimals: 2)
  }

  /// The classes of each region, where there is more than one of both.
  var cross: [StatisticsView.CrossRow] {
    guard table.attribute != nil, table.regions.count > 1, table.classes.count > 1 else {
      return []
    }
    let figures =
      table.isMeasured ? StatisticsTable.levelled(table.lines, to: .squareMetres) : []
    let ofLine = Dictionary(
      zip(table.lines.map { LineKey($0) }, figures)
    ) { first, _ in first }
    var rows: [StatisticsView.CrossRow] = []
    for region in table.regions {
      for line in table.lines where line.region == region.region {
        rows.append(
          StatisticsView.CrossRow(
            crossRegion: regionName(line.region), crossClass: className(line.className),
            crossCount: FigureText.count(line.count),
            crossM2: ofLine[LineKey(line)].map(FigureText.grouped),
            crossAddress: form.address(
              of: StatisticsCell(region: line.region, className: line.className)),
            isSum: false))
      }
    }
    return rows
  }

  private struct LineKey: Hashable {
    let region: String
    let className: String

    init(_ line: StatisticsTable.Line) { (region, className) = (line.region, line.className) }
  }

  /// Bars for the chart: of classes, and of regions.
  var chart: JSONValue {
    func bars(
      _ lines: [StatisticsTable.Line], _ name: (StatisticsTable.Line) -> String,
      _ cell: (StatisticsTable.Line) -> StatisticsCell
    ) -> JSONValue {
      .array(
        lines.map { line in
          .object([
            "name": .string(name(line)),
            "value": table.isMeasured
              ? .number(line.areaM2 / 10_000) : .integer(Int64(line.count)),
            "colour": .optional(colours[line.className]),
            "address": .string(form.address(of: cell(line))),
          ])
        })
    }
    return .object([
      "unit": .string(messages.text(table.isMeasured ? "hectares" : "features")),
      "decimals": .integer(table.isMeasured ? 4 : 0),
      "classes": table.attribute == nil
        ? .array([])
        : bars(table.classes, { className($0.className) }) {
          StatisticsCell(className: $0.className)
        },
      "regions": table.regionsBy == .none
        ? .array([])
        : bars(table.regions, { regionName($0.region) }) { StatisticsCell(region: $0.region) },
    ])
  }
}
