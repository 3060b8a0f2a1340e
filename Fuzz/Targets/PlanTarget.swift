import KarezCore
import KarezIndicators
import KarezReading

@testable import KarezService

/// A plan's papers: its text, and tables of it, checked against themselves.
enum PlanTarget: FuzzTarget {
  static let name = "plan"

  static func feed(_ bytes: [UInt8]) {
    var reading = PlanReading()
    reading.takeText(bytes, "plan.txt")
    if let rows = try? PlanRow.read(MemoryBytes(bytes), limit: 1 << 20) {
      for row in rows { hold(row.line > 0, "lines count from one") }
      reading.takeTable(rows, "plan.csv")
    }
    var rules = PlanGateRules()
    rules.projectHeading = "项目清单"
    rules.countyWords = ["县市"]
    rules.townshipEnds = ["乡", "镇"]
    rules.agencyEnds = ["资金"]
    rules.divisions = ["甲县"]
    rules.scales = [50_000]
    rules.amounts = [PlanPattern(pattern: "投资{amount}万元")].compactMap { $0 }
    if let text = text(bytes) { words(text) }
    let report = PlanGate(rules).report(on: reading.papers)
    for finding in report.findings {
      hold(!finding.places.isEmpty && !finding.line(in: .zh).isEmpty, finding.code)
    }
  }

  /// Bounds, units and patterns, as tables of a plan print them.
  private static func words(_ text: String) {
    for direction in [IndicatorDefinition.Direction.atMost, .atLeast] {
      if case .between(let least, let most)? = PlanBound(printed: text, direction) {
        hold(least <= most, "a span: \(text)")
      }
    }
    _ = PlanUnit(named: text)
    _ = PlanPattern(pattern: text)
  }
}
