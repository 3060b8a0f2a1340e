/// The integer-valued plane in which the kernel overlays and measures.
///
/// A vertex is first put on a grid of the plane, so that differences of coordinates are exact
/// and the sign of every cross product can be decided exactly. Equal vertices stay equal, and
/// edges are straight in the plane; so pieces sum to their whole.
///
/// - Units: in the statutory frame x counts 1e-9° of longitude and y counts 2⁻²⁴ m of b·σ(B); in
///   a frame as given both count a power of two of the coordinates' own unit.
/// - Accuracy: 1e-13° of longitude and 6e-8 m of northing; 2⁻⁵¹ of the reach as given.
public struct PlaneFrame: Hashable, Sendable {
  /// Degrees of EPSG:4490 in, statutory square metres out.
  public static let statutory = PlaneFrame(
    isStatutory: true, scale: 1e9,
    unitArea: StatutoryPlane.metresPerDegree * 1e-9 / SigmaTable.unitsPerMetre,
    wholeStep: 8192, reach: SIMD2(270e9, 90e9))

  /// The coordinates as they are, no farther from zero than `reach`; areas in their unit squared.
  public static func asGiven(reaching reach: Double) -> PlaneFrame {
    // 51 bits of the coordinate leave room for every difference.
    let highest = reach > 0 && reach.isFinite ? max(-100, Int(reach.exponent)) : 0
    let exponent = 51 - highest - 1
    let scale = Double(sign: .plus, exponent: exponent, significand: 1)
    return PlaneFrame(
      isStatutory: false, scale: scale, unitArea: 1 / (scale * scale), wholeStep: 1,
      reach: SIMD2(repeating: 0x1p51))
  }

  let isStatutory: Bool
  /// Units of x to one unit of the source.
  private let scale: Double
  /// The area of one unit by one unit.
  let unitArea: Double
  /// Steps of the grid of x to one unit of x.
  let wholeStep: Double
  /// How far from zero the grid of the source goes, either way.
  private let reach: SIMD2<Double>

  /// A vertex on the grid of the source: 1e-9° by 1e-9°, or the plane itself.
  ///
  /// What lies beyond the frame comes to lie a step beyond it, where `holds` sees it; there
  /// nothing is measured, and boxes still meet if they did before.
  func source(of position: Position) -> SIMD2<Double> {
    let scaled = SIMD2(position.x, position.y) * scale
    let rounded =
      isStatutory ? Self.rounded(scaled * wholeStep) / wholeStep : Self.rounded(scaled)
    return upper(-reach - 1, lower(reach + 1, rounded))
  }

  /// Whether a box on the grid of the source lies within the frame.
  func holds(low: SIMD2<Double>, high: SIMD2<Double>) -> Bool {
    all(-reach .<= low) && all(high .<= reach)
  }

  /// The place in the plane of a vertex on the grid of the source.
  @inline(__always)
  func plane(of source: SIMD2<Double>) -> SIMD2<Double> {
    isStatutory ? SIMD2(source.x, SigmaTable.shared.y(ofLatitude: source.y)) : source
  }

  /// The y of the plane for a y of the source.
  func planeY(_ y: Double) -> Double { isStatutory ? SigmaTable.shared.y(ofLatitude: y) : y }

  /// Below this, a cross product of two differences is exact in a Double.
  ///
  /// `isWhole` says that every x is a whole unit, as in nearly all recorded layers.
  func exactBelow(isWhole: Bool) -> Double {
    isWhole ? 0x1p53 : 0x1p53 / wholeStep
  }

  /// To the nearest whole number; for magnitudes below 2⁵¹.
  static func rounded(_ value: SIMD2<Double>) -> SIMD2<Double> {
    // Adding 1.5·2⁵² leaves no bit for a fraction; the library's call is ten times slower.
    (value + 0x1.8p52) - 0x1.8p52
  }
}
