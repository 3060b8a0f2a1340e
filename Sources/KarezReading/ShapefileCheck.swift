/// Walks the records of a Shapefile's main file and compares every claim with the bytes there are.
///
/// - Errors: `shapefile(…)` with the record's number, counted from 1, and its byte.
/// - Complexity: one pass over the file, a few kilobytes at a time.
/// - Source: ESRI Shapefile Technical Description, July 1998.
package struct ShapefileCheck: Sendable {
  package private(set) var records: Int64 = 0

  package init(of source: some ByteSource) throws(ReadingError) {
    let header = try source.read(at: 0, count: 100)
    guard header.count == 100 else { throw .shapefile(.headerMalformed) }
    let claimed = Int64(Self.big(header, 24)) * 2
    guard Self.shapes.contains(Self.little(header, 32)) else {
      throw .shapefile(.headerMalformed)
    }
    var window = Window(source: source)
    var offset: Int64 = 100
    while offset < min(claimed, source.size) {
      records += 1
      let head = try window.bytes(at: offset, count: 8)
      guard head.count == 8 else {
        throw .shapefile(.truncatedRecord(record: records, byte: offset))
      }
      let length = Int64(Self.big(head, 4)) * 2
      guard length >= 4, offset + 8 + length <= source.size else {
        throw .shapefile(.truncatedRecord(record: records, byte: offset))
      }
      let start = try window.bytes(at: offset + 8, count: 44)
      guard start.count >= 4, Self.fits(start, in: length) else {
        throw .shapefile(.recordMalformed(record: records, byte: offset))
      }
      offset += 8 + length
    }
    guard claimed == source.size || claimed == offset else {
      throw .shapefile(.lengthDisagrees(claimed: claimed, found: source.size))
    }
  }

  private static let shapes: Set<UInt32> = [1, 3, 5, 8, 11, 13, 15, 18, 21, 23, 25, 28]

  /// Whether the counts a record claims fit into its length.
  private static func fits(_ start: [UInt8], in length: Int64) -> Bool {
    let kind = little(start, 0)
    switch kind {
    case 0: return true
    case 1, 11, 21: return length >= (kind == 1 ? 20 : kind == 21 ? 28 : 28)
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
  /// Compares the index with the shapes; nil where the file has none, which is a fault as well.
  package func check(index: (some ByteSource)?) throws(ReadingError) {
    guard let index else { throw .shapefile(.sidecarMissing(kind: "shx")) }
    let head = try index.read(at: 0, count: 4)
    guard index.size >= 100, head == FileContent.shapefileMagic else {
      throw .shapefile(.sidecarMalformed(kind: "shx"))
    }
    let found = (index.size - 100) / 8
    guard found == records else {
      throw .shapefile(.countsDisagree(kind: "shx", shapes: records, found: found))
    }
  }

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
