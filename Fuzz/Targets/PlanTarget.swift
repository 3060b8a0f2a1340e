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
    let report = PlanGate(rules).report(on: reading.papers)
    for finding in report.findings {
      hold(!finding.places.isEmpty && !finding.line(in: .zh).isEmpty, finding.code)
    }
  }
}
