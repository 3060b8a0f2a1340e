import CPQ
import KarezCore
import KarezGeometry

extension SQLValue {
  /// The type a bound value is given as, so that the server need not guess; 0 lets it.
  var postgreSQLType: Oid {
    switch self {
    case .null: 0
    case .integer: 20
    case .real: 701
    case .text: 25
    case .bytes: 17
    }
  }

  /// The value in binary; nil for null.
  var postgreSQLBytes: [UInt8]? {
    switch self {
    case .null: nil
    case .integer(let number): number.wire
    case .real(let number): number.bitPattern.wire
    case .text(let text): Array(text.utf8)
    case .bytes(let bytes): bytes
    }
  }
}

extension FixedWidthInteger {
  /// The number as the wire has it, big endian.
  var wire: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}

/// Rows as a binary COPY sends them, in pieces of some size.
struct CopyPieces {
  /// What a piece is aimed at; a row is never cut.
  private static let size = 1 << 18

  private let kinds: [ColumnKind]
  /// Whether the box of the geometry is sent as a column after the others.
  private let hasBounds: Bool
  private var bytes = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  private var isAtEnd = false

  init(_ shape: TableShape) {
    kinds = shape.columns.map(\.kind)
    hasBounds = shape.hasBounds
  }

  /// The next piece of the rows there still are; nil after the last.
  mutating func next(_ row: () throws -> FilledRow?) throws -> [UInt8]? {
    guard !isAtEnd else { return nil }
    while bytes.count < Self.size {
      guard let row = try row() else {
        bytes += Int16(-1).wire
        isAtEnd = true
        break
      }
      append(row)
    }
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  private mutating func append(_ row: FilledRow) {
    append(UInt16(kinds.count + (hasBounds ? 1 : 0)))
    for (kind, value) in zip(kinds, row.values) { append(value, as: kind) }
    guard hasBounds else { return }
    guard let box = row.box else { return append(Int32(-1)) }
    append(Int32(32))
    for edge in [box.maxX, box.maxY, box.minX, box.minY] { append(edge.bitPattern) }
  }

  private mutating func append(_ value: SQLValue, as kind: ColumnKind) {
    switch (value, kind) {
    case (.null, _): append(Int32(-1))
    case (.integer(let number), .boolean):
      append(Int32(1))
      bytes.append(number == 0 ? 0 : 1)
    case (.integer(let number), .decimal):
      append(Int32(8))
      append(Double(number).bitPattern)
    case (.integer(let number), _):
      append(Int32(8))
      append(number)
    case (.real(let number), _):
      append(Int32(8))
      append(number.bitPattern)
    case (.text(let text), .date):
      append(Int32(4))
      append(Int32(clamping: (LegalDate(text)?.daysSince1970 ?? 0) - 10_957))
    case (.text(var text), _):
      text.withUTF8 { utf8 in
        append(Int32(utf8.count))
        bytes.append(contentsOf: utf8)
      }
    case (.bytes(let wkb), .geometry) where wkb.count >= 5:
      append(Int32(wkb.count + 4))
      bytes.append(wkb[0])
      // Our WKB is little endian, and its kind has no flag yet.
      bytes.append(contentsOf: wkb[1..<4])
      bytes.append(wkb[4] | 0x20)
      withUnsafeBytes(of: GeoPackageTables.srs.littleEndian) { bytes.append(contentsOf: $0) }
      bytes.append(contentsOf: wkb[5...])
    case (.bytes(let content), _):
      append(Int32(content.count))
      bytes.append(contentsOf: content)
    }
  }

  private mutating func append(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
  }
}

extension TableShape {
  /// A draft's table keeps the boxes of its geometries, which may be ones no map could hold.
  var hasBounds: Bool { columns.contains { $0.kind == .drafted } }
}
