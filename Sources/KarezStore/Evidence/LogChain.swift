import KarezCore
import KarezCrypto

/// 留痕: the chained log; each entry's digest covers the digest before it.
enum LogChain {
  /// What the first entry names as its predecessor.
  static let beginning = String(repeating: "0", count: 64)

  /// The columns of an entry, in the order `entry(of:)` reads them.
  static let columns: SQL = "number, at, actor, kind, body, previous, sm3"

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
    kind: String, body: JSONValue, by actor: Actor, at time: String, _ session: any Session
  ) throws {
    let last = try session.first(
      "SELECT number, sm3 FROM karez_log ORDER BY number DESC LIMIT 1")
    let number = (last?.integer(0) ?? 0) + 1
    let previous = last?.text(1) ?? beginning
    let sm3 = digest(
      number: number, at: time, actor: actor.id, kind: kind, body: body, previous: previous)
    try session.run(
      """
      INSERT INTO karez_log (\(columns)) VALUES (\(number), \(time), \(actor.id), \(kind),
        \(body.canonicalText), \(previous), \(sm3))
      """)
  }

  static func entry(of row: any SQLRow) throws(StoreError) -> LogEntry {
    // A column someone put no text into is reported like any other damage.
    let texts = (1...6).compactMap { row.text($0) }
    guard texts.count == 6, let number = row.integer(0),
      let body = try? JSONValue(parsing: texts[3])
    else { throw .corrupt(what: "log entry \(row.integer(0) ?? 0)") }
    return LogEntry(
      number: number, at: texts[0], actor: Actor(id: texts[1]), kind: texts[2], body: body,
      previous: texts[4], sm3: texts[5])
  }
}
