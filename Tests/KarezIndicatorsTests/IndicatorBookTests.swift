import KarezCore
import KarezIndicators
import KarezRules
import Testing

/// Definitions are checked before they are used, and figures say what they rest on.
@Suite struct IndicatorBookTests {
  typealias Fixture = IndicatorFixture

  private func book(_ formulas: [(String, String, String)]) throws -> IndicatorBook {
    try IndicatorBook(
      definitions: try formulas.map { try Fixture.indicator($0.0, $0.1, $0.2) },
      series: [
        try Fixture.series("land", "平方米"), try Fixture.series("people", "人"),
        try Fixture.series("product", "亿元"), try Fixture.series("land_then", "平方米"),
        try Fixture.series("product_then", "亿元"),
      ])
  }

  @Test func `a formula that goes round is refused, and the way round is told`() throws {
    #expect(throws: IndicatorFault.loop(["a", "b", "c", "a"])) {
      try book([("a", "亩", "b + land"), ("b", "亩", "c"), ("c", "亩", "a")])
    }
    #expect(throws: IndicatorFault.loop(["a", "a"])) { try book([("a", "亩", "a")]) }
  }

  @Test func `a name that is not there, or stands twice, is refused`() throws {
    #expect(throws: IndicatorFault.expression(.unknownFact("sea", offset: 0), in: "a")) {
      try book([("a", "亩", "sea")])
    }
    #expect(throws: IndicatorFault.nameTwice("land")) { try book([("land", "亩", "land")]) }
  }

  @Test func `a formula of another dimension than its unit is refused`() throws {
    #expect(
      throws: IndicatorFault.unitDiffers(found: .quantity(.area), unit: "%", in: "a")
    ) { try book([("a", "%", "land")]) }
    #expect(throws: IndicatorFault.self) { try book([("a", "亩", "land + people")]) }
  }

  @Test func `figures are computed after what they rest on, whatever the order of the file`()
    throws
  {
    let book = try book([("double", "公顷", "single + single"), ("single", "公顷", "land")])
    let figures = try book.figures(region: "653100", year: 2026, on: Fixture.day) { series in
      series.name.text == "land" ? try Fixture.reading(20_000, "平方米") : nil
    }
    #expect(figures.map(\.indicator) == ["double", "single"])
    #expect(figures[0].value == Quantity(4, .hectare))
    #expect(figures[0].inputs.map(\.reading?.origin) == [.indicator("single")])
    #expect(figures[1].inputs.map(\.name) == [FactID("land")])
  }

  @Test func `what is missing is named, all of it, and leaves the others alone`() throws {
    let book = try book([
      ("per-head", "平方米", "area_per_head(land, people)"), ("all", "公顷", "land"),
    ])
    let none = try book.figures(region: "653100", year: 2026, on: Fixture.day) { _ in nil }
    #expect(none[0].absence == .missing([FactID("land"), FactID("people")]))
    let some = try book.figures(region: "653100", year: 2026, on: Fixture.day) { series in
      series.name.text == "land" ? try Fixture.reading(1, "公顷") : nil
    }
    #expect(some[0].value == nil && some[0].absence == .missing([FactID("people")]))
    #expect(some[1].value == Quantity(1, .hectare))
  }

  @Test func `what is divided by nothing has no value, and is not called missing`() throws {
    let book = try book([("per-head", "平方米", "area_per_head(land, people)")])
    let figures = try book.figures(region: "653100", year: 2026, on: Fixture.day) { series in
      series.name.text == "land" ? try Fixture.reading(1, "公顷") : try Fixture.reading(0, "人")
    }
    #expect(figures[0].value == nil && figures[0].absence == .noQuotient)
  }

  @Test func `land for a unit of product falls by what the formula of the plan says`() throws {
    let book = try book([("fall", "%", "intensity_fall(land, product, land_then, product_then)")])
    let numbers = ["land": 1_100.0, "product": 150, "land_then": 1_000, "product_then": 100]
    let figures = try book.figures(region: "653100", year: 2026, on: Fixture.day) { series in
      try numbers[series.name.text].map {
        try Fixture.reading($0, series.name.text.hasPrefix("land") ? "公顷" : "亿元")
      }
    }
    // 1 − (1100/150)/(1000/100) = 26.666… %
    #expect(abs((figures[0].value?.value ?? 0) - 26.6667) < 0.001)
  }

  @Test(arguments: 0..<200)
  func `whatever the formulas, a book is refused or every figure has a value or a reason`(
    seed: UInt64
  ) throws {
    var random = Chance(seed: seed)
    let names = ["a", "b", "c", "d", "e"]
    let formulas = names.map { name in
      let picked = (0..<random.below(3) + 1).map { _ in
        random.below(2) == 0 ? "land" : names[random.below(names.count)]
      }
      return (name, "亩", picked.joined(separator: " + "))
    }
    guard let book = try? book(formulas) else { return }
    let isThere = random.below(2) == 0
    let figures = try book.figures(region: "653100", year: 2026, on: Fixture.day) { _ in
      isThere ? try Fixture.reading(1, "亩") : nil
    }
    #expect(figures.count == names.count)
    for figure in figures { #expect((figure.value == nil) == (figure.absence != nil)) }
  }
}

/// A small seeded generator.
struct Chance {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func below(_ limit: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(limit))
  }
}
