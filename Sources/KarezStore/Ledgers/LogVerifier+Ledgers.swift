import KarezAccounts
import KarezCore

extension LogVerifier {
  /// What an entry says was recorded together.
  struct LedgerEntry {
    let entry: Int64
    let at: String
    let actor: String
    let first: Int64
    let count: Int64
    let sm3: String
    let opened: [JSONValue]
  }

  /// Takes note of what was posted; what is not in the expected form is a fault.
  mutating func noteLedger(_ entry: LogEntry) {
    guard let first = entry.body["first"]?.integer, let count = entry.body["count"]?.integer,
      let sm3 = entry.body["sm3"]?.string, first > 0, (1...1_000_000_000).contains(count)
    else { return add(entry.number, "altered", "\(entry.number) \(entry.kind)") }
    ledger.append(
      LedgerEntry(
        entry: entry.number, at: entry.at, actor: entry.actor.id, first: first, count: count,
        sm3: sm3, opened: entry.body["opened"]?.array ?? []))
  }

  /// Compares every transaction with the entry that tells of it, and what is drawn from
  /// transactions with them.
  mutating func verifyLedger() throws {
    try verifyAccounts()
    var legs = try LedgerStream(Registers.ledgerLegs, session)
    var lots = try LedgerStream(Registers.ledgerLots, session)
    var pairings = try LedgerStream(Registers.ledgerPairings, session)
    var rows = try LedgerStream(Registers.ledgerTransactions, session)
    var days: [LedgerDay: LedgerSum] = [:]
    for told in ledger {
      var digests: [String] = []
      for number in told.first..<(told.first + told.count) {
        note(try rows.before(number), "ledger transaction")
        guard let row = try rows.of(number).first else {
          add(told.entry, "row-missing", "ledger transaction \(number)")
          continue
        }
        countRow()
        digests.append(row[9].text ?? "")
        guard let transaction = try? LedgerRows.transaction(of: row[8].text),
          transaction.number == number
        else {
          add(told.entry, "row-altered", "ledger transaction \(number)")
          continue
        }
        let expected = LedgerRows(transaction)
        if expected.row(at: told.at, by: told.actor) != row {
          add(told.entry, "row-altered", "ledger transaction \(number)")
        }
        try compare(expected.legs, with: &legs, of: number, told.entry, "ledger leg")
        try compare(expected.lots, with: &lots, of: number, told.entry, "ledger lot")
        try compare(expected.pairings, with: &pairings, of: number, told.entry, "ledger pairing")
        for leg in transaction.legs {
          let day = LedgerDay(account: leg.account.description, day: transaction.day.description)
          days[day, default: LedgerSum()].add(leg)
        }
      }
      if LedgerRows.digest(digests) != told.sm3 {
        add(told.entry, "row-altered", "ledger transactions from \(told.first)")
      }
    }
    note(try rows.before(.max), "ledger transaction")
    note(try legs.before(.max), "ledger leg")
    note(try lots.before(.max), "ledger lot")
    note(try pairings.before(.max), "ledger pairing")
    try verify(days)
  }

  private mutating func note(_ rows: [[SQLValue]], _ what: String) {
    for row in rows { add(0, "row-unrecorded", "\(what) \(row[0].integer ?? 0)") }
  }

  private mutating func compare(
    _ expected: [[SQLValue]], with stream: inout LedgerStream, of number: Int64, _ entry: Int64,
    _ what: String
  ) throws {
    note(try stream.before(number), what)
    if try stream.of(number) != expected { add(entry, "row-altered", "\(what) \(number)") }
  }

  // MARK: Sums of days

  private struct LedgerDay: Hashable {
    let account: String
    let day: String
  }

  private struct LedgerSum: Equatable {
    var units: Int64 = 0
    var held: Int64 = 0

    mutating func add(_ leg: LedgerLeg) {
      // Numbers somebody put there must not stop the verification.
      units &+= leg.units
      held &+= leg.held
    }
  }

