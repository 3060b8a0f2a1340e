import Glibc

extension TransverseMercator {
  /// The longitude and latitude of a place in the plane, by the official inverse series.
  ///
  /// Statutory figures of projected input rest on this series and not on an exact inverse: the
  /// two differ by about 0.1 mm in latitude.
  ///
  /// - Units: metres in (x east of the meridian, y north), degrees of EPSG:4490 out.
  /// - Errors: `outsideProjection` more than 6° (about 670 km) from the central meridian, where
  ///   the series means nothing, and beyond the poles.
  /// - Accuracy: 1e-9° on the vector of the regulation; held by `GaussKrugerTests`.
  /// - Source: 国土调查办发〔2008〕32号, inverse formula.
  func degrees(of position: Position) throws(GeometryError) -> Position {
    let east = position.x
    guard abs(east) <= 670_000, abs(position.y) <= 9_990_000 else {
      throw .outsideProjection(position)
    }
    let footpoint = Self.footpointLatitude(northing: position.y)
    let cosine = cos(footpoint)
    let t = tan(footpoint)
    let t2 = t * t
    let eta2 = Ellipsoid.secondEccentricity2 * cosine * cosine
    let v2 = 1 + eta2
    let d = east * v2.squareRoot() / Ellipsoid.polarRadius
    let d2 = d * d
    let latitude =
      footpoint - v2 * t * d2 / 2
      * (1 - d2 / 12
        * (5 + 3 * t2 + eta2 - 9 * eta2 * t2 - d2 / 30 * (61 + 90 * t2 + 45 * t2 * t2)))
    let longitude =
      d / cosine
      * (1 - d2 / 6
        * (1 + 2 * t2 + eta2 - d2 / 20
          * (5 + 28 * t2 + 24 * t2 * t2 + 6 * eta2 + 8 * eta2 * t2)))
    return Position(
      x: centralMeridian + longitude * 180 / .pi, y: latitude * 180 / .pi)
  }

  /// Bf, the latitude at which the meridian is as long as the northing, in radians.
  private static func footpointLatitude(northing: Double) -> Double {
    let e = northing * 1.570_487_611_441_59e-7
    let sine = sin(e)
    let s2 = sine * sine
    let series =
      5.052_501_788_205_67e-3
      - s2
      * (2.984_729_009_565_87e-5
        - s2 * (2.416_266_692_300_84e-7 - s2 * 2.222_412_389_385_34e-9))
    return e + cos(e) * sine * series
  }
}
