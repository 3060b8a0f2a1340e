/// Whether a shape bounds an area: winding number 0 or 1 everywhere.
///
/// The integral of w·w equals the integral of w just where w is 0 or 1, so a shape is sound if
/// its overlap with itself is its own area. Spikes and repeated vertices bound nothing and do no
/// harm; a bow-tie, a ring walked twice, a hole outside its shell do. A shape that its frame
/// cannot hold, such as metres given for degrees, bounds nothing that could be measured.
enum Soundness {
  /// The share of all cross products together that rounding may leave between the integrals.
  private static let rounding = 1e-15

  static func isSound(_ shape: PlaneShape) -> Bool { judge(shape).isSound }

  /// Whether a shape is sound, and whether it is a single ring no two edges of which meet but at
  /// the vertex between them, of which `false` says nothing.
  static func judge(_ shape: PlaneShape) -> (isSound: Bool, isCertainlyValid: Bool) {
    if shape.rings.isEmpty { return (true, false) }
    guard shape.frame.holds(low: shape.sourceLow, high: shape.sourceHigh) else {
      return (false, false)
    }
    if shape.rings.count == 1, isCertainlySimple(shape) {
      return (shape.measure >= 0, shape.measure != 0)
    }
    // Without a winding number to trust, every ring's start is placed by its own ray.
    let overlap = PairKernel().overlap(shape.doubting(), shape.doubting())
    let difference = overlap.area / shape.frame.unitArea - shape.measure
    return (difference.magnitude <= rounding * crossProducts(of: shape), false)
  }

  /// Whether a polygon is a single ring no two edges of which meet but at the vertex between them.
  ///
  /// A proof in a fraction of the time GEOS takes, for nearly all polygons there are; `false` says
  /// nothing. Coordinates the frame would have to round are not judged.
  static func isCertainlyValid(_ multi: MultiPolygon, in plane: OverlayPlane) -> Bool {
    guard multi.polygons.count == 1, multi.polygons[0].holes.isEmpty,
      let box = multi.boundingBox
    else { return false }
    let frame = plane == .statutory ? .statutory : PlaneFrame.asGiven(within: box)
    var flat = FlatRings()
    flat.set(multi)
    let onGrid = flat.onGrid(of: frame)
    if plane == .asGiven {
      for (given, source) in zip(flat.positions, onGrid.positions)
      where frame.given(ofSource: source) != given { return false }
    }
    return judge(PlaneShape(onGrid, in: frame)).isCertainlyValid
  }

  private static func crossProducts(of shape: PlaneShape) -> Double {
    zip(shape.points, shape.points.dropFirst()).reduce(0) { sum, edge in
      sum + (edge.0.x * edge.1.y).magnitude + (edge.0.y * edge.1.x).magnitude
    }
  }

  /// Whether no two edges of a single ring meet but at the vertex between them.
  ///
  /// A cheap proof for nearly all rings there are; `false` says nothing. Edges are compared with
  /// those before them, eight at a time by the box around the eight; but not with those that
  /// lead to them steadily one way, east, west, north or south, which they cannot meet.
  private static func isCertainlySimple(_ shape: PlaneShape) -> Bool {
    let count = shape.rings[0].count
    guard count >= 3 else { return false }
    if goesOnceAroundItsMiddle(shape) { return true }
    guard count <= longestProved else { return false }
    let cross = ExactCross(frame: shape.frame, isWhole: shape.isWhole)
    let points = shape.points
    return withUnsafeTemporaryAllocation(
      of: SIMD4<Float>.self, capacity: count + count / 8 + 1
    ) { boxes in
      var course = SteadyCourse()
      for edge in 0..<count {
        let steady = course.follow(points[edge + 1] - points[edge], edge)
        let box = CandidateEdges.box(points[edge], points[edge + 1])
        boxes[edge] = box
        let block = count + edge / 8
        boxes[block] = edge % 8 == 0 ? box : lower(boxes[block], box)
        let facing = CandidateEdges.facing(box)
        for first in stride(from: 0, to: steady, by: 8)
        where CandidateEdges.meets(boxes[count + first / 8], facing) {
          for other in first..<min(first + 8, steady)
          where CandidateEdges.meets(boxes[other], facing) {
            if !isClear(points, edge, other, of: count, cross) { return false }
          }
        }
      }
      return true
    }
  }

