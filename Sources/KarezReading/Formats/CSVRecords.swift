import KarezGeometry

/// Walks a table of comma-separated values, record by record, holding one at a time.
///
/// - Shape: RFC 4180; lines end in LF or CRLF, a byte order mark is read over, empty lines are none.
/// - Errors: `text` with the line: a quote that is not closed or stands in the middle of a field;
///   `featureTooLarge` for a record no memory should hold.
package struct CSVRecords {
  /// One field: its bytes, and whether it stood in quotes.
  package struct Field: Hashable, Sendable {
    package var bytes: [UInt8] = []
    package var isQuoted = false
  }

  private var bytes: ByteWalk
  private var pending: UInt8?
  private var row: Int64 = 0
  /// What there was of the record that could not be read.
  private(set) var broken: [Field] = []
  /// The line the last record began at.
  package private(set) var line = 1

  private static let mostBytes = 40 << 20

  package init(_ source: any ByteSource) throws(ReadingError) {
    bytes = ByteWalk(source)
    let head = try source.read(at: 0, count: 3)
    if head == [0xEF, 0xBB, 0xBF] { for _ in 0..<3 { _ = try bytes.next() } }
  }

  /// The fields of the next record; nil after the last.
  package mutating func next() throws(ReadingError) -> [Field]? {
    while var byte = try take() {
      if byte == 0x0A || byte == 0x0D { continue }
      line = bytes.line
      row += 1
      var fields: [Field] = []
      var size = 0
      while true {
        var field = Field()
        let end: UInt8
        do throws(ReadingError) {
          end = try read(&field, from: byte, &size)
        } catch {
          broken = fields + [field]
          throw error
        }
        fields.append(field)
        guard end == UInt8(ascii: ",") else { return fields }
        guard let following = try take() else {
          fields.append(Field())
          return fields
        }
        byte = following
      }
    }
    return nil
  }

  private mutating func take() throws(ReadingError) -> UInt8? {
    if let byte = pending {
      pending = nil
      return byte
    }
    return try bytes.next()
  }

  /// Reads a field that begins with this byte; what ended it: a comma, or the record's end.
  private mutating func read(
    _ field: inout Field, from first: UInt8, _ size: inout Int
  ) throws(ReadingError) -> UInt8 {
    var next: UInt8? = first
    if first == UInt8(ascii: "\"") {
      field.isQuoted = true
      try readQuoted(&field, &size)
      next = try take()
    }
    while let byte = next {
      switch byte {
      case UInt8(ascii: ","): return byte
      case 0x0A: return 0x0A
      case 0x0D:
        let following = try take()
        if following == 0x0A || following == nil { return 0x0A }
        pending = following
        return 0x0A
      case UInt8(ascii: "\""): throw fault(byte, expected: .fieldEnd)
      default:
        guard !field.isQuoted else { throw fault(byte, expected: .fieldEnd) }
        try append(byte, to: &field, &size)
      }
      next = try take()
    }
    return 0x0A
  }

  private mutating func readQuoted(_ field: inout Field, _ size: inout Int) throws(ReadingError) {
    let began = bytes.place
    while let byte = try take() {
      guard byte == UInt8(ascii: "\"") else {
        try append(byte, to: &field, &size)
        continue
      }
      guard let following = try take() else { return }
      guard following == byte else {
        pending = following
        return
      }
      try append(byte, to: &field, &size)
    }
    throw .text(.csv, found: field.bytes, expected: .closingQuote, at: began)
  }

  private mutating func append(
    _ byte: UInt8, to field: inout Field, _ size: inout Int
  ) throws(ReadingError) {
    size += 1
    guard size <= Self.mostBytes else { throw .featureTooLarge(row: row, bytes: Int64(size)) }
    field.bytes.append(byte)
  }

  private func fault(_ byte: UInt8, expected: ExpectedInput) -> ReadingError {
    .text(.csv, found: [byte], expected: expected, at: bytes.place)
  }
}

/// The heading of a table that has a column of WKT.
package struct CSVHeading: Sendable {
  /// The names of the columns, decoded.
  package let names: [String]
  /// Which column is the geometry.
  package let geometry: Int
  /// `UTF-8` or `GB18030`.
  package let encoding: String

  private static let geometryNames: Set<String> = [
    "wkt", "geometry", "geom", "the_geom", "wkt_geom", "shape", "图形", "几何",
  ]

  /// The heading at the beginning of a file; nil where it is none, or no column is WKT.
  ///
  /// A name alone proves nothing: the first value below it must begin as WKT does.
  package init?(head: [UInt8]) {
    guard var records = try? CSVRecords(MemoryBytes(head)),
      let first = try? records.next()
    else { return nil }
    // A first value may be longer than the head, or the file may end in it.
    let second = (try? records.next()) ?? records.broken
    // The last character of a head may be cut off.
    let isUTF8 = (0...3).contains {
      String(validating: head.dropLast($0), as: UTF8.self) != nil
    }
    encoding = isUTF8 ? "UTF-8" : "GB18030"
    guard let decoder = TextDecoder(encoding: encoding) else { return nil }
    var names: [String] = []
    for field in first {
      guard let name = decoder.decode(field.bytes) else { return nil }
      names.append(name)
    }
    let found = names.firstIndex { Self.geometryNames.contains($0.lowercased()) }
    guard let found, found < second.count, Self.isWKT(second[found].bytes) else { return nil }
    self.names = names
    geometry = found
  }

  private static func isWKT(_ bytes: [UInt8]) -> Bool {
    guard !bytes.isEmpty else { return true }
    let word = String(decoding: bytes.prefix(20), as: UTF8.self).uppercased()
    return ["POINT", "LINESTRING", "POLYGON", "MULTI", "SRID="].contains { word.hasPrefix($0) }
  }
}
