import KarezCore
import KarezRules

/// Polygons smaller than their class allows.
final class MinimumAreaCheck: GateCheck {
  private let frame: ProfileCheckFrame
  private let limits: SizeLimits

  init(_ frame: ProfileCheckFrame, _ limits: [SizeLimit]) {
    self.frame = frame
    self.limits = SizeLimits(limits, frame)
  }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    guard let area = row.areaM2, area < limits.largest, frame.applies(to: row),
      let minimum = limits.minimum(for: row), PrintedArea.isLess(area, than: minimum)
    else { return }
    let (found, least) = (GateWords.area(area), GateWords.decimal(minimum))
    var finding = frame.finding(
      row,
      what: LocalizedText(
        zh: "面积 \(found) 平方米，小于最小上图面积 \(least) 平方米",
        en: "the area is \(found) m², less than the least of \(least) m²"),
      remedy: LocalizedText(
        zh: "请并入相邻图斑，或核对地类", en: "merge it into a neighbour, or check its class"))
    finding.areaM2 = area
    report.note(finding)
  }
}

/// Limits by class; the first that applies to a row counts.
struct SizeLimits {
  private let limits: [(question: RowQuestion?, minimum: Double)]
  /// No limit is larger; what reaches it needs no more questions.
  let largest: Double

  init(_ limits: [SizeLimit], _ frame: ProfileCheckFrame) {
    self.limits = limits.map { limit in
      (limit.condition.map { frame.question($0) }, limit.minimum.value)
    }
    largest = limits.map(\.minimum.value).max() ?? 0
  }

  func minimum(for row: ExaminedRow) -> Double? {
    limits.first { $0.question.map { $0.isTrue(of: row) == true } ?? true }?.minimum
  }
}
