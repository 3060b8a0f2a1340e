import CPQ
import Foundation

/// A connection as libpq has it: it blocks, and one thread uses it at a time.
final class PostgreSQLWire {
  private let handle: OpaquePointer
  /// Names of statements the server keeps prepared, by their text and the types they take.
  private var prepared: [String: String] = [:]
  private static let mostPrepared = 128

  /// Connects, as the connection string says.
  ///
  /// What stands before it here are defaults, which the string may overrule.
  init(_ address: String) throws(PostgreSQLFailure) {
    let defaults = [
      ("connect_timeout", "10"), ("keepalives_idle", "30"), ("keepalives_interval", "10"),
      ("tcp_user_timeout", "60000"), ("fallback_application_name", "karez"),
      ("dbname", address), ("client_encoding", "UTF8"),
    ]
    let names = defaults.map { strdup($0.0) }
    let values = defaults.map { strdup($0.1) }
    defer {
      for text in names + values { free(text) }
    }
    let connected = (names.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { names in
      (values.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { values in
        // Safe because libpq copies both lists before it returns.
        PQconnectdbParams(names.baseAddress, values.baseAddress, 1)
      }
    }
    guard let connected else {
      throw PostgreSQLFailure(state: "", message: "out of memory", isLost: true)
    }
    handle = connected
    PQsetNoticeProcessor(handle, { _, _ in }, nil)
    guard PQstatus(handle) == CONNECTION_OK else {
      throw PostgreSQLFailure(state: "", message: connectionProblem, isLost: true)
    }
  }

  deinit { PQfinish(handle) }

  var isLost: Bool { PQstatus(handle) != CONNECTION_OK }
  var serverVersion: Int { Int(PQserverVersion(handle)) }

  /// The reason without the address, which may name hosts and people.
  private var connectionProblem: String {
    let text = String(cString: PQerrorMessage(handle))
    let last = text.split(separator: "\n").first { $0.contains("failed: ") } ?? text.prefix(200)
    let reason = last.range(of: "failed: ").map { last[$0.upperBound...] } ?? last[...]
    return reason.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  // MARK: Statements

  /// Runs statements that bind nothing; answers the tag of the last.
  @discardableResult
  func simple(_ text: String) throws(PostgreSQLFailure) -> String {
    let answer = try checked(PQexec(handle, text))
    return String(cString: PQcmdStatus(answer.result))
  }

  func query(_ sql: SQL) throws(PostgreSQLFailure) -> PostgreSQLAnswer {
    let text = sql.text(Dialect.postgreSQL.mark)
    let types = sql.values.map(\.postgreSQLType)
    let name = sql.isKept ? try preparedName(text, types) : nil
    let encoded = sql.values.map(\.postgreSQLBytes)
    let lengths = encoded.map { Int32($0?.count ?? 0) }
    let formats = [Int32](repeating: 1, count: encoded.count)
    let count = Int32(encoded.count)
    let result = Self.withPointers(to: encoded) { values in
      if let name {
        return PQexecPrepared(handle, name, count, values, lengths, formats, 1)
      }
      return PQexecParams(handle, text, count, types, values, lengths, formats, 1)
    }
    return try checked(result)
  }

  private func preparedName(
    _ text: String, _ types: [Oid]
  ) throws(PostgreSQLFailure) -> String? {
    let key = "\(types) \(text)"
    if let name = prepared[key] { return name }
    guard prepared.count < Self.mostPrepared else { return nil }
    let name = "kept_\(prepared.count)"
    _ = try checked(PQprepare(handle, name, text, Int32(types.count), types))
    prepared[key] = name
    return name
  }

  /// Lends the values as C wants them; nil for null.
  private static func withPointers<Result>(
    to values: [[UInt8]?], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
  ) -> Result {
    let all = values.compactMap(\.self).joined() + [0]
    return all.withUnsafeBytes { bytes in
      var offset = 0
      let pointers = values.map { value -> UnsafePointer<CChar>? in
        guard let value else { return nil }
        defer { offset += value.count }
        // Safe because the bytes are only read while `withUnsafeBytes` lends them.
        return bytes.baseAddress?.advanced(by: offset).assumingMemoryBound(to: CChar.self)
      }
      return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
    }
  }

  private func checked(
    _ result: OpaquePointer?
  ) throws(PostgreSQLFailure) -> PostgreSQLAnswer {
    guard let result else { throw failure(of: nil) }
    let answer = PostgreSQLAnswer(result)
    switch PQresultStatus(result) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_COPY_IN: return answer
    default: throw failure(of: answer)
    }
  }

  private func failure(of answer: PostgreSQLAnswer?) -> PostgreSQLFailure {
    func field(_ code: UnicodeScalar) -> String? {
      guard let answer, let text = PQresultErrorField(answer.result, Int32(code.value)) else {
        return nil
      }
      return String(cString: text)
    }
    return PostgreSQLFailure(
      state: field("C") ?? "", message: field("M") ?? "the connection ended", isLost: isLost)
  }

  // MARK: Bulk

  /// Sends pieces of a binary COPY until there are no more.
  func copy(
    _ statement: String, _ next: () throws -> [UInt8]?
  ) throws {
    _ = try checked(PQexec(handle, statement))
    do {
      while let piece = try next() {
        let sent = piece.withUnsafeBytes { bytes in
          PQputCopyData(
            handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
        }
        if sent != 1 { break }
      }
    } catch {
      PQputCopyEnd(handle, "the sender gave up")
      drain()
      throw error
    }
    PQputCopyEnd(handle, nil)
    let result = PQgetResult(handle)
    defer { drain() }
    _ = try checked(result)
  }

  private func drain() {
    while let result = PQgetResult(handle) { PQclear(result) }
  }
}