  /// Whether every edge turns the same way around the middle of the box, and all of them once.
  ///
  /// No two of them can meet then. Most parcels are of that kind.
  private static func goesOnceAroundItsMiddle(_ shape: PlaneShape) -> Bool {
    let points = shape.points
    let middle = PlaneFrame.rounded((shape.low + shape.high) / 2)
    var turns = 0
    var last = points[0] - middle
    for index in 1..<points.count {
      let next = points[index] - middle
      let (p, q) = (last.x * next.y, last.y * next.x)
      // Farther from zero than rounding reaches, so that no exact product is needed.
      guard p - q > 4.5e-16 * (p.magnitude + q.magnitude) else { return false }
      turns += last.y < 0 && next.y >= 0 ? 1 : 0
      last = next
    }
    return turns == 1
  }

  /// Rings with more edges than this are left to the integrals, which search by a tree.
  private static let longestProved = 512

  private static func isClear(
    _ points: UnsafeBufferPointer<SIMD2<Double>>, _ edge: Int, _ other: Int, of count: Int,
    _ cross: ExactCross
  ) -> Bool {
    if other == edge - 1 { return turns(points, edge, count, cross) }
    if other == 0 && edge == count - 1 { return turns(points, 0, count, cross) }
    return isApart(points, edge, other, cross)
  }

  /// Whether the edges before and after a vertex are not folded on one another.
  private static func turns(
    _ points: UnsafeBufferPointer<SIMD2<Double>>, _ vertex: Int, _ count: Int, _ cross: ExactCross
  ) -> Bool {
    let before = points[vertex] - points[vertex == 0 ? count - 1 : vertex - 1]
    let after = points[vertex + 1] - points[vertex]
    if cross.sign(before.x, before.y, after.x, after.y) != 0 { return true }
    return before.x * after.x + before.y * after.y > 0
  }

  /// Whether two edges lie strictly on one side of one another.
  private static func isApart(
    _ points: UnsafeBufferPointer<SIMD2<Double>>, _ edge: Int, _ other: Int, _ cross: ExactCross
  ) -> Bool {
    let (e0, e1, f0, f1) = (points[edge], points[edge + 1], points[other], points[other + 1])
    let e = e1 - e0
    let f = f1 - f0
    let start = cross.sign(e.x, e.y, f0.x - e0.x, f0.y - e0.y)
    let end = cross.sign(e.x, e.y, f1.x - e0.x, f1.y - e0.y)
    if (start > 0 && end > 0) || (start < 0 && end < 0) { return true }
    let own = cross.sign(f.x, f.y, e0.x - f0.x, e0.y - f0.y)
    let ownEnd = cross.sign(f.x, f.y, e1.x - f0.x, e1.y - f0.y)
    return (own > 0 && ownEnd > 0) || (own < 0 && ownEnd < 0)
  }
}

/// Since which edge a ring has gone steadily east or west, or north or south.
private struct SteadyCourse {
  private var direction = SIMD2<Double>.zero
  private var start = SIMD2<Int>.zero

  /// The first edge of the stretch that ends with this one.
  @inline(__always)
  mutating func follow(_ step: SIMD2<Double>, _ edge: Int) -> Int {
    // A product that is not positive is a turn, or an edge that goes neither way.
    let product = direction * step
    if product.x <= 0 { start.x = edge }
    if product.y <= 0 { start.y = edge }
    direction = step
    return start.min()
  }
}
