import KarezCore
import KarezGeometry
import TestSupport
import Testing

/// WKB, WKT and GeoJSON, both directions.
@Suite struct EncodingTests {
  static func random(seed: UInt64) throws -> Geometry {
    var random = SplitMix64(seed: seed)
    func position() -> Position {
      Position(x: .random(in: -180...180, using: &random), y: .random(in: -90...90, using: &random))
    }
    switch seed % 5 {
    case 0: return .points((0..<Int(seed % 7)).map { _ in position() })
    case 1:
      return .lines(
        (0..<Int(seed % 4)).map { _ in (0..<Int(seed % 9 + 2)).map { _ in position() } })
    default:
      let polygons = try (0..<Int(seed % 6)).map { _ in
        let shell = try Shapes.star(around: position(), radius: 3, corners: 9, using: &random)
        let holes = try (0..<Int(seed % 3)).map { _ in
          try Shapes.star(around: position(), radius: 1, corners: 4, using: &random)
        }
        return Polygon(shell: shell, holes: holes)
      }
      return .polygons(MultiPolygon(polygons))
    }
  }

  @Test(arguments: 0..<120)
  func `what is written as WKB reads back bit for bit`(seed: UInt64) throws {
    let geometry = try Self.random(seed: seed)
    #expect(try Geometry(wkb: geometry.wkb()) == geometry)
  }

  @Test(arguments: 0..<120)
  func `what is written as WKT reads back bit for bit`(seed: UInt64) throws {
    let geometry = try Self.random(seed: seed)
    #expect(try Geometry(wkt: geometry.wkt) == geometry)
  }

  @Test(arguments: 0..<120)
  func `what is written as GeoJSON reads back with shells turned to the left`(seed: UInt64) throws {
    let geometry = try Self.random(seed: seed)
    let text = geometry.geoJSON.canonicalText
    let back = try Geometry(geoJSON: JSONValue(parsing: text))
    guard case .polygons(let was) = geometry, case .polygons(let now) = back else {
      #expect(back == geometry)
      return
    }
    #expect(now.polygons.count == was.polygons.count)
    for (one, other) in zip(now.polygons, was.polygons) {
      #expect(one.shell == other.shell.oriented(counterClockwise: true))
      #expect(one.holes == other.holes.map { $0.oriented(counterClockwise: false) })
    }
  }

  static let square: [UInt8] = [
    1, 3, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0,  // a polygon, one ring, four positions
  ]

  static func bytes(_ values: [Double], littleEndian: Bool = true) -> [UInt8] {
    values.flatMap { value in
      withUnsafeBytes(of: value.bitPattern.littleEndian) {
        littleEndian ? Array($0) : $0.reversed()
      }
    }
  }

  @Test func `big-endian WKB means the same`() throws {
    let values: [Double] = [75, 39, 76, 39, 76, 40, 75, 39]
    let little = Self.square + Self.bytes(values)
    let big =
      [0, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 4] + Self.bytes(values, littleEndian: false)
    #expect(try Geometry(wkb: big) == Geometry(wkb: little))
  }

  @Test(arguments: [
    ([0xE9, 0x03, 0, 0] as [UInt8], 1), ([0xD1, 0x07, 0, 0], 1), ([0xB9, 0x0B, 0, 0], 2),
    ([1, 0, 0, 0x80], 1), ([1, 0, 0, 0x40], 1), ([1, 0, 0, 0xC0], 2),
  ])
  func `heights and measures are read over`(code: [UInt8], extra: Int) throws {
    let values = [75.5, 39.5] + [Double](repeating: 1_289, count: extra)
    let point = try Geometry(wkb: [1] + code + Self.bytes(values))
    #expect(point == .points([Position(x: 75.5, y: 39.5)]))
  }

  struct Refused: Sendable, CustomTestStringConvertible {
    let what: String
    let bytes: [UInt8]
    let error: GeometryError
    var testDescription: String { what }
  }

  static let refused = [
    Refused(what: "no bytes", bytes: [], error: .endsTooSoon),
    Refused(what: "half a header", bytes: [1, 3, 0], error: .endsTooSoon),
    Refused(
      what: "a third byte order", bytes: [2, 3, 0, 0, 0],
      error: .unexpected(found: "2", expected: .byteOrder)),
    Refused(
      what: "a collection", bytes: [1, 7, 0, 0, 0, 0, 0, 0, 0],
      error: .unsupportedGeometry("GeometryCollection")),
    Refused(
      what: "a curve polygon", bytes: [1, 10, 0, 0, 0, 0, 0, 0, 0],
      error: .unsupportedGeometry("CurvePolygon")),
    Refused(
      what: "an SRID of its own", bytes: [1, 3, 0, 0, 0x20, 0x8A, 0x11, 0, 0, 0, 0, 0, 0],
      error: .unsupportedGeometry("EWKB with SRID")),
    Refused(
      what: "four thousand million rings", bytes: [1, 3, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF],
      error: .countExceedsInput(count: 4_294_967_295)),
    Refused(
      what: "four thousand million positions",
      bytes: [1, 3, 0, 0, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF],
      error: .countExceedsInput(count: 4_294_967_295)),
    Refused(
      what: "a line among polygons", bytes: [1, 6, 0, 0, 0, 1, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0],
      error: .unsupportedGeometry("WKB 2")),
    Refused(
      what: "bytes after the end", bytes: [1, 6, 0, 0, 0, 0, 0, 0, 0, 7],
      error: .unexpected(found: "1 bytes", expected: .end)),
  ]

