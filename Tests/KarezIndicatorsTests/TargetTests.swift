import KarezCore
import KarezIndicators
import Testing

/// Targets as plans print them, their units, their closure, and the warnings they raise.
@Suite struct TargetTests {
  typealias Fixture = IndicatorFixture

  @Test func `bounds are read as plans print them`() {
    #expect(PlanBound(printed: "1000", .atLeast) == .atLeast(1_000))
    #expect(PlanBound(printed: "1000", .atMost) == .atMost(1_000))
    #expect(PlanBound(printed: "300以内", .atLeast) == .atMost(300))
    #expect(PlanBound(printed: "不少于10", .atMost) == .atLeast(10))
    #expect(PlanBound(printed: "2-5", .atLeast) == .between(2, 5))
    #expect(PlanBound(printed: "落实自治区下达目标", .atLeast) == .handedDown)
    #expect(PlanBound(printed: "控制在下达指标内", .atMost) == .handedDown)
    for none in ["", "多", "5-2", "1-2-3"] { #expect(PlanBound(printed: none, .atLeast) == nil) }
  }

  @Test func `the number itself meets a bound, and what is past it is off by its share`() {
    #expect(PlanBound.atLeast(100).deviation(of: 100) == 0)
    #expect(PlanBound.atLeast(100).deviation(of: 90) == 0.1)
    #expect(PlanBound.atMost(300).deviation(of: 300) == 0)
    #expect(PlanBound.atMost(300).deviation(of: 330) == 0.1)
    #expect(PlanBound.between(2, 5).deviation(of: 7) == 0)
    #expect(PlanBound.atMost(0).deviation(of: 1) == 1)
    #expect(PlanBound.handedDown.deviation(of: 1) == nil)
  }

  @Test func `units with a multiplier are so many of their unit`() {
    #expect(PlanUnit(named: "万亩")?.quantity(1.5) == Quantity(1_000, .hectare))
    #expect(PlanUnit(named: "平方公里")?.quantity(1) == Quantity(100, .hectare))
    #expect(PlanUnit(named: "亿吨")?.quantity(2) == Quantity(200_000_000, .tonne))
    #expect(PlanUnit(named: "万本")?.quantity(1) == Quantity(10_000, .one))
    for none in ["", "万", "尺", "万万亩"] { #expect(PlanUnit(named: none) == nil) }
  }

  @Test func `a target typed in the wrong unit is flagged with the likelier one`() throws {
    let book = try IndicatorBook(
      definitions: [try Fixture.indicator("farmland", "万亩", "land")],
      series: [try Fixture.series("land", "平方米")])
    func fault(_ number: Double, _ unit: String) throws -> TargetFault? {
      try book.fault(
        of: Fixture.target("farmland", "653100", .atLeast(number), unit, baseline: 719))
    }
    #expect(try fault(719, "万亩") == nil)
    #expect(try fault(48, "万公顷") == nil)
    #expect(try fault(719, "公顷") == .unitDoubted(typed: "公顷", likelier: "万亩"))
    #expect(try fault(719, "亩") == .unitDoubted(typed: "亩", likelier: "万亩"))
    #expect(try fault(47.9, "万亩") == .unitDoubted(typed: "万亩", likelier: "万公顷"))
    #expect(try fault(719, "个") == .unitDiffers(found: "个", asked: "万亩"))
    let unknown = try Fixture.target("x", "653100", .atLeast(1), "亩")
    #expect(book.fault(of: unknown) == .indicatorUnknown("x"))
  }

  @Test func `what is handed on must be what was given`() throws {
    let book = try IndicatorBook(
      definitions: [
        try Fixture.indicator("farmland", "万亩", "land"),
        try Fixture.indicator("rate", "%", "area_share(land, land)", isAdditive: false),
      ], series: [try Fixture.series("land", "平方米")])
    func closures(_ counties: [(String, Double, String)]) throws -> [TargetClosure] {
      try book.closures(
        of: [Fixture.target("farmland", "653100", .atLeast(30), "万亩")]
          + counties.map { try Fixture.target("farmland", $0.0, .atLeast($0.1), $0.2) },
        regions: ["653100", "653101", "653121", "653121001"])
    }
    #expect(try closures([]).isEmpty)
    let whole = try closures([("653101", 10, "万亩"), ("653121", 1.3333, "万公顷")])
    #expect(whole.map(\.isBroken) == [false] && whole[0].waiting.isEmpty)
    #expect(try closures([("653101", 10, "万亩"), ("653121", 19, "万亩")]).map(\.isBroken) == [true])
    #expect(try closures([("653101", 10, "万亩"), ("653121", 21, "万亩")]).map(\.isBroken) == [true])
    // While one waits, less is no breach; more is.
    let some = try closures([("653101", 10, "万亩")])
    #expect(some.map(\.isBroken) == [false] && some[0].waiting == ["653121"])
    #expect(try closures([("653101", 31, "万亩")]).map(\.isBroken) == [true])
  }

  @Test func `levels rise at once and fall late`() throws {
    let scale = try #require(
      WarningScale(raisedAt: [0.01, 0.05, 0.1, 0.2], hysteresis: 0.005))
    #expect(scale.level(of: 0) == .none && scale.level(of: 0.0099) == .none)
    #expect(scale.level(of: 0.01) == .blue && scale.level(of: 0.05) == .yellow)
    #expect(scale.level(of: 0.1) == .orange && scale.level(of: 0.2) == .red)
    #expect(scale.level(of: 0.048, from: .yellow) == .yellow)
    #expect(scale.level(of: 0.044, from: .yellow) == .blue)
    #expect(scale.level(of: 0, from: .red) == .none)
    #expect(scale.level(of: 0.3, from: .blue) == .red)
    #expect(WarningScale(raisedAt: [0.1, 0.1, 0.2, 0.3], hysteresis: 0) == nil)
    #expect(WarningScale(raisedAt: [0.1, 0.2, 0.3], hysteresis: 0) == nil)
    #expect(WarningScale(raisedAt: [0.1, 0.2, 0.3, 0.4], hysteresis: 0.1) == nil)
  }

  @Test func `a level never falls while the deviation does not`() throws {
    let scale = try #require(
      WarningScale(raisedAt: [0.01, 0.05, 0.1, 0.2], hysteresis: 0.005))
    for last in WarningLevel.allCases {
      for step in 0...300 {
        let deviation = Double(step) / 1_000
        let now = scale.level(of: deviation, from: last)
        #expect(scale.level(of: deviation, from: now) == now)
        #expect(now >= scale.level(of: deviation) && now <= max(last, scale.level(of: deviation)))
      }
    }
  }

  @Test func `the straight line through the years leads on`() throws {
    let line = try #require(Forecast([2023: 10, 2024: 12, 2025: 14], to: 2030))
    #expect(abs(line.value - 24) < 1e-9 && abs(line.slope - 2) < 1e-9)
    #expect(line.years == [2023, 2024, 2025])
    #expect(Forecast([2025: 1], to: 2030) == nil && Forecast([:], to: 2030) == nil)
  }

  @Test func `budgets are summed exactly, and those not settled are counted`() {
    func entry(_ number: Int, _ category: String, _ budget: Int64?) -> ProjectEntry {
      ProjectEntry(
        number: number, printed: "\(number)", category: category, region: "653101", title: "x",
        budget: budget, funds: [], slip: nil)
    }
    let sums = BudgetSum.sums(
      of: [
        entry(1, "b", 10), entry(2, "a", nil), entry(3, "b", 5), entry(4, "c", .max),
        entry(5, "c", .max),
      ], by: \.category)
    #expect(sums.map(\.key) == ["a", "b", "c"])
    #expect(sums.map(\.budget) == [0, 15, .max] && sums.map(\.pending) == [1, 0, 0])
  }
}
