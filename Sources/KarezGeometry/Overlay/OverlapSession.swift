import CGEOS
public import KarezCore

/// Finds where polygons of one layer lie on one another, in the plane it was made for.
///
/// A polygon that bounds no area properly is compared by the area it does bound, as GEOS's
/// MakeValid sees it, and its fault is told beside it. Not Sendable: a session and its shapes
/// belong to one task.
public final class OverlapSession {
  public let plane: OverlayPlane
  private let session = GEOSSession()

  public init(plane: OverlayPlane) { self.plane = plane }

  /// One polygon made ready to be compared with others of the same session.
  public struct Shape {
    /// What is wrong with the polygon in the plane; nil for a valid one.
    public let fault: ValidityFault?
    let shape: GEOSShape
  }

  /// What two polygons have in common.
  public struct Overlap: Hashable, Sendable {
    /// 椭球面积 in the statutory plane, planar area otherwise.
    public let area: Area
    /// In the coordinates the polygons were given in.
    public let geometry: MultiPolygon
  }

  /// The polygon as a shape; the fault's place is in the coordinates it was given in.
  public func shape(of multi: MultiPolygon) throws(GeometryError) -> Shape {
    let shape = try session.shape(of: plane.toPlane(multi))
    guard let fault = try session.validityFault(of: shape) else {
      return Shape(fault: nil, shape: shape)
    }
    let place = fault.position.map(plane.fromPlane)
    let repaired = try session.shape(GEOSMakeValid_r(session.context, shape.pointer))
    return Shape(fault: ValidityFault(kind: fault.kind, position: place), shape: repaired)
  }

  /// What two polygons have in common, or nil where they are apart or only touch.
  public func overlap(_ left: Shape, _ right: Shape) throws(GeometryError) -> Overlap? {
    let context = session.context
    let common = try session.shape(
      GEOSIntersection_r(context, left.shape.pointer, right.shape.pointer))
    guard GEOSGeom_getDimensions_r(context, common.pointer) == 2 else { return nil }
    let geometry = try session.multiPolygon(of: common)
    return Overlap(area: geometry.planarArea(), geometry: plane.fromPlane(geometry))
  }
}
