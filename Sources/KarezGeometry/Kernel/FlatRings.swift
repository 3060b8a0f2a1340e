/// Rings of one polygon or several, flat, as they are read and laid down.
struct FlatRings {
  struct Ring {
    let first: Int
    let count: Int
    let isHole: Bool
  }

  /// Degrees or metres, as the source has them, or on the grid of a frame; rings open.
  var positions: [SIMD2<Double>] = []
  var rings: [Ring] = []

  mutating func removeAll() {
    positions.removeAll(keepingCapacity: true)
    rings.removeAll(keepingCapacity: true)
  }

  mutating func set(_ multi: MultiPolygon) {
    removeAll()
    for polygon in multi.polygons {
      append(polygon.shell, isHole: false)
      for hole in polygon.holes { append(hole, isHole: true) }
    }
  }

  private mutating func append(_ ring: KarezGeometry.Ring, isHole: Bool) {
    let first = positions.count
    for position in ring.positions.dropLast() {
      positions.append(SIMD2(position.x, position.y))
    }
    rings.append(Ring(first: first, count: positions.count - first, isHole: isHole))
  }

  /// The same rings with their vertices on the grid of a frame.
  func onGrid(of frame: PlaneFrame) -> FlatRings {
    var laid = FlatRings()
    laid.set(self, onGridOf: frame)
    return laid
  }

  mutating func set(_ other: FlatRings, onGridOf frame: PlaneFrame) {
    removeAll()
    rings += other.rings
    positions += other.positions.lazy.map { frame.source(of: Position(x: $0.x, y: $0.y)) }
  }

  /// Reads plain little-endian WKB of polygons; answers false for anything else.
  ///
  /// What is refused here is left to the strict reader, which says where and why.
  mutating func set(wkb bytes: UnsafeRawBufferPointer) -> Bool {
    removeAll()
    var reader = PlainWKB(bytes: bytes)
    guard let kind = reader.header() else { return false }
    if kind == 3 { return append(polygon: &reader) && reader.isAtEnd }
    guard kind == 6, let parts = reader.count(ofAtLeast: 9) else { return false }
    for _ in 0..<parts {
      guard reader.header() == 3, append(polygon: &reader) else { return false }
    }
    return reader.isAtEnd
  }

  private mutating func append(polygon reader: inout PlainWKB) -> Bool {
    guard let ringCount = reader.count(ofAtLeast: 4) else { return false }
    for number in 0..<ringCount {
      guard let count = reader.count(ofAtLeast: 16), count >= 4 else { return false }
      let first = positions.count
      guard reader.positions(count, into: &positions),
        positions[first] == positions[positions.count - 1]
      else { return false }
      positions.removeLast()
      rings.append(Ring(first: first, count: count - 1, isHole: number > 0))
    }
    return true
  }
}

/// A cursor over WKB of the plainest kind.
private struct PlainWKB {
  let bytes: UnsafeRawBufferPointer
  var offset = 0

  var isAtEnd: Bool { offset == bytes.count }

  mutating func header() -> UInt32? {
    guard bytes.count - offset >= 5, bytes[offset] == 1 else { return nil }
    defer { offset += 5 }
    return UInt32(
      littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 1, as: UInt32.self))
  }

  /// A count of things of at least so many bytes each, that the rest can hold.
  mutating func count(ofAtLeast size: Int) -> Int? {
    guard bytes.count - offset >= 4 else { return nil }
    let count = Int(
      UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    offset += 4
    return count <= (bytes.count - offset) / size ? count : nil
  }

  mutating func positions(_ count: Int, into positions: inout [SIMD2<Double>]) -> Bool {
    let first = positions.count
    // Safe because `count` was compared with the bytes left; the loads may be unaligned.
    positions += (0..<count).lazy.map { [bytes, offset] index in
      bytes.loadUnaligned(fromByteOffset: offset + index * 16, as: SIMD2<Double>.self)
    }
    offset += count * 16
    // Also refuses what is not finite.
    return positions[first...].allSatisfy { all(SIMD2($0.x.magnitude, $0.y.magnitude) .<= 1e9) }
  }
}
