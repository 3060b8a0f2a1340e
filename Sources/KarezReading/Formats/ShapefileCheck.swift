/// Walks the index of a Shapefile and compares every claim with the bytes of its main file.
///
/// - Errors: `shapefile(…)` with the record and its byte in the main file.
/// - Complexity: one pass over both files, a few kilobytes at a time.
/// - Source: ESRI Shapefile Technical Description, July 1998.
package struct ShapefileCheck: Sendable {
  package let records: Int64

  package init(
    of source: some ByteSource, index: (some ByteSource)?
  ) throws(ReadingError) {
    let header = try source.read(at: 0, count: 100)
    guard header.count == 100, Self.shapes.contains(Self.little(header, 32)) else {
      throw .shapefile(.headerMalformed)
    }
    let claimed = Int64(Self.big(header, 24)) * 2
    guard claimed <= source.size else {
      throw .shapefile(.lengthDisagrees(claimed: claimed, found: source.size))
    }
    guard let index else { throw .shapefile(.sidecarMissing(kind: "shx")) }
    let head = try index.read(at: 0, count: 4)
    guard index.size >= 100, head == FileContent.shapefileMagic else {
      throw .shapefile(.sidecarMalformed(kind: "shx"))
    }
    records = (index.size - 100) / 8
    var window = Window(source: source)
    var places = Window(source: index)
    for record in 0..<records {
      let place = try places.bytes(at: 100 + 8 * record, count: 8)
      guard place.count == 8 else { throw .shapefile(.sidecarMalformed(kind: "shx")) }
      let offset = Int64(Self.big(place, 0)) * 2
      try Self.check(
        record, at: offset, length: Int64(Self.big(place, 4)) * 2, in: &window)
    }
  }

  private static func check<Source: ByteSource>(
    _ record: Int64, at offset: Int64, length: Int64, in window: inout Window<Source>
  ) throws(ReadingError) {
    let head = try window.bytes(at: offset, count: 52)
    guard offset >= 100, length >= 4, head.count >= 12, offset + 8 + length <= window.source.size
    else { throw .shapefile(.truncatedRecord(record: record, byte: offset)) }
    guard Int64(big(head, 4)) * 2 == length else {
      throw .shapefile(.indexDisagrees(record: record, byte: offset))
    }
    guard fits(Array(head.dropFirst(8)), in: length) else {
      throw .shapefile(.truncatedRecord(record: record, byte: offset))
    }
  }

  private static let shapes: Set<UInt32> = [1, 3, 5, 8, 11, 13, 15, 18, 21, 23, 25, 28]

  /// Whether the counts a record claims fit into its length.
  private static func fits(_ start: [UInt8], in length: Int64) -> Bool {
    let kind = little(start, 0)
    switch kind {
    case 0: return true
    case 1, 11, 21: return length >= (kind == 1 ? 20 : 28)
    case 8, 18, 28:
      guard start.count >= 40 else { return false }
      return length >= 40 + 16 * Int64(little(start, 36))
    case 3, 5, 13, 15, 23, 25:
      guard start.count >= 44 else { return false }
      let parts = Int64(little(start, 36))
      let points = Int64(little(start, 40))
      let size: Int64 = kind == 13 || kind == 15 ? 24 : 16
      let extent: Int64 = kind == 13 || kind == 15 ? 16 : 0
      return length >= 44 + 4 * parts + size * points + extent
    default: return false
    }
  }

  static func big(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | UInt32($1) }
  }

  static func little(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    bytes[offset..<(offset + 4)].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// A piece of the source that moves forward with what is asked for.
  private struct Window<Source: ByteSource> {
    let source: Source
    var start: Int64 = 0
    var held: [UInt8] = []

    init(source: Source) { self.source = source }

    mutating func bytes(at offset: Int64, count: Int) throws(ReadingError) -> [UInt8] {
      if offset < start || offset + Int64(count) > start + Int64(held.count) {
        held = try source.read(at: offset, count: 65_536)
        start = offset
      }
      let first = Int(offset - start)
      return Array(held[first..<min(first + count, held.count)])
    }
  }
}

extension ShapefileCheck {
  /// Compares the table with the shapes, and its claims with its bytes.
  package func check(table: some ByteSource) throws(ReadingError) {
    let table = try DBFHeader(of: table)
    guard table.records == records else {
      throw .shapefile(.countsDisagree(kind: "dbf", shapes: records, found: table.records))
    }
  }
}

/// The first 32 bytes of a dBASE table, checked against its size.
package struct DBFHeader: Sendable {
  package let records: Int64
  package let headerSize: Int64
  package let recordSize: Int64
  /// 语言驱动: the language byte; 0x4D is GBK, 0x00 says nothing.
  package let language: UInt8

  package init(of source: some ByteSource) throws(ReadingError) {
    let head = try source.read(at: 0, count: 32)
    guard head.count == 32 else { throw .shapefile(.sidecarMalformed(kind: "dbf")) }
    records = Int64(ShapefileCheck.little(head, 4))
    headerSize = Int64(head[8]) | Int64(head[9]) << 8
    recordSize = Int64(head[10]) | Int64(head[11]) << 8
    language = head[29]
    guard headerSize >= 33, recordSize >= 1, headerSize + records * recordSize <= source.size
    else { throw .shapefile(.sidecarMalformed(kind: "dbf")) }
  }
}
