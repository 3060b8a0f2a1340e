extension Geometry {
  /// The geometry as WKB, little endian, two-dimensional.
  ///
  /// - Shape: one point is a Point, several are a MultiPoint; lines are a MultiLineString and
  ///   polygons a MultiPolygon even where there is one, so that a table has one type.
  /// - Source: ISO 19125-1 (OGC 06-103r4), 8.2.
  public func wkb() -> [UInt8] {
    var writer = WKBWriter()
    switch self {
    case .points(let positions):
      if positions.count == 1 {
        writer.point(positions[0])
      } else {
        writer.header(kind: 4, count: positions.count)
        for position in positions { writer.point(position) }
      }
    case .lines(let lines):
      writer.header(kind: 5, count: lines.count)
      for line in lines {
        writer.header(kind: 2, count: line.count)
        for position in line { writer.position(position) }
      }
    case .polygons(let multi):
      writer.multiPolygon(multi)
    }
    return writer.bytes
  }
}

private struct WKBWriter {
  var bytes: [UInt8] = []

  mutating func multiPolygon(_ multi: MultiPolygon) {
    bytes.reserveCapacity(9 + multi.vertexCount * 16 + multi.polygons.count * 32)
    header(kind: 6, count: multi.polygons.count)
    for polygon in multi.polygons {
      header(kind: 3, count: polygon.holes.count + 1)
      ring(polygon.shell)
      for hole in polygon.holes { ring(hole) }
    }
  }

  mutating func ring(_ ring: Ring) {
    append(UInt32(truncatingIfNeeded: ring.positions.count))
    // Safe because a position is two numbers, x and y, and little endian where this runs.
    ring.positions.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }

  mutating func header(kind: UInt32, count: Int) {
    bytes.append(1)
    append(kind)
    append(UInt32(truncatingIfNeeded: count))
  }

  mutating func point(_ position: Position) {
    bytes.append(1)
    append(UInt32(1))
    self.position(position)
  }

  mutating func position(_ position: Position) {
    append(position.x.bitPattern)
    append(position.y.bitPattern)
  }

  private mutating func append(_ value: some FixedWidthInteger) {
    // Safe because the buffer is read only inside the closure.
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
}
