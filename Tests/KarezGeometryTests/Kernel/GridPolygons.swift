import KarezGeometry
import TestSupport

/// Polygons with whole coordinates: every simple one of a small grid, and seeded ones.
enum GridPolygons {
  /// Twice the signed area of a triangle: positive where `c` lies left of the way from `a` to `b`.
  static func turn(_ a: GridPoint, _ b: GridPoint, _ c: GridPoint) -> Int128 {
    Int128(b.x - a.x) * Int128(c.y - a.y) - Int128(b.y - a.y) * Int128(c.x - a.x)
  }

  /// Whether a point lies on the segment, ends included.
  static func isOn(_ p: GridPoint, _ a: GridPoint, _ b: GridPoint) -> Bool {
    turn(a, b, p) == 0 && min(a.x, b.x) <= p.x && p.x <= max(a.x, b.x) && min(a.y, b.y) <= p.y
      && p.y <= max(a.y, b.y)
  }

  /// Whether two segments have a point in common.
  static func meet(_ a: GridPoint, _ b: GridPoint, _ c: GridPoint, _ d: GridPoint) -> Bool {
    let sides = [turn(a, b, c).signum(), turn(a, b, d).signum()]
    let others = [turn(c, d, a).signum(), turn(c, d, b).signum()]
    if sides[0] * sides[1] < 0, others[0] * others[1] < 0 { return true }
    return isOn(c, a, b) || isOn(d, a, b) || isOn(a, c, d) || isOn(b, c, d)
  }

  /// Whether the path that ends in `b`, `c` folds back on itself there.
  private static func isSpike(_ a: GridPoint, _ b: GridPoint, _ c: GridPoint) -> Bool {
    turn(a, b, c) == 0
      && Int128(b.x - a.x) * Int128(c.x - b.x) + Int128(b.y - a.y) * Int128(c.y - b.y) < 0
  }

  /// Whether the ring meets itself nowhere but where one edge follows another; corners of 180° pass.
  static func isSimple(_ ring: [GridPoint]) -> Bool {
    guard ring.count >= 3, Set(ring).count == ring.count else { return false }
    let count = ring.count
    for i in 0..<count {
      if isSpike(ring[i], ring[(i + 1) % count], ring[(i + 2) % count]) { return false }
      for j in (i + 2)..<max(i + 2, count) where (j + 1) % count != i {
        if meet(ring[i], ring[(i + 1) % count], ring[j], ring[(j + 1) % count]) { return false }
      }
    }
    return true
  }

  static func doubledArea(_ ring: [GridPoint]) -> Int128 {
    ring.indices.reduce(0) { sum, index in
      let (a, b) = (ring[index], ring[(index + 1) % ring.count])
      return sum + Int128(a.x) * Int128(b.y) - Int128(b.x) * Int128(a.y)
    }
  }

  static func counterclockwise(_ ring: [GridPoint]) -> [GridPoint] {
    doubledArea(ring) < 0 ? ring.reversed() : ring
  }

  /// Every simple polygon whose corners lie on the grid, each once, counterclockwise.
  static func all(size: Int) -> [[GridPoint]] {
    let places = (0..<size * size).map { GridPoint($0 % size, $0 / size) }
    var found: [[GridPoint]] = []
    // The least place comes first, and the second is less than the last: one of each cycle.
    for start in places.indices { extend([start], places, &found) }
    return found
  }

  private static func extend(_ path: [Int], _ places: [GridPoint], _ found: inout [[GridPoint]]) {
    let ring = path.map { places[$0] }
    if path.count >= 3, path[1] < path[path.count - 1], isSimple(ring) {
      found.append(counterclockwise(ring))
    }
    for next in (path[0] + 1)..<max(places.count, path[0] + 1) where !path.contains(next) {
      let last = ring[ring.count - 1]
      let isFree = ring.indices.dropLast(2).allSatisfy { index in
        !meet(ring[index], ring[index + 1], last, places[next])
      }
      let folds = path.count >= 2 && isSpike(ring[ring.count - 2], last, places[next])
      if isFree && !folds { extend(path + [next], places, &found) }
    }
  }

  /// A simple polygon of the grid with between three and `most` corners, counterclockwise.
  static func random(size: Int, most: Int, using random: inout SplitMix64) -> [GridPoint] {
    while true {
      let wanted = Int.random(in: 3...most, using: &random)
      var ring: [GridPoint] = []
      var attempts = 0
      while ring.count < wanted, attempts < 60 {
        attempts += 1
        let next = GridPoint(
          .random(in: 0..<size, using: &random), .random(in: 0..<size, using: &random))
        if !ring.contains(next), isPath(ring + [next]) { ring.append(next) }
      }
      if ring.count == wanted, isSimple(ring) { return counterclockwise(ring) }
    }
  }

  /// Whether the last edge of an open path meets none before it.
  private static func isPath(_ path: [GridPoint]) -> Bool {
    guard path.count > 2 else { return true }
    let (last, next) = (path[path.count - 2], path[path.count - 1])
    if isSpike(path[path.count - 3], last, next) { return false }
    return (0..<path.count - 3).allSatisfy { !meet(path[$0], path[$0 + 1], last, next) }
  }
}

/// A multipolygon of whole coordinates: each polygon a shell and its holes.
struct GridShape: Hashable, Sendable, CustomStringConvertible {
  var polygons: [GridRings]

  init(_ polygons: [GridRings]) { self.polygons = polygons }

  init(_ ring: [GridPoint]) { polygons = [[ring]] }

  /// Shells counterclockwise and holes clockwise, as the winding numbers are counted.
  var oriented: GridRings {
    polygons.flatMap { rings in
      rings.enumerated().map { index, ring in
        let turned = GridPolygons.counterclockwise(ring)
        return index == 0 ? turned : turned.reversed()
      }
    }
  }

  /// The same shape as the library takes it, with its rings closed, in parts of a unit.
  func multiPolygon(perUnit: Int = 1) throws -> MultiPolygon {
    MultiPolygon(
      try polygons.map { rings in
        let closed = try rings.map { ring in
          try Ring(
            (ring + ring.prefix(1)).map {
              Position(x: Double($0.x) / Double(perUnit), y: Double($0.y) / Double(perUnit))
            })
        }
        return Polygon(shell: closed[0], holes: Array(closed.dropFirst()))
      })
  }

  func mapped(_ change: (GridPoint) -> GridPoint) -> GridShape {
    GridShape(polygons.map { $0.map { $0.map(change) } })
  }

  /// As WKT, to be pasted where a failure is looked into.
  var description: String {
    let parts = polygons.map { rings in
      let texts = rings.map { ring in
        "(" + (ring + ring.prefix(1)).map { "\($0.x) \($0.y)" }.joined(separator: ", ") + ")"
      }
      return "(" + texts.joined(separator: ", ") + ")"
    }
    return "MULTIPOLYGON (" + parts.joined(separator: ", ") + ")"
  }
}
