import KarezCore
import KarezCrypto

/// 留痕: the chained log; each entry's digest covers the digest before it.
enum LogChain {
  /// What the first entry names as its predecessor.
  static let beginning = String(repeating: "0", count: 64)

  /// The columns of an entry, in the order `KeptEntry` reads them.
  static let columns: SQL = "number, at, actor, kind, body, previous, sm3"

  /// Appends an entry inside the caller's transaction, so that act and evidence are one.
  static func append(
    kind: String, body: JSONValue, by actor: Actor, at time: String, _ session: any Session
  ) throws {
    let last = try session.first(
      "SELECT number, sm3 FROM karez_log ORDER BY number DESC LIMIT 1")
    let entry = KeptEntry(
      number: (last?.integer(0) ?? 0) + 1, at: time, actor: actor.id, kind: kind,
      body: body.canonicalText, previous: last?.text(1) ?? beginning, sm3: "")
    var hasher = EntryHasher()
    let sm3 = hasher.digest(entry)
    try session.run(
      """
      INSERT INTO karez_log (\(columns)) VALUES (\(entry.number), \(time), \(actor.id), \(kind),
        \(entry.body), \(entry.previous), \(sm3))
      """)
  }

  static func entry(of row: any SQLRow) throws(StoreError) -> LogEntry {
    // A column someone put no text into is reported like any other damage.
    guard let entry = KeptEntry(row)?.read else {
      throw .corrupt(what: "log entry \(row.integer(0) ?? 0)")
    }
    return entry
  }
}

/// 时钟回拨: recorded time, which comes from the log alone and never goes back.
enum LogTime {
  /// The kind of the entry that tells of a clock that was set back.
  static let kind = "clock-stepped-back"

  /// Clocks of machines that share a database differ by less without anything being wrong.
  ///
  /// - Source: security design, T1f: a step of more than 100 ms is an event.
  private static let toleranceMilliseconds: Int64 = 100

  /// How far back the tail of the log is looked at for a step already told.
  private static let tail: Int64 = 1_000

  /// The time of what is being recorded: the clock's, or the last entry's where that is later.
  ///
  /// Inside the writer's transaction, where nobody else can record; the first time a step is
  /// noticed it is an entry of its own.
  static func now(_ clock: () -> String, _ session: any Session) throws -> String {
    let told = clock()
    let last = try session.first(
      "SELECT at, number FROM karez_log ORDER BY number DESC LIMIT 1")
    guard let last, let held = last.text(0), isEarlier(told, than: held) else { return told }
    if isStep(told, behind: held) {
      let number = last.integer(1) ?? 0
      let known = try session.first(
        """
        SELECT 1 FROM karez_log WHERE number > \(number - tail) AND at = \(held)
          AND kind = \(kind) LIMIT 1
        """)
      if known == nil {
        try LogChain.append(
          kind: kind, body: .object(["clock": .string(told), "held": .string(held)]),
          by: Actor(id: "clock"), at: held, session)
      }
    }
    return held
  }

  private static func isEarlier(_ told: String, than held: String) -> Bool {
    guard let told = Timestamp(told), let held = Timestamp(held) else { return told < held }
    return told < held
  }

  private static func isStep(_ told: String, behind held: String) -> Bool {
    guard let told = Timestamp(told), let held = Timestamp(held) else { return true }
    return held.millisecondsSince1970 - told.millisecondsSince1970 > toleranceMilliseconds
  }
}
