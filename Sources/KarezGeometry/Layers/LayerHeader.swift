/// What a layer file says of itself, believed only as far as the file bears it out.
struct LayerHeader {
  let count: Int
  let ringCount: Int
  let unitCount: Int
  let vertexCount: Int
  let origin: SIMD2<Int64>
  let shift: Int64
  let sections: [Int]
  let sums: [UInt64]
  let stamp: [UInt64]
  private let columnCount: Int
  private let path: String

  init(_ bytes: UnsafeRawBufferPointer, path: String) throws(LayerError) {
    self.path = path
    guard bytes.count >= LayerFormat.headerWords * 8 else { throw .notALayer(path: path) }
    let header = UnsafeRawBufferPointer(rebasing: bytes[..<(LayerFormat.headerWords * 8)])
    func word(_ word: LayerFormat.Word, _ index: Int = 0) -> UInt64 {
      header.load(fromByteOffset: (word.rawValue + index) * 8, as: UInt64.self)
    }
    guard word(.magic) == LayerFormat.magic, word(.version) == LayerFormat.version else {
      throw .notALayer(path: path)
    }
    let check = LayerFormat.sum(UnsafeRawBufferPointer(rebasing: header.dropLast(8)))
    guard check == word(.check) else { throw .damaged(path: path, what: "header") }
    guard word(.length) == UInt64(bytes.count) else {
      throw .damaged(path: path, what: "length")
    }
    // The header is what was written, so its numbers agree with one another.
    func number(_ name: LayerFormat.Word) throws(LayerError) -> Int {
      guard let number = Int(exactly: word(name)), number <= bytes.count else {
        throw .damaged(path: path, what: "header")
      }
      return number
    }
    count = try number(.polygons)
    ringCount = try number(.rings)
    unitCount = try number(.units)
    vertexCount = try number(.vertexCount)
    columnCount = try number(.columns)
    origin = SIMD2(
      Int64(bitPattern: word(.originX)), Int64(bitPattern: word(.originY)))
    shift = Int64(min(word(.shift), 31))
    let kinds = LayerFormat.Section.allCases.count
    sections = (0..<kinds).map { Int(clamping: word(.sections, $0)) }
    sums = (0..<kinds).map { word(.sums, $0) }
    stamp = (0..<4).map { word(.stamp, $0) }
    for (start, end) in zip(sections, sections.dropFirst() + [bytes.count]) {
      guard start <= end, end <= bytes.count else {
        throw .damaged(path: path, what: "sections")
      }
    }
    // The sums are no secret: a file made to mislead has them right, and reading does not look
    // where a section ends.
    for section in LayerFormat.Section.allCases {
      let end = section == .vertices ? bytes.count : sections[section.rawValue + 1]
      let start = sections[section.rawValue]
      guard start % LayerFormat.alignment == 0, let least = leastLength(of: section),
        least <= end - start
      else { throw .damaged(path: path, what: "\(section)") }
    }
  }

  /// How long a section is, as far as the counts say; nil where they say more than there can be.
  private func leastLength(of section: LayerFormat.Section) -> Int? {
    switch section {
    case .boxes: return count * 16
    case .tree: return LayerTree.upperCount(over: count) * 16
    case .firstRing, .idStart: return (count + 1) * 4
    case .ringStart: return (ringCount + 1) * 4
    case .ringRole, .flags: return section == .flags ? count : ringCount
    case .ringChunk: return ringCount * 4
    case .areas, .rows: return count * 8
    case .codes:
      let (codes, overflow) = count.multipliedReportingOverflow(by: columnCount * 4)
      return overflow ? nil : codes
    case .vertices: return unitCount * 8
    // What these hold says how much it is.
    case .idBytes, .dictionaries, .chunks, .blocks: return 0
    }
  }

  /// The columns, each with the values its codes stand for.
  func columns(in bytes: UnsafeRawBufferPointer) throws(LayerError) -> [LayerColumn] {
    let start = sections[LayerFormat.Section.dictionaries.rawValue]
    let end = sections[LayerFormat.Section.chunks.rawValue]
    var offset = start
    func number() throws(LayerError) -> Int {
      guard end - offset >= 4 else { throw .damaged(path: path, what: "dictionaries") }
      defer { offset += 4 }
      return Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
    func text() throws(LayerError) -> String {
      let length = try number()
      guard length <= end - offset else { throw .damaged(path: path, what: "dictionaries") }
      defer { offset += length }
      return String(decoding: bytes[offset..<offset + length], as: UTF8.self)
    }
    var columns: [LayerColumn] = []
    for _ in 0..<columnCount {
      let first = offset
      let name = try text()
      let valueCount = try number()
      guard valueCount <= end - offset else {
        throw .damaged(path: path, what: "dictionaries")
      }
      var values: [String] = []
      values.reserveCapacity(valueCount)
      for _ in 0..<valueCount { values.append(try text()) }
      columns.append(
        LayerColumn(name: name, values: values, encodedLength: offset - first))
    }
    return columns
  }
}

/// A column of a layer: its name, and the values its codes stand for.
public struct LayerColumn: Hashable, Sendable {
  public let name: String
  public let values: [String]
  let encodedLength: Int
}
