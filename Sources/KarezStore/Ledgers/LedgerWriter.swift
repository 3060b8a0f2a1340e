import KarezAccounts
import KarezCore

/// Writes what a book recorded, inside the caller's transaction, with the entry that tells of it.
struct LedgerWriter {
  /// The kind of the entry of what is recorded together.
  static let entryKind = "ledger-posted"

  let session: any Session

  func write(
    _ news: [LedgerRows], from book: LedgerBook, by actor: Actor, at time: String
  ) throws {
    try fill(Registers.ledgerAccounts, book.opened.map(LedgerRows.row))
    try fill(Registers.ledgerTransactions, news.map { $0.row(at: time, by: actor.id) })
    try fill(Registers.ledgerLegs, news.flatMap(\.legs))
    try fill(Registers.ledgerLots, news.flatMap(\.lots))
    try fill(Registers.ledgerPairings, news.flatMap(\.pairings))
    try writeDays(of: book)
    try LogChain.append(
      kind: Self.entryKind, body: body(of: news, opened: book.opened), by: actor, at: time,
      session)
  }

  private func fill(_ table: TableShape, _ rows: [[SQLValue]]) throws {
    guard !rows.isEmpty else { return }
    try session.fill(table, with: rows.lazy.map { FilledRow(values: $0) })
  }

  private func writeDays(of book: LedgerBook) throws {
    for (name, days) in book.touched.sorted(by: { $0.key < $1.key }) {
      guard let state = book.accounts[name] else { continue }
      for day in state.days where days.contains(day.day) {
        try session.run(
          SQL(
            """
            INSERT INTO karez_ledger_day (account, valid_on, units, held)
            VALUES (\(name.description), \(day.day), \(day.units), \(day.held))
            ON CONFLICT (account, valid_on)
            DO UPDATE SET units = excluded.units, held = excluded.held
            """
          ).kept)
      }
    }
  }

  private func body(of news: [LedgerRows], opened: [LedgerAccount]) -> JSONValue {
    let cases = Set(news.compactMap(\.transaction.caseNumber)).sorted()
    var members: [String: JSONValue] = [
      "first": .integer(news.first?.transaction.number ?? 0),
      "count": .integer(Int64(news.count)), "sm3": .string(LedgerRows.digest(of: news)),
    ]
    if !cases.isEmpty { members["cases"] = .array(cases.map(JSONValue.string)) }
    if !opened.isEmpty { members["opened"] = .array(opened.map(Self.json)) }
    return .object(members)
  }

  static func json(of account: LedgerAccount) -> JSONValue {
    .object([
      "account": .string(account.name.description),
      "decimals": .integer(Int64(account.measure.decimals)),
      "mayBeNegative": .boolean(account.mayBeNegative),
      "unit": .string(account.measure.unit.rawValue),
    ])
  }
}
