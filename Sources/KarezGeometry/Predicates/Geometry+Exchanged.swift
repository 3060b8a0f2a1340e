extension Geometry {
  /// The same with the two numbers of every position exchanged, as systems have it that put north
  /// first.
  package var exchanged: Geometry {
    func exchanged(_ positions: [Position]) -> [Position] {
      positions.map { Position(x: $0.y, y: $0.x) }
    }
    switch self {
    case .points(let points): return .points(exchanged(points))
    case .lines(let lines): return .lines(lines.map(exchanged))
    case .polygons(let multi):
      return .polygons(
        MultiPolygon(
          multi.polygons.map { polygon in
            Polygon(
              shell: Ring(unchecked: exchanged(polygon.shell.positions)),
              holes: polygon.holes.map { Ring(unchecked: exchanged($0.positions)) })
          }))
    }
  }
}
