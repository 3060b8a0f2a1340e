public import KarezAccounts
public import KarezCore

/// What came of an order.
public struct LedgerReceipt: Hashable, Sendable {
  public let transaction: LedgerTransaction
  /// Whether it was recorded now, and not by the same order before.
  public let isNews: Bool
}

/// A transaction with when, by whom and whether it still stands.
public struct RecordedTransaction: Hashable, Sendable {
  public let transaction: LedgerTransaction
  /// RFC 3339, UTC.
  public let recordedAt: String
  public let actor: Actor
  public let sm3: String
  public let reversedBy: Int64?
}

/// Which accounts are wanted; all where nothing is said.
public struct LedgerAccountQuery: Hashable, Sendable {
  public var kind: String?
  /// A beginning of the region's code.
  public var regionPrefix: String?
  public var year: Int?
  public var name: AccountName?

  public init(
    kind: String? = nil, regionPrefix: String? = nil, year: Int? = nil, name: AccountName? = nil
  ) {
    self.kind = kind
    self.regionPrefix = regionPrefix
    self.year = year
    self.name = name
  }
}

/// Which transactions are wanted; all where nothing is said.
public struct LedgerTransactionQuery: Hashable, Sendable {
  public var account: AccountName?
  public var caseNumber: String?
  /// The dataset and id of a feature that was made, occupied or compensated.
  public var feature: Feature?
  public var number: Int64?
  public var time: LedgerTime?

  public struct Feature: Hashable, Sendable {
    public let dataset: String
    public let id: String

    public init(dataset: String, id: String) {
      self.dataset = dataset
      self.id = id
    }
  }

  public init(
    account: AccountName? = nil, caseNumber: String? = nil, feature: Feature? = nil,
    number: Int64? = nil, time: LedgerTime? = nil
  ) {
    self.account = account
    self.caseNumber = caseNumber
    self.feature = feature
    self.number = number
    self.time = time
  }
}

extension Scope {
  /// Whether any account is within reach, and what was worked out from accounts with them.
  public var readsLedgers: Bool { reach >= LedgerAccess.level }
}

/// 账簿 in the store: no part of it is above the level of what an office keeps for itself.
enum LedgerAccess {
  static let level = Classification.internal

  /// Whether the reader may know of the account.
  static func shows(_ name: AccountName, to scope: Scope) -> Bool {
    guard scope.readsLedgers else { return false }
    guard let prefixes = scope.regionPrefixes else { return true }
    return prefixes.contains { name.region.hasPrefix($0) }
  }

  /// Rows of accounts, alias `a`, the reader may see.
  static func condition(of scope: Scope) -> SQL {
    guard scope.readsLedgers else { return .never }
    guard let prefixes = scope.regionPrefixes else { return SQL.and([]) }
    guard !prefixes.isEmpty else { return .never }
    let tests = prefixes.map { "substr(a.region, 1, length(\($0))) = \($0)" as SQL }
    return "(\(SQL.joined(tests, by: " OR ")))"
  }
}

extension RelationalStore {
  public func post(
    _ orders: [LedgerOrder], under chart: ChartOfAccounts, recording batch: RecordBatch?,
    by actor: Actor, in scope: Scope
  ) async throws(StoreError) -> [LedgerReceipt] {
    guard let first = orders.first else { return [] }
    let scope = access.scope(scope, of: .post)
    return try await writing("ledger \(first.key)") { session in
      var book = try LedgerReader(session: session).book(for: orders, under: chart)
      var receipts: [LedgerReceipt] = []
      receipts.reserveCapacity(orders.count)
      for (place, order) in orders.enumerated() {
        receipts.append(try Self.record(order, at: place, in: &book, scope))
      }
      let news = receipts.filter(\.isNews).map { LedgerRows($0.transaction) }
      // A key that was known already was recorded with its records.
      guard !news.isEmpty else { return receipts }
      let time = try self.moment(session)
      try LedgerWriter(session: session).write(news, from: book, by: actor, at: time)
      if let batch {
        try RecordTable(session: session, seals: self.seals(session))
          .put(batch, by: actor, at: time)
      }
      return receipts
    }
  }

  private static func record(
    _ order: LedgerOrder, at place: Int, in book: inout LedgerBook, _ scope: Scope
  ) throws -> LedgerReceipt {
    do throws(LedgerError) {
      if let name = hidden(order, in: book, scope) { throw name }
      let outcome = try book.record(order)
      for leg in outcome.transaction.legs where !LedgerAccess.shows(leg.account, to: scope) {
        throw .accountUnknown(leg.account)
      }
      return LedgerReceipt(transaction: outcome.transaction, isNews: outcome.isNews)
    } catch {
      throw StoreError.ledger(error, order: place)
    }
  }