  @Test(arguments: refused)
  func `WKB that cannot be trusted is refused with its byte`(refused: Refused) throws {
    let error = try #require(throws: GeometryError.self) { _ = try Geometry(wkb: refused.bytes) }
    #expect(error.cause == refused.error)
    #expect(error.place.byte != nil)
  }

  @Test func `an open ring is refused with part, ring and byte`() throws {
    let bytes = Self.square + Self.bytes([75, 39, 76, 39, 76, 40, 75, 40])
    let error = try #require(throws: GeometryError.self) { _ = try Geometry(wkb: bytes) }
    #expect(
      error.cause
        == .ringNotClosed(first: Position(x: 75, y: 39), last: Position(x: 75, y: 40)))
    #expect(error.place == InputPlace(byte: 9, part: 1, ring: 1))
  }

  @Test func `a position that is no number is refused with its vertex`() throws {
    let bytes = Self.square + Self.bytes([75, 39, 76, .nan, 76, 40, 75, 39])
    let error = try #require(throws: GeometryError.self) { _ = try Geometry(wkb: bytes) }
    #expect(error.place == InputPlace(byte: 9, part: 1, ring: 1, vertex: 2))
  }

  @Test(arguments: [
    ("point(75 39)", "POINT (75 39)"), ("POINT Z (75 39 1289)", "POINT (75 39)"),
    ("POINTZM(75 39 1 2)", "POINT (75 39)"), ("Point M (75 39 2)", "POINT (75 39)"),
    ("MULTIPOINT (75 39, 76 40)", "MULTIPOINT (75 39, 76 40)"),
    ("MULTIPOINT ((75 39), (76 40))", "MULTIPOINT (75 39, 76 40)"),
    ("POLYGON EMPTY", "POLYGON EMPTY"), ("POLYGON (EMPTY)", "POLYGON EMPTY"),
    ("POLYGON ((0 0, 1 0, 1 1, 0 0), EMPTY)", "POLYGON ((0 0, 1 0, 1 1, 0 0))"),
    ("MULTIPOLYGON (EMPTY, ((0 0,1 0,1 1,0 0)))", "POLYGON ((0 0, 1 0, 1 1, 0 0))"),
    (" polygon ( ( 0 0 , 1e0 0 , 1.0 +1 , -0.0 .0 ) ) ", "POLYGON ((0 0, 1 0, 1 1, -0 0))"),
  ])
  func `WKT in use is read`(text: String, expected: String) throws {
    #expect(try Geometry(wkt: text).wkt == expected)
  }

  @Test(arguments: [
    "", "(", "POLYGON", "POLYGON (", "POLYGON ((0 0, 1 0, 1 1, 0 0)", "POINT (nan 1)",
    "POINT (1 inf)", "POINT (1e999 1)", "POINT (1)", "POINT (1 2 3 4 5)", "POINT Z (1 2)",
    "POINT (1 2) x", "POLYGON ((0 0, 1 0, 0 0))", "POLYGON ((0 0, 1 0, 1 1, 0 1))",
    "GEOMETRYCOLLECTION (POINT (1 2))", "CIRCULARSTRING (0 0, 1 1, 2 0)", "LINESTRING (1 2, 3 4 5)",
    "POINT (0x10 1)", "SRID=4490;POINT (1 2)", "POLYGON (())",
    "POLYGON (EMPTY, (0 0, 1 0, 1 1, 0 0))",
  ])
  func `WKT that cannot be trusted is refused`(text: String) {
    #expect(throws: GeometryError.self) { _ = try Geometry(wkt: text) }
  }

  @Test(arguments: [
    #"{"type":"Polygon"}"#, #"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}"#,
    #"{"type":"Polygon","coordinates":[[[0,0],[1,"0"],[1,1],[0,0]]]}"#,
    #"{"type":"Polygon","coordinates":[[[0,0],[1],[1,1],[0,0]]]}"#,
    #"{"type":"GeometryCollection","geometries":[]}"#, #"{"type":"Point","coordinates":{}}"#,
    #"[]"#, #"null"#, #"{"type":7}"#, #"{"type":"Point","coordinates":[1,2,3,4,5]}"#,
  ])
  func `GeoJSON that cannot be trusted is refused`(text: String) throws {
    let value = try JSONValue(parsing: text)
    #expect(throws: GeometryError.self) { _ = try Geometry(geoJSON: value) }
  }
}
