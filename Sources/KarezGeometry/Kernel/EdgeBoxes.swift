/// Boxes over sixteen and over 256 consecutive edges of rings.
///
/// A long ring is then searched, and a point placed in it, in a few dozen steps.
struct EdgeBoxes: Sendable {
  static let chunkLength = 16
  static let blockLength = 256
  /// Shapes with more points than this are worth the boxes.
  static let worthFrom = 96

  /// Where a ring's boxes begin; negative if it has none.
  struct Place: Hashable, Sendable {
    let chunk: Int
    let block: Int

    static let none = Place(chunk: -1, block: -1)
  }

  private(set) var chunks: [SIMD4<Float>] = []
  private(set) var blocks: [SIMD4<Float>] = []

  /// Adds the boxes of a closed ring, its first point repeated at the end.
  mutating func append(_ ring: UnsafeBufferPointer<SIMD2<Double>>, margin: Double = 0) -> Place {
    let place = Place(chunk: chunks.count, block: blocks.count)
    chunks += Self.boxes(over: Self.chunkLength, edgesOf: ring, margin)
    blocks += Self.boxes(over: Self.blockLength, edgesOf: ring, margin)
    return place
  }

  private static func boxes(
    over length: Int, edgesOf ring: UnsafeBufferPointer<SIMD2<Double>>, _ margin: Double
  ) -> [SIMD4<Float>] {
    let last = ring.count - 1
    return stride(from: 0, to: last, by: length).map { first in
      var low = ring[first]
      var high = low
      for index in first...min(first + length, last) {
        low = lower(low, ring[index])
        high = upper(high, ring[index])
      }
      return CandidateEdges.box(low: low - margin, high: high + margin)
    }
  }

  /// How a box lies to a point that looks east along its own level.
  enum Side {
    /// No edge in it is crossed.
    case passed
    /// All of it lies east of the point, so its two ends tell what is crossed.
    case east
    case around
  }

  /// `slack` is by how much levels of box and point may differ and still be the same.
  @inline(__always)
  static func side(_ box: SIMD4<Float>, of point: SIMD2<Double>, slack: Double) -> Side {
    if point.y < Double(box[1]) - slack || point.y > Double(-box[3]) + slack
      || point.x > Double(-box[2])
    {
      return .passed
    }
    return point.x < Double(box[0]) ? .east : .around
  }
}
