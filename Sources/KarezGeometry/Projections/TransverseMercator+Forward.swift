import Glibc

extension TransverseMercator {
  /// The place in the plane of a longitude and latitude.
  ///
  /// - Units: degrees of EPSG:4490 in, metres out (x east of the meridian, y north).
  /// - Errors: `outsideProjection` more than 6° from the central meridian or beyond 89.9°.
  /// - Accuracy: 1 µm against PROJ; held by `GaussKrugerTests`.
  /// - Source: L. Krüger, Konforme Abbildung des Erdellipsoids in der Ebene, 1912; coefficients
  ///   to the sixth order of n as in C. F. F. Karney, Transverse Mercator with an accuracy of a
  ///   few nanometers, 2011.
  func position(ofDegrees degrees: Position) throws(GeometryError) -> Position {
    let lambda = (degrees.x - centralMeridian) * .pi / 180
    guard abs(degrees.x - centralMeridian) <= 6, abs(degrees.y) <= 89.9 else {
      throw .outsideProjection(degrees)
    }
    let phi = degrees.y * .pi / 180
    let e = Ellipsoid.eccentricity2.squareRoot()
    let tau = tan(phi)
    let sigma = sinh(e * atanh(e * sin(phi)))
    let conformal = tau * (1 + sigma * sigma).squareRoot() - sigma * (1 + tau * tau).squareRoot()
    let (sine, cosine) = (sin(lambda), cos(lambda))
    let radius2 = conformal * conformal + cosine * cosine
    let xi = atan2(conformal, cosine)
    let sinhEta = sine / radius2.squareRoot()
    let coshEta = (1 + sinhEta * sinhEta).squareRoot()
    // Of the doubled angles, which the series is in; from what is known, without another call.
    let sin2 = 2 * conformal * cosine / radius2
    let cos2 = (cosine * cosine - conformal * conformal) / radius2
    let sinh2 = 2 * sinhEta * coshEta
    let cosh2 = 1 + 2 * sinhEta * sinhEta
    let (x, y) = Self.series(sin2 * cosh2, cos2 * sinh2, cos2 * cosh2, -sin2 * sinh2)
    let (north, east) = (xi + x, asinh(sinhEta) + y)
    return Position(x: Self.rectifyingRadius * east, y: Self.rectifyingRadius * north)
  }

  /// Σ αₖ sin 2kζ of a complex ζ, from sin 2ζ and cos 2ζ, by Clenshaw's recurrence.
  private static func series(
    _ sineX: Double, _ sineY: Double, _ cosineX: Double, _ cosineY: Double
  ) -> (x: Double, y: Double) {
    let (stepX, stepY) = (2 * cosineX, 2 * cosineY)
    var (x, y, lastX, lastY) = (0.0, 0.0, 0.0, 0.0)
    for alpha in alphas.reversed() {
      let next = (alpha + stepX * x - stepY * y - lastX, stepX * y + stepY * x - lastY)
      (lastX, lastY) = (x, y)
      (x, y) = next
    }
    return (sineX * x - sineY * y, sineX * y + sineY * x)
  }

  private static let n = 1 / (2 * Ellipsoid.inverseFlattening - 1)

  private static let rectifyingRadius: Double = {
    let n2 = n * n
    return Ellipsoid.majorAxis / (1 + n)
      * (1 + n2 / 4 + n2 * n2 / 64 + n2 * n2 * n2 / 256)
  }()

  /// Krüger's α₁ … α₆.
  private static let alphas: [Double] = {
    let n2 = n * n
    let n3 = n2 * n
    let n4 = n3 * n
    let n5 = n4 * n
    let n6 = n5 * n
    let first = n / 2 - n2 * 2 / 3 + n3 * 5 / 16 + n4 * 41 / 180
    let second = n2 * 13 / 48 - n3 * 3 / 5 + n4 * 557 / 1_440 + n5 * 281 / 630
    let third = n3 * 61 / 240 - n4 * 103 / 140 + n5 * 15_061 / 26_880
    let fourth = n4 * 49_561 / 161_280 - n5 * 179 / 168
    return [
      first - n5 * 127 / 288 + n6 * 7_891 / 37_800,
      second - n6 * 1_983_433 / 1_935_360,
      third + n6 * 167_603 / 181_440,
      fourth + n6 * 6_601_661 / 7_257_600,
      n5 * 34_729 / 80_640 - n6 * 3_418_889 / 1_995_840,
      n6 * 212_378_941 / 319_334_400,
    ]
  }()
}
