import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezStore

/// Where a figure comes from: what it is of, how it is reckoned, and the features behind it.
struct StatisticsRowsView {
  struct Row {
    let featureID: String
    let featureAddress: String
    let featureRegion: String
    let featureClass: String
    let featureM2: String?
    let featureWhole: String?
  }

  let frame: PageFrame
  let backAddress: String
  let datasetTitle: String
  let datasetAddress: String
  let regionWords: String
  let classWords: String
  let asOfWords: String
  let countWords: String
  let m2: String?
  let hectares: String?
  let mu: String?
  let methodWords: String?
  let areaWords: String?
  let regionsWords: String
  let itemsAddress: String?
  let hasArea: Bool
  let rows: [Row]
  let hasRows: Bool
  let nextAddress: String?
  let firstAddress: String?

  init(
    _ frame: PageFrame, _ form: StatisticsForm, _ found: StatisticsRows, _ schema: DatasetSchema,
    _ words: CatalogueWords, _ map: OneMap, isFirst: Bool
  ) {
    self.frame = frame
    let (messages, table, cell) = (words.messages, found.table, form.cell)
    let regionNames = map.regionNames(of: table, in: words.language)
    let attribute = schema.attributes.first { $0.name == table.attribute }
    let codes = attribute?.codes.flatMap { words.packs.codeTables[$0] }
    func className(_ code: String) -> String {
      if code.isEmpty { return messages.text("statistics_unstated") }
      return codes?.title(of: code).map { "\(code) \($0[words.language])" } ?? code
    }
    func regionName(_ code: String) -> String {
      code.isEmpty
        ? messages.text("statistics_nowhere")
        : regionNames[code].map { "\(code) \($0)" } ?? code
    }
    backAddress = form.address("/statistics")
    datasetTitle = schema.title[words.language]
    datasetAddress = "/catalogue/" + schema.id.text
    regionWords = cell.region.map(regionName) ?? messages.text("regions_all")
    classWords = cell.className.map(className) ?? messages.text("statistics_classes_all")
    asOfWords = "\(table.asOf.validOn) · \(messages.text("recorded")) \(table.asOf.recorded)"
    countWords = FigureText.count(found.count)
    let area = Area.squareMetres(Double(found.areaText) ?? 0)
    m2 = table.isMeasured ? FigureText.grouped(found.areaText) : nil
    hectares =
      table.isMeasured ? FigureText.grouped(DecimalText.fixed(area.hectares, decimals: 4)) : nil
    mu = table.isMeasured ? FigureText.grouped(DecimalText.fixed(area.mu, decimals: 2)) : nil
    methodWords =
      table.isMeasured
      ? messages.text(table.area == nil ? "statistics_method" : "statistics_method_area") : nil
    areaWords = table.area.map {
      messages.text(
        "statistics_area_words", count: $0.parcels,
        [
          "area": FigureText.grouped($0.statutoryAreaM2),
          "crs": $0.crs,
        ])
    }
    hasArea = table.area != nil
    regionsWords = messages.text("statistics_regions_" + table.regionsBy.rawValue)
    itemsAddress = Self.items(form, table)
    let address = StatisticsAddress(table.asOf)
    rows = found.rows.map { row in
      Row(
        featureID: row.id, featureAddress: address.feature(row.id, in: schema.id.text),
        featureRegion: regionName(row.region),
        featureClass: table.attribute == nil ? "" : className(row.className),
        featureM2: table.isMeasured ? FigureText.grouped(row.areaText) : nil,
        featureWhole: table.isMeasured && table.area != nil
          ? FigureText.grouped(row.wholeText) : nil)
    }
    hasRows = !rows.isEmpty
    nextAddress =
      found.isLast ? nil : form.address(of: cell, after: found.rows.last?.id)
    firstAddress = isFirst ? nil : form.address(of: cell)
  }

  /// The same features by OGC API, where a filter can say what they are.
  private static func items(_ form: StatisticsForm, _ table: StatisticsTable) -> String? {
    guard table.area == nil, form.cell.region == nil else { return nil }
    var query = [
      ("f", "html"), ("datetime", table.asOf.validOn.description),
      ("recorded", table.asOf.recorded.description),
    ]
    if let className = form.cell.className, let attribute = table.attribute {
      let value = className.replacing("'", with: "''")
      query.append(
        (
          "filter",
          className.isEmpty ? "\(attribute) IS NULL" : "\(attribute) = '\(value)'"
        ))
    }
    return "/ogc/collections/\(table.dataset)/items?"
      + query.map { $0.0 + "=" + Asked.escaped($0.1) }.joined(separator: "&")
  }
}

/// Addresses of features in the state of a table.
private struct StatisticsAddress {
  private let state: String

  init(_ asOf: AsOf) { state = "?validOn=\(asOf.validOn)&recorded=\(asOf.recorded)" }

  func feature(_ id: String, in dataset: String) -> String {
    "/catalogue/\(dataset)/features/" + Asked.escaped(id) + state
  }
}
