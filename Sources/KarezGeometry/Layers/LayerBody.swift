/// Writes the sections of a layer side by side, polygon by polygon.
struct LayerBody {
  private typealias Section = LayerFormat.Section

  private var sections: [SectionWriter]
  private var codes: [SectionWriter]
  private let columns: Int
  private let origin: SIMD2<Int64>
  private let shift: Int64
  private var boxes: [SIMD4<Int32>] = []
  private var ringCount: UInt32 = 0
  private var unitCount: UInt32 = 0
  private var idLength: UInt32 = 0
  private var chunkCount: UInt32 = 0
  private(set) var sums: [UInt64] = []

  init(
    section: (LayerFormat.Section) -> SectionWriter, columns: Int, codes: [SectionWriter],
    origin: SIMD2<Int64>, shift: Int64
  ) {
    sections = Section.allCases.map(section)
    self.codes = codes
    self.columns = columns
    self.origin = origin
    self.shift = shift
  }

  private mutating func put<Value: BitwiseCopyable>(
    _ value: Value, in section: Section
  ) throws(LayerError) {
    try sections[section.rawValue].append(value)
  }

  mutating func append(_ record: LayerRecord) throws(LayerError) {
    let head = record.head
    let low = (SIMD2(head.minX, head.minY) &- origin) &>> SIMD2(repeating: shift)
    let high = (SIMD2(head.maxX, head.maxY) &- origin) &>> SIMD2(repeating: shift)
    let box = LayerTree.box(low: low, high: high)
    boxes.append(box)
    try put(box, in: .boxes)
    try put(ringCount, in: .firstRing)
    try put(UInt8(truncatingIfNeeded: head.flags), in: .flags)
    try put(head.area, in: .areas)
    try put(head.row, in: .rows)
    try put(idLength, in: .idStart)
    try sections[Section.idBytes.rawValue].append(record.id)
    idLength += head.idLength
    for column in 0..<columns { try codes[column].append(record.code(column)) }
    let corner = origin &+ (low &<< SIMD2(repeating: shift))
    try appendRings(of: record, from: corner)
    try appendVertices(of: record, from: corner)
  }

  private mutating func appendRings(
    of record: LayerRecord, from corner: SIMD2<Int64>
  ) throws(LayerError) {
    let isChunked = Int(record.head.vertexCount) > LayerWriter.chunkedFrom
    var first = 0
    for number in 0..<Int(record.head.ringCount) {
      let (count, isHole) = record.ring(number)
      try put(unitCount, in: .ringStart)
      unitCount += UInt32(count) * (record.isWide ? 2 : 1)
      ringCount += 1
      try put(UInt8(isHole ? 1 : 0), in: .ringRole)
      try put(isChunked ? chunkCount : LayerFormat.noChunk, in: .ringChunk)
      if isChunked { try appendBoxes(of: record, first, count, from: corner) }
      first += count
    }
  }

  /// Boxes over the edges of one ring, up to a whole number of blocks.
  private mutating func appendBoxes(
    of record: LayerRecord, _ first: Int, _ count: Int, from corner: SIMD2<Int64>
  ) throws(LayerError) {
    let origin = SIMD2(Double(corner.x), Double(corner.y))
    var ring: [SIMD2<Double>] = []
    ring.reserveCapacity(count + 1)
    for index in first..<first + count { ring.append(record.place(index) - origin) }
    ring.append(ring[0])
    var boxes = EdgeBoxes()
    // What is kept as Doubles is on the grid to 2⁻¹³ of a unit only: one unit more is safe.
    ring.withUnsafeBufferPointer { _ = boxes.append($0, margin: 1) }
    let padding = LayerWriter.paddedChunks(count) - boxes.chunks.count
    for box in boxes.chunks { try put(box, in: .chunks) }
    for _ in 0..<padding { try put(SIMD4<Float>(repeating: .infinity), in: .chunks) }
    for box in boxes.blocks { try put(box, in: .blocks) }
    chunkCount += UInt32(boxes.chunks.count + padding)
  }

  private mutating func appendVertices(
    of record: LayerRecord, from corner: SIMD2<Int64>
  ) throws(LayerError) {
    let delta = SIMD2(record.head.minX, record.head.minY) &- corner
    if record.isWide || delta == .zero {
      try sections[Section.vertices.rawValue].append(record.vertices)
      return
    }
    try sections[Section.vertices.rawValue].append(
      record.vertices, each: SIMD2<UInt32>.self, adding: SIMD2(truncatingIfNeeded: delta))
  }

  mutating func finish(dictionaries: UnsafeRawBufferPointer) throws(LayerError) {
    try put(ringCount, in: .firstRing)
    try put(unitCount, in: .ringStart)
    try put(idLength, in: .idStart)
    try sections[Section.dictionaries.rawValue].append(dictionaries)
    for level in LayerTree.upperLevels(over: boxes) {
      for box in level { try put(box, in: .tree) }
    }
    var codesSum = LayerFormat.sumSeed
    for column in codes.indices {
      let sum = try codes[column].finish()
      codesSum = withUnsafeBytes(of: sum) { LayerFormat.sum($0, from: codesSum) }
    }
    for section in Section.allCases {
      sums.append(
        section == .codes ? codesSum : try sections[section.rawValue].finish())
    }
  }
}
