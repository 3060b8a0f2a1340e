import KarezAccounts
import KarezCore
import KarezCrypto

/// The rows a transaction is kept in; writing and verification have them from here.
struct LedgerRows {
  let transaction: LedgerTransaction
  let body: String
  let sm3: String

  init(_ transaction: LedgerTransaction) {
    self.transaction = transaction
    body = transaction.json.canonicalText
    sm3 = SM3.digest(body).description
  }

  /// One digest for all that are recorded together.
  static func digest(of rows: some Sequence<LedgerRows>) -> String { digest(rows.map(\.sm3)) }
  static func digest(_ sm3: [String]) -> String {
    SM3.digest(sm3.joined(separator: "\n")).description
  }

  /// The row of the transaction itself.
  func row(at time: String, by actor: String) -> [SQLValue] {
    [
      number, .text(transaction.key), .text(transaction.sort.rawValue), day,
      transaction.caseNumber.map(SQLValue.text) ?? .null,
      transaction.reverses.map(SQLValue.integer) ?? .null, .text(time), .text(actor),
      .text(body), .text(sm3),
    ]
  }

  private var number: SQLValue { .integer(transaction.number) }
  private var day: SQLValue { transaction.day.sqlValue }

  var legs: [[SQLValue]] {
    transaction.legs.enumerated().map { position, leg in
      [
        number, position.sqlValue, .text(leg.account.description), day, .integer(leg.units),
        .integer(leg.held), leg.hold.map(SQLValue.integer) ?? .null,
      ]
    }
  }

  var lots: [[SQLValue]] {
    guard transaction.reverses == nil else { return [] }
    return transaction.moves.enumerated().compactMap { place, move in
      guard let made = move.made else { return nil }
      return [
        number, place.sqlValue, .text(move.to.description), day, .integer(move.units),
        .text(made.dataset), .text(made.id), made.commit.sqlValue,
      ]
    }
  }

  var pairings: [[SQLValue]] {
    var rows: [[SQLValue]] = []
    for (place, move) in transaction.moves.enumerated() {
      if let reversed = transaction.reverses, move.made != nil {
        rows.append([
          number, rows.count.sqlValue, .integer(reversed), place.sqlValue, .integer(move.units),
          .null, .null, .null,
        ])
      }
      for pairing in move.pairings {
        let sign: Int64 = transaction.reverses == nil ? 1 : -1
        rows.append([
          number, rows.count.sqlValue, .integer(pairing.lot.transaction),
          pairing.lot.move.sqlValue, .integer(sign * pairing.units),
          .text(pairing.occupied.dataset), .text(pairing.occupied.id),
          pairing.occupied.commit.sqlValue,
        ])
      }
    }
    return rows
  }

  static func row(of account: LedgerAccount) -> [SQLValue] {
    let name = account.name
    return [
      .text(name.description), .text(name.kind), .text(name.region), name.year.sqlValue,
      .text(name.part.description), .text(account.measure.unit.rawValue),
      account.measure.decimals.sqlValue, .integer(account.mayBeNegative ? 1 : 0),
    ]
  }

  /// The account of the columns `name, unit, decimals, may_be_negative` from a place on.
  static func account(of row: any SQLRow, from start: Int = 0) throws -> LedgerAccount {
    guard let name = row.text(start).flatMap({ AccountName($0) }),
      let unit = row.text(start + 1).flatMap({ KarezCore.Unit(rawValue: $0) }),
      let measure = row.int(start + 2).flatMap({ Measure(unit, decimals: $0) }),
      let mayBeNegative = row.integer(start + 3)
    else { throw StoreError.corrupt(what: "ledger account \(row.text(start) ?? "")") }
    return LedgerAccount(name: name, measure: measure, mayBeNegative: mayBeNegative != 0)
  }

  static func transaction(of body: String?) throws -> LedgerTransaction {
    guard let body, let json = try? JSONValue(parsing: body),
      let transaction = LedgerTransaction(json)
    else { throw StoreError.corrupt(what: "ledger transaction") }
    return transaction
  }
}
