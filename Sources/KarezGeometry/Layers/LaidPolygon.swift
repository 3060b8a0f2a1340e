/// A polygon measured and turned the right way, ready to be spooled.
struct LaidPolygon {
  private let rings: FlatRings
  private let isReversed: [Bool]
  /// Vertices on the grid of 1e-9°, in the rings' own order.
  private let sources: [SIMD2<Double>]
  let head: LayerRecord.Head
  let isWide: Bool
  /// Whether nothing can be wrong with it in the statutory plane; `false` says nothing.
  let isCertainlyValid: Bool

  var ringCounts: [Int] { rings.rings.map(\.count) }

  /// The farthest apart two vertices may be to be kept as offsets, less what a shift may add.
  private static let narrowSpan = Int64(UInt32.max) - 4_096

  /// `grid` is where its vertices are laid on the grid; its memory serves one polygon after another.
  init(_ rings: FlatRings, row: Int64, onGrid grid: inout FlatRings) throws(LayerError) {
    guard !rings.positions.isEmpty, rings.positions.count < Int(LayerRecord.holeBit) else {
      throw .geometry(row: row, .noGeometry)
    }
    if let beyond = rings.positions.first(where: { !Self.isDegrees($0) }) {
      throw .geometry(row: row, .notDegrees(Position(x: beyond.x, y: beyond.y)))
    }
    let frame = PlaneFrame.statutory
    grid.set(rings, onGridOf: frame)
    // Lossless is what comes back to the last bit.
    let isNarrow = zip(grid.positions, rings.positions).allSatisfy { source, position in
      all(PlaneFrame.rounded(source) / 1e9 .== position)
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
    let judgement = Soundness.judge(shape)
    isCertainlyValid = judgement.isCertainlyValid
    if !judgement.isSound { head.flags |= UInt32(LayerFormat.Flag.unsound) }
    self.head = head
    self.rings = rings
    sources = grid.positions
    isReversed = shape.rings.map(\.isReversed)
  }

  private static func isDegrees(_ position: SIMD2<Double>) -> Bool {
    all(SIMD2(position.x.magnitude, position.y.magnitude) .<= SIMD2(360, 90))
  }

  /// Bytes of the record.
  func length(id: [UInt8], codes: [UInt32]) -> Int {
    verticesAt(id: id, codes: codes) + sources.count * (isWide ? 16 : 8)
  }

  private func verticesAt(id: [UInt8], codes: [UInt32]) -> Int {
    MemoryLayout<LayerRecord.Head>.size + 4 * rings.rings.count + 4 * codes.count
      + (id.count + 7) / 8 * 8
  }

  /// Writes the record into as many bytes as it is long.
  func encode(into bytes: UnsafeMutableRawBufferPointer, id: [UInt8], codes: [UInt32]) {
    var head = head
    head.idLength = UInt32(id.count)
    bytes.storeBytes(of: head, as: LayerRecord.Head.self)
    var offset = MemoryLayout<LayerRecord.Head>.size
    for ring in rings.rings {
      let word = UInt32(ring.count) | (ring.isHole ? LayerRecord.holeBit : 0)
      bytes.storeBytes(of: word, toByteOffset: offset, as: UInt32.self)
      offset += 4
    }
    for code in codes {
      bytes.storeBytes(of: code, toByteOffset: offset, as: UInt32.self)
      offset += 4
    }
    let vertices = verticesAt(id: id, codes: codes)
    for place in offset..<vertices {
      bytes[place] = place - offset < id.count ? id[place - offset] : 0
    }
    encodeVertices(into: bytes, at: vertices)
  }

  private func encodeVertices(into bytes: UnsafeMutableRawBufferPointer, at first: Int) {
    let corner = SIMD2(Double(head.minX), Double(head.minY))
    var offset = first
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
