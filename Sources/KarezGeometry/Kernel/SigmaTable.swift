import Glibc

/// b·σ(B) in units of 2⁻²⁴ m, as a pure function of the latitude on its grid.
///
/// A pure function, so that vertices of equal latitude stay level in the plane whatever layer
/// they come from. Cells of 2²⁷ units of 1e-9° (0.134°) with a Taylor polynomial of degree six
/// each: exact to the rounding of the last unit.
///
/// - Accuracy: 2⁻²⁴ m; held by `SigmaTableTests`.
struct SigmaTable: @unchecked Sendable {
  static let shared = SigmaTable()
  static let unitsPerMetre = 0x1p24

  private static let cellBits = 27
  private static let cellCount = 2 * ((90_000_000_000 >> cellBits) + 1)

  /// Seven coefficients a cell, lowest power first.
  // Safe because the one table is filled before it is shared, and never freed.
  private let coefficients: UnsafePointer<SIMD8<Double>>

  private init() {
    let filled = UnsafeMutablePointer<SIMD8<Double>>.allocate(capacity: Self.cellCount)
    for cell in 0..<Self.cellCount {
      filled[cell] = Self.taylor(ofCell: cell - Self.cellCount / 2)
    }
    coefficients = UnsafePointer(filled)
  }

  /// The latitudes that one polynomial serves.
  struct Cell: Equatable {
    private let number: Int
    private let centre: Double
    private let c: SIMD8<Double>

    @inline(__always)
    fileprivate init(_ number: Int, _ coefficients: SIMD8<Double>) {
      self.number = number
      centre = Double((number << cellBits) + (1 << (cellBits - 1)))
      c = coefficients
    }

    @inline(__always)
    static func == (one: Cell, other: Cell) -> Bool { one.number == other.number }

    /// The northing of a latitude of this cell.
    @inline(__always)
    func y(ofLatitude latitude: Double) -> Double {
      let d = latitude - centre
      let y = c[0] + d * (c[1] + d * (c[2] + d * (c[3] + d * (c[4] + d * (c[5] + d * c[6])))))
      return (y + 0x1.8p52) - 0x1.8p52
    }
  }

  /// The cell of a latitude in units of 1e-9°.
  @inline(__always)
  func cell(ofLatitude latitude: Double) -> Cell {
    // Cut to a whole number towards zero: at most a cell's edge off, which the polynomial bears.
    let number = Int(max(-90e9, min(90e9, latitude))) >> Self.cellBits
    // Safe because the cell is between the poles, and the cells cover both.
    return Cell(number, coefficients[number + Self.cellCount / 2])
  }

  /// The northing in the plane of a latitude in units of 1e-9°; whole.
  @inline(__always)
  func y(ofLatitude latitude: Double) -> Double {
    cell(ofLatitude: latitude).y(ofLatitude: latitude)
  }

  /// Derivatives of b·σ at a cell's middle, each divided by its factorial.
  private static func taylor(ofCell cell: Int) -> SIMD8<Double> {
    let centre = Double((cell << cellBits) + (1 << (cellBits - 1)))
    let radiansPerUnit = 1e-9 * .pi / 180
    let latitude = centre * radiansPerUnit
    let (a, b, c, d, e) = Ellipsoid.areaSeries
    let terms: [(factor: Double, multiple: Double)] = [
      (a, 1), (-b, 3), (c, 5), (-d, 7), (e, 9),
    ]
    var result = SIMD8<Double>.zero
    var scale = Ellipsoid.minorAxis * unitsPerMetre
    for power in 0..<7 {
      if power > 0 { scale *= radiansPerUnit / Double(power) }
      let sum = terms.reduce(0) { sum, term in
        sum + term.factor * pow(term.multiple, Double(power))
          * sin(term.multiple * latitude + Double(power) * .pi / 2)
      }
      result[power] = sum * scale
    }
    return result
  }
}
