import Foundation
public import KarezAccounts
public import KarezCore
import KarezPacks
public import KarezStore

/// The ledger of an installation, under the chart of its packs; what every door calls.
///
/// Accounts here are of quantities (指标账户); those people sign in with are `Accounts`.
public struct Ledgers: Sendable {
  public let chart: ChartOfAccounts
  let map: OneMap

  /// Records orders, all of them or none; one that is sent again is recorded once.
  ///
  /// - Errors: `Problem` with the order's key as its place.
  public func post(
    _ orders: [LedgerOrder], recording batch: RecordBatch? = nil, by actor: Actor,
    in scope: Scope
  ) async throws(Problem) -> [LedgerReceipt] {
    try await checkFeatures(of: orders, in: scope)
    do throws(StoreError) {
      return try await map.store.post(
        orders, under: chart, recording: batch, by: actor, in: scope)
    } catch {
      guard case .ledger(let error, let place) = error else { throw .store(error) }
      throw .ledger(error, at: orders.indices.contains(place) ? orders[place].key : "", chart)
    }
  }

  // MARK: Reading

  /// What accounts hold as of two times, by name, as somebody looks at it; the log is told of which.
  public func balances(
    _ query: LedgerAccountQuery, at time: LedgerTime, in scope: Scope
  ) async throws(Problem) -> [AccountBalance] {
    let found = try await reckoned(query, at: time, in: scope)
    try await noteRead(of: found.map(\.account.name))
    return found
  }

  /// As `balances`, for work that makes sums of them and shows none.
  func reckoned(
    _ query: LedgerAccountQuery, at time: LedgerTime, in scope: Scope
  ) async throws(Problem) -> [AccountBalance] {
    try await map.asked { store throws(StoreError) in
      try await store.ledgerBalances(query, at: time, in: scope)
    }
  }

  /// All accounts the reader may see, with the totals that prove them; who sees some regions only
  /// sees totals of those.
  public func trialBalance(
    at time: LedgerTime, in scope: Scope
  ) async throws(Problem) -> TrialBalance {
    TrialBalance(
      time: time, accounts: try await balances(LedgerAccountQuery(), at: time, in: scope))
  }

  /// An account with what moved it, by day.
  ///
  /// - Errors: `Problem` of kind notFound where there is none, or it is out of scope.
  public func statement(
    of name: AccountName, at time: LedgerTime, in scope: Scope
  ) async throws(Problem) -> LedgerStatement {
    let query = LedgerAccountQuery(name: name)
    guard let balance = try await balances(query, at: time, in: scope).first else {
      throw .ledger(.accountUnknown(name), at: name.description, chart)
    }
    let wanted = LedgerTransactionQuery(account: name, time: time)
    return LedgerStatement(
      balance: balance, time: time, transactions: try await all(wanted, in: scope))
  }

  /// - Errors: `Problem` of kind notFound where there is none, or it is out of scope.
  public func transaction(
    _ number: Int64, in scope: Scope
  ) async throws(Problem) -> RecordedTransaction {
    let found = try await recorded(number, in: scope)
    try await noteRead(of: found.transaction.legs.map(\.account))
    return found
  }

  /// As `transaction`, for work that shows it to nobody.
  func recorded(
    _ number: Int64, in scope: Scope
  ) async throws(Problem) -> RecordedTransaction {
    let query = LedgerTransactionQuery(number: number)
    guard let found = try await all(query, in: scope).first else {
      throw .ledger(.transactionUnknown(number), at: String(number), chart)
    }
    return found
  }

  /// Transactions of a case, of a feature or of all, by number; the log is told of their accounts.
  public func transactions(
    _ query: LedgerTransactionQuery, after number: Int64 = 0, limit: Int, in scope: Scope
  ) async throws(Problem) -> [RecordedTransaction] {
    let found = try await page(query, after: number, limit: limit, in: scope)
    try await noteRead(of: found.flatMap { $0.transaction.legs.map(\.account) })
    return found
  }

