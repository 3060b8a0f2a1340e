public import KarezGeometry

/// 变动地块: where the rows of a draft lie, and what they replace, as a few boxes in degrees.
///
/// - Shape: what lies near one another is one box, however many rows there are; so two drafts
///   whose boxes do not meet have nothing to do with one another, and two whose boxes meet may.
public struct ChangedGround: Hashable, Sendable {
  static let mostBoxes = 64

  /// Cells a degree; halved until the boxes are few.
  private var perDegree = 128.0
  private var cells: [SIMD2<Int32>: BoundingBox] = [:]

  init() {}

  /// From the south-west on.
  public var boxes: [BoundingBox] {
    cells.values.sorted { ($0.minY, $0.minX, $0.maxY) < ($1.minY, $1.minX, $1.maxY) }
  }

  mutating func add(_ other: ChangedGround) {
    guard !cells.isEmpty else { return self = other }
    for box in other.boxes { add(box) }
  }

  mutating func add(_ box: BoundingBox) {
    guard abs(box.minX) <= 360, abs(box.minY) <= 360, abs(box.maxX) <= 360, abs(box.maxY) <= 360
    else { return }
    let middle = SIMD2((box.minX + box.maxX) / 2, (box.minY + box.maxY) / 2)
    let cell = SIMD2<Int32>((middle * perDegree).rounded(.down))
    cells[cell] = cells[cell]?.union(box) ?? box
    guard cells.count > Self.mostBoxes else { return }
    perDegree /= 2
    let all = boxes
    cells = [:]
    for box in all { add(box) }
  }
}
