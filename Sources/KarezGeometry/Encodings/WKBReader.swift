extension Geometry {
  /// The geometry in a WKB value: either byte order; Z and M are read over.
  ///
  /// Reads ISO codes (1001, 2001, 3001 …) and the flag bits PostGIS writes. Collections and
  /// curves are refused by name, and so is a value that carries its own SRID, because it could
  /// contradict the CRS the caller holds.
  ///
  /// - Errors: with the byte, and in rings with part, ring and vertex. Every count is compared
  ///   with the bytes left before anything is reserved.
  /// - Source: ISO 19125-1 (OGC 06-103r4), 8.2.
  public init(wkb bytes: [UInt8]) throws(GeometryError) {
    let result = bytes.withUnsafeBytes { raw in
      Result { () throws(GeometryError) in try Geometry(wkb: raw) }
    }
    self = try result.get()
  }

  /// As `init(wkb:)` from an array; for bytes that lie in a database's or a reader's buffer.
  public init(wkb bytes: UnsafeRawBufferPointer) throws(GeometryError) {
    var reader = WKBReader(bytes: bytes)
    self = try reader.geometry()
    guard reader.offset == bytes.count else {
      throw .located(
        InputPlace(byte: reader.offset),
        .unexpected(found: "\(bytes.count - reader.offset) bytes", expected: .end))
    }
  }
}

private struct WKBReader {
  /// Dimensions of one geometry, and what it is.
  struct Header {
    var kind: UInt32
    var valuesPerPosition: Int
    var isLittleEndian: Bool
  }

  let bytes: UnsafeRawBufferPointer
  var offset = 0

  init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func geometry() throws(GeometryError) -> Geometry {
    let start = offset
    let header = try header()
    switch header.kind {
    case 1: return .points(try point(header).map { [$0] } ?? [])
    case 2: return .lines([try line(header)])
    case 3: return .polygons(MultiPolygon(try polygon(header, part: 1).map { [$0] } ?? []))
    case 4:
      return .points(
        try parts(header, of: 1) { (reader, inner, _) throws(GeometryError) in
          try reader.point(inner)
        })
    case 5:
      return .lines(
        try parts(header, of: 2) { (reader, inner, _) throws(GeometryError) in
          try reader.line(inner)
        })
    case 6:
      return .polygons(
        MultiPolygon(
          try parts(header, of: 3) { (reader, inner, part) throws(GeometryError) in
            try reader.polygon(inner, part: part)
          }))
    default: throw .located(InputPlace(byte: start), .unsupportedGeometry(Self.name(header.kind)))
    }
  }

  private mutating func header() throws(GeometryError) -> Header {
    let start = offset
    guard offset < bytes.count else { throw .located(InputPlace(byte: offset), .endsTooSoon) }
    let order = bytes[offset]
    guard order <= 1 else {
      throw .located(
        InputPlace(byte: start), .unexpected(found: "\(order)", expected: .byteOrder))
    }
    offset += 1
    let code = try unsigned(isLittleEndian: order == 1)
    guard code & 0x2000_0000 == 0 else {
      throw .located(InputPlace(byte: start), .unsupportedGeometry("EWKB with SRID"))
    }
    let hasZ = code & 0x8000_0000 != 0
    let hasM = code & 0x4000_0000 != 0
    let plain = code & 0x1FFF_FFFF
    let values =
      switch plain / 1_000 {
      case 0: 2 + (hasZ ? 1 : 0) + (hasM ? 1 : 0)
      case 1, 2: 3
      case 3: 4
      default: throw .located(InputPlace(byte: start), .unsupportedGeometry("WKB \(plain)"))
      }
    return Header(kind: plain % 1_000, valuesPerPosition: values, isLittleEndian: order == 1)
  }

  static func name(_ kind: UInt32) -> String {
    switch kind {
    case 7: "GeometryCollection"
    case 8: "CircularString"
    case 9: "CompoundCurve"
    case 10: "CurvePolygon"
    case 11: "MultiCurve"
    case 12: "MultiSurface"
    case 15: "PolyhedralSurface"
    case 16: "TIN"
    case 17: "Triangle"
    default: "WKB \(kind)"
    }
  }

