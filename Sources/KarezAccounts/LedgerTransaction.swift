public import KarezCore

/// A change of what is set aside in an account; below zero where it is let go.
public struct HoldChange: Hashable, Sendable {
  public let account: AccountName
  public let hold: Int64
  public let units: Int64
}

/// 记账凭证: what was recorded under one number, whole or not at all.
public struct LedgerTransaction: Hashable, Sendable {
  /// What sort of act it was, as pages and exports name it.
  public enum Sort: String, CaseIterable, Hashable, Sendable {
    case open
    case post
    case hold
    case release
    case consume
    case carryOver = "carry-over"
    case reverse
  }

  /// 凭证号: 1, 2, 3 … without gaps.
  public let number: Int64
  public let key: String
  public let sort: Sort
  public let day: LegalDate
  public let reason: String
  public let caseNumber: String?
  public let moves: [Move]
  public let holds: [HoldChange]
  /// The number of the transaction this one is the counter-posting of.
  public let reverses: Int64?
  /// The account it opens, and does nothing else.
  public let opens: AccountName?

  /// What it does to each account: units posted and units set aside, in the order of the moves.
  public var legs: [LedgerLeg] {
    var legs: [LedgerLeg] = []
    legs.reserveCapacity(moves.count * 2 + holds.count)
    for (place, move) in moves.enumerated() {
      legs.append(
        LedgerLeg(account: move.from, move: place, units: -move.units, held: 0, hold: nil))
      legs.append(LedgerLeg(account: move.to, move: place, units: move.units, held: 0, hold: nil))
    }
    for change in holds {
      legs.append(
        LedgerLeg(
          account: change.account, move: nil, units: 0, held: change.units, hold: change.hold))
    }
    return legs
  }
}

/// 分录: one side of a move, or a change of what is set aside.
public struct LedgerLeg: Hashable, Sendable {
  public let account: AccountName
  /// Which move it is a side of.
  public let move: Int?
  public let units: Int64
  public let held: Int64
  public let hold: Int64?
}

/// 指标账户: an account that was opened, with the terms of its kind on that day.
public struct LedgerAccount: Hashable, Sendable {
  public let name: AccountName
  public let measure: Measure
  public let mayBeNegative: Bool

  public init(name: AccountName, measure: Measure, mayBeNegative: Bool) {
    self.name = name
    self.measure = measure
    self.mayBeNegative = mayBeNegative
  }

  /// The account of this name as the chart has its kind.
  public init(_ name: AccountName, under chart: ChartOfAccounts) throws(LedgerError) {
    guard let kind = chart.kind(name.kind) else { throw .kindUnknown(name.kind) }
    guard kind.admits(name.part) else { throw .partNotOfKind(name) }
    self.init(name: name, measure: kind.measure, mayBeNegative: kind.mayBeNegative)
  }
}
