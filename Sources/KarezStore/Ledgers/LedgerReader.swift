import KarezAccounts
import KarezCore

/// Reads of a ledger what orders are about, inside the caller's transaction.
struct LedgerReader {
  /// So many values are bound in one statement.
  private static let most = 400

  let session: any Session

  /// The book as far as the orders name it.
  func book(for orders: [LedgerOrder], under chart: ChartOfAccounts) throws -> LedgerBook {
    let last = try session.integer("SELECT max(number) FROM karez_ledger_transaction") ?? 0
    var book = LedgerBook(chart: chart, last: last)
    var needs = Needs()
    for order in orders { needs.add(order) }
    for known in try transactions(needs.reversed, keys: orders.map(\.key)) {
      book.know(known.transaction, reversedBy: known.reversedBy)
      needs.add(known.transaction)
    }
    for (number, hold) in try holds(needs.holds) {
      book.know(hold, as: number)
      needs.accounts.insert(hold.account)
    }
    for (name, lot) in try lots(needs.lots) { book.know(lot, as: name) }
    for state in try states(needs.accounts) { book.know(state) }
    return book
  }

  /// What orders name.
  private struct Needs {
    var accounts: Set<AccountName> = []
    var holds: Set<Int64> = []
    var lots: Set<LotName> = []
    var reversed: Set<Int64> = []

    mutating func add(_ order: LedgerOrder) {
      switch order.act {
      case .open(let account), .hold(let account, _): accounts.insert(account)
      case .post(let moves): add(moves)
      case .release(let hold, _): holds.insert(hold)
      case .consume(let hold, let moves):
        holds.insert(hold)
        add(moves)
      case .carryOver(let account):
        accounts.insert(account)
      case .reverse(let number): reversed.insert(number)
      }
    }

    private mutating func add(_ moves: [Move]) {
      for move in moves {
        accounts.insert(move.from)
        accounts.insert(move.to)
        for pairing in move.pairings { lots.insert(pairing.lot) }
      }
    }

    /// What a transaction touched, which its counter-posting touches too.
    mutating func add(_ transaction: LedgerTransaction) {
      add(transaction.moves)
      for (place, move) in transaction.moves.enumerated() where move.made != nil {
        lots.insert(LotName(transaction: transaction.number, move: place))
      }
      for change in transaction.holds {
        accounts.insert(change.account)
        holds.insert(change.hold)
      }
    }
  }

  private func inPieces<Value>(
    _ values: some Sequence<Value>, _ body: (SQL) throws -> Void
  ) throws where Value: SQLBindable {
    var rest = Array(values)[...]
    while !rest.isEmpty {
      try body(SQL.joined(rest.prefix(Self.most).map { "\($0)" }, by: ", "))
      rest = rest.dropFirst(Self.most)
    }
  }

  private func transactions(
    _ numbers: Set<Int64>, keys: [String]
  ) throws -> [(transaction: LedgerTransaction, reversedBy: Int64?)] {
    var known: [(transaction: LedgerTransaction, reversedBy: Int64?)] = []
    func take(_ condition: SQL) throws {
      let rows = try session.all(
        """
        SELECT t.body, r.number FROM karez_ledger_transaction t
        LEFT JOIN karez_ledger_transaction r ON r.reverses = t.number WHERE \(condition)
        """)
      for row in rows {
        known.append((try LedgerRows.transaction(of: row.text(0)), row.integer(1)))
      }
    }
    try inPieces(numbers.sorted()) { try take("t.number IN (\($0))") }
    try inPieces(keys) { try take("t.key IN (\($0))") }
    return known
  }

  private func holds(_ numbers: Set<Int64>) throws -> [(Int64, HoldState)] {
    var known: [(Int64, HoldState)] = []
    try inPieces(numbers.sorted()) { list in
      let rows = try session.all(
        """
        SELECT hold, min(account), min(valid_on), CAST(sum(held) AS BIGINT)
        FROM karez_ledger_leg WHERE hold IN (\(list)) GROUP BY hold
        """)
      for row in rows {
        guard let number = row.integer(0), let left = row.integer(3),
          let account = row.text(1).flatMap({ AccountName($0) }),
          let day = row.text(2).flatMap({ LegalDate($0) })
        else { throw StoreError.corrupt(what: "hold \(row.integer(0) ?? 0)") }
        known.append((number, HoldState(account: account, day: day, left: left)))
      }
    }
    return known
  }

  private func lots(_ names: Set<LotName>) throws -> [(LotName, LotState)] {
    var known: [(LotName, LotState)] = []
    try inPieces(Set(names.map(\.transaction)).sorted()) { list in
      let rows = try session.all(
        """
        SELECT l.number, l.move, l.account, l.valid_on, l.dataset, l.feature, l.recorded,
          l.units - coalesce((SELECT CAST(sum(p.units) AS BIGINT) FROM karez_ledger_pairing p
            WHERE p.lot_number = l.number AND p.lot_move = l.move), 0)
        FROM karez_ledger_lot l WHERE l.number IN (\(list))
        """)
      for row in rows {
        guard let number = row.integer(0), let move = row.int(1),
          let account = row.text(2).flatMap({ AccountName($0) }),
          let day = row.text(3).flatMap({ LegalDate($0) }), let dataset = row.text(4),
          let feature = row.text(5), let commit = row.int(6), let left = row.integer(7)
        else { throw StoreError.corrupt(what: "lot \(row.integer(0) ?? 0)") }
        known.append(
          (
            LotName(transaction: number, move: move),
            LotState(
              account: account,
              feature: VersionReference(dataset: dataset, id: feature, commit: commit), day: day,
              left: left)
          ))
      }
    }
    return known
  }

  private func states(_ names: Set<AccountName>) throws -> [AccountState] {
    var accounts: [String: LedgerAccount] = [:]
    var days: [String: [AccountState.Day]] = [:]
    // An account that is carried over opens the one it is carried into.
    let wanted = Set(names.flatMap { [$0, $0.nextYear ?? $0] })
    try inPieces(wanted.map(\.description).sorted()) { list in
      for row in try session.all(
        """
        SELECT name, unit, decimals, may_be_negative FROM karez_ledger_account
        WHERE name IN (\(list))
        """)
      {
        let account = try LedgerRows.account(of: row)
        accounts[account.name.description] = account
      }
      for row in try session.all(
        """
        SELECT account, valid_on, units, held FROM karez_ledger_day WHERE account IN (\(list))
        ORDER BY account, valid_on
        """)
      {
        guard let name = row.text(0), let day = row.text(1).flatMap({ LegalDate($0) }),
          let units = row.integer(2), let held = row.integer(3)
        else { throw StoreError.corrupt(what: "ledger day \(row.text(0) ?? "")") }
        days[name, default: []].append(.init(day: day, units: units, held: held))
      }
    }
    return try accounts.map { name, account in
      guard let state = AccountState(account, days: days[name] ?? []) else {
        throw StoreError.corrupt(what: "ledger days \(name)")
      }
      return state
    }
  }
}
