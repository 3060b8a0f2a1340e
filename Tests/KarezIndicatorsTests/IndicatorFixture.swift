import KarezCore
import KarezIndicators
import KarezRules
import Testing

/// Short ways to say indicators and series.
enum IndicatorFixture {
  static var day: LegalDate { get throws { try #require(LegalDate("2026-12-31")) } }

  static func text(_ words: String) -> LocalizedText { LocalizedText(zh: words, en: words) }

  static func unit(_ text: String) throws -> PlanUnit {
    try #require(PlanUnit(named: text))
  }

  static func series(_ name: String, _ unit: String) throws -> SeriesDefinition {
    SeriesDefinition(
      name: FactID(name), title: text(name), unit: try self.unit(unit), source: .external)
  }

  static func indicator(
    _ id: String, _ unit: String, _ formula: String, isAdditive: Bool = true
  ) throws -> IndicatorDefinition {
    IndicatorDefinition(
      id: id, title: text(id), group: text("group"), unit: try self.unit(unit), decimals: 2,
      nature: .binding, direction: .atLeast, formula: formula,
      expression: try ExpressionParser.expression(from: formula), isAdditive: isAdditive,
      source: text("test"), certainty: .certain)
  }

  static func reading(_ number: Double, _ unit: String) throws -> SeriesReading {
    SeriesReading(
      try self.unit(unit).quantity(number),
      from: .external(source: "test", steward: "test", year: 2026)
    )
  }

  static func target(
    _ indicator: String, _ region: String, _ bound: PlanBound, _ unit: String,
    baseline: Double? = nil
  ) throws -> PlanTarget {
    PlanTarget(
      indicator: indicator, region: region, year: 2025, bound: bound, unit: try self.unit(unit),
      baseline: baseline, source: "test", certainty: .certain)
  }
}
