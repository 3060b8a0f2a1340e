/// What two polygons have in common, measured without building it.
public struct PairOverlap: Hashable, Sendable {
  /// The integral of the product of both winding numbers: the common area where both are sound.
  ///
  /// - Units: square metres in the statutory frame, the coordinates' unit squared as given.
  public let area: Double
  /// Whether it can be trusted; if not, the pair is for an overlay that repairs.
  public let isSound: Bool

  static let none = PairOverlap(area: 0, isSound: true)
}

/// Measures overlaps of pairs.
///
/// By Green's theorem the area common to A and B is half the sum of x dy − y dx over the pieces of
/// A's edges inside B and of B's edges inside A. An edge from p to q gives the whole of p × q
/// times the share of it that lies inside; so of every crossing only two numbers are needed, how
/// far along the edge it is and which way it goes. Nothing is sorted and no geometry is made.
/// `docs/kernel.md` explains it with figures.
///
/// Not Sendable: it keeps memory from pair to pair, and belongs to one task.
///
/// - Accuracy: 1e-5 m² a pair; held by `KernelAgainstGEOSTests`.
public final class PairKernel {
  private let own = CandidateEdges()
  private let others = CandidateEdges()
  private let crossings = CrossingSearch()

  public init() {}

  deinit {
    own.deallocate()
    others.deallocate()
  }

  /// What two shapes of the same frame have in common.
  public func overlap(_ a: PlaneShape, _ b: PlaneShape) -> PairOverlap {
    precondition(a.frame == b.frame, "shapes of different planes")
    let shift = b.origin - a.origin
    let (low, high) = (b.low + shift, b.high + shift)
    guard !a.rings.isEmpty, !b.rings.isEmpty, all(a.low .<= high), all(low .<= a.high) else {
      return .none
    }
    return withExtendedLifetime(b) {
      let other = OtherPolygon(
        reader: ShapeReader(b, origin: a.origin, low: a.low, high: a.high), low: low,
        high: high, measure: b.measure, isSound: b.isSound, isWhole: b.isWhole)
      return overlap(a, other) { ring in b.rings[ring].sourceY }
    }
  }

  /// The second polygon of a pair, from the first one's origin.
  struct OtherPolygon<Reader: RingReading> {
    let reader: Reader
    let low: SIMD2<Double>
    let high: SIMD2<Double>
    /// Signed area in units of the plane.
    let measure: Double
    let isSound: Bool
    let isWhole: Bool
  }

  /// What a shape has in common with a polygon whose box meets its own.
  @inline(__always)
  func overlap<Reader: RingReading>(
    _ a: PlaneShape, _ b: OtherPolygon<Reader>, sourceYOfRing: (Int) -> Double
  ) -> PairOverlap {
    withExtendedLifetime(a) {
      let cross = ExactCross(frame: a.frame, isWhole: a.isWhole && b.isWhole)
      let isSound = a.isSound && b.isSound
      let reader = ShapeReader(a, origin: a.origin, low: b.low, high: b.high)
      // What a large shape has near the other is found by its boxes; then there may be nothing
      // to read of the other at all.
      let isOwnFirst = !a.chunks.isEmpty
      if isOwnFirst { reader.gather(into: own) }
      if isOwnFirst && own.count == 0 {
        return whole(b, sourceYOfRing(0), in: reader, a.frame, cross, isSound)
      }
      b.reader.gather(into: others)
      if others.count == 0 {
        let start = PlacedPoint(point: a.points[0], sourceY: a.rings[0].sourceY)
        let winding = b.reader.winding(around: start, isPointMoved: true, cross)
        return answer(Double(winding) * a.measure, winding == winding & 1 && isSound, a.frame)
      }
      if !isOwnFirst { reader.gather(into: own) }
      if own.count == 0 {
        return whole(b, sourceYOfRing(0), in: reader, a.frame, cross, isSound)
      }
      crossings.search(own, others, cross)
      var tally = WindingTally(trusting: isSound, around: upper(a.low, b.low))
      tally.add(own) { ring in
        let place = a.rings[ring]
        let start = PlacedPoint(point: a.points[place.first], sourceY: place.sourceY)
        return b.reader.winding(around: start, isPointMoved: true, cross)
      }
      tally.add(others) { ring in
        let first = b.reader.ring(ring).first
        let start = PlacedPoint(point: b.reader.point(first), sourceY: sourceYOfRing(ring))
        return reader.winding(around: start, isPointMoved: false, cross)
      }
      return answer(tally.doubled / 2, tally.isSound && isSound, a.frame)
    }
  }

  /// The overlap where no edge of the shape comes near the other polygon: all of it or nothing.
  private func whole<Reader: RingReading>(
    _ b: OtherPolygon<Reader>, _ sourceY: Double, in shape: ShapeReader, _ frame: PlaneFrame,
    _ cross: ExactCross, _ isSound: Bool
  ) -> PairOverlap {
    let first = b.reader.ring(0).first
    let start = PlacedPoint(point: b.reader.point(first), sourceY: sourceY)
    let winding = shape.winding(around: start, isPointMoved: false, cross)
    return answer(Double(winding) * b.measure, winding == winding & 1 && isSound, frame)
  }

  @inline(__always)
  private func answer(_ measure: Double, _ isSound: Bool, _ frame: PlaneFrame) -> PairOverlap {
    PairOverlap(area: measure * frame.unitArea, isSound: isSound)
  }
}

/// Sums what the edges of one polygon inside the other contribute.
struct WindingTally {
  /// Both polygons are known to be sound, so winding numbers are 0 or 1.
  private let isTrusting: Bool
  private(set) var doubled = 0.0
  /// Whether every winding number met was 0 or 1.
  private(set) var isSound = true

  /// Where cross products are measured from: a corner of what both boxes have in common.
  ///
  /// From a corner of a wide polygon, those of a parcel far off would round to 1e-4 m² and more.
  private let zero: SIMD2<Double>

  init(trusting isTrusting: Bool, around zero: SIMD2<Double>) {
    self.isTrusting = isTrusting
    self.zero = zero
  }

  /// Adds a polygon's edges; `start` places the first vertex of a ring in the other polygon.
  @inline(__always)
  mutating func add(_ found: CandidateEdges, start: (Int) -> Int32) {
    let edges = found.edges.first
    let (x, y) = (zero.x, zero.y)
    for index in 0..<found.runs.count {
      let run = found.runs.first[index]
      var winding: Int32 = 0
      if run.wholeRing >= 0 {
        winding = Self.known(edges, run, isTrusting) ?? start(run.wholeRing)
      }
      let first = winding
      var sum = 0.0
      for index in run.first..<run.end {
        let edge = edges[index]
        let inside = Double(winding) + edge.fraction
        if inside != 0 {
          sum += ((edge.x0 - x) * (edge.y1 - y) - (edge.x1 - x) * (edge.y0 - y)) * inside
        }
        winding += edge.change
        if winding & 1 != winding { isSound = false }
      }
      if winding != first { isSound = false }
      doubled += sum
    }
  }

  /// The winding number before a whole ring's first edge, where a single crossing tells it.
  @inline(__always)
  private static func known(
    _ edges: UnsafeMutablePointer<CandidateEdges.Edge>, _ run: CandidateEdges.Run,
    _ isTrusting: Bool
  ) -> Int32? {
    guard isTrusting else { return nil }
    var change: Int32 = 0
    for index in run.first..<run.end {
      if edges[index].crossings == 1 { return (edges[index].change > 0 ? 0 : 1) - change }
      change += edges[index].change
    }
    return nil
  }
}
