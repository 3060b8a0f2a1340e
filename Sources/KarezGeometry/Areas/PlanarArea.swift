public import KarezCore

extension Ring {
  /// The planar area (平面面积) the ring encloses, whatever its orientation.
  ///
  /// Not the ellipsoidal area (椭球面积) that surveys report; see `statutoryArea()`.
  ///
  /// - Units: metres in, square metres out.
  /// - Accuracy: 0.001 m² for a 1 km parcel anywhere on the national grid; held by
  ///   `PlanarAreaTests`.
  /// - Source: shoelace formula.
  public func planarArea() -> Area {
    .squareMetres(abs(Shoelace.doubledArea(of: positions)) / 2)
  }
}

extension Polygon {
  /// The shell's planar area less the holes'; see `Ring.planarArea()`.
  public func planarArea() -> Area {
    let holes = holes.reduce(0) { $0 + $1.planarArea().squareMetres }
    return .squareMetres(max(0, shell.planarArea().squareMetres - holes))
  }
}

extension MultiPolygon {
  /// The sum of the polygons' planar areas; see `Ring.planarArea()`.
  public func planarArea() -> Area {
    .squareMetres(polygons.reduce(0) { $0 + $1.planarArea().squareMetres })
  }
}
