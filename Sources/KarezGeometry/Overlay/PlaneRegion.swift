import CGEOS
public import KarezCore

/// The plane an overlay is made in: where edges are straight and areas are measured.
public enum OverlayPlane: Hashable, Sendable {
  /// Degrees of EPSG:4490 in and out; areas are 椭球面积.
  case statutory
  /// The coordinates as they are; areas are planar, in their unit squared.
  case asGiven

  func toPlane(_ position: Position) -> Position {
    self == .statutory ? StatutoryPlane.position(ofDegrees: position) : position
  }

  func fromPlane(_ position: Position) -> Position {
    self == .statutory ? StatutoryPlane.degrees(of: position) : position
  }

  func toPlane(_ multi: MultiPolygon) -> MultiPolygon { multi.mapped(toPlane) }
  func fromPlane(_ multi: MultiPolygon) -> MultiPolygon { multi.mapped(fromPlane) }
}

extension MultiPolygon {
  /// The same rings with every position mapped; equal positions must map to equal ones.
  func mapped(_ transform: (Position) -> Position) -> MultiPolygon {
    MultiPolygon(
      polygons.map { polygon in
        Polygon(
          shell: Ring(unchecked: polygon.shell.positions.map(transform)),
          holes: polygon.holes.map { Ring(unchecked: $0.positions.map(transform)) })
      })
  }
}

/// A set of land as a value to intersect, unite and subtract.
///
/// Not Sendable: it belongs to the task that made it. Regions that meet in one operation must
/// lie in the same plane.
///
/// - Accuracy: the pieces of a whole sum to it to 1e-4 m²; held by `PlaneRegionTests`.
public final class PlaneRegion {
  public let plane: OverlayPlane
  /// In coordinates of the plane.
  let inPlane: MultiPolygon
  let shape: GEOSShape

  /// The region a multipolygon covers.
  ///
  /// - Errors: `invalid`, with the place in the multipolygon's own coordinates.
  public convenience init(
    _ multi: MultiPolygon, plane: OverlayPlane = .statutory
  ) throws(GeometryError) {
    try self.init(multi, plane: plane, session: GEOSSession())
  }

  convenience init(
    _ multi: MultiPolygon, plane: OverlayPlane, session: GEOSSession, isRepairing: Bool = false
  ) throws(GeometryError) {
    let inPlane = plane.toPlane(multi)
    let shape = try session.shape(of: inPlane)
    if let fault = try session.validityFault(of: shape) {
      if isRepairing {
        let repaired = GEOSMakeValid_r(session.context, shape.pointer)
        try self.init(result: repaired, plane: plane, session: session)
        return
      }
      let place = fault.position.map(plane.fromPlane)
      throw .invalid(ValidityFault(kind: fault.kind, position: place))
    }
    self.init(plane: plane, inPlane: inPlane, shape: shape)
  }

  private init(plane: OverlayPlane, inPlane: MultiPolygon, shape: GEOSShape) {
    self.plane = plane
    self.inPlane = inPlane
    self.shape = shape
  }

  /// The land any of the multipolygons covers; they may overlap.
  ///
  /// Each must be valid, unless `isRepairing`: then an invalid one counts by the area it does
  /// bound, as the quality gate counted it when it was let pass.
  ///
  /// With a grid, in units of the plane, borders that miss each other by less than a cell meet.
  ///
  /// - Errors: `invalid`, with the number of the multipolygon as `feature`.
  public static func union(
    of members: [MultiPolygon], plane: OverlayPlane = .statutory, isRepairing: Bool = false,
    grid: Double? = nil
  ) throws(GeometryError) -> PlaneRegion {
    let session = GEOSSession()
    var polygons: [Polygon] = []
    for (index, member) in members.enumerated() {
      do throws(GeometryError) {
        polygons += try PlaneRegion(
          member, plane: plane, session: session, isRepairing: isRepairing
        ).inPlane.polygons
      } catch {
        throw error.located(at: InputPlace(feature: index + 1))
      }
    }
    return try PlaneRegion(uniting: polygons, plane: plane, session: session, grid: grid)
  }

  /// The land that polygons in the plane cover together; they may overlap.
  convenience init(
    uniting polygons: [Polygon], plane: OverlayPlane, session: GEOSSession, grid: Double? = nil
  ) throws(GeometryError) {
    let all = try session.shape(of: MultiPolygon(polygons))
    let united =
      if let grid {
        GEOSUnaryUnionPrec_r(session.context, all.pointer, grid)
      } else {
        GEOSUnaryUnion_r(session.context, all.pointer)
      }
    try self.init(result: united, plane: plane, session: session)
  }

  private convenience init(
    result: OpaquePointer?, plane: OverlayPlane, session: GEOSSession
  ) throws(GeometryError) {
    let shape = try session.shape(result)
    let multi = try session.multiPolygon(of: shape)
    // A result may also hold the points and lines along which shapes touch; those are left out.
    let kind = GEOSGeomTypeId_r(session.context, shape.pointer)
    let isPlain = [GEOS_POLYGON, GEOS_MULTIPOLYGON].contains { Int32($0.rawValue) == kind }
    self.init(
      plane: plane, inPlane: multi, shape: isPlain ? shape : try session.shape(of: multi))
  }

  /// The area; 椭球面积 in the statutory plane.
  public var area: Area { inPlane.planarArea() }

  public var isEmpty: Bool { inPlane.polygons.isEmpty }

  /// The region in the coordinates it was given in; for display and storage.
  public func multiPolygon() -> MultiPolygon { plane.fromPlane(inPlane) }

  public func intersection(_ other: PlaneRegion) throws(GeometryError) -> PlaneRegion {
    try combined(with: other, GEOSIntersection_r)
  }

  public func union(_ other: PlaneRegion) throws(GeometryError) -> PlaneRegion {
    try combined(with: other, GEOSUnion_r)
  }

  public func subtracting(_ other: PlaneRegion) throws(GeometryError) -> PlaneRegion {
    try combined(with: other, GEOSDifference_r)
  }

  private func combined(
    with other: PlaneRegion,
    _ operation: (OpaquePointer?, OpaquePointer?, OpaquePointer?) -> OpaquePointer?
  ) throws(GeometryError) -> PlaneRegion {
    precondition(plane == other.plane, "regions of different planes")
    let session = shape.session
    return try PlaneRegion(
      result: operation(session.context, shape.pointer, other.shape.pointer), plane: plane,
      session: session)
  }
}