  /// Accounts are of the level of what an office keeps for itself, so that looking at one is told to
  /// the log as looking at a feature of such a dataset is.
  private func noteRead(of accounts: [AccountName]) async throws(Problem) {
    let names = Set(accounts.map(\.description)).sorted()
    guard !names.isEmpty else { return }
    try await map.reads.note(.accounts, names)
  }

  private func page(
    _ query: LedgerTransactionQuery, after number: Int64, limit: Int, in scope: Scope
  ) async throws(Problem) -> [RecordedTransaction] {
    try await map.asked { store throws(StoreError) in
      try await store.ledgerTransactions(query, after: number, limit: limit, in: scope)
    }
  }

  private func all(
    _ query: LedgerTransactionQuery, in scope: Scope
  ) async throws(Problem) -> [RecordedTransaction] {
    let most = 1_000
    var all: [RecordedTransaction] = []
    while true {
      let last = all.last?.transaction.number ?? 0
      let found = try await page(query, after: last, limit: most, in: scope)
      all += found
      if found.count < most { return all }
    }
  }

  // MARK: Features

  /// Every feature an order points at is there as it says, and none is pointed at for more than
  /// it is large.
  private func checkFeatures(
    of orders: [LedgerOrder], in scope: Scope
  ) async throws(Problem) {
    var seen: Set<VersionReference> = []
    for order in orders {
      for move in order.moves {
        if let made = move.made {
          try await check(made, on: order, holding: amount(move.units, move), in: scope)
        }
        for pairing in move.pairings where seen.insert(pairing.occupied).inserted {
          try await check(pairing.occupied, on: order, holding: nil, in: scope)
        }
      }
    }
  }

  private func amount(_ units: Int64, _ move: Move) -> Amount? {
    guard let measure = chart.kind(move.to.kind)?.measure, measure.unit == .squareMetre else {
      return nil
    }
    return Amount(units: units, measure)
  }

  private func check(
    _ reference: VersionReference, on order: LedgerOrder, holding amount: Amount?,
    in scope: Scope
  ) async throws(Problem) {
    let place = "\(reference.dataset)/\(reference.id)@\(reference.commit)"
    guard let dataset = DatasetID(reference.dataset),
      let commit = CommitNumber(reference.commit)
    else { throw Self.featureUnknown(place) }
    let query = FeatureQuery(
      dataset: dataset, asOf: AsOf(validOn: order.day, recorded: commit), id: reference.id)
    let page = try await map.asked { store throws(StoreError) in
      let last = try await store.lastCommit()
      guard commit <= last else { return [FeatureVersion]() }
      return try await store.features(query, after: nil, limit: 1, in: scope).versions
    }
    guard let version = page.first else { throw Self.featureUnknown(place) }
    guard let amount, let area = version.statutoryArea,
      let whole = Amount(area.text, amount.measure), whole.units < amount.units
    else { return }
    throw Wording(
      "ledger-feature-smaller", "地块面积 \(whole.text) 平方米，小于记账数额 \(amount.text)",
      "the feature has \(whole.text) m², less than the \(amount.text) that are posted",
      do: "更正数额或所指要素版本", "mend the amount or the version it names"
    ).problem(at: place)
  }

  private static func featureUnknown(_ place: String) -> Problem {
    Wording(
      "ledger-feature-unknown", "记账日没有该要素版本", "no such version of the feature is there on that day",
      do: "写明数据集/标识码@提交号，要素须在记账日有效",
      "name dataset/id@commit of a feature in force on the day"
    ).problem(.notFound, at: place)
  }
}

extension LedgerOrder {
  fileprivate var moves: [Move] {
    switch act {
    case .post(let moves), .consume(_, let moves): moves
    case .open, .hold, .release, .carryOver, .reverse: []
    }
  }
}

extension OneMap {
  /// 指标账簿: quantities that must balance, under the chart of the packs.
  public func ledgers() throws(Problem) -> Ledgers {
    do throws(RulePackError) {
      return Ledgers(chart: try packs.chart(from: installation.packs.path), map: self)
    } catch {
      throw .packs(error)
    }
  }
}
