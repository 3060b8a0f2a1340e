import KarezCore
import KarezRules
import Testing

/// A little vocabulary, and rules over it, for tests of the engine alone.
enum Sample {
  static func text(_ words: String) -> LocalizedText { LocalizedText(zh: words, en: words) }

  static func day(_ text: String) -> LegalDate {
    guard let day = LegalDate(text) else { preconditionFailure(text) }
    return day
  }

  static func quantity(_ text: String) -> Quantity {
    guard let quantity = Quantity(text) else { preconditionFailure(text) }
    return quantity
  }

  static let citation = Citation(
    law: "cn/some-law/2019", title: text("某法"), article: "1", quote: nil, summary: text("大意"))

  static let facts: [FactDeclaration] = {
    guard let dataset = DatasetID("land-patches") else { preconditionFailure() }
    func map(_ id: String, _ measure: MapMeasure.Measure, _ type: FactType) -> FactDeclaration {
      FactDeclaration(
        id: FactID(id), title: text(id), type: type,
        source: .map(MapMeasure(dataset: dataset, measure: measure)))
    }
    return [
      map("farmland", .area, .quantity(.area)), map("other_land", .area, .quantity(.area)),
      map("sites", .count, .quantity(.count)), map("minerals", .values(of: "mineral"), .codes),
      FactDeclaration(
        id: FactID("purpose"), title: text("purpose"), type: .text, source: .purpose),
      FactDeclaration(
        id: FactID("documents"), title: text("documents"), type: .codes, source: .documents),
      FactDeclaration(
        id: FactID("approved"), title: text("approved"), type: .boolean, source: .boundaryArea),
    ]
  }()

  static let purposes = CodeTable(
    id: "purposes", title: text("用途"), source: "test", certainty: .certain, columns: ["linear"],
    rows: [
      CodeTable.Row(
        code: "road", name: LocalizedText(zh: "公路", en: "Road"), columns: ["linear": "yes"]),
      CodeTable.Row(
        code: "house", name: LocalizedText(zh: "住宅", en: "House"), columns: ["linear": ""]),
      CodeTable.Row(
        code: "canal", name: LocalizedText(zh: "渠道", en: "Canal"),
        validity: Validity(from: day("2025-01-01")), columns: ["linear": "yes"]),
    ])

  static let threshold = Parameter(
    id: "threshold", title: text("threshold"),
    versions: [
      version("50 ha", from: "2025-07-01", until: nil, .unconfirmed),
      version("35 ha", from: "2020-01-01", until: "2025-07-01", .certain),
    ])

  static func version(
    _ value: String, from: String, until: String?, _ certainty: Certainty
  ) -> Parameter.Version {
    guard let validity = Validity(from: day(from), until: until.map(day)) else {
      preconditionFailure()
    }
    return Parameter.Version(
      validity: validity, value: quantity(value), text: value, certainty: certainty,
      citations: [citation])
  }

  static let vocabulary = Vocabulary(
    facts: facts, tableOfFact: [FactID("purpose"): "purposes"], parameters: [threshold],
    tables: [purposes],
    functions: [
      NativeFunction(name: "has_copper", parameters: [.codes], result: .boolean) { values in
        .boolean(values == [.codes(["copper"])])
      }
    ])

  static func rule(
    _ id: String, when text: String, documents: [String] = [], message: String = "m",
    from: String = "2020-01-01", until: String? = nil
  ) throws -> Rule {
    let validity = try #require(Validity(from: day(from), until: until.map(day)))
    return Rule(
      id: id, title: Sample.text(id), validity: validity, certainty: .certain,
      condition: (try ExpressionParser.expression(from: text), text),
      consequence: Rule.Consequence(
        severity: .requires, outcome: "approval-required", message: Sample.text(message),
        documents: documents, approver: "state-council", areaFact: FactID("farmland")),
      citations: [citation])
  }

  static func facts(_ values: [String: FactValue]) -> Facts {
    Facts(Dictionary(uniqueKeysWithValues: values.map { (FactID($0.key), $0.value) }))
  }
}
