import KarezCore
import KarezGeometry
import KarezStore

/// Whether there is a geometry, of the right kind, on the globe and in the region.
final class GeometryFormCheck: GateCheck {
  private let expected: GeometryKind
  private let extent: BoundingBox?

  init(_ gate: Gate) {
    expected = gate.schema.geometry
    extent = gate.setting.extent
  }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    guard let geometry = row.geometry, let box = row.box else {
      if !row.isUnreadable { report.note(.noGeometry(row)) }
      return
    }
    guard box.minX >= -180, box.maxX <= 180, box.minY >= -90, box.maxY <= 90 else {
      let isLow = box.minX < -180 || box.minY < -90
      let place =
        isLow ? Position(x: box.minX, y: box.minY) : Position(x: box.maxX, y: box.maxY)
      return report.note(.outOfRange(row, at: place))
    }
    guard geometry.kind == expected else {
      return report.note(.wrongKind(row, expected: expected))
    }
    if let extent, !extent.contains(box) { report.note(.outsideRegion(row)) }
  }
}

extension BoundingBox {
  func contains(_ other: BoundingBox) -> Bool {
    minX <= other.minX && other.maxX <= maxX && minY <= other.minY && other.maxY <= maxY
  }
}
