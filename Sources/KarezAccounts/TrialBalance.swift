public import KarezCore

/// Which state of a ledger is meant: what counts on a day, as recorded up to a transaction.
public struct LedgerTime: Hashable, Sendable {
  public let validOn: LegalDate
  /// The number of the last transaction that is known; nil is all there are.
  public let recorded: Int64?

  public init(validOn: LegalDate, recorded: Int64? = nil) {
    self.validOn = validOn
    self.recorded = recorded
  }

  func shows(_ transaction: LedgerTransaction) -> Bool {
    transaction.day <= validOn && transaction.number <= recorded ?? .max
  }
}

/// 账户余额: what came into an account, what went out, and what of the rest is set aside.
public struct AccountBalance: Hashable, Sendable {
  public let account: LedgerAccount
  public var received: Int64
  public var given: Int64
  public var held: Int64

  public init(account: LedgerAccount, received: Int64 = 0, given: Int64 = 0, held: Int64 = 0) {
    self.account = account
    self.received = received
    self.given = given
    self.held = held
  }

  public var balance: Int64 { received - given }
  public var available: Int64 { balance - held }

  mutating func add(_ leg: LedgerLeg) {
    if leg.units > 0 { received += leg.units } else { given -= leg.units }
    held += leg.held
  }
}

/// 试算平衡表: all accounts as of two times, and the proof that what came in somewhere went out
/// elsewhere.
public struct TrialBalance: Hashable, Sendable {
  public struct Total: Hashable, Sendable {
    public let measure: Measure
    public let received: Int128
    public let given: Int128

    public var isBalanced: Bool { received == given }
  }

  public let time: LedgerTime
  /// By name.
  public let accounts: [AccountBalance]
  /// One a measure, by unit.
  public let totals: [Total]

  public init(time: LedgerTime, accounts: [AccountBalance]) {
    self.time = time
    self.accounts = accounts.sorted { $0.account.name < $1.account.name }
    totals = Dictionary(grouping: accounts, by: \.account.measure).map { measure, accounts in
      Total(
        measure: measure, received: accounts.reduce(0) { $0 + Int128($1.received) },
        given: accounts.reduce(0) { $0 + Int128($1.given) })
    }.sorted {
      ($0.measure.unit.rawValue, $0.measure.decimals)
        < ($1.measure.unit.rawValue, $1.measure.decimals)
    }
  }

  /// The balance of transactions, whoever keeps them.
  public init(
    of transactions: some Sequence<LedgerTransaction>, accounts: [LedgerAccount],
    at time: LedgerTime
  ) {
    var balances = Dictionary(
      accounts.map { ($0.name, AccountBalance(account: $0)) }
    ) { first, _ in first }
    for transaction in transactions where time.shows(transaction) {
      for leg in transaction.legs { balances[leg.account]?.add(leg) }
    }
    self.init(time: time, accounts: Array(balances.values))
  }

  public var isBalanced: Bool { totals.allSatisfy(\.isBalanced) }
}

extension TrialBalance.Total {
  public var receivedText: String { text(received) }
  public var givenText: String { text(given) }

  private func text(_ units: Int128) -> String {
    Int64(exactly: units).map { Amount.text(units: $0, decimals: measure.decimals) }
      ?? "\(units)e-\(measure.decimals)"
  }
}

extension AccountBalance {
  /// A number of the account's last decimal, as text.
  public func text(_ units: Int64) -> String { account.measure.text(units) }
}

extension Measure {
  /// A number of the last decimal, with all decimals.
  public func text(_ units: Int64) -> String { Amount.text(units: units, decimals: decimals) }
}
