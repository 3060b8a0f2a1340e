import KarezAccounts
import KarezCore

/// The invariants said the long way: after every act all legs there ever were are added up anew.
struct NaiveLedger {
  private(set) var transactions: [LedgerTransaction] = []
  let chart: ChartOfAccounts

  /// Why this transaction could not stand, or nil.
  func fault(of transaction: LedgerTransaction) -> String? {
    let legs = (transactions + [transaction]).flatMap { kept in
      kept.legs.map { (day: kept.day, leg: $0) }
    }
    let days = Set(legs.map(\.day))
    for (name, own) in Dictionary(grouping: legs, by: \.leg.account) {
      for day in days {
        let sums = own.filter { $0.day <= day }.reduce(into: (units: Int64(0), held: Int64(0))) {
          $0.units += $1.leg.units
          $0.held += $1.leg.held
        }
        if sums.held < 0 { return "\(name) holds \(sums.held) on \(day)" }
        if chart.kind(name.kind)?.mayBeNegative != true, sums.units < sums.held {
          return "\(name) has \(sums.units) of \(sums.held) on \(day)"
        }
      }
    }
    for (hold, own) in Dictionary(grouping: legs.filter { $0.leg.hold != nil }, by: \.leg.hold) {
      if own.reduce(0, { $0 + $1.leg.held }) < 0 { return "hold \(hold ?? 0)" }
    }
    return faultOfLots(transaction)
  }

  private func faultOfLots(_ transaction: LedgerTransaction) -> String? {
    var left: [LotName: Int64] = [:]
    for kept in transactions + [transaction] {
      let sign: Int64 = kept.reverses == nil ? 1 : -1
      for (place, move) in kept.moves.enumerated() {
        if move.made != nil {
          let lot = LotName(transaction: kept.reverses ?? kept.number, move: place)
          left[lot, default: 0] += sign * move.units
        }
        for pairing in move.pairings { left[pairing.lot, default: 0] -= sign * pairing.units }
      }
    }
    return left.first { $0.value < 0 }.map { "lot \($0.key)" }
  }

  mutating func keep(_ transaction: LedgerTransaction) { transactions.append(transaction) }
}