  private mutating func unsigned(isLittleEndian: Bool) throws(GeometryError) -> UInt32 {
    guard bytes.count - offset >= 4 else {
      throw .located(InputPlace(byte: offset), .endsTooSoon)
    }
    // Safe because the four bytes were just found to be there; the load may be unaligned.
    let raw = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    offset += 4
    return isLittleEndian ? UInt32(littleEndian: raw) : UInt32(bigEndian: raw)
  }

  /// A count of things of at least `size` bytes each, which the rest of the input can hold.
  private mutating func count(_ header: Header, ofAtLeast size: Int) throws(GeometryError) -> Int {
    let start = offset
    let count = Int(try unsigned(isLittleEndian: header.isLittleEndian))
    guard count <= (bytes.count - offset) / size else {
      throw .located(InputPlace(byte: start), .countExceedsInput(count: count))
    }
    return count
  }

  /// The next position; the caller has compared the count with the bytes left.
  private mutating func position(_ header: Header) -> Position {
    // Safe because every caller has found `valuesPerPosition` values left to read.
    let x = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    let y = bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
    offset += 8 * header.valuesPerPosition
    guard header.isLittleEndian else {
      return Position(
        x: Double(bitPattern: UInt64(bigEndian: x)), y: Double(bitPattern: UInt64(bigEndian: y)))
    }
    return Position(
      x: Double(bitPattern: UInt64(littleEndian: x)),
      y: Double(bitPattern: UInt64(littleEndian: y)))
  }

  /// The point, or nil for the empty point, which WKB writes as two NaN.
  private mutating func point(_ header: Header) throws(GeometryError) -> Position? {
    guard bytes.count - offset >= 8 * header.valuesPerPosition else {
      throw .located(InputPlace(byte: offset), .endsTooSoon)
    }
    let start = offset
    let position = position(header)
    if position.x.isNaN && position.y.isNaN { return nil }
    guard position.isFinite else {
      throw .located(InputPlace(byte: start), .positionNotFinite(index: 0))
    }
    return position
  }

  private mutating func positions(_ header: Header) throws(GeometryError) -> [Position] {
    let count = try count(header, ofAtLeast: 8 * header.valuesPerPosition)
    var positions: [Position] = []
    positions.reserveCapacity(count)
    for _ in 0..<count { positions.append(position(header)) }
    return positions
  }

  private mutating func line(_ header: Header) throws(GeometryError) -> [Position] {
    let start = offset
    let positions = try positions(header)
    if let bad = positions.firstIndex(where: { !$0.isFinite }) {
      throw .located(InputPlace(byte: start), .positionNotFinite(index: bad))
    }
    return positions
  }

  private mutating func polygon(_ header: Header, part: Int) throws(GeometryError) -> Polygon? {
    var rings: [Ring] = []
    for index in 0..<(try count(header, ofAtLeast: 4)) {
      let start = offset
      let positions = try positions(header)
      do throws(GeometryError) {
        rings.append(try Ring(positions))
      } catch {
        throw error.located(at: InputPlace(byte: start, part: part, ring: index + 1))
      }
    }
    guard let shell = rings.first else { return nil }
    return Polygon(shell: shell, holes: Array(rings.dropFirst()))
  }

  /// The members of a multi-geometry, each with its own header, which must be of one kind.
  private mutating func parts<Part>(
    _ header: Header, of kind: UInt32,
    read: (inout WKBReader, Header, Int) throws(GeometryError) -> Part?
  ) throws(GeometryError) -> [Part] {
    var parts: [Part] = []
    for index in 0..<(try count(header, ofAtLeast: 9)) {
      let start = offset
      let inner = try self.header()
      guard inner.kind == kind else {
        throw .located(
          InputPlace(byte: start, part: index + 1), .unsupportedGeometry(Self.name(inner.kind)))
      }
      if let part = try read(&self, inner, index + 1) { parts.append(part) }
    }
    return parts
  }
}
