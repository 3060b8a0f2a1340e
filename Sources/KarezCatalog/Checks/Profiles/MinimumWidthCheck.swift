import KarezCore
import KarezGeometry
import KarezRules

/// Polygons narrower than their class allows: no circle of that width has room in them.
final class MinimumWidthCheck: GateCheck {
  private let frame: ProfileCheckFrame
  private let limits: SizeLimits
  private let measure = WidthMeasure()

  init(_ frame: ProfileCheckFrame, _ limits: [SizeLimit]) {
    self.frame = frame
    self.limits = SizeLimits(limits, frame)
  }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    guard let polygons = row.polygons, frame.applies(to: row),
      let minimum = limits.minimum(for: row),
      // A polygon GEOS cannot measure is invalid, which is told of already.
      let found = (try? measure.width(of: polygons, below: minimum)) ?? nil
    else { return }
    let (width, least) = (GateWords.metres(found.metres), GateWords.decimal(minimum))
    report.note(
      frame.finding(
        row, at: found.place,
        what: LocalizedText(
          zh: "最宽处 \(width) 米，小于最小宽度 \(least) 米",
          en: "it is \(width) m at its widest, less than the least of \(least) m"),
        remedy: LocalizedText(
          zh: "请改为线状要素或并入相邻图斑", en: "draw it as a line, or merge it into a neighbour")))
  }
}
