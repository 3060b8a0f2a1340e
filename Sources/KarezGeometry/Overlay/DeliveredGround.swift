import CGEOS
import Glibc
public import KarezCore

/// 连片地面: land as it comes to be known piece by piece, and how much of it hangs together.
///
/// - Units: degrees of EPSG:4490; areas are 椭球面积.
public struct DeliveredGround: Hashable, Sendable {
  /// No two of its polygons overlap or have an edge in common.
  public let land: MultiPolygon

  public static let none = DeliveredGround(land: MultiPolygon([]))

  /// Land that was united before, as `land` gave it.
  public init(land: MultiPolygon) { self.land = land }

  /// The land with more of it; what overlaps counts once.
  ///
  /// - Errors: `overlayFailed`.
  public func adding(_ more: [MultiPolygon]) throws(GeometryError) -> DeliveredGround {
    let united = try PlaneRegion.union(of: [land] + more, isRepairing: true)
    return DeliveredGround(land: united.multiPolygon())
  }

  public var area: Area { land.statutoryArea() }

  /// The area of the largest part that hangs together.
  ///
  /// Parts no further from one another than `metres` count as one; with none, those that share an
  /// edge do.
  ///
  /// - Errors: `overlayFailed`.
  public func largestPart(joinedWithin metres: Double) throws(GeometryError) -> Area {
    var areas = land.polygons.map { $0.statutoryArea().squareMetres }
    guard metres > 0, areas.count > 1, let box = land.boundingBox else {
      return .squareMetres(areas.max() ?? 0)
    }
    // Stretched so that distances are true around the middle, and areas stay.
    let stretch = cos((box.minY + box.maxY) / 2 * .pi / 180)
    let metric = land.mapped { place in
      let inPlane = StatutoryPlane.position(ofDegrees: place)
      return Position(x: inPlane.x * stretch, y: inPlane.y / stretch)
    }
    let session = GEOSSession()
    let shape = try session.shape(of: metric)
    let widened = try session.multiPolygon(
      of: try session.shape(GEOSBuffer_r(session.context, shape.pointer, metres / 2, 8)))
    let clusters = widened.polygons.map { (MultiPolygon([$0]), MultiPolygon([$0]).boundingBox) }
    var sums = [Double](repeating: 0, count: clusters.count)
    for (index, polygon) in metric.polygons.enumerated() {
      let place = polygon.shell.positions[0]
      let own = clusters.firstIndex { cluster, box in
        box?.meets(.at(place)) == true && cluster.covers(place)
      }
      guard let own else { continue }
      sums[own] += areas[index]
      areas[index] = 0
    }
    return .squareMetres(max(sums.max() ?? 0, areas.max() ?? 0))
  }
}
