import CPQ
import Foundation
import KarezCore
import KarezGeometry

/// Rows as libpq received them, all in binary; freed when nobody holds one any more.
final class PostgreSQLAnswer {
  let result: OpaquePointer
  let count: Int
  fileprivate let types: [PostgreSQLType]

  init(_ result: OpaquePointer) {
    self.result = result
    count = Int(PQntuples(result))
    types = (0..<PQnfields(result)).map { PostgreSQLType(oid: PQftype(result, $0)) }
  }

  deinit { PQclear(result) }

  var rows: [any SQLRow] { (0..<count).map { PostgreSQLRow(answer: self, index: Int32($0)) } }

  /// How large the rows are, all together.
  var byteCount: Int {
    (0..<Int32(count)).reduce(0) { sum, row in
      types.indices.reduce(sum) { $0 + Int(PQgetlength(result, row, Int32($1))) }
    }
  }

  /// The bytes of a field, good for as long as the answer is held; nil for null.
  fileprivate func field(_ row: Int32, _ column: Int) -> UnsafeRawBufferPointer? {
    let column = Int32(column)
    guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column)
    else { return nil }
    return UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
  }
}

/// How a field's bytes are to be read.
enum PostgreSQLType {
  case integer
  case real
  case text
  case bytes
  case boolean
  case date
  /// Of an extension: PostGIS's geometry, whose number differs from database to database.
  case other

  init(oid: Oid) {
    switch oid {
    case 20, 21, 23, 26: self = .integer
    case 700, 701: self = .real
    case 18, 19, 25, 705, 1043: self = .text
    case 17: self = .bytes
    case 16: self = .boolean
    case 1082: self = .date
    default: self = .other
    }
  }
}

struct PostgreSQLRow: SQLRow {
  let answer: PostgreSQLAnswer
  let index: Int32

  subscript(_ column: Int) -> SQLValue {
    // Safe because the field is read before the answer can be let go.
    guard let field = answer.field(index, column) else { return .null }
    switch answer.types[column] {
    case .integer: return .integer(Self.number(field))
    case .boolean: return .integer(field.first == 0 ? 0 : 1)
    case .real:
      let number = Self.number(field)
      return .real(
        field.count == 4
          ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: number)))
          : Double(bitPattern: UInt64(bitPattern: number)))
    case .text: return .text(String(decoding: field, as: UTF8.self))
    case .date: return Self.day(Self.number(field))
    case .bytes, .other: return .bytes(Array(field))
    }
  }

  /// A number as the wire has it: big endian, of two, four or eight bytes.
  private static func number(_ field: UnsafeRawBufferPointer) -> Int64 {
    let isNegative = (field.first ?? 0) & 0x80 != 0
    return field.reduce(isNegative ? -1 : 0) { $0 << 8 | Int64($1) }
  }

  /// The day, which the wire counts from 2000-01-01.
  private static func day(_ number: Int64) -> SQLValue {
    let days = Int(number) + 10_957
    return LegalDate(daysSince1970: days).map { .text($0.description) } ?? .text("\(number)")
  }

  // MARK: Geometry

  /// SRID and WKB of a geometry; PostGIS writes EWKB, little endian as the machine is.
  private func geometry(_ field: UnsafeRawBufferPointer) -> (srid: UInt32, wkb: [UInt8])? {
    guard field.count >= 9, field[0] == 1 else { return nil }
    let kind = UInt32(littleEndian: field.loadUnaligned(fromByteOffset: 1, as: UInt32.self))
    guard kind & Self.hasSRID != 0 else { return nil }
    let srid = UInt32(littleEndian: field.loadUnaligned(fromByteOffset: 5, as: UInt32.self))
    var wkb: [UInt8] = []
    wkb.reserveCapacity(field.count - 4)
    wkb.append(1)
    withUnsafeBytes(of: (kind & ~Self.hasSRID).littleEndian) { wkb.append(contentsOf: $0) }
    wkb.append(contentsOf: field[9...])
    return (srid, wkb)
  }

  /// The flag of EWKB that says an SRID follows.
  static let hasSRID: UInt32 = 0x2000_0000

  func withWKB<Result>(
    _ column: Int, _ body: (UnsafeRawBufferPointer?) throws -> Result
  ) throws -> Result {
    guard let field = answer.field(index, column) else { return try body(nil) }
    if case .bytes = answer.types[column] { return try body(field) }
    guard let geometry = geometry(field) else {
      throw StoreError.corrupt(what: "geometry header")
    }
    return try geometry.wkb.withUnsafeBytes { try body($0) }
  }

  func isPlain(_ column: Int, _ geometry: Geometry) throws -> Bool {
    guard let field = answer.field(index, column), let kept = self.geometry(field) else {
      return false
    }
    return kept.srid == UInt32(GeoPackageTables.srs) && kept.wkb == geometry.wkb()
  }
}
