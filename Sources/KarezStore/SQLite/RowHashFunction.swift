import CSQLite
import GRDB
import KarezCrypto

/// `row_hash(content_hash, valid_from, valid_until, area_m2)`, for statements that move whole
/// datasets; straight from SQLite's values, since it is called once a row.
///
/// Not Sendable: it belongs to its connection.
final class RowHashFunction {
  private var hash = SM3()
  private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  static func add(to db: Database) throws {
    let own = Unmanaged.passRetained(RowHashFunction())
    // Safe because the connection keeps what it is given until it lets go of the function, and
    // then releases it, also where it refuses it.
    let status = sqlite3_create_function_v2(
      db.sqliteConnection, "row_hash", 4, SQLITE_UTF8 | SQLITE_DETERMINISTIC, own.toOpaque(),
      { context, _, values in
        guard let own = sqlite3_user_data(context), let values else { return }
        Unmanaged<RowHashFunction>.fromOpaque(own).takeUnretainedValue().answer(context, values)
      }, nil, nil,
      { own in
        if let own { Unmanaged<RowHashFunction>.fromOpaque(own).release() }
      })
    guard status == SQLITE_OK else {
      throw DatabaseError(resultCode: ResultCode(rawValue: status))
    }
  }

  private func answer(_ context: OpaquePointer?, _ values: UnsafeMutablePointer<OpaquePointer?>) {
    guard let content = Self.bytes(values[0], SQLITE_BLOB), let from = Self.text(values[1]) else {
      return sqlite3_result_error(context, "row hash", -1)
    }
    let isMeasured = sqlite3_value_type(values[3]) != SQLITE_NULL
    let digest = RowHash.row(
      content: content, from: from, until: Self.text(values[2]),
      areaM2: isMeasured ? sqlite3_value_double(values[3]) : nil, by: &hash)
    digest.withUnsafeBytes {
      sqlite3_result_blob64(context, $0.baseAddress, UInt64($0.count), Self.copied)
    }
  }

  /// Safe because SQLite keeps the value until the function returns.
  private static func bytes(_ value: OpaquePointer?, _ type: Int32) -> UnsafeRawBufferPointer? {
    guard sqlite3_value_type(value) == type else { return nil }
    return UnsafeRawBufferPointer(
      start: sqlite3_value_blob(value), count: Int(sqlite3_value_bytes(value)))
  }

  private static func text(_ value: OpaquePointer?) -> String? {
    bytes(value, SQLITE_TEXT).map { String(decoding: $0, as: UTF8.self) }
  }
}
