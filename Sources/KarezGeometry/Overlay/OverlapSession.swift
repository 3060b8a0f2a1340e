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
  public final class Shape {
    fileprivate let inPlane: MultiPolygon
    fileprivate let plain: PlainRing?
    /// The polygon as GEOS compares it, made when it is first needed.
    fileprivate var valid: GEOSShape?

    fileprivate init(inPlane: MultiPolygon, plain: PlainRing?) {
      self.inPlane = inPlane
      self.plain = plain
    }
  }

  /// What two polygons have in common.
  public struct Overlap: Hashable, Sendable {
    /// 椭球面积 in the statutory plane, planar area otherwise.
    public let area: Area
    /// In the coordinates the polygons were given in.
    public let geometry: MultiPolygon
  }

  /// What is wrong with a polygon in the plane, its place in the coordinates as given.
  public func fault(of multi: MultiPolygon) throws(GeometryError) -> ValidityFault? {
    if Soundness.isCertainlyValid(multi, in: plane) { return nil }
    let shape = try session.shape(of: plane.toPlane(multi))
    guard let fault = try session.validityFault(of: shape) else { return nil }
    return ValidityFault(kind: fault.kind, position: fault.position.map(plane.fromPlane))
  }

  /// The polygon as a shape; `isValid` says that `fault(of:)` has found nothing in it.
  public func shape(of multi: MultiPolygon, isValid: Bool) -> Shape {
    let inPlane = plane.toPlane(multi)
    return Shape(inPlane: inPlane, plain: isValid ? PlainRing(ofValid: inPlane) : nil)
  }

  /// What two polygons have in common, or nil where they are apart or only touch.
  public func overlap(_ left: Shape, _ right: Shape) throws(GeometryError) -> Overlap? {
    if let ring = left.plain, let other = right.plain, ring.isApart(from: other) { return nil }
    let context = session.context
    let common = try session.shape(
      GEOSIntersection_r(context, try valid(left).pointer, try valid(right).pointer))
    guard GEOSGeom_getDimensions_r(context, common.pointer) == 2 else { return nil }
    let geometry = try session.multiPolygon(of: common)
    guard !geometry.polygons.isEmpty else { return nil }
    return Overlap(area: geometry.planarArea(), geometry: plane.fromPlane(geometry))
  }

  private func valid(_ shape: Shape) throws(GeometryError) -> GEOSShape {
    if let valid = shape.valid { return valid }
    var made = try session.shape(of: shape.inPlane)
    if shape.plain == nil, try session.validityFault(of: made) != nil {
      made = try session.shape(GEOSMakeValid_r(session.context, made.pointer))
    }
    shape.valid = made
    return made
  }
}
