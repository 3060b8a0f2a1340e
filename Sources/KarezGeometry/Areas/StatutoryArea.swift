public import KarezCore

extension Ring {
  /// 椭球面积: the ellipsoidal area the ring encloses by the official formula.
  ///
  /// Measured on the vertices as they are stored; a densified or simplified ring has another
  /// statutory area. Not the planar area of a projection, and not a geodesic polygon's area.
  ///
  /// - Units: degrees of EPSG:4490 in, square metres out.
  /// - Accuracy: 0.01 m² on the vectors of the regulation; held by `StatutoryAreaTests`.
  /// - Source: 国土调查办发〔2008〕32号.
  public func statutoryArea() -> Area {
    let plane = positions.lazy.map(StatutoryPlane.position(ofDegrees:))
    return .squareMetres(abs(Shoelace.doubledArea(of: plane)) / 2)
  }
}

extension Polygon {
  /// The shell's 椭球面积 less the holes'; see `Ring.statutoryArea()`.
  public func statutoryArea() -> Area {
    let holes = holes.reduce(0) { $0 + $1.statutoryArea().squareMetres }
    return .squareMetres(max(0, shell.statutoryArea().squareMetres - holes))
  }
}

extension MultiPolygon {
  /// The sum of the polygons' 椭球面积; see `Ring.statutoryArea()`.
  public func statutoryArea() -> Area {
    .squareMetres(polygons.reduce(0) { $0 + $1.statutoryArea().squareMetres })
  }
}

/// A quadrangle between two meridians and two parallels, such as a map sheet.
public struct Quadrangle: Hashable, Sendable {
  public let box: BoundingBox

  /// The quadrangle with these corners, in degrees of EPSG:4490.
  public init(_ box: BoundingBox) { self.box = box }

  /// 图幅理论面积: the theoretical area of the sheet.
  ///
  /// - Source: 国土调查办发〔2008〕32号, formula 1.
  public func statutoryArea() -> Area {
    let low = StatutoryPlane.position(ofDegrees: Position(x: box.minX, y: box.minY))
    let high = StatutoryPlane.position(ofDegrees: Position(x: box.maxX, y: box.maxY))
    return .squareMetres(abs((high.x - low.x) * (high.y - low.y)))
  }
}
