/// A polygon measured and turned the right way, ready to be spooled.
struct LaidPolygon {
  private let rings: FlatRings
  private let isReversed: [Bool]
  /// Vertices on the grid of 1e-9°, in the rings' own order.
  private let sources: [SIMD2<Double>]
  let head: LayerRecord.Head
  let isWide: Bool

  var ringCounts: [Int] { rings.rings.map(\.count) }

  /// The farthest apart two vertices may be to be kept as offsets, less what a shift may add.
  private static let narrowSpan = Int64(UInt32.max) - 4_096

  init(_ rings: FlatRings, row: Int64) throws(LayerError) {
    guard !rings.positions.isEmpty, rings.positions.count < Int(LayerRecord.holeBit) else {
      throw .geometry(row: row, .noGeometry)
    }
    let frame = PlaneFrame.statutory
    var isNarrow = true
    var grid = rings
    for (index, position) in rings.positions.enumerated() {
      guard all(SIMD2(position.x.magnitude, position.y.magnitude) .<= SIMD2(360, 90)) else {
        throw .geometry(row: row, .notDegrees(Position(x: position.x, y: position.y)))
      }
      let source = frame.source(of: Position(x: position.x, y: position.y))
      // Lossless is what comes back to the last bit.
      isNarrow = isNarrow && all(PlaneFrame.rounded(source) / 1e9 .== position)
      grid.positions[index] = source
    }
    let shape = PlaneShape(grid, in: frame)
    let low = shape.sourceLow.rounded(.down)
    let high = shape.sourceHigh.rounded(.up)
    var head = LayerRecord.Head(
      row: row, area: shape.area, minX: Int64(low.x), minY: Int64(low.y), maxX: Int64(high.x),
      maxY: Int64(high.y), ringCount: UInt32(rings.rings.count), flags: 0, idLength: 0,
      vertexCount: UInt32(rings.positions.count))
    isWide =
      !isNarrow || head.maxX - head.minX > Self.narrowSpan
      || head.maxY - head.minY > Self.narrowSpan
    if isWide { head.flags |= UInt32(LayerFormat.Flag.wide) }
    if !Soundness.isSound(shape) { head.flags |= UInt32(LayerFormat.Flag.unsound) }
    self.head = head
    self.rings = rings
    sources = grid.positions
    isReversed = shape.rings.map(\.isReversed)
  }

  /// Writes the record, in place of whatever the buffer held.
  func encode(into buffer: inout [UInt8], id: UnsafeRawBufferPointer, codes: [UInt32]) {
    buffer.removeAll(keepingCapacity: true)
    var head = head
    head.idLength = UInt32(id.count)
    withUnsafeBytes(of: head) { buffer.append(contentsOf: $0) }
    for ring in rings.rings {
      let word = UInt32(ring.count) | (ring.isHole ? LayerRecord.holeBit : 0)
      withUnsafeBytes(of: word) { buffer.append(contentsOf: $0) }
    }
    codes.withUnsafeBytes { buffer.append(contentsOf: $0) }
    buffer.append(contentsOf: id)
    for _ in id.count..<(id.count + 7) / 8 * 8 { buffer.append(0) }
    let start = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: sources.count * (isWide ? 16 : 8)))
    buffer.withUnsafeMutableBytes { bytes in
      encodeVertices(into: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
    }
  }

  private func encodeVertices(into bytes: UnsafeMutableRawBufferPointer) {
    let corner = SIMD2(Double(head.minX), Double(head.minY))
    var offset = 0
    for (ring, isReversed) in zip(rings.rings, isReversed) {
      for step in 0..<ring.count {
        let index = ring.first + (isReversed ? ring.count - 1 - step : step)
        if isWide {
          bytes.storeBytes(of: rings.positions[index], toByteOffset: offset, as: SIMD2<Double>.self)
          offset += 16
        } else {
          let place = sources[index] - corner
          let whole = SIMD2(UInt32(place.x), UInt32(place.y))
          bytes.storeBytes(of: whole, toByteOffset: offset, as: SIMD2<UInt32>.self)
          offset += 8
        }
      }
    }
  }
}
