import CGEOS
import KarezCore

/// Finds polygons that are narrow everywhere.
///
/// The width of a polygon is the diameter of the largest circle in it, as the width of a gap is.
/// Not Sendable: it belongs to one task.
///
/// - Accuracy: half a hundredth of the limit asked about, and in favour of the polygon; held by
///   `ProfileRowTests`.
public final class WidthMeasure {
  /// How wide a polygon is, and where.
  public struct Width: Hashable, Sendable {
    public let metres: Double
    /// The middle of the largest circle, in degrees.
    public let place: Position
  }

  private let session = GEOSSession()

  public init() {}

  /// The width of polygons in degrees of EPSG:4490, or nil where it reaches the limit.
  ///
  /// - Errors: `overlayFailed` for polygons GEOS cannot measure.
  public func width(
    of multi: MultiPolygon, below limit: Double
  ) throws(GeometryError) -> Width? {
    guard limit > 0, let first = multi.polygons.first?.shell.positions.first else { return nil }
    let frame = GroundFrame(around: PlaneFrame.statutory.source(of: first))
    let inMetres = multi.mapped(frame.metres(ofDegrees:))
    guard 2 * Self.leastRadius(of: inMetres) < limit else { return nil }
    let circle = try session.largestCircle(in: inMetres, within: limit / 400)
    guard 2 * circle.radius + limit / 200 < limit else { return nil }
    return Width(metres: 2 * circle.radius, place: frame.degrees(ofMetres: circle.centre))
  }

  /// A radius that some circle in the polygons has for certain.
  ///
  /// Going inward by t, the outline of a polygon with h holes gets no longer than L + 2π(h − 1)t;
  /// so its area is at most L·r + π(h − 1)r², with r the radius of the largest circle.
  ///
  /// - Source: B. Sz.-Nagy, Über Parallelmengen nichtkonvexer ebener Bereiche, 1959.
  static func leastRadius(of multi: MultiPolygon) -> Double {
    var least = 0.0
    for polygon in multi.polygons {
      let area = MultiPolygon([polygon]).planarArea().squareMetres
      let outline = polygon.rings.reduce(0) { $0 + $1.length }
      guard outline > 0 else { continue }
      let curve = Double.pi * Double(max(0, polygon.holes.count - 1))
      let radius =
        curve == 0
        ? area / outline
        : ((outline * outline + 4 * curve * area).squareRoot() - outline) / (2 * curve)
      least = max(least, radius)
    }
    return least
  }
}

extension Ring {
  /// The length of its outline in the coordinates' unit.
  var length: Double {
    zip(positions, positions.dropFirst()).reduce(0) { sum, edge in
      let (x, y) = (edge.1.x - edge.0.x, edge.1.y - edge.0.y)
      return sum + (x * x + y * y).squareRoot()
    }
  }
}

extension GEOSSession {
  /// The largest circle in the polygons, its middle no farther off than the tolerance.
  func largestCircle(
    in multi: MultiPolygon, within tolerance: Double
  ) throws(GeometryError) -> (centre: Position, radius: Double) {
    let polygons = try shape(of: multi)
    let line = try shape(GEOSMaximumInscribedCircle_r(context, polygons.pointer, tolerance))
    var radius = 0.0
    guard GEOSLength_r(context, line.pointer, &radius) == 1 else { throw failure() }
    let start = try shape(GEOSGeomGetStartPoint_r(context, line.pointer))
    var centre = Position(x: .nan, y: .nan)
    guard GEOSGeomGetX_r(context, start.pointer, &centre.x) == 1,
      GEOSGeomGetY_r(context, start.pointer, &centre.y) == 1
    else { throw failure() }
    return (centre, radius)
  }
}
