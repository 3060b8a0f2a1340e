/// CGCS2000's ellipsoid, and the series of the statutory area on it.
///
/// - Source: 国土调查办发〔2008〕32号 with the constants of CGCS2000.
enum Ellipsoid {
  static let majorAxis = 6_378_137.0
  static let inverseFlattening = 298.257222101
  static let minorAxis = majorAxis * (1 - 1 / inverseFlattening)
  /// e², the first eccentricity squared.
  static let eccentricity2 =
    (majorAxis * majorAxis - minorAxis * minorAxis) / (majorAxis * majorAxis)
  /// e'², the second eccentricity squared.
  static let secondEccentricity2 =
    (majorAxis * majorAxis - minorAxis * minorAxis) / (minorAxis * minorAxis)
  /// c, the polar radius of curvature.
  static let polarRadius = majorAxis * majorAxis / minorAxis

  /// A, B, C, D, E of the trapezoid formula.
  static let areaSeries: (a: Double, b: Double, c: Double, d: Double, e: Double) = {
    let e2 = eccentricity2
    let e4 = e2 * e2
    let e6 = e4 * e2
    let e8 = e4 * e4
    return (
      1 + 3.0 / 6 * e2 + 30.0 / 80 * e4 + 35.0 / 112 * e6 + 630.0 / 2_304 * e8,
      1.0 / 6 * e2 + 15.0 / 80 * e4 + 21.0 / 112 * e6 + 420.0 / 2_304 * e8,
      3.0 / 80 * e4 + 7.0 / 112 * e6 + 180.0 / 2_304 * e8,
      1.0 / 112 * e6 + 45.0 / 2_304 * e8,
      5.0 / 2_304 * e8
    )
  }()

  /// σ's coefficients of sin B, sin³B, sin⁵B, sin⁷B and sin⁹B.
  ///
  /// σ(B) = A sin B − B sin 3B + C sin 5B − D sin 7B + E sin 9B, written in powers of sin B, so
  /// that one sine does for five.
  static let sigmaPowers: (Double, Double, Double, Double, Double) = {
    let (a, b, c, d, e) = areaSeries
    return (
      a - 3 * b + 5 * c - 7 * d + 9 * e,
      4 * b - 20 * c + 56 * d - 120 * e,
      16 * c - 112 * d + 432 * e,
      64 * d - 576 * e,
      256 * e
    )
  }()
}
