extension Geometry {
  /// The geometry in a WKT value: points, lines and polygons, single or multiple.
  ///
  /// Z and M are read over; `EMPTY` is read; collections and curves are refused by name.
  ///
  /// - Errors: with the byte, and in rings with part, ring and vertex.
  /// - Source: ISO 19125-1 (OGC 06-103r4), 7.
  public init(wkt text: String) throws(GeometryError) {
    try self.init(wkt: Array(text.utf8))
  }

  /// As `init(wkt:)` from a text; for bytes that lie in a file's buffer.
  public init(wkt bytes: [UInt8]) throws(GeometryError) {
    var reader = WKTReader(bytes: bytes)
    self = try reader.document()
  }
}

struct WKTReader {
  let bytes: [UInt8]
  var offset = 0

  /// How many numbers a position has; nil until the tag or the first position says.
  private var valuesPerPosition: Int?

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(GeometryError) -> Geometry {
    let geometry = try geometry()
    skipSpace()
    guard offset == bytes.count else { throw unexpected(.end) }
    return geometry
  }

  private mutating func geometry() throws(GeometryError) -> Geometry {
    skipSpace()
    let start = offset
    let kind = try tag()
    switch kind {
    case "POINT": return .points(try isEmpty() ? [] : try point())
    case "MULTIPOINT": return .points(try isEmpty() ? [] : try multiPoint())
    case "LINESTRING": return .lines(try isEmpty() ? [] : [try line()])
    case "MULTILINESTRING":
      return .lines(
        try isEmpty()
          ? []
          : try list { (reader, _) throws(GeometryError) in
            try reader.isEmpty() ? [] : try reader.line()
          })
    case "POLYGON":
      return .polygons(MultiPolygon(try isEmpty() ? [] : try polygon(part: 1).map { [$0] } ?? []))
    case "MULTIPOLYGON":
      guard try !isEmpty() else { return .polygons(MultiPolygon([])) }
      let polygons = try list { (reader, part) throws(GeometryError) in
        try reader.isEmpty() ? nil : try reader.polygon(part: part)
      }
      return .polygons(MultiPolygon(polygons.compactMap(\.self)))
    default: throw .located(InputPlace(byte: start), .unsupportedGeometry(kind))
    }
  }

  /// The tag in capitals, with its dimensions read into `valuesPerPosition`.
  private mutating func tag() throws(GeometryError) -> String {
    let start = offset
    var kind = word()
    guard !kind.isEmpty else { throw unexpected(.geometryName) }
    for (suffix, values) in [("ZM", 4), ("Z", 3), ("M", 3)] where kind.hasSuffix(suffix) {
      kind = String(kind.dropLast(suffix.count))
      valuesPerPosition = values
      break
    }
    if valuesPerPosition == nil {
      skipSpace()
      let before = offset
      switch word() {
      case "ZM": valuesPerPosition = 4
      case "Z", "M": valuesPerPosition = 3
      default: offset = before
      }
    }
    guard kind.utf8.count <= 24 else {
      throw .located(
        InputPlace(byte: start),
        .unexpected(found: String(kind.prefix(24)), expected: .geometryName))
    }
    return kind
  }

  private mutating func isEmpty() throws(GeometryError) -> Bool {
    skipSpace()
    let before = offset
    if word() == "EMPTY" { return true }
    offset = before
    guard peek() == UInt8(ascii: "(") else { throw unexpected(.bracketOrEmpty) }
    return false
  }

  private mutating func point() throws(GeometryError) -> [Position] {
    try expect(UInt8(ascii: "("))
    let position = try position()
    try expect(UInt8(ascii: ")"))
    return [position]
  }

  /// Both forms are in use: `((1 2), (3 4))` and `(1 2, 3 4)`.
  private mutating func multiPoint() throws(GeometryError) -> [Position] {
    try list { (reader, _) throws(GeometryError) in
      reader.skipSpace()
      guard reader.peek() == UInt8(ascii: "(") else { return try reader.position() }
      return try reader.point()[0]
    }
  }

  private mutating func line() throws(GeometryError) -> [Position] {
    try list { (reader, _) throws(GeometryError) in try reader.position() }
  }

  /// The polygon, or nil where its rings are empty; an empty hole is no hole.
  private mutating func polygon(part: Int) throws(GeometryError) -> Polygon? {
    let rings = try list { (reader, index) throws(GeometryError) -> Ring? in
      if try reader.isEmpty() { return nil }
      let start = reader.offset
      let positions = try reader.line()
      do throws(GeometryError) {
        return try Ring(positions)
      } catch {
        throw error.located(at: InputPlace(byte: start, part: part, ring: index))
      }
    }
    let holes = rings.dropFirst().compactMap(\.self)
    guard let shell = rings[0] else {
      guard holes.isEmpty else { throw unexpected(.shellBeforeHoles) }
      return nil
    }
    return Polygon(shell: shell, holes: holes)
  }

  /// One or more elements in brackets; each is told its number, from 1.
  private mutating func list<Element>(
    _ element: (inout WKTReader, Int) throws(GeometryError) -> Element
  ) throws(GeometryError) -> [Element] {
    try expect(UInt8(ascii: "("))
    var elements: [Element] = []
    repeat {
      elements.append(try element(&self, elements.count + 1))
      skipSpace()
    } while skip(UInt8(ascii: ","))
    try expect(UInt8(ascii: ")"))
    return elements
  }

  private mutating func position() throws(GeometryError) -> Position {
    let x = try number()
    let y = try number()
    var count = 2
    while count < 4, startsNumber() {
      _ = try number()
      count += 1
    }
    guard count == valuesPerPosition ?? count else { throw unexpected(.anotherNumber) }
    valuesPerPosition = count
    return Position(x: x, y: y)
  }

  private mutating func startsNumber() -> Bool {
    skipSpace()
    guard let byte = peek() else { return false }
    return (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x2B || byte == 0x2E
  }

  private mutating func number() throws(GeometryError) -> Double {
    guard startsNumber() else { throw unexpected(.number) }
    let start = offset
    while let byte = peek(), NumberText.isPart(byte) { offset += 1 }
    guard let value = NumberText.value(of: bytes[start..<offset]) else {
      offset = start
      throw unexpected(.finiteNumber)
    }
    return value
  }

  private mutating func word() -> String {
    let start = offset
    while let byte = peek(), (0x41...0x5A).contains(byte & 0xDF) { offset += 1 }
    return String(decoding: bytes[start..<offset].map { $0 & 0xDF }, as: UTF8.self)
  }

  private func peek() -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipSpace() {
    while let byte = peek(), byte == 0x20 || (0x09...0x0D).contains(byte) { offset += 1 }
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    skipSpace()
    guard peek() == byte else { return false }
    offset += 1
    return true
  }

  private mutating func expect(_ byte: UInt8) throws(GeometryError) {
    guard skip(byte) else {
      throw unexpected(byte == UInt8(ascii: "(") ? .openingBracket : .closingBracket)
    }
  }

  private func unexpected(_ expected: ExpectedInput) -> GeometryError {
    guard offset < bytes.count else { return .located(InputPlace(byte: offset), .endsTooSoon) }
    let found = String(decoding: bytes[offset..<min(offset + 12, bytes.count)], as: UTF8.self)
    return .located(InputPlace(byte: offset), .unexpected(found: found, expected: expected))
  }
}
