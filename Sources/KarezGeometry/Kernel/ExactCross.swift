/// Cross products of differences on an integer-valued plane, with the right sign always.
///
/// A product of two differences is exact below 2⁵³ steps of the grid; above, the rounding of a
/// Double is at most 4.5e-16 of the sum of both products, and what lies closer to zero is
/// worked out again in 128-bit integers.
struct ExactCross {
  let exactBelow: Double
  /// Steps of the grid to one unit of x.
  let wholeStep: Double

  init(frame: PlaneFrame, isWhole: Bool) {
    exactBelow = frame.exactBelow(isWhole: isWhole)
    wholeStep = frame.wholeStep
  }

  /// ax·by − ay·bx, of the right sign; zero only if it is zero.
  @inline(__always)
  func sign(_ ax: Double, _ ay: Double, _ bx: Double, _ by: Double) -> Double {
    let p = ax * by
    let q = ay * bx
    let c = p - q
    let m = p.magnitude + q.magnitude
    if c.magnitude > 4.5e-16 * m || m < exactBelow { return c }
    return exact(ax, ay, bx, by)
  }

  /// ax·by − ay·bx to 2⁻⁴³ of itself, for dividing one by another.
  @inline(__always)
  func value(_ ax: Double, _ ay: Double, _ bx: Double, _ by: Double) -> Double {
    let p = ax * by
    let q = ay * bx
    let c = p - q
    let m = p.magnitude + q.magnitude
    if c.magnitude > 0x1p-10 * m || m < exactBelow { return c }
    return exact(ax, ay, bx, by)
  }

  @inline(never)
  private func exact(_ ax: Double, _ ay: Double, _ bx: Double, _ by: Double) -> Double {
    // Differences on the grid stay below 2⁵³ steps, so each conversion is exact and each
    // product fits.
    let p = Int128(Int64(ax * wholeStep)) * Int128(Int64(by))
    let q = Int128(Int64(ay)) * Int128(Int64(bx * wholeStep))
    let c = p - q
    // By hand, because the library's conversion goes bit by bit; and by magnitude, because the
    // halves of a small negative number would each round, and leave nothing of it.
    let size = c.magnitude
    let high = Double(UInt64(truncatingIfNeeded: size >> 64)) * 0x1p64
    let whole = high + Double(UInt64(truncatingIfNeeded: size))
    return (c < 0 ? -whole : whole) / wholeStep
  }
}

/// On which side of an edge a point lies, when one of the two polygons is thought moved.
///
/// The first polygon is moved by (ε, ε²), infinitely little. Areas are continuous, so nothing
/// changes; but now no vertex of one lies on an edge of the other, no two edges overlap, and no
/// further case exists.
///
/// - Source: simulation of simplicity, Edelsbrunner and Mücke 1990.
enum MovedSide {
  /// Whether a moved point, at `cross` from an edge of the resting polygon, lies left of it.
  @inline(__always)
  static func isPointLeft(_ cross: Double, _ dx: Double, _ dy: Double) -> Bool {
    cross != 0 ? cross > 0 : (dy != 0 ? dy < 0 : dx > 0)
  }

  /// Whether a resting point, at `cross` from an edge of the moved polygon, lies left of it.
  @inline(__always)
  static func isEdgeRight(_ cross: Double, _ dx: Double, _ dy: Double) -> Bool {
    cross != 0 ? cross > 0 : (dy != 0 ? dy > 0 : dx < 0)
  }
}
