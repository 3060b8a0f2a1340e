public import KarezCore
import KarezIndicators
import KarezPacks
import KarezReading
import KarezRules
import KarezStore

/// 外部数据: one value of a series somebody answers for, of a region and a year.
public struct SeriesValue: Hashable, Sendable {
  static let kind = RecordKind.witnessed("indicator-series")
  static let entry = "indicator-series"

  public let series: String
  public let region: String
  public let year: Int
  /// As it was written.
  public let number: String
  public let unit: String
  public let source: String
  public let steward: String

  static func key(_ series: String, _ region: String, _ year: Int) -> String {
    "\(series)/\(region)/\(year)"
  }

  var key: String { Self.key(series, region, year) }

  var reading: SeriesReading? {
    guard let unit = PlanUnit(named: unit), let number = Double(number), number.isFinite else {
      return nil
    }
    return SeriesReading(
      unit.quantity(number), from: .external(source: source, steward: steward, year: year))
  }

  public var json: JSONValue {
    .object([
      "series": .string(series), "region": .string(region), "year": .integer(Int64(year)),
      "number": .string(number), "unit": .string(unit), "source": .string(source),
      "steward": .string(steward),
    ])
  }

  /// What `json` wrote; nil for anything else.
  init?(_ json: JSONValue) {
    guard let series = json["series"]?.string, let region = json["region"]?.string,
      let year = json["year"]?.integer, let number = json["number"]?.string,
      let unit = json["unit"]?.string, let source = json["source"]?.string,
      let steward = json["steward"]?.string
    else { return nil }
    self.init(
      series: series, region: region, year: Int(clamping: year), number: number, unit: unit,
      source: source, steward: steward)
  }

  init(
    series: String, region: String, year: Int, number: String, unit: String, source: String,
    steward: String
  ) {
    self.series = series
    self.region = region
    self.year = year
    self.number = number
    self.unit = unit
    self.source = source
    self.steward = steward
  }
}

/// What came of bringing a file of values.
public struct SeriesReceipt: Hashable, Sendable {
  public let values: Int
  /// Those that were not known, or were known otherwise.
  public let news: Int
  /// Lines that were taken and should be looked at.
  public let doubts: [LocalizedText]
}

extension Indicators {
  static let seriesColumns = ["series", "region", "year", "value", "unit", "source"]
  static let mostSeriesBytes: Int64 = 8 << 20

  /// Brings the values of a file, all of them or none.
  ///
  /// - Shape: CSV with the columns series, region, year, value, unit, source.
  /// - Errors: refused with the first line that is wrong, and what to do.
  public func bring(
    _ path: String, steward: String, by actor: Actor
  ) async throws(Problem) -> SeriesReceipt {
    let file = FileArgument(path).name
    guard !steward.isEmpty, steward.count <= 80, !steward.contains("\0") else {
      throw Wording(
        "series-steward", "须写明责任单位或责任人", "say who answers for the values", do: "写 --steward",
        "give --steward"
      ).problem(.usage, at: "steward")
    }
    let rows: [PlanRow]
    do throws(ReadingError) {
      rows = try PlanRow.read(FileBytes(path: path), limit: Self.mostSeriesBytes)
    } catch {
      throw .reading(error, of: file)
    }
    guard rows.first?.cells == Self.seriesColumns else {
      throw refused(
        file, 1, "列须为 \(Self.seriesColumns.joined(separator: ","))",
        "the columns are \(Self.seriesColumns.joined(separator: ","))", "更正表头", "mend the head")
    }
    var known: [String: PlatformRecord] = [:]
    for record in try await records(SeriesValue.kind, prefix: nil) { known[record.key] = record }
    var values: [String: SeriesValue] = [:]
    var doubts: [LocalizedText] = []
    for row in rows.dropFirst() {
      let value = try value(of: row, steward, file)
      guard values.updateValue(value, forKey: value.key) == nil else {
        throw refused(
          file, row.line, "\(value.key) 重复", "\(value.key) stands twice", "保留一行", "keep one line")
      }
      if let doubt = doubt(value, row.line, file, known) { doubts.append(doubt) }
    }
    let changes = values.values.sorted { $0.key < $1.key }.compactMap { value -> RecordChange? in
      let last = known[value.key]
      guard last?.body != value.json else { return nil }
      return Self.change(last, SeriesValue.kind, value.key, state: "kept", value.json)
    }
    if !changes.isEmpty {
      try await put(
        RecordBatch(
          changes,
          entry: .init(
            kind: SeriesValue.entry, body: ["values": .integer(Int64(changes.count))])),
        by: actor)
    }
    return SeriesReceipt(values: values.count, news: changes.count, doubts: doubts)
  }

