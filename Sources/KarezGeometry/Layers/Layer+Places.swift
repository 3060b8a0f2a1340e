extension Layer {
  /// The polygons that cover a place in degrees, or have it on their edge.
  public func polygons(covering place: Position) throws(LayerError) -> [Int] {
    let source = PlaneFrame.statutory.source(of: place)
    var near: [Int] = []
    visitPolygons(low: source - 1, high: source + 1) { near.append($0) }
    var found: [Int] = []
    for number in near where try geometry(of: number).covers(place) { found.append(number) }
    return found.sorted()
  }

  /// The box around a polygon in degrees, a little too large.
  public func box(of number: Int) -> BoundingBox {
    precondition(number >= 0 && number < count, "polygon \(number) of \(count)")
    let (low, high) = bounds(of: number, in: levels[0])
    return BoundingBox(
      minX: low.x / 1e9, minY: low.y / 1e9, maxX: high.x / 1e9, maxY: high.y / 1e9)
  }
}

extension Position {
  /// About how many metres another place is away, both in degrees.
  ///
  /// - Accuracy: a thousandth up to some hundred kilometres; held by `ProfileContextTests`.
  public func metres(to other: Position) -> Double {
    let middle = Position(x: (x + other.x) / 2, y: (y + other.y) / 2)
    let frame = GroundFrame(around: PlaneFrame.statutory.source(of: middle))
    let (one, two) = (frame.metres(ofDegrees: self), frame.metres(ofDegrees: other))
    let (east, north) = (two.x - one.x, two.y - one.y)
    return (east * east + north * north).squareRoot()
  }
}
