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
    isStatutory: true, scale: 1e9, shift: .zero,
    unitArea: StatutoryPlane.metresPerDegree * 1e-9 / SigmaTable.unitsPerMetre,
    wholeStep: 8192, reach: SIMD2(270e9, 90e9))

  /// The coordinates as they are, no farther from zero than `reach`; areas in their unit squared.
  public static func asGiven(reaching reach: Double) -> PlaneFrame {
    asGiven(reaching: reach, from: .zero)
  }

  /// The coordinates as they are, all of them in the box; areas in their unit squared.
  ///
  /// Measured from near the box's corner: the grid is then finer than the last bit of a Double
  /// that is much greater than the box, and such coordinates lose nothing.
  public static func asGiven(within box: BoundingBox) -> PlaneFrame {
    let extent = max(box.maxX - box.minX, box.maxY - box.minY)
    guard extent > 0, extent.isFinite else {
      return asGiven(reaching: max(abs(box.minX), abs(box.minY)))
    }
    // A power of two, so that whole multiples of it and differences to them are exact.
    let step = Double(
      sign: .plus, exponent: max(-100, Int(extent.exponent)) + 1, significand: 1)
    let shift = SIMD2((box.minX / step).rounded(.down), (box.minY / step).rounded(.down)) * step
    return asGiven(reaching: max(box.maxX - shift.x, box.maxY - shift.y), from: shift)
  }

  private static func asGiven(reaching reach: Double, from shift: SIMD2<Double>) -> PlaneFrame {
    // 51 bits of the coordinate leave room for every difference.
    let highest = reach > 0 && reach.isFinite ? max(-100, Int(reach.exponent)) : 0
    let exponent = 51 - highest - 1
    let scale = Double(sign: .plus, exponent: exponent, significand: 1)
    return PlaneFrame(
      isStatutory: false, scale: scale, shift: shift, unitArea: 1 / (scale * scale), wholeStep: 1,
      reach: SIMD2(repeating: 0x1p51))
  }

  let isStatutory: Bool
  /// Units of x to one unit of the source.
  private let scale: Double
  /// What is taken off the source's coordinates first; zero in the statutory frame.
  private let shift: SIMD2<Double>
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
  @inline(__always)
  func source(of position: Position) -> SIMD2<Double> {
    let scaled = (SIMD2(position.x, position.y) - shift) * scale
    let rounded =
      isStatutory ? Self.rounded(scaled * wholeStep) / wholeStep : Self.rounded(scaled)
    return upper(-reach - 1, lower(reach + 1, rounded))
  }

  /// The coordinates that a vertex on the grid of the source stands for.
  func given(ofSource source: SIMD2<Double>) -> SIMD2<Double> { source / scale + shift }

  /// Whether a box on the grid of the source lies within the frame.
  func holds(low: SIMD2<Double>, high: SIMD2<Double>) -> Bool {
    all(-reach .<= low) && all(high .<= reach)
  }

  /// The position from where the frame measures.
  func moved(_ position: Position) -> Position {
    Position(x: position.x - shift.x, y: position.y - shift.y)
  }

  /// The cell of a grid to repair polygons on: 46 bits, which leave the overlay room to compute.
  var overlayGridSize: Double { isStatutory ? RepairingOverlap.gridSize : 32 / scale }

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
