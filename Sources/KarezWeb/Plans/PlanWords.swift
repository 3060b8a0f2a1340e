import KarezCore
import KarezIndicators
import KarezPacks
import KarezReport
import KarezRules
import KarezService

/// Words of indicators and projects in one language, and where figures lead.
struct PlanWords {
  let indicators: Indicators
  let messages: MessageCatalogue
  let packs: PackLibrary

  init(_ indicators: Indicators, _ portal: Portal, _ language: Language) {
    self.indicators = indicators
    messages = portal.catalogues[language]
    packs = portal.map.packs
  }

  var language: Language { messages.language }

  func region(_ code: String) -> String { indicators.name(of: code, in: language) }

  func code(_ code: String, of table: String) -> String {
    packs.codeTables[table]?.title(of: code)?[language] ?? code
  }

  /// A unit as it is written in Chinese; elsewhere by its symbol and power of ten.
  func unit(_ unit: PlanUnit) -> String {
    guard language != .zh else { return unit.text }
    let symbol =
      switch unit.unit {
      case .squareMetre: "m²"
      case .squareKilometre: "km²"
      case .cubicMetre: "m³"
      case .one: ""
      default: unit.unit.rawValue
      }
    let power =
      switch unit.factor {
      case 1_000: "10³"
      case 10_000: "10⁴"
      case 100_000_000: "10⁸"
      default: ""
      }
    return power.isEmpty ? symbol : symbol.isEmpty ? "×" + power : "\(power) \(symbol)"
  }

  func number(_ value: Quantity?, _ definition: IndicatorDefinition) -> String? {
    value.flatMap(definition.text).map(FigureText.grouped)
  }

  /// A number without zeros at its end.
  func plain(_ number: Double) -> String {
    var text = DecimalText.fixed(number, decimals: 4)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return FigureText.grouped(text)
  }

  /// How a target is said: at least, at most, from–to, or that it is handed down from above.
  func bound(_ target: PlanTarget) -> String {
    switch target.bound {
    case .atLeast(let number): "≥ " + plain(number)
    case .atMost(let number): "≤ " + plain(number)
    case .between(let least, let most): plain(least) + "–" + plain(most)
    case .handedDown: messages.text("plan_handed_down")
    }
  }

  /// In 万元, from yuan.
  func money(_ yuan: Int64?) -> String? {
    yuan.map { FigureText.grouped(DecimalText.fixed(Double($0) / 10_000, decimals: 2)) }
  }

  func share(_ deviation: Double) -> String {
    DecimalText.fixed(deviation * 100, decimals: 1) + " %"
  }

  static func tone(_ level: WarningLevel) -> String {
    switch level {
    case .none: "order"
    case .blue: "inform"
    case .yellow, .orange: "act"
    case .red: "stop"
    }
  }

  static func address(_ indicator: String, _ year: Int?, _ region: String) -> String {
    "/plan/indicators/\(Asked.escaped(indicator))?region=\(region)"
      + (year.map { "&year=\($0)" } ?? "")
  }

  /// Why a figure is not there, in one line.
  func absence(_ figure: IndicatorFigure) -> String {
    switch figure.absence {
    case .missing(let names):
      let titles = names.map { name in
        indicators.plan.book.series(name)?.title[language]
          ?? indicators.plan.book.definition(named: name)?.title[language] ?? name.text
      }
      return messages.text(
        "plan_missing", ["names": language.listed(titles)])
    case .noQuotient, nil: return messages.text("plan_no_quotient")
    }
  }
}
