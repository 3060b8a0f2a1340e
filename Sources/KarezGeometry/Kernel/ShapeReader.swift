/// Reads the rings of a shape for a pair whose origin may be another shape's.
///
/// Points into the shape's own memory, so it must not outlive it.
struct ShapeReader: RingReading {
  /// The window, from the shape's own origin.
  private let low: SIMD2<Double>
  private let high: SIMD2<Double>
  /// From the shape's origin to the pair's.
  private let shift: SIMD2<Double>
  let facing: SIMD4<Float>
  // Safe because whoever makes a reader holds the shape until it is done with it.
  private let points: UnsafeBufferPointer<SIMD2<Double>>
  private let rings: UnsafeBufferPointer<PlaneShape.Ring>
  private let chunks: UnsafeBufferPointer<SIMD4<Float>>
  private let blocks: UnsafeBufferPointer<SIMD4<Float>>

  /// A reader for the window, which is given from the origin of the pair.
  @inline(__always)
  init(
    _ shape: PlaneShape, origin: SIMD2<Double>, low: SIMD2<Double>, high: SIMD2<Double>
  ) {
    points = shape.points
    rings = shape.rings
    chunks = shape.chunks
    blocks = shape.blocks
    shift = shape.origin - origin
    self.low = low - shift
    self.high = high - shift
    facing = CandidateEdges.facing(CandidateEdges.box(low: self.low, high: self.high))
  }

  var ringCount: Int { rings.count }

  @inline(__always)
  func ring(_ number: Int) -> RingPlace {
    let ring = rings[number]
    return RingPlace(first: ring.first, count: ring.count, boxes: ring.boxes)
  }

  @inline(__always)
  func writeCodes(_ vertices: Range<Int>, to codes: UnsafeMutablePointer<UInt8>) {
    let (low, high) = (low, high)
    for index in 0..<vertices.count {
      let p = points[vertices.lowerBound + index]
      var code: UInt8 = p.x < low.x ? 1 : 0
      code |= p.x > high.x ? 2 : 0
      code |= p.y < low.y ? 4 : 0
      code |= p.y > high.y ? 8 : 0
      codes[index] = code
    }
  }

  @inline(__always)
  func point(_ vertex: Int) -> SIMD2<Double> { points[vertex] + shift }

  @inline(__always)
  func isLower(_ vertex: Int, than point: PlacedPoint, orLevel: Bool) -> Bool {
    let y = points[vertex].y + shift.y
    return orLevel ? y <= point.point.y : y < point.point.y
  }

  @inline(__always)
  func chunk(_ index: Int) -> SIMD4<Float> { chunks[index] }
  @inline(__always)
  func block(_ index: Int) -> SIMD4<Float> { blocks[index] }
  @inline(__always)
  func kept(_ point: PlacedPoint) -> SIMD2<Double> { point.point - shift }
}
