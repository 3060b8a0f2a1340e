import Glibc

/// The plane in which the statutory ellipsoidal area is the planar one.
///
/// The official trapezoid over an edge is exactly b²·ΔL·(σ(B₂) − σ(B₁)), so in the plane with
/// x = b·L and y = b·σ(B) the shoelace formula gives the statutory area. Edges are straight in
/// this plane, and so the pieces of a polygon sum to the polygon.
///
/// - Units: degrees of EPSG:4490 on one side, metres on the other; square metres between.
/// - Source: 国土调查办发〔2008〕32号, trapezoid formula.
public enum StatutoryPlane {
  static let metresPerDegree = Ellipsoid.minorAxis * .pi / 180

  /// The place in the plane of a longitude and latitude.
  public static func position(ofDegrees degrees: Position) -> Position {
    Position(
      x: degrees.x * metresPerDegree,
      y: Ellipsoid.minorAxis * sigma(sine: sin(degrees.y * .pi / 180)))
  }

  /// The longitude and latitude of a place in the plane.
  ///
  /// - Accuracy: 1e-12° between the polar circles; held by `StatutoryPlaneTests`.
  public static func degrees(of position: Position) -> Position {
    let target = position.y / Ellipsoid.minorAxis
    let (c0, c1, c2, c3, c4) = Ellipsoid.sigmaPowers
    var sine = target / sigma(sine: 1)
    // Newton on a nearly straight function: four steps exceed the precision of a Double.
    for _ in 0..<4 {
      let square = sine * sine
      let slope =
        c0 + square * (3 * c1 + square * (5 * c2 + square * (7 * c3 + square * 9 * c4)))
      sine -= (sigma(sine: sine) - target) / slope
    }
    return Position(
      x: position.x / metresPerDegree, y: asin(min(1, max(-1, sine))) * 180 / .pi)
  }

  /// σ as a function of sin B.
  static func sigma(sine: Double) -> Double {
    let (c0, c1, c2, c3, c4) = Ellipsoid.sigmaPowers
    let square = sine * sine
    return sine * (c0 + square * (c1 + square * (c2 + square * (c3 + square * c4))))
  }
}
