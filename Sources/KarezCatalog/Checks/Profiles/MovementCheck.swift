import KarezCore
import KarezGeometry
import KarezStore

/// Features that lie elsewhere than when they were last recorded.
final class MovementCheck: GateCheck {
  let needsPrecedents = true
  private let frame: ProfileCheckFrame
  private let limit: Double

  init(_ frame: ProfileCheckFrame, _ metres: Double) {
    self.frame = frame
    limit = metres
  }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    guard row.isUsable, let box = row.box, let before = row.precedent?.box,
      case let moved = Self.metres(from: before, to: box), moved > limit, frame.applies(to: row)
    else { return }
    let (distance, allowed) = (GateWords.metres(moved), GateWords.decimal(limit))
    report.note(
      frame.finding(
        row,
        what: LocalizedText(
          zh: "与上一版相比位移 \(distance) 米，超过 \(allowed) 米",
          en: "it lies \(distance) m from where it was recorded before, more than \(allowed) m"),
        remedy: LocalizedText(
          zh: "请核对坐标系、带号与标识码", en: "check CRS, zone and identifier")))
  }

  /// How far a box has moved as a whole: the smaller of the ways of two opposite corners.
  ///
  /// A feature that only grows leaves one corner where it was.
  static func metres(from before: BoundingBox, to after: BoundingBox) -> Double {
    min(
      Position(x: before.minX, y: before.minY).metres(
        to: Position(x: after.minX, y: after.minY)),
      Position(x: before.maxX, y: before.maxY).metres(
        to: Position(x: after.maxX, y: after.maxY)))
  }
}
