/// A polygon laid into a plane, to be overlaid with others.
///
/// - Shape: rings closed, shells counterclockwise and holes clockwise, whatever the source had.
public struct PlaneShape: Sendable {
  struct Ring: Sendable {
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
  /// From `origin`.
  private(set) var points: [SIMD2<Double>] = []
  private(set) var rings: [Ring] = []
  /// From `origin`; nothing if the shape is empty.
  let low: SIMD2<Double>
  let high: SIMD2<Double>
  /// On the grid of the source.
  let sourceLow: SIMD2<Double>
  let sourceHigh: SIMD2<Double>
  /// Whether every x is a whole unit of the plane.
  let isWhole: Bool
  private(set) var boxes = EdgeBoxes()
  /// Half the shoelace sum: area in units of the plane, holes taken off.
  private(set) var measure = 0.0
  /// Whether the winding number is 0 or 1 everywhere, so that areas are areas.
  public private(set) var isSound = true

  public init(_ multi: MultiPolygon, in frame: PlaneFrame) {
    var rings: [(positions: [SIMD2<Double>], isHole: Bool)] = []
    for polygon in multi.polygons {
      rings.append((polygon.shell.positions.dropLast().map(frame.source), false))
      for hole in polygon.holes {
        rings.append((hole.positions.dropLast().map(frame.source), true))
      }
    }
    self.init(rings: rings, in: frame)
    self.isSound = Soundness.isSound(self)
  }

  /// A shape of open rings on the grid of the source; the caller knows whether it is sound.
  init(
    rings sources: [(positions: [SIMD2<Double>], isHole: Bool)], in frame: PlaneFrame,
    isSound: Bool = true
  ) {
    self.frame = frame
    self.isSound = isSound
    var low = SIMD2<Double>(repeating: .infinity)
    var high = -low
    var isWhole = true
    for ring in sources {
      for position in ring.positions {
        low = pointwiseMin(low, position)
        high = pointwiseMax(high, position)
        isWhole = isWhole && position.x == position.x.rounded()
      }
    }
    if sources.allSatisfy(\.positions.isEmpty) {
      low = .zero
      high = .zero
    }
    sourceLow = low
    sourceHigh = high
    self.isWhole = isWhole
    let origin = frame.plane(of: low)
    self.origin = SIMD2(origin.x.rounded(.down), origin.y)
    self.low = origin - self.origin
    self.high = frame.plane(of: high) - self.origin
    let total = sources.reduce(0) { $0 + $1.positions.count + 1 }
    points.reserveCapacity(total)
    var doubled = 0.0
    for ring in sources where !ring.positions.isEmpty {
      doubled += append(ring, isBoxed: total > EdgeBoxes.worthFrom)
    }
    measure = doubled / 2
  }

  /// Lays one ring down the right way round, and answers twice its signed area.
  private mutating func append(
    _ ring: (positions: [SIMD2<Double>], isHole: Bool), isBoxed: Bool
  ) -> Double {
    let first = points.count
    for position in ring.positions { points.append(frame.plane(of: position) - origin) }
    var doubled = 0.0
    let start = points[first]
    for index in first..<points.count {
      let p = points[index] - start
      let q = (index + 1 < points.count ? points[index + 1] : start) - start
      doubled += p.x * q.y - p.y * q.x
    }
    var sourceY = ring.positions[0].y
    let isReversed = ring.isHole ? doubled > 0 : doubled < 0
    if isReversed {
      points[first...].reverse()
      sourceY = ring.positions[ring.positions.count - 1].y
      doubled = -doubled
    }
    points.append(points[first])
    let place = isBoxed ? boxes.append(points[first...]) : .none
    rings.append(
      Ring(
        first: first, count: points.count - first - 1, sourceY: sourceY,
        isReversed: isReversed, boxes: place))
    return doubled
  }

  /// The area in square metres, or in the coordinates' unit squared.
  public var area: Double { max(0, measure) * frame.unitArea }

  mutating func distrust() { isSound = false }
}