  /// Why an order that names what its sender may not see is answered as if it were not there.
  private static func hidden(
    _ order: LedgerOrder, in book: LedgerBook, _ scope: Scope
  ) -> LedgerError? {
    func first(_ names: [AccountName]) -> LedgerError? {
      names.first { !LedgerAccess.shows($0, to: scope) }.map(LedgerError.accountUnknown)
    }
    switch order.act {
    case .open(let name), .hold(let name, _), .carryOver(let name): return first([name])
    case .post(let moves): return first(moves.flatMap { [$0.from, $0.to] })
    case .release(let number, _), .consume(let number, _):
      guard let hold = book.holds[number], first([hold.account]) != nil else {
        if case .consume(_, let moves) = order.act {
          return first(moves.flatMap { [$0.from, $0.to] })
        }
        return nil
      }
      return .holdUnknown(number)
    case .reverse(let number):
      guard let known = book.transaction(number) else { return nil }
      let names = known.legs.map(\.account) + (known.opens.map { [$0] } ?? [])
      return first(names) == nil ? nil : .transactionUnknown(number)
    }
  }

  // MARK: Reading

  public func ledgerBalances(
    _ query: LedgerAccountQuery, at time: LedgerTime, in scope: Scope
  ) async throws(StoreError) -> [AccountBalance] {
    var conditions: [SQL] = []
    if let kind = query.kind { conditions.append("a.kind = \(kind)") }
    if let prefix = query.regionPrefix {
      conditions.append("substr(a.region, 1, length(\(prefix))) = \(prefix)")
    }
    if let year = query.year { conditions.append("a.year = \(year)") }
    if let name = query.name { conditions.append("a.name = \(name.description)") }
    let wanted = conditions
    return try await reading(.ledgerBalances, in: scope) { reader in
      let condition = SQL.and([LedgerAccess.condition(of: reader.scope)] + wanted)
      return try reader.session.all(
        """
        SELECT a.name, a.unit, a.decimals, a.may_be_negative,
          CAST(coalesce(sum(CASE WHEN l.units > 0 THEN l.units ELSE 0 END), 0) AS BIGINT),
          CAST(coalesce(sum(CASE WHEN l.units < 0 THEN -l.units ELSE 0 END), 0) AS BIGINT),
          CAST(coalesce(sum(l.held), 0) AS BIGINT)
        FROM karez_ledger_account a LEFT JOIN karez_ledger_leg l ON l.account = a.name
          AND l.valid_on <= \(time.validOn) AND l.number <= \(time.recorded ?? .max)
        WHERE \(condition)
        GROUP BY a.name, a.unit, a.decimals, a.may_be_negative ORDER BY a.name
        """
      ).map { row in
        AccountBalance(
          account: try LedgerRows.account(of: row), received: row.integer(4) ?? 0,
          given: row.integer(5) ?? 0, held: row.integer(6) ?? 0)
      }
    }
  }

  public func ledgerTransactions(
    _ query: LedgerTransactionQuery, after number: Int64, limit: Int, in scope: Scope
  ) async throws(StoreError) -> [RecordedTransaction] {
    try await reading(.ledgerTransactions, in: scope) { reader in
      let condition = SQL.and(Self.conditions(of: query) + [Self.shown(to: reader.scope)])
      return try reader.session.all(
        """
        SELECT t.body, t.recorded_at, t.actor, t.sm3, r.number FROM karez_ledger_transaction t
        LEFT JOIN karez_ledger_transaction r ON r.reverses = t.number
        WHERE t.number > \(number) AND \(condition)
        ORDER BY t.number LIMIT \(raw: String(max(1, min(limit, 100_000))))
        """
      ).map { row in
        RecordedTransaction(
          transaction: try LedgerRows.transaction(of: row.text(0)),
          recordedAt: row.text(1) ?? "", actor: Actor(id: row.text(2) ?? ""),
          sm3: row.text(3) ?? "", reversedBy: row.integer(4))
      }
    }
  }

  private static func conditions(of query: LedgerTransactionQuery) -> [SQL] {
    var conditions: [SQL] = []
    if let account = query.account {
      conditions.append(
        """
        t.number IN (SELECT number FROM karez_ledger_leg WHERE account = \(account.description))
        """)
    }
    if let number = query.caseNumber { conditions.append("t.case_number = \(number)") }
    if let feature = query.feature {
      let named: SQL = "dataset = \(feature.dataset) AND feature = \(feature.id)"
      conditions.append(
        """
        (t.number IN (SELECT number FROM karez_ledger_lot WHERE \(named))
          OR t.number IN (SELECT number FROM karez_ledger_pairing WHERE \(named))
          OR t.number IN (SELECT p.number FROM karez_ledger_pairing p JOIN karez_ledger_lot k
            ON k.number = p.lot_number AND k.move = p.lot_move
            WHERE k.dataset = \(feature.dataset) AND k.feature = \(feature.id)))
        """)
    }
    if let number = query.number { conditions.append("t.number = \(number)") }
    if let time = query.time {
      conditions.append("t.valid_on <= \(time.validOn)")
      conditions.append("t.number <= \(time.recorded ?? .max)")
    }
    return conditions
  }

  /// Whoever may see one of its accounts sees a transaction whole: a trade has two sides.
  private static func shown(to scope: Scope) -> SQL {
    guard scope.readsLedgers else { return .never }
    guard scope.regionPrefixes != nil else { return SQL.and([]) }
    return """
      EXISTS (SELECT 1 FROM karez_ledger_leg l JOIN karez_ledger_account a ON a.name = l.account
        WHERE l.number = t.number AND \(LedgerAccess.condition(of: scope)))
      """
  }
}
