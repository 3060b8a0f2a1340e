/// The packed tree over a layer's boxes: sixteen to a node, in the order of the polygons.
enum LayerTree {
  /// A box in shifted units from the layer's origin, as four numbers that one comparison tests.
  ///
  /// Unsigned 32-bit numbers are kept less 2³¹, and the upper bounds complemented: complementing
  /// turns the order round, so "low ≤ high" holds for all four at once.
  static func box(low: SIMD2<Int64>, high: SIMD2<Int64>) -> SIMD4<Int32> {
    SIMD4(biased(low.x), biased(low.y), ~biased(high.x), ~biased(high.y))
  }

  private static func biased(_ value: Int64) -> Int32 {
    Int32(truncatingIfNeeded: min(max(value, 0), Int64(UInt32.max)) - 0x8000_0000)
  }

  /// The same box as the right-hand side of a comparison.
  static func facing(_ box: SIMD4<Int32>) -> SIMD4<Int32> {
    ~SIMD4(box[2], box[3], box[0], box[1])
  }

  @inline(__always)
  static func meets(_ box: SIMD4<Int32>, _ facing: SIMD4<Int32>) -> Bool {
    all(box .<= facing)
  }

  /// How many nodes stand above so many boxes.
  static func upperCount(over count: Int) -> Int {
    var total = 0
    var level = count
    while level > 1 {
      level = (level + LayerFormat.fanOut - 1) / LayerFormat.fanOut
      total += level
    }
    return total
  }

  /// The levels above the boxes, lowest first, up to a single node.
  static func upperLevels(over boxes: [SIMD4<Int32>]) -> [[SIMD4<Int32>]] {
    var levels: [[SIMD4<Int32>]] = []
    var below = boxes
    while below.count > 1 {
      below = stride(from: 0, to: below.count, by: LayerFormat.fanOut).map { first in
        below[first..<min(first + LayerFormat.fanOut, below.count)]
          .reduce(below[first], pointwiseMin)
      }
      levels.append(below)
    }
    return levels
  }
}
