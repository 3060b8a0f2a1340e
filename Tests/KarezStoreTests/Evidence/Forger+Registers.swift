import KarezAccounts
import KarezCore
import KarezCrypto
import TestSupport
import Testing

@testable import KarezStore

/// Forgeries of entries of any kind, each with what stands in the registers made to fit.
extension Forger {
  mutating func performOfAnyKind(_ session: SQLiteSession) throws -> Int64 {
    switch work {
    case .anyActor, .anyTime: return try changeAny(session)
    case .aCase: return try aCase(session)
    case .aPosting: return try aPosting(session)
    case .aStatement, .aReceipt: return try aCommitRow(session)
    case .aSuccession: return try aSuccession(session)
    default: return try rearrangeAny(session)
    }
  }

  /// An entry of a kind drawn first, so that the rare ones come as often as the many notes.
  private mutating func anyPlace() throws -> Int {
    let kinds = Set(log.map(\.kind)).sorted()
    return try place(try #require(kinds.randomElement(using: &random)))
  }

  // MARK: Entries

  /// Somebody else's name, or another moment, in the entry and in whatever repeats it.
  private mutating func changeAny(_ session: SQLiteSession) throws -> Int64 {
    let place = try anyPlace()
    let (actor, at) = (log[place].actor + "x", "2025-03-01T07:00:00Z")
    let isActor = work == .anyActor
    log[place] = isActor ? log[place].with(actor: actor) : log[place].with(at: at)
    let body = try members(place)
    switch log[place].kind {
    case "commit":
      let number = try #require(body["commit"]?.integer)
      try session.run(
        isActor
          ? "UPDATE karez_commit SET actor = \(actor) WHERE number = \(number)"
          : "UPDATE karez_commit SET recorded_at = \(at) WHERE number = \(number)")
    case LedgerWriter.entryKind:
      let first = try #require(body["first"]?.integer)
      let end = first + (body["count"]?.integer ?? 0)
      try session.run(
        isActor
          ? """
          UPDATE karez_ledger_transaction SET actor = \(actor)
          WHERE number >= \(first) AND number < \(end)
          """
          : """
          UPDATE karez_ledger_transaction SET recorded_at = \(at)
          WHERE number >= \(first) AND number < \(end)
          """)
    case "answer" where !isActor:
      let id = try #require(body["answer"]?.string)
      try session.run("UPDATE karez_answer SET kept_at = \(at) WHERE id = \(id)")
    default: break
    }
    return Int64(place) + 1
  }

  private mutating func rearrangeAny(_ session: SQLiteSession) throws -> Int64 {
    let place = try anyPlace()
    let kind = log[place].kind
    switch work {
    case .anyKind:
      log[place] = log[place].with(kind: "remark")
      leavesTrace = kind != "note"
      return Int64(place) + 1
    case .anyEntryRemoved:
      if kind == RelationalStore.caseEntry { try dropCase(place, session) }
      leavesTrace = kind != "note" && kind != RelationalStore.caseEntry
      log.remove(at: place)
      return Int64(place) + 1
    default:
      let other = place == 0 ? 1 : place - 1
      leavesTrace = kind != "note" || log[other].kind != "note"
      log.swapAt(place, other)
      return Int64(min(place, other)) + 1
    }
  }

  private func dropCase(_ place: Int, _ session: SQLiteSession) throws {
    let number = try #require(try members(place)["case"]?.string)
    for table in [
      Registers.caseTerms, Registers.caseTasks, Registers.caseEvents, Registers.cases,
    ] {
      try session.run("DELETE FROM \(name: table.name) WHERE number = \(number)")
    }
  }

  // MARK: Registers

  /// Gives a case years more, in the register and in the entry that witnesses it.
  private mutating func aCase(_ session: SQLiteSession) throws -> Int64 {
    let place = try place(RelationalStore.caseEntry)
    var body = try members(place)
    let number = try #require(body["case"]?.string)
    try session.run("UPDATE karez_case SET due = '2030-01-01' WHERE number = \(number)")
    let found = try #require(try CaseTable(session: session).head(number, in: .all))
    body["sm3"] = .string(found.head.witness(chain: found.sm3))
    log[place] = log[place].with(body: JSONValue.object(body).canonicalText)
    return Int64(place) + 1
  }

  /// Doubles what was posted, with all that is drawn from it.
  private mutating func aPosting(_ session: SQLiteSession) throws -> Int64 {
    let place = try place(LedgerWriter.entryKind)
    var body = try members(place)
    let first = try #require(body["first"]?.integer)
    let end = first + (body["count"]?.integer ?? 0)
    let known = try session.text(
      "SELECT body FROM karez_ledger_transaction WHERE number = \(first)")
    let doubled = Self.doubled(try JSONValue(parsing: try #require(known)))
    let rows = LedgerRows(try LedgerRows.transaction(of: doubled.canonicalText))
    try session.run(
      """
      UPDATE karez_ledger_transaction SET body = \(rows.body), sm3 = \(rows.sm3)
      WHERE number = \(first)
      """)
    for (table, values) in [
      (Registers.ledgerLegs, rows.legs), (Registers.ledgerLots, rows.lots),
      (Registers.ledgerPairings, rows.pairings),
    ] {
      try session.run("DELETE FROM \(name: table.name) WHERE number = \(first)")
      try session.fill(table, with: values.map { FilledRow(values: $0) })
    }
    try session.run("DELETE FROM karez_ledger_day")
    try session.run(
      """
      INSERT INTO karez_ledger_day (account, valid_on, units, held)
      SELECT account, valid_on, sum(units), sum(held) FROM karez_ledger_leg
      GROUP BY account, valid_on
      """)
    let digests = try session.all(
      """
      SELECT sm3 FROM karez_ledger_transaction WHERE number >= \(first) AND number < \(end)
      ORDER BY number
      """
    ).map { $0.text(0) ?? "" }
    body["sm3"] = .string(LedgerRows.digest(digests))
    log[place] = log[place].with(body: JSONValue.object(body).canonicalText)
    return Int64(place) + 1
  }

  private static func doubled(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let members):
      .object(
        members.reduce(into: [:]) { doubled, member in
          let units = member.key == "units" ? member.value.integer : nil
          doubled[member.key] =
            units.map { JSONValue.integer($0 * 2) } ?? Self.doubled(member.value)
        })
    case .array(let values): .array(values.map(doubled))
    default: value
    }
  }

  /// What a commit said of its days, or what its sender was told.
  private mutating func aCommitRow(_ session: SQLiteSession) throws -> Int64 {
    let place = try place("commit")
    var body = try members(place)
    let number = try #require(body["commit"]?.integer)
    if work == .aStatement {
      body["mode"] = .string("versions")
      try session.run("UPDATE karez_statement SET mode = 'versions' WHERE said_at = \(number)")
    } else {
      let count = (body["inserted"]?.integer ?? 0) + 7
      body["inserted"] = .integer(count)
      try session.run("UPDATE karez_receipt SET inserted = \(count) WHERE number = \(number)")
      try session.run("UPDATE karez_commit SET inserted = \(count) WHERE number = \(number)")
    }
    log[place] = log[place].with(body: JSONValue.object(body).canonicalText)
    return Int64(place) + 1
  }

  /// Makes what became of parcels another thing.
  private mutating func aSuccession(_ session: SQLiteSession) throws -> Int64 {
    let place = try place("commit") { $0.body.contains("\"successions\":[{") }
    var body = try members(place)
    var successions = body["successions"]?.array ?? []
    guard case .object(var first)? = successions.first else {
      throw StoreError.corrupt(what: "entry \(place + 1)")
    }
    first["kind"] = .string("redraw")
    successions[0] = .object(first)
    body["successions"] = .array(successions)
    let number = try #require(first["number"]?.integer)
    try session.run("UPDATE karez_succession SET kind = 'redraw' WHERE number = \(number)")
    log[place] = log[place].with(body: JSONValue.object(body).canonicalText)
    return Int64(place) + 1
  }
}
