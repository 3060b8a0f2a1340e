import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezStore

/// The catalogue in the words of one language.
struct CatalogueWords {
  let messages: MessageCatalogue
  let packs: PackLibrary

  init(_ portal: Portal, _ language: Language) {
    messages = portal.catalogues[language]
    packs = portal.map.packs
  }

  var language: Language { messages.language }

  func classification(_ classification: Classification) -> String {
    messages.texts["class_" + classification.rawValue] ?? classification.rawValue
  }

  func geometry(_ kind: GeometryKind) -> String {
    messages.texts["geometry_" + kind.rawValue] ?? kind.rawValue
  }

  /// Whether the newest state is in time, in words and in one of the four tones.
  func freshness(_ item: CatalogueItem) -> (words: String, tone: String) {
    if item.summary.commit == .none { return (messages.text("freshness_none"), "inform") }
    return item.isStale
      ? (messages.text("freshness_stale"), "act") : (messages.text("freshness_current"), "order")
  }

  /// What an attribute may hold: `text ≤ 12`, `decimal 0–100`.
  func type(_ attribute: Attribute) -> String {
    let name = messages.texts["type_" + attribute.type.rawValue] ?? attribute.type.rawValue
    let limits = attribute.limits
    if let length = limits.length { return "\(name) ≤ \(length)" }
    switch (limits.minimum, limits.maximum) {
    case (nil, nil): return name
    case (let least?, nil): return "\(name) ≥ \(Self.number(least))"
    case (nil, let most?): return "\(name) ≤ \(Self.number(most))"
    case (let least?, let most?):
      return "\(name) \(Self.number(least)) – \(Self.number(most))"
    }
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15
      ? FigureText.grouped(String(Int64(value))) : FigureText.grouped("\(value)")
  }

  /// A value as a reader sees it: a code with its name, a boolean in words.
  func value(_ value: AttributeValue, of attribute: Attribute?) -> String {
    switch value {
    case .null: return "–"
    case .boolean(let isTrue): return messages.text(isTrue ? "yes" : "no")
    // Without a unit it may be a year or a number of something, which is no amount.
    case .integer(let number):
      return attribute?.unit == nil ? String(number) : FigureText.grouped(String(number))
    case .decimal(let number): return FigureText.grouped("\(number)")
    case .date(let day): return day.description
    case .text(let text):
      let name = attribute?.codes.flatMap { packs.codeTables[$0] }?.title(of: text)
      return name.map { "\(text) \($0[language])" } ?? text
    }
  }

  /// A unit as people write it.
  func unit(_ attribute: Attribute) -> String? {
    switch attribute.unit {
    case "m2": "m²"
    case "m3": "m³"
    case let unit: unit
    }
  }

  /// 法律依据: `土地管理法（2019） 第 35 条`.
  func basis(_ basis: DatasetRecord.Basis) -> String {
    basis.law.title[language] + " " + messages.text("article", ["article": basis.article])
  }
}

/// Addresses within the catalogue that keep the day asked for.
struct CatalogueAddress {
  private let kept: [(String, String)]

  /// Of a page that is of no day.
  init() { kept = [] }

  init(_ asked: Asked) {
    kept = ["validOn", "recorded"].compactMap { name in asked.text(name).map { (name, $0) } }
  }

  func callAsFunction(_ path: String, _ more: [(String, String?)] = []) -> String {
    let pairs = more.compactMap { pair in pair.1.map { (pair.0, $0) } } + kept
    guard !pairs.isEmpty else { return path }
    return path + "?"
      + pairs.map { $0.0 + "=" + Asked.escaped($0.1) }.joined(separator: "&")
  }

  func dataset(_ id: String) -> String { self("/catalogue/" + id) }

  func feature(_ id: String, in dataset: String, tab: String? = nil) -> String {
    self("/catalogue/\(dataset)/features/" + Asked.escaped(id), [("tab", tab)])
  }
}
