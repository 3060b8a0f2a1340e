import CSQLite
import GRDB
import KarezGeometry

/// A statement run for one row after another, its values bound without an object for each.
///
/// Not Sendable: it belongs to the transaction it was made in.
final class DirectStatement {
  /// Keeps the statement from being finalised.
  private let owner: Statement
  private let statement: OpaquePointer
  private let db: Database
  /// Where texts and bytes of a row lie, one behind the other, while SQLite reads them.
  private var lent: UnsafeMutableRawBufferPointer

  init(_ statement: Statement, _ db: Database) {
    owner = statement
    self.statement = statement.sqliteStatement
    self.db = db
    lent = .allocate(byteCount: 4_096, alignment: 16)
  }

  deinit {
    sqlite3_clear_bindings(statement)
    lent.deallocate()
  }

  /// Runs a statement that answers nothing.
  ///
  /// Where `geometry` is the place of a geometry, its WKB is bound as a GeoPackage keeps it, in
  /// its box.
  func run(_ values: [SQLValue], geometry: Int? = nil, in box: BoundingBox? = nil) throws {
    let length = values.reduce(GeoPackageBlob.boxLength) { $0 + $1.lentLength }
    if length > lent.count {
      lent.deallocate()
      lent = .allocate(byteCount: length * 2, alignment: 16)
    }
    var end = 0
    for index in values.indices {
      let head = index == geometry ? GeoPackageBlob.head(in: box) : []
      let status = bind(values[index], after: head, at: Int32(truncatingIfNeeded: index + 1), &end)
      if status != SQLITE_OK { throw failure(status) }
    }
    let status = sqlite3_step(statement)
    sqlite3_reset(statement)
    if status != SQLITE_DONE { throw failure(status) }
  }

  /// Safe because what is lent stays where it is until the statement was run, and every value is
  /// bound anew before it is run again.
  private func bind(
    _ value: SQLValue, after head: [UInt8], at place: Int32, _ end: inout Int
  ) -> Int32 {
    switch value {
    case .null: return sqlite3_bind_null(statement, place)
    case .integer(let number): return sqlite3_bind_int64(statement, place, number)
    case .real(let number): return sqlite3_bind_double(statement, place, number)
    case .text(var text):
      let start = lent.baseAddress.map { $0 + end }
      let count = text.withUTF8 { utf8 in
        start?.copyMemory(fromNonEmpty: UnsafeRawBufferPointer(utf8))
        return utf8.count
      }
      end += count
      return sqlite3_bind_text64(
        statement, place, start?.assumingMemoryBound(to: CChar.self), UInt64(count), nil,
        UInt8(SQLITE_UTF8))
    case .bytes(let bytes):
      let count = head.count + bytes.count
      guard count > 0 else { return sqlite3_bind_zeroblob(statement, place, 0) }
      let start = lent.baseAddress.map { $0 + end }
      head.withUnsafeBytes { start?.copyMemory(fromNonEmpty: $0) }
      bytes.withUnsafeBytes { start.map { $0 + head.count }?.copyMemory(fromNonEmpty: $0) }
      end += count
      return sqlite3_bind_blob64(statement, place, start, UInt64(count), nil)
    }
  }

  private func failure(_ status: Int32) -> DatabaseError {
    let connection = db.sqliteConnection
    let extended = connection.map { sqlite3_extended_errcode($0) } ?? status
    return DatabaseError(
      resultCode: ResultCode(rawValue: extended),
      message: connection.map { String(cString: sqlite3_errmsg($0)) })
  }
}

extension UnsafeMutableRawPointer {
  fileprivate func copyMemory(fromNonEmpty bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
    copyMemory(from: source, byteCount: bytes.count)
  }
}

extension SQLValue {
  /// Bytes a statement reads while it runs.
  fileprivate var lentLength: Int {
    switch self {
    case .text(let text): text.utf8.count
    case .bytes(let bytes): bytes.count
    case .null, .integer, .real: 0
    }
  }
}
