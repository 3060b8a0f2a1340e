import KarezCore
import KarezGeometry
public import KarezRules
public import KarezStore

/// Sums of areas that do not come to their control figures.
final class ClosureCheck: GateCheck {
  private let frame: ProfileCheckFrame
  private let test: ClosureTest
  private let isWhole: Bool
  private let attribute: AttributePlace
  private let summed: AttributePlace?
  /// Square metres and rows, by the id of the control feature.
  private var sums: [String: (area: Double, rows: Int)] = [:]

  init(_ frame: ProfileCheckFrame, _ test: ClosureTest, isWhole: Bool) {
    self.frame = frame
    self.test = test
    self.isWhole = isWhole
    attribute = frame.place(of: test.attribute)
    summed = test.summed.map { frame.place(of: $0) }
  }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    guard isWhole, frame.applies(to: row),
      let id = row.text(of: attribute, first: test.digits)
    else { return }
    let area = summed.map { row.number(of: $0) } ?? row.areaM2
    add(area ?? 0, to: &sums[id, default: (0, 0)])
  }

  private func add(_ area: Double, to sum: inout (area: Double, rows: Int)) {
    sum.area += area
    sum.rows += 1
  }

  func conclude(_ draft: ExaminedDraft, _ report: inout GateReport) async throws(GateError) {
    guard isWhole else { return }
    guard try await draft.recorded.title(of: test.dataset) != nil else {
      return report.note(frame.unchecked(test.dataset))
    }
    var controls: [(id: String, figure: Double, place: Position?)] = []
    try await draft.recorded.scan(test.dataset, on: draft.recorded.day) { version in
      guard let figure = test.figure(of: version) else { return }
      let box = version.feature.geometry?.boundingBox
      let place = box.map { Position(x: ($0.minX + $0.maxX) / 2, y: ($0.minY + $0.maxY) / 2) }
      controls.append((version.feature.id, figure, place))
    }
    for control in controls.sorted(by: { $0.id < $1.id }) {
      let sum = sums[control.id] ?? (0, 0)
      let allowed = test.allowance.squareMetres(beside: control.figure)
      guard PrintedArea.differ(sum.area, control.figure, byMoreThan: allowed) else { continue }
      report.note(finding(control.id, sum, control.figure, at: control.place))
    }
  }

  private func finding(
    _ id: String, _ sum: (area: Double, rows: Int), _ figure: Double, at place: Position?
  ) -> GateFinding {
    let (found, wanted) = (GateWords.area(sum.area), GateWords.area(figure))
    let difference = GateWords.area(sum.area - figure)
    var finding = frame.finding(
      about: id, at: place,
      what: LocalizedText(
        zh: "\(id) 的 \(sum.rows) 个要素面积合计 \(found) 平方米，控制面积 \(wanted) 平方米，相差 \(difference)",
        en: "the \(sum.rows) features of \(id) sum to \(found) m², the control figure is "
          + "\(wanted) m², \(difference) apart"),
      remedy: LocalizedText(
        zh: "请查缝隙、重叠与归属，或按控制面积平差",
        en: "look for gaps, overlaps and wrong codes, or adjust to the control figure"))
    finding.areaM2 = abs(sum.area - figure)
    return finding
  }
}

extension ClosureTest {
  /// The control figure a feature states, in square metres.
  public func figure(of version: FeatureVersion) -> Double? {
    guard let control else { return version.statutoryArea?.squareMetres }
    switch version.feature.attributes[control] {
    case .decimal(let number)?: return number
    case .integer(let number)?: return Double(number)
    default: return nil
    }
  }
}
