/// A polygon laid into a plane, to be overlaid with others.
///
/// - Shape: rings closed, shells counterclockwise and holes clockwise, whatever the source had.
public struct PlaneShape: Sendable {
  struct Ring: BitwiseCopyable {
    /// Where its first point stands; `count` edges follow, then the first point again.
    let first: Int
    let count: Int
    /// The first vertex's y on the grid of the source.
    let sourceY: Double
    /// Whether the source had it the other way round.
    let isReversed: Bool
    /// Where its boxes begin among the shape's; negative if it has none.
    let boxes: EdgeBoxes.Place
  }

  public let frame: PlaneFrame
  /// Where the plane's zero lies for `points`, so that cross products stay small.
  let origin: SIMD2<Double>
  /// From `origin`; nothing if the shape is empty.
  let low: SIMD2<Double>
  let high: SIMD2<Double>
  /// On the grid of the source.
  let sourceLow: SIMD2<Double>
  let sourceHigh: SIMD2<Double>
  /// Whether every x is a whole unit of the plane.
  let isWhole: Bool
  /// Half the shoelace sum: area in units of the plane, holes taken off.
  let measure: Double
  /// Whether the winding number is 0 or 1 everywhere, so that areas are areas.
  public private(set) var isSound: Bool
  private let memory: ShapeMemory

  public init(_ multi: MultiPolygon, in frame: PlaneFrame) {
    var flat = FlatRings()
    flat.set(multi)
    self.init(flat.onGrid(of: frame), in: frame)
    isSound = Soundness.isSound(self)
  }

  /// A shape of open rings on the grid of the source; the caller knows whether it is sound.
  init(_ sources: FlatRings, in frame: PlaneFrame, isSound: Bool = true) {
    self.frame = frame
    self.isSound = isSound
    var low = SIMD2<Double>(repeating: .infinity)
    var high = -low
    var fraction = 0.0
    for position in sources.positions {
      low = lower(low, position)
      high = upper(high, position)
      fraction += (PlaneFrame.rounded(position).x - position.x).magnitude
    }
    if sources.positions.isEmpty {
      low = .zero
      high = .zero
    }
    sourceLow = low
    sourceHigh = high
    isWhole = fraction == 0
    let corner = frame.plane(of: low)
    let origin = SIMD2(corner.x.rounded(.down), corner.y)
    self.origin = origin
    self.low = corner - origin
    self.high = frame.plane(of: high) - origin
    memory = ShapeMemory(
      sources, in: ShapePlane(frame: frame, origin: origin, from: low.y, to: high.y))
    measure = memory.doubledMeasure / 2
  }

  /// From the origin; valid as long as the shape.
  var points: UnsafeBufferPointer<SIMD2<Double>> { UnsafeBufferPointer(memory.points) }
  var rings: UnsafeBufferPointer<Ring> { UnsafeBufferPointer(memory.rings) }
  /// Boxes over 16 and over 256 edges, where there are many.
  var chunks: UnsafeBufferPointer<SIMD4<Float>> { UnsafeBufferPointer(memory.chunks) }
  var blocks: UnsafeBufferPointer<SIMD4<Float>> { UnsafeBufferPointer(memory.blocks) }

  /// The area in square metres, or in the coordinates' unit squared.
  public var area: Double { max(0, measure) * frame.unitArea }

  /// The same shape, of which nothing is taken for granted.
  func doubting() -> PlaneShape {
    var copy = self
    copy.isSound = false
    return copy
  }
}

/// Where the vertices of one shape come to lie in its plane.
private struct ShapePlane {
  let frame: PlaneFrame
  let origin: SIMD2<Double>
  /// The one cell all latitudes of the shape are in, as nearly always.
  private let cell: SigmaTable.Cell?

  init(frame: PlaneFrame, origin: SIMD2<Double>, from low: Double, to high: Double) {
    self.frame = frame
    self.origin = origin
    let cell = SigmaTable.shared.cell(ofLatitude: low)
    let isAlone = frame.isStatutory && SigmaTable.shared.cell(ofLatitude: high) == cell
    self.cell = isAlone ? cell : nil
  }

  @inline(__always)
  func point(of source: SIMD2<Double>) -> SIMD2<Double> {
    guard let cell else { return frame.plane(of: source) - origin }
    return SIMD2(source.x, cell.y(ofLatitude: source.y)) - origin
  }
}

/// Points, rings and boxes of a shape, in memory that nobody writes once it is filled.
private final class ShapeMemory: @unchecked Sendable {
  let points: UnsafeMutableBufferPointer<SIMD2<Double>>
  let rings: UnsafeMutableBufferPointer<PlaneShape.Ring>
  let chunks: UnsafeMutableBufferPointer<SIMD4<Float>>
  let blocks: UnsafeMutableBufferPointer<SIMD4<Float>>
  private(set) var doubledMeasure = 0.0

  init(_ sources: FlatRings, in plane: ShapePlane) {
    let ringCount = sources.rings.count
    let total = sources.positions.count + ringCount
    points = .allocate(capacity: total)
    rings = .allocate(capacity: ringCount)
    let isBoxed = total > EdgeBoxes.worthFrom
    var boxes = EdgeBoxes()
    var first = 0
    for (number, ring) in sources.rings.enumerated() {
      let laid = points.extracting(first..<first + ring.count + 1)
      let doubled = Self.lay(
        sources.positions[ring.first..<ring.first + ring.count], in: plane, at: laid)
      let isReversed = ring.isHole ? doubled > 0 : doubled < 0
      if isReversed {
        var body = laid.extracting(..<ring.count)
        body.reverse()
      }
      laid[ring.count] = laid[0]
      doubledMeasure += isReversed ? -doubled : doubled
      let start = isReversed ? ring.first + ring.count - 1 : ring.first
      rings[number] = PlaneShape.Ring(
        first: first, count: ring.count, sourceY: sources.positions[start].y,
        isReversed: isReversed,
        boxes: isBoxed ? boxes.append(UnsafeBufferPointer(laid)) : .none)
      first += ring.count + 1
    }
    chunks = .allocate(capacity: boxes.chunks.count)
    blocks = .allocate(capacity: boxes.blocks.count)
    _ = chunks.initialize(from: boxes.chunks)
    _ = blocks.initialize(from: boxes.blocks)
  }

  deinit {
    points.deallocate()
    rings.deallocate()
    chunks.deallocate()
    blocks.deallocate()
  }

  /// Lays the vertices of one ring down, and answers twice its signed area.
  private static func lay(
    _ sources: ArraySlice<SIMD2<Double>>, in plane: ShapePlane,
    at points: UnsafeMutableBufferPointer<SIMD2<Double>>
  ) -> Double {
    var doubled = 0.0
    var start = SIMD2<Double>.zero
    var last = SIMD2<Double>.zero
    var index = 0
    for source in sources {
      let point = plane.point(of: source)
      points[index] = point
      if index == 0 { start = point }
      let p = point - start
      doubled += last.x * p.y - last.y * p.x
      last = p
      index += 1
    }
    return doubled
  }
}
