/// A place with whole coordinates.
struct GridPoint: Hashable, Sendable {
  var x: Int
  var y: Int

  init(_ x: Int, _ y: Int) {
    self.x = x
    self.y = y
  }
}

/// Rings of whole coordinates, the last point not repeated; each counts by its own direction.
typealias GridRings = [[GridPoint]]

/// Areas in exact arithmetic, by cutting the plane into upright strips.
///
/// Every vertex and every crossing of two edges lies on the border of a strip. Within a strip the
/// edges are therefore in one order from bottom to top, and what lies between two of them is a
/// trapezoid with one winding number for each of the two shapes; its area is the strip's width
/// times its height half way. Nothing is shared with the kernel, which walks along edges, or with
/// GEOS, which builds the common shape.
enum AreaOracle {
  /// An edge that is not upright, from its left end to its right end.
  private struct Edge {
    let left: GridPoint
    let right: GridPoint
    /// What going up across it adds to the winding number: 1 where the ring runs to the right.
    let step: Int
    let isFirst: Bool

    var dx: Int { right.x - left.x }
    var dy: Int { right.y - left.y }

    func height(at x: ExactRational) -> ExactRational {
      ExactRational(left.y) + ExactRational(dy, over: dx) * (x - ExactRational(left.x))
    }

    /// Where the two lines cross, if that is within the reach of both edges.
    func crossing(_ other: Edge) -> ExactRational? {
      let low = max(left.x, other.left.x)
      let high = min(right.x, other.right.x)
      guard low < high else { return nil }
      let (d, e) = (ExactInteger(dx), ExactInteger(dy))
      let (f, g) = (ExactInteger(other.dx), ExactInteger(other.dy))
      let turn = d * g - e * f
      guard turn.sign != 0 else { return nil }
      let (a, b) = (ExactInteger(other.left.x - left.x), ExactInteger(other.left.y - left.y))
      let x = ExactRational(left.x) + ExactRational(d * (a * g - b * f), over: turn)
      return ExactRational(low) < x && x < ExactRational(high) ? x : nil
    }
  }

  /// The integral of the weight of the two winding numbers over the plane.
  static func integral(
    _ one: GridRings, _ other: GridRings, weight: (Int, Int) -> Int
  ) -> ExactRational {
    let edges = edges(of: one, isFirst: true) + edges(of: other, isFirst: false)
    var sum = ExactRational(0)
    let borders = borders(of: one + other, edges)
    for (west, east) in zip(borders, borders.dropFirst()) {
      let middle = (west + east) * ExactRational(1, over: 2)
      var strip: [(height: ExactRational, edge: Edge)] = []
      for edge in edges where ExactRational(edge.left.x) <= west {
        guard east <= ExactRational(edge.right.x) else { continue }
        strip.append((edge.height(at: middle), edge))
      }
      strip.sort { $0.height < $1.height }
      var (first, second) = (0, 0)
      var heights = ExactRational(0)
      for (below, above) in zip(strip, strip.dropFirst()) {
        if below.edge.isFirst { first += below.edge.step } else { second += below.edge.step }
        let weight = weight(first, second)
        guard weight != 0 else { continue }
        heights = heights + (above.height - below.height) * ExactRational(weight)
      }
      sum = sum + heights * (east - west)
    }
    return sum
  }

  /// ∫ wA·wB, which is the common area where both winding numbers are 0 or 1.
  static func common(_ one: GridRings, _ other: GridRings) -> ExactRational {
    integral(one, other) { $0 * $1 }
  }

  /// The signed area: ∫ w.
  static func area(_ rings: GridRings) -> ExactRational { integral(rings, []) { one, _ in one } }

  /// Whether the winding number is 0 or 1 all over the plane.
  static func isSound(_ rings: GridRings) -> Bool {
    integral(rings, []) { one, _ in one == 0 || one == 1 ? 0 : 1 } == ExactRational(0)
  }

  private static func edges(of rings: GridRings, isFirst: Bool) -> [Edge] {
    rings.flatMap { ring in
      ring.indices.compactMap { index -> Edge? in
        let (from, to) = (ring[index], ring[(index + 1) % ring.count])
        if from.x == to.x { return nil }
        return from.x < to.x
          ? Edge(left: from, right: to, step: 1, isFirst: isFirst)
          : Edge(left: to, right: from, step: -1, isFirst: isFirst)
      }
    }
  }

  /// The x of every vertex and every crossing, in order, each once.
  private static func borders(of rings: GridRings, _ edges: [Edge]) -> [ExactRational] {
    var places = Set(rings.flatMap { $0.map(\.x) }).map { ExactRational($0) }
    for (index, edge) in edges.enumerated() {
      for other in edges[(index + 1)...] {
        if let place = edge.crossing(other) { places.append(place) }
      }
    }
    places.sort()
    var borders: [ExactRational] = []
    for place in places where borders.last != place { borders.append(place) }
    return borders
  }
}
