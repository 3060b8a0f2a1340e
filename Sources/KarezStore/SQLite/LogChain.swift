import GRDB
import KarezCore
import KarezCrypto

/// 留痕: the chained log; each entry's digest covers the digest before it.
enum LogChain {
  /// What the first entry names as its predecessor.
  static let beginning = String(repeating: "0", count: 64)

  /// SM3 of the canonical JSON of everything in the entry but the digest itself.
  static func digest(
    number: Int64, at: String, actor: String, kind: String, body: JSONValue, previous: String
  ) -> String {
    let entry = JSONValue.object([
      "number": .integer(number), "at": .string(at), "actor": .string(actor),
      "kind": .string(kind), "body": body, "previous": .string(previous),
    ])
    return SM3.digest(entry.canonicalText).description
  }

  /// Appends an entry inside the caller's transaction, so that act and evidence are one.
  static func append(
    kind: String, body: JSONValue, by actor: Actor, at time: String, _ db: Database
  ) throws {
    let last = try Row.fetchOne(
      db, sql: "SELECT number, sm3 FROM karez_log ORDER BY number DESC LIMIT 1")
    let number = (last?[0] as Int64? ?? 0) + 1
    let previous = last?[1] as String? ?? beginning
    let sm3 = digest(
      number: number, at: time, actor: actor.id, kind: kind, body: body, previous: previous)
    try db.execute(
      sql: "INSERT INTO karez_log VALUES (?,?,?,?,?,?,?)",
      arguments: [number, time, actor.id, kind, body.canonicalText, previous, sm3])
  }

  static func entry(of row: Row) throws -> LogEntry {
    // A column someone put no text into is reported like any other damage.
    let texts = (1...6).compactMap { String.fromDatabaseValue(row[$0] as DatabaseValue) }
    guard texts.count == 6, let body = try? JSONValue(parsing: texts[3]) else {
      throw StoreError.corrupt(what: "log entry \(row[0] as Int64)")
    }
    return LogEntry(
      number: row[0], at: texts[0], actor: Actor(id: texts[1]), kind: texts[2], body: body,
      previous: texts[4], sm3: texts[5])
  }
}
