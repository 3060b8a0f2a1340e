import KarezCore
import KarezGeometry
import KarezRules

/// Geometries that stand twice to the last bit, in datasets whose features may overlap.
///
/// In a coverage this is told with the overlaps.
final class DuplicateCheck: GateCheck {
  private var rows = FirstRows()

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    guard row.isUsable, let geometry = row.written ?? row.geometry,
      let first = rows.first(of: geometry.wkb(), row.row)
    else { return }
    let what = LocalizedText(zh: "图形", en: "the geometry")
    report.note(.repeated(.geometryDuplicate, what, row, first: first))
  }
}
