/// Reads the rings of a shape for a pair whose origin may be another shape's.
struct ShapeReader: RingReading {
  private let shape: PlaneShape
  /// The window, from the shape's own origin.
  private let low: SIMD2<Double>
  private let high: SIMD2<Double>
  /// From the shape's origin to the pair's.
  private let shift: SIMD2<Double>
  let facing: SIMD4<Float>
  // Safe because the shape is held above and its points are not written while it is read.
  private let points: UnsafePointer<SIMD2<Double>>

  /// A reader for the window, which is given from the origin of the pair.
  ///
  /// Must not outlive the body: it points into the shape's own memory.
  static func with<Result>(
    _ shape: PlaneShape, origin: SIMD2<Double>, low: SIMD2<Double>, high: SIMD2<Double>,
    _ body: (ShapeReader) -> Result
  ) -> Result {
    shape.points.withUnsafeBufferPointer { points in
      guard let base = points.baseAddress else {
        return body(ShapeReader(shape, UnsafePointer(Self.nowhere), origin, low, high))
      }
      return body(ShapeReader(shape, base, origin, low, high))
    }
  }

  /// Stands for the points of an empty shape; never read.
  private nonisolated(unsafe) static let nowhere =
    UnsafeMutablePointer<SIMD2<Double>>.allocate(capacity: 1)

  private init(
    _ shape: PlaneShape, _ points: UnsafePointer<SIMD2<Double>>, _ origin: SIMD2<Double>,
    _ low: SIMD2<Double>, _ high: SIMD2<Double>
  ) {
    self.shape = shape
    self.points = points
    shift = shape.origin - origin
    self.low = low - shift
    self.high = high - shift
    facing = CandidateEdges.facing(CandidateEdges.box(low: self.low, high: self.high))
  }

  var ringCount: Int { shape.rings.count }

  @inline(__always)
  func ring(_ number: Int) -> RingPlace {
    let ring = shape.rings[number]
    return RingPlace(first: ring.first, count: ring.count, boxes: ring.boxes)
  }

  @inline(__always)
  func code(_ vertex: Int) -> UInt8 {
    let p = points[vertex]
    var code: UInt8 = p.x < low.x ? 1 : 0
    code |= p.x > high.x ? 2 : 0
    code |= p.y < low.y ? 4 : 0
    code |= p.y > high.y ? 8 : 0
    return code
  }

  @inline(__always)
  func point(_ vertex: Int) -> SIMD2<Double> { points[vertex] + shift }

  @inline(__always)
  func isLower(_ vertex: Int, than point: PlacedPoint, orLevel: Bool) -> Bool {
    let y = points[vertex].y + shift.y
    return orLevel ? y <= point.point.y : y < point.point.y
  }

  @inline(__always)
  func chunk(_ index: Int) -> SIMD4<Float> { shape.boxes.chunks[index] }
  @inline(__always)
  func block(_ index: Int) -> SIMD4<Float> { shape.boxes.blocks[index] }
  func kept(_ point: PlacedPoint) -> SIMD2<Double> { point.point - shift }
}
