/// Places along the Hilbert curve of order 16.
public enum HilbertCurve {
  /// The numbers of boxes' middles in the order in which the curve passes them.
  public static func order(of middles: [SIMD2<Float>]) -> [UInt32] {
    guard var low = middles.first else { return [] }
    var high = low
    for middle in middles {
      low = pointwiseMin(low, middle)
      high = pointwiseMax(high, middle)
    }
    let size = pointwiseMax(high - low, SIMD2(repeating: 1e-9))
    var keys = middles.enumerated().map { index, middle -> UInt64 in
      let cell = ((middle - low) / size * 65_535).rounded(.down)
      let place = place(x: UInt32(cell.x), y: UInt32(cell.y))
      return UInt64(place) << 32 | UInt64(index)
    }
    keys.sort()
    return keys.map { UInt32(truncatingIfNeeded: $0) }
  }

  /// The place of a cell, both coordinates below 2¹⁶.
  static func place(x: UInt32, y: UInt32) -> UInt32 {
    var (x, y) = (x, y)
    var place: UInt32 = 0
    var side: UInt32 = 1 << 15
    while side > 0 {
      let right: UInt32 = x & side > 0 ? 1 : 0
      let upper: UInt32 = y & side > 0 ? 1 : 0
      place += side * side * ((3 * right) ^ upper)
      if upper == 0 {
        if right == 1 {
          x = 0xFFFF &- x
          y = 0xFFFF &- y
        }
        swap(&x, &y)
      }
      side >>= 1
    }
    return place
  }
}
