import KarezCore
import KarezIndicators
import KarezPacks
import KarezReport
import KarezRules
import KarezService

/// `/plan/indicators/ID`: what an indicator is, what its figure rests on, and each region's.
struct PlanIndicatorView {
  /// Something a figure was made of, and where it opens.
  struct Input {
    let inputTitle: String
    let inputName: String
    let inputValue: String?
    let originWords: String
    let links: [Link]
  }

  struct Link {
    let linkAddress: String
    let linkTitle: String
  }

  struct RegionRow {
    let regionTitle: String
    let regionAddress: String
    let regionValue: String?
    let regionAbsence: String?
  }

  let frame: PageFrame
  let title: String
  let groupTitle: String
  let natureWords: String
  let unit: String
  let formula: String
  let note: String?
  let source: String
  let isUnconfirmed: Bool
  let regionTitle: String
  let year: String?
  let value: String?
  let absenceWords: String?
  let target: String?
  let targetYear: String?
  let baseline: String?
  let deviation: String?
  let forecastWords: String?
  let stateWords: String?
  let inputs: [Input]
  let hasInputs: Bool
  let regions: [RegionRow]
  let hasRegions: Bool
  let chart: String

  init(
    _ frame: PageFrame, _ words: PlanWords, _ definition: IndicatorDefinition,
    all: [KeptFigures], year: Int?, region: String, target: PlanTarget?, forecast: Forecast?
  ) {
    let messages = words.messages
    let kept = all.first { $0.region == region }
    let figure = kept?.figure(definition.id)
    self.frame = frame
    title = definition.title[words.language]
    groupTitle = definition.group[words.language]
    natureWords = messages.text("plan_nature_" + definition.nature.rawValue)
    unit = words.unit(definition.unit)
    formula = definition.formula
    note = definition.note?[words.language]
    source = definition.source[words.language]
    isUnconfirmed = definition.certainty != .certain
    regionTitle = words.region(region)
    self.year = year.map { String($0) }
    value = words.number(figure?.value, definition)
    absenceWords = figure.flatMap { $0.value == nil ? words.absence($0) : nil }
    self.target = target.map(words.bound)
    targetYear = target.map { String($0.year) }
    baseline = target?.baseline.map(words.plain)
    deviation = figure?.value.flatMap { target?.deviation(of: $0) }.map(words.share)
    forecastWords = forecast.map { forecast in
      messages.text(
        "plan_forecast",
        [
          "year": String(forecast.year),
          "years": forecast.years.map { String($0) }.joined(separator: "–"),
          "value": FigureText.grouped(
            DecimalText.fixed(forecast.value, decimals: definition.decimals)),
        ])
    }
    stateWords = kept.map {
      messages.text(
        "plan_state",
        [
          "region": words.region($0.region), "year": String($0.year),
          "day": $0.validOn.description, "commit": $0.recorded.description,
        ])
    }
    inputs = (figure?.inputs ?? []).map { Self.input($0, region, words) }
    hasInputs = !inputs.isEmpty
    regions = all.compactMap { Self.row($0, definition, words) }
    hasRegions = regions.count > 1
    chart = Self.chart(all, definition, words).canonicalText
  }

  private static func row(
    _ kept: KeptFigures, _ definition: IndicatorDefinition, _ words: PlanWords
  ) -> RegionRow? {
    guard let figure = kept.figure(definition.id) else { return nil }
    return RegionRow(
      regionTitle: words.region(kept.region),
      regionAddress: PlanWords.address(definition.id, kept.year, kept.region),
      regionValue: words.number(figure.value, definition),
      regionAbsence: figure.value == nil ? words.absence(figure) : nil)
  }

  /// Bars of the counties; the whole of them is no bar beside its parts.
  private static func chart(
    _ all: [KeptFigures], _ definition: IndicatorDefinition, _ words: PlanWords
  ) -> JSONValue {
    let bars = all.filter { !$0.region.hasSuffix("00") }.compactMap { kept -> JSONValue? in
      guard let value = kept.figure(definition.id)?.value,
        let number = definition.unit.number(of: value)
      else { return nil }
      return .object([
        "name": .string(words.region(kept.region)), "value": .number(number),
        "address": .string(PlanWords.address(definition.id, kept.year, kept.region)),
      ])
    }
    return .object([
      "unit": .string(words.unit(definition.unit)),
      "decimals": .integer(Int64(definition.decimals)),
      "classes": .array([]), "regions": .array(bars),
    ])
  }

  private static func input(
    _ input: IndicatorFigure.Input, _ region: String, _ words: PlanWords
  ) -> Input {
    let book = words.indicators.plan.book
    let series = book.series(input.name)
    let other = book.definition(named: input.name)
    let unit = series?.unit ?? other?.unit
    let value = input.reading.flatMap { reading in
      unit?.number(of: reading.value).map {
        FigureText.grouped(DecimalText.fixed($0, decimals: other?.decimals ?? 2)) + " "
          + (unit.map(words.unit) ?? "")
      }
    }
    let (origin, links) = Self.origin(input.reading?.origin, region, words)
    return Input(
      inputTitle: (series?.title ?? other?.title)?[words.language] ?? input.name.text,
      inputName: input.name.text, inputValue: value, originWords: origin, links: links)
  }

  /// Where a reading is from, in words, and the addresses that open it.
  private static func origin(
    _ origin: SeriesReading.Origin?, _ region: String, _ words: PlanWords
  ) -> (String, [Link]) {
    let messages = words.messages
    switch origin {
    case .map(let tally, let day, let commit, let features, let codes):
      let title =
        words.packs.schema(tally.dataset)?.title[words.language] ?? tally.dataset.text
      let all: [String?] = codes.isEmpty ? [nil] : codes.map { $0 }
      let links = all.map { code in
        Link(
          linkAddress: rows(tally, code, day, commit, region),
          linkTitle: code ?? messages.text("patches_behind"))
      }
      let said = messages.text(
        "plan_origin_map",
        [
          "dataset": title, "count": FigureText.count(features), "day": day.description,
          "commit": commit.description,
        ])
      return (said, links)
    case .ledger(let kind, let day):
      let prefix = region.hasSuffix("00") ? String(region.prefix(4)) : region
      return (
        messages.text("plan_origin_ledger", ["day": day.description]),
        [
          Link(
            linkAddress: "/ledger?kind=\(kind)&region=\(prefix)&validOn=\(day)",
            linkTitle: messages.text("quotas"))
        ]
      )
    case .external(let source, let steward, let year):
      return (
        messages.text(
          "plan_origin_external",
          ["source": source, "steward": steward, "year": String(year)]), []
      )
    case .indicator(let id):
      return (
        messages.text("plan_origin_indicator"),
        [
          Link(
            linkAddress: PlanWords.address(id, nil, region),
            linkTitle: words.indicators.plan.book.definition(id)?.title[words.language] ?? id)
        ]
      )
    case nil: return (messages.text("plan_origin_none"), [])
    }
  }

  /// The features behind a figure, as the statistics show them.
  private static func rows(
    _ tally: MapTally, _ code: String?, _ day: LegalDate, _ commit: CommitNumber,
    _ region: String
  ) -> String {
    var parts = [
      "dataset=\(tally.dataset)", "level=county", "validOn=\(day)", "recorded=\(commit)",
    ]
    if let attribute = tally.attribute { parts.append("by=" + Asked.escaped(attribute)) }
    if !region.hasSuffix("00") { parts.append("region=" + region) }
    if let code { parts.append("class=" + Asked.escaped(code.isEmpty ? "-" : code)) }
    return "/statistics/rows?" + parts.joined(separator: "&")
  }
}
