import KarezCore
import KarezGeometry

/// Finds out which rings of one object are shells and which are holes, and in which.
///
/// The format parts rings by zeros and does not say what each is. A ring inside an even number of
/// others is a shell, any other a hole in the smallest around it; their order is kept.
///
/// - Complexity: a ring is compared with those whose boxes hold it, and of those only with edges
///   at its height. What would take too long all the same is refused.
struct VCTNesting {
  private let rings: [Ring]
  private let boxes: [BoundingBox]
  private var bands: [Int: EdgeBands] = [:]
  /// What may still be compared.
  private var budget = 1_000_000_000

  private static let mostRings = 20_000

  /// The polygons of rings; nil where there are too many to tell.
  static func polygons(of rings: [Ring]) -> [Polygon]? {
    if rings.count == 1 { return [Polygon(shell: rings[0])] }
    guard rings.count <= mostRings else { return nil }
    var nesting = VCTNesting(rings)
    return nesting.polygons()
  }

  private init(_ rings: [Ring]) {
    self.rings = rings
    boxes = rings.map {
      BoundingBox(around: $0.positions) ?? BoundingBox(minX: 0, minY: 0, maxX: 0, maxY: 0)
    }
  }

  private mutating func polygons() -> [Polygon]? {
    let sizes = rings.map { Polygon(shell: $0).planarArea().squareMetres }
    // Largest first, so that what lies around a ring has been seen before it.
    let order = rings.indices.sorted { (-sizes[$0], $0) < (-sizes[$1], $1) }
    var parents: [Int?] = Array(repeating: nil, count: rings.count)
    var depths = Array(repeating: 0, count: rings.count)
    for (rank, ring) in order.enumerated() {
      budget -= rank
      guard budget > 0 else { return nil }
      // The smallest one around it comes last.
      for other in order[..<rank].reversed() where Self.holds(boxes[other], boxes[ring]) {
        guard let isInside = isInside(ring, other) else { return nil }
        guard isInside else { continue }
        parents[ring] = other
        depths[ring] = depths[other] + 1
        break
      }
    }
    var holes: [Int: [Ring]] = [:]
    for ring in rings.indices where !depths[ring].isMultiple(of: 2) {
      if let parent = parents[ring] { holes[parent, default: []].append(rings[ring]) }
    }
    return rings.indices.filter { depths[$0].isMultiple(of: 2) }
      .map { Polygon(shell: rings[$0], holes: holes[$0] ?? []) }
  }

  private static func holds(_ outer: BoundingBox, _ inner: BoundingBox) -> Bool {
    outer.minX <= inner.minX && outer.minY <= inner.minY && inner.maxX <= outer.maxX
      && inner.maxY <= outer.maxY
  }

  /// Whether a ring lies in another, by the first of its places that is not on the other's line;
  /// nil when that took too long.
  private mutating func isInside(_ ring: Int, _ other: Int) -> Bool? {
    if bands[other] == nil { bands[other] = EdgeBands(rings[other].positions) }
    guard let bands = bands[other] else { return false }
    let positions = rings[ring].positions
    for (index, position) in positions.dropLast().enumerated() {
      let next = positions[index + 1]
      let middle = Position(x: (position.x + next.x) / 2, y: (position.y + next.y) / 2)
      for place in [position, middle] {
        guard budget > 0 else { return nil }
        if let isInside = bands.contains(place, &budget) { return isInside }
      }
    }
    return false
  }
}

/// A ring's edges in runs, each with the heights it reaches.
private struct EdgeBands {
  private let positions: [Position]
  private let bands: [(low: Double, high: Double)]
  private static let length = 32

  init(_ positions: [Position]) {
    self.positions = positions
    bands = stride(from: 0, to: positions.count - 1, by: Self.length).map { start in
      let run = positions[start...min(start + Self.length, positions.count - 1)]
      return run.reduce((low: Double.infinity, high: -Double.infinity)) {
        (min($0.low, $1.y), max($0.high, $1.y))
      }
    }
  }

  /// Whether the place is inside; nil where it is on an edge, or too close to tell.
  func contains(_ place: Position, _ budget: inout Int) -> Bool? {
    var isInside = false
    budget -= bands.count
    for (number, band) in bands.enumerated() where band.low <= place.y && place.y <= band.high {
      let start = number * Self.length
      budget -= Self.length
      for index in start..<min(start + Self.length, positions.count - 1) {
        switch Self.crossing(positions[index], positions[index + 1], place) {
        case .on: return nil
        case .right: isInside.toggle()
        case .none: break
        }
      }
    }
    return isInside
  }

  private enum Crossing {
    case on
    case right
    case none
  }

  /// Whether a ray to the east from the place meets the edge.
  private static func crossing(_ a: Position, _ b: Position, _ place: Position) -> Crossing {
    if a.y == place.y, b.y == place.y {
      return min(a.x, b.x) <= place.x && place.x <= max(a.x, b.x) ? .on : .none
    }
    guard min(a.y, b.y) <= place.y, place.y <= max(a.y, b.y) else { return .none }
    let p = (b.x - a.x) * (place.y - a.y)
    let q = (place.x - a.x) * (b.y - a.y)
    // Differences and products are off by 2⁻⁵³ each, so below this the sign is not sure.
    guard (p - q).magnitude > 4.5e-16 * (p.magnitude + q.magnitude) else { return .on }
    guard (a.y > place.y) != (b.y > place.y) else { return .none }
    return (p > q) == (b.y > a.y) ? .right : .none
  }
}
