import CGEOS
import KarezCore

/// Land let out by a distance.
///
/// As `BoundarySurroundings` it works in a plane around the land's middle where lengths are true;
/// areas stay statutory ones. Corners stay corners, because parcels have no arcs: what lies before
/// an edge is taken to the distance exactly, what lies before a corner up to twice as far.
///
/// - Accuracy: that of `LocalPlane`; held by `RegionGrowthTests`.
public struct RegionGrowth: Sendable {
  /// How many times the distance a corner may reach; a sharper one is cut off.
  private static let longestCorner = 2.0

  private let plane: LocalPlane

  /// In degrees of EPSG:4490; everything that is let out later lies in or near the box.
  public init(around box: BoundingBox) { plane = LocalPlane(around: box) }

  /// A region of the statutory plane with the land around it.
  ///
  /// - Units: metres.
  /// - Errors: `outsideProjection` for land more than 6° of longitude from the box's middle.
  public func grown(_ region: PlaneRegion, by metres: Double) throws(GeometryError) -> PlaneRegion {
    precondition(region.plane == .statutory, "a region of another plane")
    guard metres > 0, !region.isEmpty else { return region }
    let session = region.shape.session
    let local = try session.shape(of: plane.polygons(ofStatutory: region.inPlane))
    let wide = try session.shape(
      GEOSBufferWithStyle_r(
        session.context, local.pointer, metres, 8, Int32(GEOSBUF_CAP_FLAT.rawValue),
        Int32(GEOSBUF_JOIN_MITRE.rawValue), Self.longestCorner))
    let polygons = try plane.statutory(session.multiPolygon(of: wide)).polygons
    // Back in the plane an edge may lie a hair inside the land it was made from.
    return try PlaneRegion(
      uniting: polygons + region.inPlane.polygons, plane: .statutory, session: session)
  }

  /// A region with so much of some ground as lies around it no farther off, and hangs together
  /// with it.
  public func grown(
    _ region: PlaneRegion, by metres: Double, within ground: PlaneRegion
  ) throws(GeometryError) -> PlaneRegion {
    let added = try grown(region, by: metres).intersection(ground)
    let whole = try region.union(added)
    let parts = try whole.parts()
    guard parts.count > 1 else { return whole }
    var kept: [PlaneRegion] = []
    for part in parts
    where try part.intersection(region).area.squareMetres > PairKernel.residue {
      kept.append(part)
    }
    return try PlaneRegion.united(kept) ?? region
  }
}