  private func refused(
    _ file: String, _ line: Int, _ zh: String, _ en: String, _ remedyZh: String,
    _ remedyEn: String
  ) -> Problem {
    Wording("series-line", zh, en, do: remedyZh, remedyEn).problem(at: "\(file):\(line)")
  }

  private func value(
    of row: PlanRow, _ steward: String, _ file: String
  ) throws(Problem) -> SeriesValue {
    func refused(
      _ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String
    ) -> Problem {
      self.refused(file, row.line, zh, en, remedyZh, remedyEn)
    }
    let cells = row.cells
    guard cells.count == Self.seriesColumns.count else {
      throw refused(
        "有 \(cells.count) 列，应为 \(Self.seriesColumns.count) 列",
        "has \(cells.count) columns, not \(Self.seriesColumns.count)", "更正该行", "mend the line")
    }
    let definition = plan.book.series.first { $0.name.text == cells[0] }
    guard let definition, definition.source == .external else {
      throw refused(
        "“\(cells[0])”不是外部取数", "“\(cells[0])” is no series from outside",
        "用 karez indicators list 查看", "see karez indicators list")
    }
    guard regions.contains(cells[1]) else {
      throw refused(
        "没有行政区 \(cells[1])", "there is no region \(cells[1])", "写六位区划代码", "give its six-digit code")
    }
    guard let year = Int(cells[2]), (1900...2200).contains(year) else {
      throw refused("年份 \(cells[2]) 有误", "\(cells[2]) is no year", "写四位年份", "give four digits")
    }
    let isPlain = cells[3].utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
    guard isPlain, let number = Double(cells[3]), number.isFinite else {
      throw refused(
        "“\(cells[3])”不是数", "“\(cells[3])” is no number", "写不带单位和分隔符的数", "write digits alone")
    }
    guard let unit = PlanUnit(named: cells[4]) else {
      throw refused(
        "不认识单位“\(cells[4])”", "the unit “\(cells[4])” is not known", "改用计量单位", "mend it")
    }
    guard unit.dimension == definition.unit.dimension else {
      throw refused(
        "单位 \(unit.text) 与取数的 \(definition.unit.text) 不是同一种量",
        "\(unit.text) and the series’ \(definition.unit.text) measure different things",
        "换算为 \(definition.unit.text)", "give it in \(definition.unit.text)")
    }
    guard !cells[5].isEmpty, cells[5].count <= 200 else {
      throw refused("没有来源", "it has no source", "写明来源", "say where it is from")
    }
    return SeriesValue(
      series: cells[0], region: cells[1], year: year, number: cells[3], unit: cells[4],
      source: cells[5], steward: steward)
  }

  /// A value far from that of the year before, which another unit would bring near.
  private func doubt(
    _ value: SeriesValue, _ line: Int, _ file: String, _ known: [String: PlatformRecord]
  ) -> LocalizedText? {
    let key = SeriesValue.key(value.series, value.region, value.year - 1)
    guard let last = known[key].flatMap({ SeriesValue($0.body) })?.reading,
      let unit = PlanUnit(named: value.unit), let number = Double(value.number),
      let other = unit.likelier(for: number, near: last.value)
    else { return nil }
    return LocalizedText(
      zh: "\(file):\(line)：与上年相差悬殊，单位疑为 \(other.text)；核对后重报",
      en:
        "\(file):\(line): far from the year before, \(other.text) may be meant; look, and bring it again"
    )
  }
}
