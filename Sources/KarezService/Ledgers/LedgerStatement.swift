public import KarezAccounts
public import KarezCore
public import KarezStore

/// 账户对账单: what moved an account as of two times, by day, with what it held after each.
public struct LedgerStatement: Sendable {
  public struct Line: Sendable {
    public let recorded: RecordedTransaction
    /// What this transaction moved in or out, and set aside or let go.
    public let units: Int64
    public let held: Int64
    /// What the account held once all lines up to this one are counted.
    public let balance: Int64
    /// The other accounts of its moves.
    public let others: [AccountName]
  }

  public let balance: AccountBalance
  public let time: LedgerTime
  public let lines: [Line]

  init(balance: AccountBalance, time: LedgerTime, transactions: [RecordedTransaction]) {
    self.balance = balance
    self.time = time
    let name = balance.account.name
    var sum: Int64 = 0
    lines = transactions.sorted {
      ($0.transaction.day, $0.transaction.number) < ($1.transaction.day, $1.transaction.number)
    }.map { recorded in
      let legs = recorded.transaction.legs.filter { $0.account == name }
      let units = legs.reduce(0) { $0 + $1.units }
      sum += units
      let others = recorded.transaction.moves.filter { $0.from == name || $0.to == name }
        .map { $0.from == name ? $0.to : $0.from }
      return Line(
        recorded: recorded, units: units, held: legs.reduce(0) { $0 + $1.held }, balance: sum,
        others: others)
    }
  }
}

// MARK: As JSON

extension AccountBalance {
  public var json: JSONValue {
    let name = account.name
    return .object([
      "account": .string(name.description), "kind": .string(name.kind),
      "region": .string(name.region), "year": .integer(Int64(name.year)),
      "part": .string(name.part.description), "unit": .string(account.measure.unit.rawValue),
      "received": .string(text(received)), "given": .string(text(given)),
      "balance": .string(text(balance)), "held": .string(text(held)),
      "available": .string(text(available)),
    ])
  }
}

extension LedgerTime {
  public var json: JSONValue {
    .object([
      "validOn": .string(validOn.description),
      "recorded": recorded.map(JSONValue.integer) ?? .null,
    ])
  }
}

extension TrialBalance {
  public var json: JSONValue {
    .object([
      "asOf": time.json, "accounts": .array(accounts.map(\.json)),
      "balanced": .boolean(isBalanced),
      "totals": .array(
        totals.map { total in
          .object([
            "unit": .string(total.measure.unit.rawValue),
            "received": .string(total.receivedText), "given": .string(total.givenText),
          ])
        }),
    ])
  }
}

extension LedgerStatement {
  public var json: JSONValue {
    let account = balance
    return .object([
      "asOf": time.json, "account": account.json,
      "lines": .array(
        lines.map { line in
          .object([
            "number": .integer(line.recorded.transaction.number),
            "day": .string(line.recorded.transaction.day.description),
            "sort": .string(line.recorded.transaction.sort.rawValue),
            "reason": .string(line.recorded.transaction.reason),
            "case": .optional(line.recorded.transaction.caseNumber),
            "amount": .string(account.text(line.units)), "held": .string(account.text(line.held)),
            "balance": .string(account.text(line.balance)),
            "others": .array(line.others.map { .string($0.description) }),
          ])
        }),
    ])
  }
}

extension Ledgers {
  /// A transaction with its amounts as decimals.
  public func json(of recorded: RecordedTransaction) -> JSONValue {
    let transaction = recorded.transaction
    return .object([
      "number": .integer(transaction.number), "key": .string(transaction.key),
      "sort": .string(transaction.sort.rawValue), "day": .string(transaction.day.description),
      "reason": .string(transaction.reason), "case": .optional(transaction.caseNumber),
      "recordedAt": .string(recorded.recordedAt), "actor": .string(recorded.actor.id),
      "sm3": .string(recorded.sm3),
      "reverses": transaction.reverses.map(JSONValue.integer) ?? .null,
      "reversedBy": recorded.reversedBy.map(JSONValue.integer) ?? .null,
      "opens": .optional(transaction.opens?.description),
      "moves": .array(transaction.moves.map(json)),
      "holds": .array(
        transaction.holds.map { change in
          .object([
            "account": .string(change.account.description), "hold": .integer(change.hold),
            "amount": .string(text(change.units, of: change.account)),
          ])
        }),
    ])
  }

  /// A number of the last decimal of an account's kind, with all decimals.
  public func text(_ units: Int64, of account: AccountName) -> String {
    // What a chart that has changed no longer names is shown as it is kept.
    chart.kind(account.kind)?.measure.text(units) ?? String(units)
  }

  private func json(of move: Move) -> JSONValue {
    var members: [String: JSONValue] = [
      "rule": .string(move.rule), "from": .string(move.from.description),
      "to": .string(move.to.description), "amount": .string(text(move.units, of: move.to)),
      "unit": .optional(chart.kind(move.to.kind)?.measure.unit.rawValue),
    ]
    if let made = move.made { members["made"] = made.json }
    if !move.pairings.isEmpty {
      members["pairings"] = .array(
        move.pairings.map { pairing in
          .object([
            "occupied": pairing.occupied.json, "part": .string(pairing.part.description),
            "lot": .string(pairing.lot.description),
            "amount": .string(text(pairing.units, of: move.to)),
          ])
        })
    }
    return .object(members)
  }
}
