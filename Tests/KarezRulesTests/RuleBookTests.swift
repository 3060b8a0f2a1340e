import KarezCore
import KarezRules
import Testing

@Suite struct RuleBookTests {
  @Test func `findings come in the order of their rules, however they were written`() throws {
    let rules = try ["c", "a", "b"].map { try Sample.rule($0, when: "farmland > 0 m2") }
    let facts = Sample.facts(["farmland": .quantity(Quantity(1, .hectare))])
    let day = Sample.day("2024-05-01")
    for order in [rules, rules.reversed()] {
      let book = RuleBook(rules: order, vocabulary: Sample.vocabulary)
      #expect(book.findings(given: facts, on: day).map(\.rule) == ["a", "b", "c"])
    }
  }

  @Test func `a rule speaks from its first day until the day before its end`() throws {
    let rule = try Sample.rule("r", when: "true", from: "2024-01-01", until: "2024-01-03")
    let book = RuleBook(rules: [rule], vocabulary: Sample.vocabulary)
    let days = ["2023-12-31", "2024-01-01", "2024-01-02", "2024-01-03"]
    let found = days.map { book.findings(given: Facts(), on: Sample.day($0)).count }
    #expect(found == [0, 1, 1, 0])
  }

  @Test func `an absent fact is named with its dataset`() throws {
    let rule = try Sample.rule("r", when: "farmland > 0 m2 and purpose == 'road'")
    let book = RuleBook(rules: [rule], vocabulary: Sample.vocabulary)
    let finding = try #require(
      book.findings(given: Sample.facts(["purpose": .text("road")]), on: Sample.day("2024-05-01"))
        .first)
    #expect(finding.outcome == "needs-determination")
    #expect(finding.certainty == .unconfirmed)
    #expect(finding.severity == .requires)
    #expect(finding.message.en.contains("farmland (dataset land-patches)"))
    #expect(finding.message.zh == "无法判断“r”：缺少farmland（数据集 land-patches）。")
    #expect(finding.trace.map(\.value) == ["unknown", "road"])
    #expect(finding.citation == Sample.citation)
  }

  @Test func `documents already held are not missing`() throws {
    let rule = try Sample.rule("r", when: "true", documents: ["plan", "report"])
    let book = RuleBook(rules: [rule], vocabulary: Sample.vocabulary)
    let day = Sample.day("2024-05-01")
    func missing(_ held: FactValue?) -> [String]? {
      var facts = Facts()
      facts.values[FactID("documents")] = held
      return book.findings(given: facts, on: day).first?.missingDocuments
    }
    #expect(missing(nil) == ["plan", "report"])
    #expect(missing(.codes(["report", "photo"])) == ["plan"])
    #expect(missing(.codes(["plan", "report"])) == [])
  }

  @Test func `a message prints areas in hectares and codes by name`() throws {
    let message = "{farmland} · {purpose} · {sites} · {other_land} · {threshold} · {"
    let rule = try Sample.rule("r", when: "farmland > 0 m2", message: message)
    let book = RuleBook(rules: [rule], vocabulary: Sample.vocabulary)
    let facts = Sample.facts([
      "farmland": .quantity(Quantity(12_345.678, .squareMetre)), "purpose": .text("road"),
      "sites": .quantity(Quantity(3, .one)),
    ])
    let finding = try #require(book.findings(given: facts, on: Sample.day("2024-05-01")).first)
    #expect(finding.message.zh == "1.2346 公顷 · 公路 · 3 · （未知） · 35.0000 公顷 · {")
    #expect(finding.message.en == "1.2346 ha · Road · 3 · (unknown) · 35.0000 ha · {")
    #expect(finding.areaFact == "farmland")
    #expect(finding.approver == "state-council")
  }

  @Test(
    arguments: [
      (0, "0.0000 公顷", "0.0000 ha"), (0.48, "0.48 平方米", "0.48 m²"),
      (99.99, "99.99 平方米", "99.99 m²"),
      (100, "0.0100 公顷", "0.0100 ha"),
    ] as [(Double, String, String)])
  func `an area too small for hectares is printed in square metres`(
    squareMetres: Double, zh: String, en: String
  ) throws {
    let rule = try Sample.rule("r", when: "true", message: "{farmland}")
    let book = RuleBook(rules: [rule], vocabulary: Sample.vocabulary)
    let facts = Sample.facts(["farmland": .quantity(Quantity(squareMetres, .squareMetre))])
    let message = try #require(book.findings(given: facts, on: Sample.day("2024-05-01")).first)
      .message
    #expect(message.zh == zh)
    #expect(message.en == en)
  }

  @Test func `the facts needed are those of the day's rules, with their messages' facts`() throws {
    let rules = [
      try Sample.rule("a", when: "sites > 1 1", message: "{other_land} {threshold}"),
      try Sample.rule("b", when: "approved", from: "2030-01-01"),
    ]
    let book = RuleBook(rules: rules, vocabulary: Sample.vocabulary)
    let now = book.factsNeeded(on: Sample.day("2024-05-01")).map(\.id.text)
    #expect(now == ["farmland", "other_land", "sites"])
    let later = book.factsNeeded(on: Sample.day("2030-01-01")).map(\.id.text)
    #expect(later == ["approved", "farmland", "other_land", "sites"])
  }

  @Test func `a filter admits by prefix, and excludes by prefix`() {
    let cultivated = AttributeFilter(attribute: "land_class", prefixes: ["01"])
    #expect(cultivated.admits("0103"))
    #expect(!cultivated.admits("1001"))
    #expect(!cultivated.admits(nil))
    let notState = AttributeFilter(
      attribute: "ownership", prefixes: [""], excludedPrefixes: ["1", "2"])
    #expect(notState.admits("30"))
    #expect(!notState.admits("20"))
    #expect(notState.admits(nil))
  }
}
