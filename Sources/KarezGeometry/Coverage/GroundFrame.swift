import Glibc

/// Metres on the ground around a place: the statutory plane, stretched to be true there.
///
/// The statutory plane keeps areas and not distances: along a parallel it is too long by as much
/// as it is too short along a meridian. Scaling both back keeps areas as they are.
struct GroundFrame {
  /// In units of the statutory plane.
  let origin: SIMD2<Double>
  /// Metres to one unit.
  let scale: SIMD2<Double>

  /// `source` is on the grid of the statutory frame's source.
  init(around source: SIMD2<Double>) {
    origin = PlaneFrame.statutory.plane(of: source)
    let latitude = max(-89, min(89, source.y * 1e-9)) * .pi / 180
    let sine = sin(latitude)
    let parallel =
      Ellipsoid.majorAxis * cos(latitude)
      / (1 - Ellipsoid.eccentricity2 * sine * sine)
      .squareRoot()
    let stretch = parallel / Ellipsoid.minorAxis
    scale = SIMD2(
      StatutoryPlane.metresPerDegree * 1e-9 * stretch, 1 / SigmaTable.unitsPerMetre / stretch)
  }

  func metres(_ vertex: SIMD2<Int64>) -> SIMD2<Double> {
    (CoverageVertex(bits: vertex).point - origin) * scale
  }

  func metres(ofDegrees position: Position) -> Position {
    let source = PlaneFrame.statutory.source(of: position)
    let metres = (PlaneFrame.statutory.plane(of: source) - origin) * scale
    return Position(x: metres.x, y: metres.y)
  }

  func degrees(ofMetres position: Position) -> Position {
    let point = SIMD2(position.x, position.y) / scale + origin
    return StatutoryPlane.degrees(
      of: Position(
        x: point.x * 1e-9 * StatutoryPlane.metresPerDegree,
        y: point.y / SigmaTable.unitsPerMetre))
  }
}
