public import KarezCore

/// An account with what was posted on each of its days.
///
/// - Shape: days in order; of each the sums of that day, and those of all days up to it.
public struct AccountState: Hashable, Sendable {
  /// What was posted on one day.
  public struct Day: Hashable, Sendable {
    public let day: LegalDate
    public var units: Int64
    public var held: Int64

    public init(day: LegalDate, units: Int64, held: Int64) {
      self.day = day
      self.units = units
      self.held = held
    }
  }

  private struct Sum: Hashable {
    var units: Int64
    var held: Int64

    var free: Int64 { units - held }
  }

  public let account: LedgerAccount
  public private(set) var days: [Day] = []
  private var sums: [Sum] = []

  public init(_ account: LedgerAccount) { self.account = account }

  /// Nil where the days are not in order or add up to more than an amount can be.
  public init?(_ account: LedgerAccount, days: [Day]) {
    self.init(account)
    for day in days {
      guard self.days.last.map({ $0.day < day.day }) ?? true,
        (try? add(units: day.units, held: day.held, on: day.day)) != nil
      else { return nil }
    }
  }

  /// The balance at the end of a day.
  public func balance(on day: LegalDate) -> Int64 { sum(on: day).units }
  /// What is set aside at the end of a day.
  public func held(on day: LegalDate) -> Int64 { sum(on: day).held }

  /// The most that can be taken on a day: no later day may come to lack it.
  public func available(on day: LegalDate) -> Int64 {
    let place = self.place(of: day)
    return sums[place...].reduce(sum(on: day).free) { min($0, $1.free) }
  }

  /// What is set aside on a day or still on any after it.
  public func mostHeld(from day: LegalDate) -> Int64 {
    sums[place(of: day)...].reduce(sum(on: day).held) { max($0, $1.held) }
  }

  private func sum(on day: LegalDate) -> Sum {
    let place = self.place(of: day)
    if place < days.count, days[place].day == day { return sums[place] }
    return place == 0 ? Sum(units: 0, held: 0) : sums[place - 1]
  }

  /// Where a day is, or would be put.
  private func place(of day: LegalDate) -> Int {
    // Most postings are of the last day.
    guard let last = days.last else { return 0 }
    if last.day < day { return days.count }
    var (low, high) = (0, days.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if days[middle].day < day { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Adds to a day, unless the account may not be below zero and would be, then or later.
  ///
  /// - Errors: `LedgerError.overdrawn`, `.amountTooLarge`; the account is then as it was.
  mutating func add(units: Int64, held: Int64, on day: LegalDate) throws(LedgerError) {
    let free = try Self.sum(units, -held)
    if free < 0, !account.mayBeNegative {
      let available = available(on: day)
      guard available + free >= 0 else {
        throw .overdrawn(account.name, on: day, available: available, asked: -free)
      }
    }
    let place = self.place(of: day)
    let before = sum(on: day)
    for sum in sums[place...] + [before] {
      _ = try Self.sum(sum.units, units)
      _ = try Self.sum(sum.held, held)
    }
    if place == days.count || days[place].day != day {
      days.insert(Day(day: day, units: 0, held: 0), at: place)
      sums.insert(before, at: place)
    }
    days[place].units += units
    days[place].held += held
    for place in place..<sums.count {
      sums[place].units += units
      sums[place].held += held
    }
  }

  /// The sum, where it is one an amount can be.
  static func sum(_ left: Int64, _ right: Int64) throws(LedgerError) -> Int64 {
    let (sum, isOver) = left.addingReportingOverflow(right)
    guard !isOver, (-Amount.most...Amount.most).contains(sum) else { throw .amountTooLarge }
    return sum
  }
}

/// 冻结: what is left of a quantity that was set aside.
public struct HoldState: Hashable, Sendable {
  public let account: AccountName
  public let day: LegalDate
  public var left: Int64

  public init(account: AccountName, day: LegalDate, left: Int64) {
    self.account = account
    self.day = day
    self.left = left
  }
}

/// 补充地块指标: what is left of a quantity that was made of a feature, to be pointed at.
public struct LotState: Hashable, Sendable {
  /// The account it was made in.
  public let account: AccountName
  public let feature: VersionReference
  public let day: LegalDate
  public var left: Int64

  public init(account: AccountName, feature: VersionReference, day: LegalDate, left: Int64) {
    self.account = account
    self.feature = feature
    self.day = day
    self.left = left
  }
}
