public import KarezCore

/// 指标账簿: the part of a ledger that orders are about, and what they do to it.
///
/// A value: whoever keeps the ledger fills in what the orders name, records them one after another
/// and writes down what came of it. Nothing but this decides whether an order is right, so a
/// decision can be replayed without a database.
///
/// - Shape: what is not here does not exist: an account is opened by its first posting, a hold, a
///   lot or a transaction that is not here is unknown.
public struct LedgerBook: Sendable {
  public let chart: ChartOfAccounts
  /// The number of the last transaction; 0 before the first.
  public private(set) var last: Int64
  public private(set) var accounts: [AccountName: AccountState] = [:]
  public private(set) var holds: [Int64: HoldState] = [:]
  public private(set) var lots: [LotName: LotState] = [:]
  private var transactions: [Int64: Known] = [:]
  private var numbers: [String: Int64] = [:]

  /// What became of the book since it was made: to be written down.
  public private(set) var opened: [LedgerAccount] = []
  public private(set) var touched: [AccountName: Set<LegalDate>] = [:]

  private struct Known: Sendable {
    let transaction: LedgerTransaction
    var reversedBy: Int64?
  }

  public init(chart: ChartOfAccounts, last: Int64 = 0) {
    self.chart = chart
    self.last = last
  }

  // MARK: What there is already

  public mutating func know(_ account: AccountState) { accounts[account.account.name] = account }
  public mutating func know(_ hold: HoldState, as number: Int64) { holds[number] = hold }
  public mutating func know(_ lot: LotState, as name: LotName) { lots[name] = lot }
  public mutating func know(_ transaction: LedgerTransaction, reversedBy: Int64?) {
    transactions[transaction.number] = Known(transaction: transaction, reversedBy: reversedBy)
    numbers[transaction.key] = transaction.number
  }

  public func transaction(_ number: Int64) -> LedgerTransaction? {
    transactions[number]?.transaction
  }

  private func state(of name: AccountName) throws(LedgerError) -> AccountState {
    if let known = accounts[name] { return known }
    return AccountState(try LedgerAccount(name, under: chart))
  }

  // MARK: Recording

  /// What came of an order.
  public struct Outcome: Hashable, Sendable {
    public let transaction: LedgerTransaction
    /// Whether it was recorded now, and not by the same order before.
    public let isNews: Bool
  }

  /// Records an order under the next number, or what it was recorded under before.
  ///
  /// - Errors: `LedgerError`, one case a reason; the book is then as it was.
  public mutating func record(_ order: LedgerOrder) throws(LedgerError) -> Outcome {
    if let number = numbers[order.key], let known = transactions[number]?.transaction {
      guard known.isOf(order) else { throw .keyOfAnother(order.key) }
      return Outcome(transaction: known, isNews: false)
    }
    let transaction = try plan(order)
    try apply(transaction)
    last = transaction.number
    transactions[last] = Known(transaction: transaction)
    numbers[order.key] = last
    if let reversed = transaction.reverses { transactions[reversed]?.reversedBy = last }
    return Outcome(transaction: transaction, isNews: true)
  }

  /// Everything that is looked at is changed on copies, and kept only when all of it was right.
  private mutating func apply(_ transaction: LedgerTransaction) throws(LedgerError) {
    if let name = transaction.opens { return try open(name) }
    let day = transaction.day
    var sums: [AccountName: (units: Int64, held: Int64)] = [:]
    var order: [AccountName] = []
    for leg in transaction.legs {
      guard let known = sums[leg.account] else {
        order.append(leg.account)
        sums[leg.account] = (leg.units, leg.held)
        continue
      }
      sums[leg.account] = (
        try AccountState.sum(known.units, leg.units), try AccountState.sum(known.held, leg.held)
      )
    }
    var changed: [AccountState] = []
    for name in order {
      var state = try state(of: name)
      let sum = sums[name] ?? (0, 0)
      let earliest = LegalDate(year: name.year, month: 1, day: 1) ?? day
      guard day >= earliest else { throw .dayTooEarly(day, earliest: earliest) }
      try state.add(units: sum.units, held: sum.held, on: day)
      changed.append(state)
    }
    let holds = try changedHolds(transaction)
    let lots = try changedLots(transaction)
    for state in changed {
      let name = state.account.name
      if accounts[name] == nil { opened.append(state.account) }
      accounts[name] = state
      touched[name, default: []].insert(day)
    }
    self.holds.merge(holds) { $1 }
    self.lots.merge(lots) { $1 }
  }

  private mutating func open(_ name: AccountName) throws(LedgerError) {
    guard accounts[name] == nil else { throw .accountTwice(name) }
    let state = try state(of: name)
    accounts[name] = state
    opened.append(state.account)
  }

  private func changedHolds(
    _ transaction: LedgerTransaction
  ) throws(LedgerError) -> [Int64: HoldState] {
    var changed: [Int64: HoldState] = [:]
    for change in transaction.holds {
      guard change.hold != transaction.number else {
        changed[change.hold] = HoldState(
          account: change.account, day: transaction.day, left: change.units)
        continue
      }
      guard var hold = changed[change.hold] ?? holds[change.hold] else {
        throw .holdUnknown(change.hold)
      }
      guard transaction.day >= hold.day else {
        throw .dayTooEarly(transaction.day, earliest: hold.day)
      }
      guard hold.left + change.units >= 0 else {
        throw .holdSpent(change.hold, left: hold.left, asked: -change.units)
      }
      hold.left += change.units
      changed[change.hold] = hold
    }
    return changed
  }

  private func changedLots(
    _ transaction: LedgerTransaction
  ) throws(LedgerError) -> [LotName: LotState] {
    var changed: [LotName: LotState] = [:]
    let isCounter = transaction.reverses != nil
    for (place, move) in transaction.moves.enumerated() {
      if let feature = move.made {
        // Undone as a whole: what others point at already cannot be taken from under them.
        let name = LotName(transaction: transaction.reverses ?? transaction.number, move: place)
        if isCounter {
          try change(&changed, name, by: -move.units, on: transaction.day)
        } else {
          changed[name] = LotState(
            account: move.to, feature: feature, day: transaction.day, left: move.units)
        }
      }
      for pairing in move.pairings {
        try change(
          &changed, pairing.lot, by: isCounter ? pairing.units : -pairing.units,
          on: transaction.day)
      }
    }
    return changed
  }

  private func change(
    _ changed: inout [LotName: LotState], _ name: LotName, by units: Int64, on day: LegalDate
  ) throws(LedgerError) {
    guard var lot = changed[name] ?? lots[name] else { throw .lotUnknown(name) }
    guard day >= lot.day else { throw .dayTooEarly(day, earliest: lot.day) }
    guard lot.left + units >= 0 else {
      throw .lotSpent(name, left: lot.left, asked: -units)
    }
    lot.left += units
    changed[name] = lot
  }

  // MARK: For plans

  func known(_ number: Int64) throws(LedgerError) -> (LedgerTransaction, reversedBy: Int64?) {
    guard let known = transactions[number] else { throw .transactionUnknown(number) }
    return (known.transaction, known.reversedBy)
  }
}
