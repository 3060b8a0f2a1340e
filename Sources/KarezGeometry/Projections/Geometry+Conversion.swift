extension Geometry {
  /// The geometry with every vertex taken elsewhere, none added and none dropped.
  ///
  /// - Errors: what the closure throws, with part, ring and vertex.
  func converted(
    _ convert: (Position) throws(GeometryError) -> Position
  ) throws(GeometryError) -> Geometry {
    switch self {
    case .points(let positions):
      return .points(try positions.converted(at: InputPlace(), convert))
    case .lines(let lines):
      var converted: [[Position]] = []
      for (index, line) in lines.enumerated() {
        converted.append(try line.converted(at: InputPlace(part: index + 1), convert))
      }
      return .lines(converted)
    case .polygons(let multi): return .polygons(try multi.converted(convert))
    }
  }
}

extension Geometry {
  /// Whether all its positions meet a condition.
  func allSatisfy(_ condition: (Position) -> Bool) -> Bool {
    switch self {
    case .points(let positions): positions.allSatisfy(condition)
    case .lines(let lines): lines.allSatisfy { $0.allSatisfy(condition) }
    case .polygons(let multi):
      multi.polygons.allSatisfy { polygon in
        polygon.shell.positions.allSatisfy(condition)
          && polygon.holes.allSatisfy { $0.positions.allSatisfy(condition) }
      }
    }
  }
}

extension MultiPolygon {
  /// As `Geometry.converted`.
  func converted(
    _ convert: (Position) throws(GeometryError) -> Position
  ) throws(GeometryError) -> MultiPolygon {
    var polygons: [Polygon] = []
    polygons.reserveCapacity(self.polygons.count)
    for (index, polygon) in self.polygons.enumerated() {
      var rings: [Ring] = []
      for (ringIndex, ring) in polygon.rings.enumerated() {
        let place = InputPlace(part: index + 1, ring: ringIndex + 1)
        rings.append(Ring(unchecked: try ring.positions.converted(at: place, convert)))
      }
      polygons.append(Polygon(shell: rings[0], holes: Array(rings.dropFirst())))
    }
    return MultiPolygon(polygons)
  }
}

extension [Position] {
  fileprivate func converted(
    at place: InputPlace, _ convert: (Position) throws(GeometryError) -> Position
  ) throws(GeometryError) -> [Position] {
    var converted: [Position] = []
    converted.reserveCapacity(count)
    for (index, position) in enumerated() {
      do throws(GeometryError) {
        converted.append(try convert(position))
      } catch {
        throw error.located(at: place.refined(by: InputPlace(vertex: index + 1)))
      }
    }
    return converted
  }
}
