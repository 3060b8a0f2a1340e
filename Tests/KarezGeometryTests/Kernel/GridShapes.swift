import TestSupport

/// Seeded shapes of every kind that a winding number of 0 or 1 allows.
extension GridPolygons {
  /// A shape with holes, parts, or both, of a grid.
  ///
  /// Holes and parts may touch along points and edges, but nothing is covered twice.
  static func shape(size: Int, using random: inout SplitMix64) -> GridShape {
    while true {
      let isLarge = Int.random(in: 0..<3, using: &random) > 0
      let first =
        isLarge
        ? around(size: size, using: &random) : self.random(size: size, most: 6, using: &random)
      var shape = GridShape(first)
      for _ in 0..<12 {
        let ring = self.random(size: size, most: 5, using: &random)
        let isApart = shape.oriented.allSatisfy { !crosses($0, ring) }
        guard isApart else { continue }
        let part = GridShape(shape.polygons + [[ring]])
        let last = shape.polygons.count - 1
        var pierced = shape
        pierced.polygons[last].append(ring)
        let grown = AreaOracle.isSound(part.oriented) ? part : pierced
        if AreaOracle.isSound(grown.oriented) { shape = grown }
        if shape.oriented.count == 4 { return shape }
      }
      if shape.oriented.count > 1 { return shape }
    }
  }

  /// Whether an edge of one ring crosses an edge of the other, away from the ends of both.
  private static func crosses(_ one: [GridPoint], _ other: [GridPoint]) -> Bool {
    one.indices.contains { i in
      let (a, b) = (one[i], one[(i + 1) % one.count])
      return other.indices.contains { j in
        let (c, d) = (other[j], other[(j + 1) % other.count])
        return turn(a, b, c).signum() * turn(a, b, d).signum() < 0
          && turn(c, d, a).signum() * turn(c, d, b).signum() < 0
      }
    }
  }

  /// A ring near the edge of the grid, with room for holes.
  private static func around(size: Int, using random: inout SplitMix64) -> [GridPoint] {
    let most = size - 1
    func near(_ x: Int, _ y: Int) -> GridPoint {
      let (dx, dy) = (Int.random(in: 0...1, using: &random), Int.random(in: 0...1, using: &random))
      return GridPoint(x == 0 ? dx : most - dx, y == 0 ? dy : most - dy)
    }
    return [near(0, 0), near(1, 0), near(1, 1), near(0, 1)]
  }

  /// The ring with points that change nothing: the same twice, one on an edge, a way out and back.
  static func decorated(
    _ ring: [GridPoint], size: Int, using random: inout SplitMix64
  ) -> [GridPoint] {
    var ring = ring
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: 0..<ring.count, using: &random)
      let here = ring[place]
      switch Int.random(in: 0..<3, using: &random) {
      case 0: ring.insert(here, at: place)
      case 1:
        let next = ring[(place + 1) % ring.count]
        let between = (0..<size * size).map { GridPoint($0 % size, $0 / size) }
          .filter { isOn($0, here, next) }
        if let chosen = between.randomElement(using: &random) {
          ring.insert(chosen, at: place + 1)
        }
      default:
        let far = GridPoint(
          .random(in: 0..<size, using: &random), .random(in: 0..<size, using: &random))
        ring.insert(contentsOf: [far, here], at: place + 1)
      }
    }
    return ring
  }

  /// The ring with points added exactly on its edges, which must divide by any of the numbers.
  static func subdivided(
    _ ring: [GridPoint], into numbers: [Int], _ random: inout SplitMix64
  ) -> [GridPoint] {
    var finer: [GridPoint] = []
    for (index, here) in ring.enumerated() {
      let next = ring[(index + 1) % ring.count]
      let parts = numbers.randomElement(using: &random) ?? 1
      for step in 0..<parts {
        finer.append(
          GridPoint(
            here.x + (next.x - here.x) / parts * step, here.y + (next.y - here.y) / parts * step))
      }
    }
    return finer
  }

  /// The ring on a grid `scale` times as wide, every corner moved by at most `jitter`.
  ///
  /// Nearly collinear where it was collinear; nil where that makes it cross itself.
  static func jittered(
    _ ring: [GridPoint], scale: Int, jitter: Int, using random: inout SplitMix64
  ) -> [GridPoint]? {
    let moved = ring.map { point in
      GridPoint(
        point.x * scale + .random(in: -jitter...jitter, using: &random),
        point.y * scale + .random(in: -jitter...jitter, using: &random))
    }
    return isSimple(moved) ? counterclockwise(moved) : nil
  }
}
