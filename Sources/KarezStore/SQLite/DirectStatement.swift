import CSQLite
import GRDB

/// A statement run for one row after another, its values bound without an object for each.
struct DirectStatement {
  private let statement: OpaquePointer
  private let db: Database
  /// Tells SQLite to take a copy of what it is lent.
  private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  init(_ statement: Statement, _ db: Database) {
    self.statement = statement.sqliteStatement
    self.db = db
  }

  /// Runs a statement that answers nothing.
  func run(_ values: [SQLValue]) throws {
    for (index, value) in values.enumerated() {
      let status = bind(value, at: Int32(truncatingIfNeeded: index + 1))
      if status != SQLITE_OK { throw failure(status) }
    }
    let status = sqlite3_step(statement)
    sqlite3_reset(statement)
    if status != SQLITE_DONE { throw failure(status) }
  }

  /// Safe because SQLite copies texts and bytes before the call is over.
  private func bind(_ value: SQLValue, at place: Int32) -> Int32 {
    switch value {
    case .null: return sqlite3_bind_null(statement, place)
    case .integer(let number): return sqlite3_bind_int64(statement, place, number)
    case .real(let number): return sqlite3_bind_double(statement, place, number)
    case .text(var text):
      return text.withUTF8 { utf8 in
        utf8.withMemoryRebound(to: CChar.self) { text in
          // A pointer to nothing would be null and no text.
          guard let start = text.baseAddress, !text.isEmpty else {
            return sqlite3_bind_text(statement, place, "", 0, Self.copied)
          }
          return sqlite3_bind_text64(
            statement, place, start, UInt64(text.count), Self.copied, UInt8(SQLITE_UTF8))
        }
      }
    case .bytes(let bytes):
      guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(statement, place, 0) }
      return bytes.withUnsafeBytes {
        sqlite3_bind_blob64(statement, place, $0.baseAddress, UInt64($0.count), Self.copied)
      }
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
