import KarezCore
import KarezGeometry
import KarezPacks
import KarezReport
import KarezService
import KarezStore

/// The page of statistics: the question, the tables, the chart.
struct StatisticsView {
  struct Choice {
    let code: String
    let label: String
    let isChosen: Bool
  }

  /// One line of a table; every figure leads to the features behind it.
  struct Row {
    let rowName: String
    let rowCode: String
    let rowCount: String
    let rowM2: String?
    let rowHectares: String?
    let rowMu: String?
    let rowShare: String?
    let rowAddress: String
    let swatch: String?
  }

  struct Table {
    let tableID: String
    let tableTitle: String
    let tableHead: String
    let rows: [Row]
    let sum: Row
  }

  /// A class of a region.
  struct CrossRow {
    let crossRegion: String
    let crossClass: String
    let crossCount: String
    let crossM2: String?
    let crossAddress: String
    let isSum: Bool
  }

  struct Field {
    let fieldName: String
    let fieldValue: String
  }

  struct AreaWords {
    let areaSentence: String
    let outsideSentence: String?
    let everywhereAddress: String
    /// For the map; nil where it has too many corners to stand in a page.
    let shape: String?
  }

  /// What the page is made from.
  struct Shown {
    let form: StatisticsForm
    let outcome: StatisticsOutcome
    let catalogue: [DatasetSummary]
    let area: StatisticsArea?
  }

  /// Corners of an area that a page shows at most.
  private static let mostCorners = 5_000

  let frame: PageFrame
  let datasets: [Choice]
  let attributes: [Choice]
  let levels: [Choice]
  let hasAttributes: Bool
  let recorded: String
  let isByCommit: Bool
  let keptDay: String?
  let areaName: String?
  let fields: [Field]
  let area: AreaWords?
  let isAsked: Bool
  let isEmpty: Bool
  let isMeasured: Bool
  let stateWords: String
  let regionsWords: String
  let tables: [Table]
  let cross: [CrossRow]
  let hasCross: Bool
  let chart: String
  let csvAddress: String
  let sheetAddress: String
  let jsonAddress: String
  let progress: ProgressView?
  let problem: String?
  let againAddress: String

  init(_ frame: PageFrame, _ shown: Shown, _ words: CatalogueWords, _ map: OneMap) {
    self.frame = frame
    let (form, messages) = (shown.form, words.messages)
    let schema = shown.catalogue.first { $0.schema.id.text == form.dataset }?.schema
    datasets = Self.datasets(shown.catalogue, form, words)
    attributes = Self.attributes(schema, shown, words)
    hasAttributes = !attributes.isEmpty
    levels = StatisticsOrder.Level.allCases.map {
      Choice(
        code: $0.rawValue, label: messages.text("level_" + $0.rawValue),
        isChosen: $0 == form.level)
    }
    recorded = form.recorded?.description ?? ""
    isByCommit = form.recorded != nil
    keptDay = form.validOn?.description
    areaName = form.area
    fields = form.fields.filter { $0.name != "area" }.map {
      Field(fieldName: $0.name, fieldValue: $0.value)
    }
    let table = shown.outcome.table
    area = shown.area.map { Self.area($0, table, form, messages) }
    isAsked = table != nil
    isEmpty = table?.lines.isEmpty ?? false
    isMeasured = table?.isMeasured ?? false
    stateWords = table.map { Self.state($0, schema, words) } ?? ""
    regionsWords = table.map { messages.text("statistics_regions_" + $0.regionsBy.rawValue) } ?? ""
    var made: (tables: [Table], cross: [CrossRow], chart: String) = ([], [], "{}")
    if let table, let schema, !table.lines.isEmpty {
      let making = StatisticsTables(table, schema, form, words, map)
      made = (making.tables, making.cross, making.chart.canonicalText)
    }
    (tables, cross, chart) = made
    hasCross = !cross.isEmpty
    csvAddress = form.address("/statistics/file", [("format", "csv")])
    sheetAddress = form.address("/statistics/file", [("format", "xlsx")])
    jsonAddress = form.address("/api/v1/statistics")
    let job = shown.outcome.job
    let isOver = job?.state.isOver ?? false
    progress =
      isOver
      ? nil : job.map { ProgressView(of: $0, at: form.address("/statistics/progress"), messages) }
    problem =
      isOver
      ? job.map { job in
        let row = JobRow(job, messages, sender: nil, mayCancel: false)
        return row.problem ?? row.stateWords
      } : nil
    againAddress = form.address("/statistics", [("again", "true")])
  }

  private static func datasets(
    _ catalogue: [DatasetSummary], _ form: StatisticsForm, _ words: CatalogueWords
  ) -> [Choice] {
    catalogue.map {
      Choice(
        code: $0.schema.id.text, label: $0.schema.title[words.language],
        isChosen: $0.schema.id.text == form.dataset)
    }
  }

  /// Attributes that classes can be of: codes first, then other texts and yes or no.
  private static func attributes(
    _ schema: DatasetSchema?, _ shown: Shown, _ words: CatalogueWords
  ) -> [Choice] {
    guard let schema else { return [] }
    let usable = schema.attributes.filter {
      $0.name != schema.identifier && $0.name != schema.region
        && ($0.codes != nil || $0.type == .boolean)
    }
    let chosen = shown.outcome.table?.attribute ?? shown.form.attribute
    return usable.map {
      Choice(code: $0.name, label: $0.title[words.language], isChosen: $0.name == chosen)
    }
  }

  private static func state(
    _ table: StatisticsTable, _ schema: DatasetSchema?, _ words: CatalogueWords
  ) -> String {
    words.messages.text(
      "statistics_state",
      [
        "dataset": schema?.title[words.language] ?? table.dataset,
        "day": table.asOf.validOn.description, "commit": table.asOf.recorded.description,
      ])
  }

  private static func area(
    _ area: StatisticsArea, _ table: StatisticsTable?, _ form: StatisticsForm,
    _ messages: MessageCatalogue
  ) -> AreaWords {
    let whole = Double(area.statutoryAreaM2) ?? 0
    let rest = table.map { whole - $0.total.areaM2 }
    let sentence = messages.text(
      "statistics_area_words", count: area.parcels,
      [
        "area": FigureText.grouped(area.statutoryAreaM2), "crs": area.crs,
      ])
    let isCovered = table?.isMeasured == true && (rest.map { abs($0) > 0.01 } ?? false)
    return AreaWords(
      areaSentence: sentence,
      outsideSentence: isCovered
        ? messages.text(
          (rest ?? 0) > 0 ? "statistics_area_rest" : "statistics_area_more",
          ["area": FigureText.grouped(DecimalText.fixed(abs(rest ?? 0), decimals: 2))]) : nil,
      everywhereAddress: form.within(nil).address("/statistics"),
      shape: area.geometry.flatMap {
        $0.vertexCount <= mostCorners ? $0.geoJSON.canonicalText : nil
      })
  }
}
