import CGEOS
public import KarezCore

/// Overlaps of pairs the kernel will not vouch for: repaired, then overlaid on a fixed grid.
///
/// A polygon that bounds no area properly counts by the area it does bound, as GEOS's MakeValid
/// sees it; the overlay snaps to a grid, so that it cannot fail. Not Sendable: it belongs to the
/// task that made it.
public final class RepairingOverlap {
  /// The grid of the overlay: coordinates are rounded to it, areas by far less than they print.
  static let gridSize = 1e-7

  private let plane: OverlayPlane
  private let session = GEOSSession()

  public init(plane: OverlayPlane = .statutory) { self.plane = plane }

  /// The common area, statutory or in the coordinates' unit squared.
  public func area(_ a: MultiPolygon, _ b: MultiPolygon) throws(GeometryError) -> Double {
    try area(a, b, gridSize: Self.gridSize)
  }

  /// The same on a grid of another cell, for coordinates that are not metres.
  func area(
    _ a: MultiPolygon, _ b: MultiPolygon, gridSize: Double
  ) throws(GeometryError) -> Double {
    let one = try PlaneRegion(a, plane: plane, session: session, isRepairing: true)
    let other = try PlaneRegion(b, plane: plane, session: session, isRepairing: true)
    let common = try session.shape(
      GEOSIntersectionPrec_r(
        session.context, one.shape.pointer, other.shape.pointer, gridSize))
    return try session.multiPolygon(of: common).planarArea().squareMetres
  }
}

extension MultiPolygon {
  /// 椭球面积 of the land the polygons cover, counted once where they cover it twice.
  ///
  /// As `statutoryArea()` for polygons that bound their area properly; others count by what
  /// GEOS's MakeValid finds them to bound.
  public func coveredStatutoryArea() throws(GeometryError) -> Area {
    if PlaneShape(self, in: .statutory).isSound { return statutoryArea() }
    return try PlaneRegion(
      self, plane: .statutory, session: GEOSSession(), isRepairing: true
    ).area
  }
}
