import KarezCore

extension PlaneRegion {
  /// Its polygons, each as a region of its own, the largest first.
  public func parts() throws(GeometryError) -> [PlaneRegion] {
    guard inPlane.polygons.count > 1 else { return isEmpty ? [] : [self] }
    var parts: [PlaneRegion] = []
    for polygon in inPlane.polygons {
      parts.append(try PlaneRegion(uniting: [polygon], plane: plane, session: shape.session))
    }
    return parts.sorted { $0.area.squareMetres > $1.area.squareMetres }
  }

  /// The land of several regions together; nil where there are none.
  ///
  /// - Precondition: all lie in one plane.
  public static func united(_ regions: [PlaneRegion]) throws(GeometryError) -> PlaneRegion? {
    guard let first = regions.first else { return nil }
    precondition(regions.allSatisfy { $0.plane == first.plane }, "regions of different planes")
    return try PlaneRegion(
      uniting: regions.flatMap(\.inPlane.polygons), plane: first.plane,
      session: first.shape.session)
  }
}
