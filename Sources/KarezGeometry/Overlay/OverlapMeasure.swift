public import KarezCore

/// Measures what two polygons have in common, pair after pair, for whoever has geometries.
///
/// The kernel measures; a pair it will not vouch for, because a polygon bounds no area properly,
/// is repaired and overlaid by GEOS. Not Sendable: it keeps memory from pair to pair, and belongs
/// to one task.
///
/// - Accuracy: 1e-14 of the box around the pair, and 1e-6 m² statutory; held by
///   `OverlapMeasureTests` and `WindingOverlayTests`.
public final class OverlapMeasure {
  /// What a pair has in common.
  public struct Common: Hashable, Sendable {
    /// Statutory square metres, or the coordinates' unit squared.
    public let area: Double
    /// Whether the pair had to be repaired.
    public let isRepaired: Bool
  }

  public let plane: OverlayPlane
  private let kernel = PairKernel()
  private let repairing = RepairingOverlap(plane: .asGiven)

  public init(plane: OverlayPlane) { self.plane = plane }

  /// The common area of two polygons: degrees of EPSG:4490, or coordinates as they are.
  ///
  /// A touch is nothing: what is left of it by rounding is told as zero.
  ///
  /// - Errors: `overlayFailed` for a pair that could not be repaired.
  public func common(_ a: MultiPolygon, _ b: MultiPolygon) throws(GeometryError) -> Common {
    let none = Common(area: 0, isRepaired: false)
    guard let box = Self.box(around: a), let other = Self.box(around: b), box.meets(other) else {
      return none
    }
    guard plane == .statutory else { return try commonInPlane(a, b, within: box.union(other)) }
    // The plane of one pair is finer than the frame that all layers share.
    let (one, two) = (plane.toPlane(a), plane.toPlane(b))
    guard let first = Self.box(around: one), let second = Self.box(around: two) else { return none }
    let common = try commonInPlane(one, two, within: first.union(second))
    return common.area > PairKernel.residue
      ? common : Common(area: 0, isRepaired: common.isRepaired)
  }

  private func commonInPlane(
    _ a: MultiPolygon, _ b: MultiPolygon, within box: BoundingBox
  ) throws(GeometryError) -> Common {
    let frame = PlaneFrame.asGiven(within: box)
    let one = PlaneShape(a, in: frame)
    let two = PlaneShape(b, in: frame)
    let overlap = kernel.overlap(one, two)
    if overlap.isSound {
      return Common(area: Self.area(of: overlap, one, two), isRepaired: false)
    }
    let repaired = try repairing.area(
      a.mapped(frame.moved), b.mapped(frame.moved), gridSize: frame.overlayGridSize)
    return Common(area: repaired, isRepaired: true)
  }

  /// The area without what rounding leaves of a touch.
  private static func area(of overlap: PairOverlap, _ a: PlaneShape, _ b: PlaneShape) -> Double {
    let area = min(overlap.area, a.area, b.area)
    let (one, other) = (a.high - a.low, b.high - b.low)
    let box = min(one.x * one.y, other.x * other.y) * a.frame.unitArea
    return area > box * 0x1p-50 ? area : 0
  }

  /// The box around every ring, holes too: an invalid hole may lie outside its shell.
  private static func box(around multi: MultiPolygon) -> BoundingBox? {
    var low = SIMD2<Double>(repeating: .infinity)
    var high = -low
    for polygon in multi.polygons {
      for ring in polygon.rings {
        for position in ring.positions {
          let place = SIMD2(position.x, position.y)
          low = pointwiseMin(low, place)
          high = pointwiseMax(high, place)
        }
      }
    }
    guard low.x <= high.x else { return nil }
    return BoundingBox(minX: low.x, minY: low.y, maxX: high.x, maxY: high.y)
  }
}

extension MultiPolygon {
  /// What two multipolygons have in common: 椭球面积 in the statutory plane, planar area otherwise.
  ///
  /// A polygon that bounds no area properly counts by the area it does bound. For many pairs make
  /// one `OverlapMeasure`.
  ///
  /// - Errors: `overlayFailed` for a pair that could not be repaired.
  public func overlapArea(
    with other: MultiPolygon, in plane: OverlayPlane = .statutory
  ) throws(GeometryError) -> Area {
    .squareMetres(try OverlapMeasure(plane: plane).common(self, other).area)
  }
}
