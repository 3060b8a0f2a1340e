/// Places along the Hilbert curve of order 16.
enum HilbertCurve {
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
