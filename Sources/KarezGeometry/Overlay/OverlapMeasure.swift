public import KarezCore

/// Measures what two polygons have in common, pair after pair, for whoever has geometries.
///
/// The kernel measures; a pair it will not vouch for, because a polygon bounds no area properly,
/// is repaired and overlaid by GEOS. Not Sendable: it keeps memory from pair to pair, and belongs
/// to one task.
///
/// - Accuracy: as given, 2⁻⁵⁰ of the box both polygons have in common; statutory, 1e-5 m². Held by
///   `OverlapMeasureTests`.
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
  private let repairing: RepairingOverlap

  public init(plane: OverlayPlane) {
    self.plane = plane
    repairing = RepairingOverlap(plane: plane)
  }

  /// The common area of two polygons: degrees of EPSG:4490, or coordinates as they are.
  ///
  /// A touch is nothing: what is left of it by rounding is told as zero.
  ///
  /// - Errors: `overlayFailed` for a pair that could not be repaired.
  public func common(_ a: MultiPolygon, _ b: MultiPolygon) throws(GeometryError) -> Common {
    guard let box = Self.box(around: a), let other = Self.box(around: b), box.meets(other) else {
      return Common(area: 0, isRepaired: false)
    }
    let frame: PlaneFrame =
      plane == .statutory ? .statutory : .asGiven(within: box.union(other))
    let one = PlaneShape(a, in: frame)
    let two = PlaneShape(b, in: frame)
    let overlap = kernel.overlap(one, two)
    guard overlap.isSound else {
      return Common(area: try repaired(a, b, in: frame), isRepaired: true)
    }
    return Common(area: Self.area(of: overlap, one, two), isRepaired: false)
  }

  private func repaired(
    _ a: MultiPolygon, _ b: MultiPolygon, in frame: PlaneFrame
  ) throws(GeometryError) -> Double {
    guard plane == .asGiven else { return try repairing.area(a, b) }
    return try repairing.area(
      a.mapped(frame.moved), b.mapped(frame.moved), gridSize: frame.overlayGridSize)
  }

  /// The area without what rounding leaves of a touch.
  private static func area(of overlap: PairOverlap, _ a: PlaneShape, _ b: PlaneShape) -> Double {
    let area = min(overlap.area, a.area, b.area)
    guard !a.frame.isStatutory else { return area > PairKernel.residue ? area : 0 }
    let shift = b.origin - a.origin
    let size = pointwiseMin(a.high, b.high + shift) - pointwiseMax(a.low, b.low + shift)
    let box = size.x * size.y * a.frame.unitArea
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
