public import KarezCore

extension Geometry {
  /// The geometry as a GeoJSON geometry object, shells counter-clockwise and holes clockwise.
  ///
  /// - Assumes: finite positions.
  /// - Source: RFC 7946, 3.1 and 3.1.6.
  public var geoJSON: JSONValue {
    switch self {
    case .points(let positions):
      if positions.count == 1 {
        Self.object("Point", Self.json(positions[0]))
      } else {
        Self.object("MultiPoint", Self.json(positions))
      }
    case .lines(let lines):
      if lines.count == 1 {
        Self.object("LineString", Self.json(lines[0]))
      } else {
        Self.object("MultiLineString", .array(lines.map(Self.json)))
      }
    case .polygons(let multi): multi.geoJSON
    }
  }

  fileprivate static func object(_ type: String, _ coordinates: JSONValue) -> JSONValue {
    .object(["type": .string(type), "coordinates": coordinates])
  }

  private static func json(_ position: Position) -> JSONValue {
    .array([.number(position.x), .number(position.y)])
  }

  fileprivate static func json(_ positions: [Position]) -> JSONValue {
    .array(positions.map { .array([.number($0.x), .number($0.y)]) })
  }
}

extension MultiPolygon {
  /// As `Geometry.geoJSON`: one polygon is a `Polygon`.
  public var geoJSON: JSONValue {
    let parts = polygons.map { polygon in
      JSONValue.array(
        [Geometry.json(polygon.shell.oriented(counterClockwise: true).positions)]
          + polygon.holes.map { Geometry.json($0.oriented(counterClockwise: false).positions) })
    }
    return parts.count == 1
      ? Geometry.object("Polygon", parts[0]) : Geometry.object("MultiPolygon", .array(parts))
  }
}

extension Ring {
  /// The same ring, run in the direction asked for.
  public func oriented(counterClockwise: Bool) -> Ring {
    let isCounterClockwise = Shoelace.doubledArea(of: positions) >= 0
    return isCounterClockwise == counterClockwise ? self : reversed()
  }

  func reversed() -> Ring { Ring(unchecked: positions.reversed()) }
}
