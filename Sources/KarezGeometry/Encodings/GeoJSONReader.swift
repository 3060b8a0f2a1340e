public import KarezCore

extension Geometry {
  /// The geometry in a GeoJSON geometry object; Z is read over, collections are refused.
  ///
  /// - Errors: with part, ring and vertex.
  /// - Source: RFC 7946, 3.1.
  public init(geoJSON value: JSONValue) throws(GeometryError) {
    guard case .object = value, let type = value["type"]?.string else {
      throw .unexpected(found: value.kindName, expected: .geoJSONGeometry)
    }
    guard
      ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"]
        .contains(type)
    else {
      throw .unsupportedGeometry(String(type.prefix(40)))
    }
    guard let coordinates = value["coordinates"] else {
      throw .unexpected(found: type, expected: .coordinates)
    }
    switch type {
    case "Point":
      let isEmpty = coordinates.array?.isEmpty ?? false
      self = .points(isEmpty ? [] : [try GeoJSONCoordinates.position(coordinates)])
    case "MultiPoint": self = .points(try GeoJSONCoordinates.positions(coordinates))
    case "LineString":
      let line = try GeoJSONCoordinates.positions(coordinates)
      self = .lines(line.isEmpty ? [] : [line])
    case "MultiLineString":
      self = .lines(
        try GeoJSONCoordinates.elements(coordinates).map { (line) throws(GeometryError) in
          try GeoJSONCoordinates.positions(line)
        })
    case "Polygon":
      let polygon = try GeoJSONCoordinates.polygon(coordinates, part: 1)
      self = .polygons(MultiPolygon(polygon.map { [$0] } ?? []))
    default:
      var polygons: [Polygon] = []
      for (index, part) in try GeoJSONCoordinates.elements(coordinates).enumerated() {
        guard let polygon = try GeoJSONCoordinates.polygon(part, part: index + 1) else { continue }
        polygons.append(polygon)
      }
      self = .polygons(MultiPolygon(polygons))
    }
  }
}

/// The nested arrays of a GeoJSON geometry.
private enum GeoJSONCoordinates {
  static func elements(_ value: JSONValue) throws(GeometryError) -> [JSONValue] {
    guard let elements = value.array else {
      throw .unexpected(found: value.kindName, expected: .coordinateArray)
    }
    return elements
  }

  static func position(_ value: JSONValue) throws(GeometryError) -> Position {
    let numbers = try elements(value)
    guard (2...4).contains(numbers.count) else {
      throw .unexpected(found: "[\(numbers.count)]", expected: .position)
    }
    guard let x = numbers[0].double, let y = numbers[1].double else {
      throw .unexpected(found: "[\(numbers[0].kindName), …]", expected: .position)
    }
    guard x.isFinite, y.isFinite else { throw .positionNotFinite(index: 0) }
    return Position(x: x, y: y)
  }

  static func positions(_ value: JSONValue) throws(GeometryError) -> [Position] {
    var positions: [Position] = []
    for (index, element) in try elements(value).enumerated() {
      do throws(GeometryError) {
        positions.append(try position(element))
      } catch {
        throw .located(InputPlace(vertex: index + 1), error.cause)
      }
    }
    return positions
  }

  static func polygon(_ value: JSONValue, part: Int) throws(GeometryError) -> Polygon? {
    var rings: [Ring] = []
    for (index, element) in try elements(value).enumerated() {
      do throws(GeometryError) {
        rings.append(try Ring(try positions(element)))
      } catch {
        throw error.located(at: InputPlace(part: part, ring: index + 1))
      }
    }
    guard let shell = rings.first else { return nil }
    return Polygon(shell: shell, holes: Array(rings.dropFirst()))
  }
}

extension JSONValue {
  var kindName: String {
    switch self {
    case .null: "null"
    case .boolean: "boolean"
    case .integer, .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}
