import KarezCore
import KarezGeometry

/// Features that do not lie in the map sheet they are numbered with.
final class MapSheetCheck: GateCheck {
  private let frame: ProfileCheckFrame
  private let attribute: AttributePlace
  private let toleranceM2: Double

  init(_ frame: ProfileCheckFrame, _ attribute: String, toleranceM2: Double) {
    self.frame = frame
    self.attribute = frame.place(of: attribute)
    self.toleranceM2 = toleranceM2
  }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    guard let text = row.text(of: attribute), frame.applies(to: row) else { return }
    let name = frame.title(of: attribute.name)
    guard let sheet = MapSheet(text) else {
      let what = LocalizedText(
        zh: "\(name.zh)“\(text)”不是图幅号", en: "\(name.en) “\(text)” is no map sheet number")
      let remedy = LocalizedText(
        zh: "按 GB/T 13989 书写，如 J43G001001", en: "write it as GB/T 13989 has it, such as J43G001001")
      return report.note(frame.finding(row, what: what, remedy: remedy))
    }
    guard row.isUsable, let box = row.box, !sheet.box.contains(box) else { return }
    if let polygons = row.polygons, let area = row.areaM2,
      let inside = try? polygons.overlapArea(with: sheet.polygon).squareMetres
    {
      guard area - inside > toleranceM2 else { return }
    }
    report.note(
      frame.finding(
        row,
        what: LocalizedText(
          zh: "图形不在图幅 \(text) 之内", en: "the geometry does not lie in map sheet \(text)"),
        remedy: LocalizedText(zh: "请核对图幅号与坐标", en: "check the number and the coordinates")))
  }
}
