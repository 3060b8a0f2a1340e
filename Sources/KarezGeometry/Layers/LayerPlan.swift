/// Where everything of a layer goes, worked out before the first byte is written.
struct LayerPlan {
  private typealias Section = LayerFormat.Section

  private let writer: LayerWriter
  private let stamp: [UInt64]
  /// Numbers of the records in Hilbert order.
  private let order: [UInt32]
  private let origin: SIMD2<Int64>
  private let shift: Int64
  private let dictionaries: [UInt8]
  private let offsets: [Int]
  private let lengths: [Int]
  let length: Int

  init(_ writer: LayerWriter, stamp: [UInt64]) throws(LayerError) {
    precondition(stamp.count <= 4, "a stamp of up to four words")
    self.writer = writer
    self.stamp = stamp
    order = HilbertCurve.order(of: writer.middles)
    origin = writer.extent.low
    let span = (writer.extent.high &- writer.extent.low).max()
    var shift: Int64 = 0
    // One bit is kept so that a signed comparison serves.
    while span >> shift >= Int64(UInt32.max) - 1 { shift += 1 }
    self.shift = shift
    let dictionaries = Self.encoded(columns: writer.columns, writer.dictionaries)
    self.dictionaries = dictionaries
    guard writer.unitCount < Int(UInt32.max), writer.idLength < Int(UInt32.max) else {
      throw .tooLarge(what: "vertices")
    }
    let count = writer.count
    lengths = Section.allCases.map { section in
      switch section {
      case .boxes: count * 16
      case .tree: LayerTree.upperCount(over: count) * 16
      case .firstRing, .idStart: (count + 1) * 4
      case .ringStart: (writer.ringCount + 1) * 4
      case .ringRole: writer.ringCount
      case .ringChunk: writer.ringCount * 4
      case .flags: count
      case .areas, .rows: count * 8
      case .idBytes: writer.idLength
      case .codes: count * 4 * writer.columns.count
      case .dictionaries: dictionaries.count
      case .chunks: writer.chunkCount * 16
      case .blocks: writer.chunkCount / (EdgeBoxes.blockLength / EdgeBoxes.chunkLength) * 16
      case .vertices: writer.unitCount * 8
      }
    }
    var offset = LayerFormat.headerWords * 8
    var offsets: [Int] = []
    for length in lengths {
      offsets.append(offset)
      let padded = (length + LayerFormat.alignment - 1) / LayerFormat.alignment
      offset += padded * LayerFormat.alignment
    }
    self.offsets = offsets
    length = offset
  }

  /// Names and values, each with its length before it.
  private static func encoded(columns: [String], _ dictionaries: [[String]]) -> [UInt8] {
    var bytes: [UInt8] = []
    func append(_ number: Int) {
      withUnsafeBytes(of: UInt32(truncatingIfNeeded: number)) { bytes.append(contentsOf: $0) }
    }
    for (name, values) in zip(columns, dictionaries) {
      append(name.utf8.count)
      bytes += Array(name.utf8)
      append(values.count)
      for value in values {
        append(value.utf8.count)
        bytes += Array(value.utf8)
      }
    }
    return bytes
  }

  func write(_ spool: UnsafeRawBufferPointer, to sink: LayerSink) throws(LayerError) {
    func section(_ section: Section) -> SectionWriter {
      SectionWriter(sink, at: offsets[section.rawValue], length: lengths[section.rawValue])
    }
    var body = LayerBody(
      section: section, columns: writer.columns.count,
      codes: (0..<writer.columns.count).map { column in
        SectionWriter(
          sink, at: offsets[Section.codes.rawValue] + column * writer.count * 4,
          length: writer.count * 4)
      }, origin: origin, shift: shift)
    for number in order {
      let record = LayerRecord(
        in: spool, at: Int(writer.offsets[Int(number)]), columns: writer.columns.count)
      try body.append(record)
    }
    try dictionaries.withBytes { bytes throws(LayerError) in
      try body.finish(dictionaries: bytes)
    }
    try writeHeader(sums: body.sums, to: sink)
  }

  private func writeHeader(sums: [UInt64], to sink: LayerSink) throws(LayerError) {
    var words = [UInt64](repeating: 0, count: LayerFormat.headerWords)
    func set(_ word: LayerFormat.Word, _ value: UInt64) { words[word.rawValue] = value }
    set(.magic, LayerFormat.magic)
    set(.version, LayerFormat.version)
    set(.length, UInt64(length))
    set(.polygons, UInt64(writer.count))
    set(.rings, UInt64(writer.ringCount))
    set(.units, UInt64(writer.unitCount))
    set(.originX, UInt64(bitPattern: origin.x))
    set(.originY, UInt64(bitPattern: origin.y))
    set(.shift, UInt64(shift))
    set(.columns, UInt64(writer.columns.count))
    set(.vertexCount, UInt64(writer.vertexCount))
    for (index, offset) in offsets.enumerated() {
      words[LayerFormat.Word.sections.rawValue + index] = UInt64(offset)
      words[LayerFormat.Word.sums.rawValue + index] = sums[index]
    }
    for (index, word) in stamp.enumerated() {
      words[LayerFormat.Word.stamp.rawValue + index] = word
    }
    let check = words.dropLast().withUnsafeBytes { LayerFormat.sum($0) }
    set(.check, check)
    try words.withBytes { bytes throws(LayerError) in try sink.write(bytes, at: 0) }
  }
}