  private mutating func verify(_ days: [LedgerDay: LedgerSum]) throws {
    var left = days
    let rows = try session.rows(
      "SELECT account, valid_on, units, held FROM karez_ledger_day ORDER BY account, valid_on")
    while let row = try rows.next() {
      let day = LedgerDay(account: row.text(0) ?? "", day: row.text(1) ?? "")
      let what = "ledger day \(day.account) \(day.day)"
      guard let sum = left.removeValue(forKey: day) else {
        add(0, "row-unrecorded", what)
        continue
      }
      let isSame = row.integer(2) == sum.units && row.integer(3) == sum.held
      if !isSame { add(0, "row-altered", what) }
    }
    for day in left.keys.sorted(by: { ($0.account, $0.day) < ($1.account, $1.day) }) {
      add(0, "row-missing", "ledger day \(day.account) \(day.day)")
    }
  }

  // MARK: Accounts

  private mutating func verifyAccounts() throws {
    var left: [String: (entry: Int64, json: JSONValue)] = [:]
    for told in ledger {
      for json in told.opened {
        if let name = json["account"]?.string { left[name] = (told.entry, json) }
      }
    }
    let columns = Registers.ledgerAccounts.columns.map(\.name)
    let rows = try session.rows(
      "SELECT \(.names(columns)) FROM karez_ledger_account ORDER BY name")
    while let row = try rows.next() {
      let values = columns.indices.map { row[$0] }
      let name = values[0].text ?? ""
      countRow()
      guard let told = left.removeValue(forKey: name) else {
        add(0, "row-unrecorded", "ledger account \(name)")
        continue
      }
      let account = Self.account(of: told.json)
      if account.map(LedgerRows.row) != values {
        add(told.entry, "row-altered", "ledger account \(name)")
      }
    }
    for (name, told) in left.sorted(by: { $0.key < $1.key }) {
      add(told.entry, "row-missing", "ledger account \(name)")
    }
  }

  private static func account(of json: JSONValue) -> LedgerAccount? {
    guard let name = json["account"]?.string.flatMap({ AccountName($0) }),
      let unit = json["unit"]?.string.flatMap({ KarezCore.Unit(rawValue: $0) }),
      let decimals = json["decimals"]?.integer.flatMap({ Int(exactly: $0) }),
      let measure = Measure(unit, decimals: decimals),
      case .boolean(let mayBeNegative)? = json["mayBeNegative"]
    else { return nil }
    return LedgerAccount(name: name, measure: measure, mayBeNegative: mayBeNegative)
  }
}

/// The rows of a register in the order of its key, which begins with a transaction's number.
private struct LedgerStream {
  private let columns: Int
  private let rows: any SQLRows
  private var waiting: [SQLValue]?

  init(_ table: TableShape, _ session: any Session) throws {
    columns = table.columns.count
    rows = try session.rows(
      """
      SELECT \(.names(table.columns.map(\.name))) FROM \(name: table.name)
      ORDER BY \(.names(table.key))
      """)
    waiting = try Self.values(rows.next(), columns)
  }

  private static func values(_ row: (any SQLRow)?, _ columns: Int) -> [SQLValue]? {
    row.map { row in (0..<columns).map { row[$0] } }
  }

  /// The rows of transactions before this one that nobody has taken.
  mutating func before(_ number: Int64) throws -> [[SQLValue]] {
    try take { $0 < number || number == .max }
  }

  mutating func of(_ number: Int64) throws -> [[SQLValue]] { try take { $0 == number } }

  private mutating func take(_ isWanted: (Int64) -> Bool) throws -> [[SQLValue]] {
    var taken: [[SQLValue]] = []
    while let row = waiting, isWanted(row[0].integer ?? 0) {
      taken.append(row)
      waiting = Self.values(try rows.next(), columns)
    }
    return taken
  }
}
