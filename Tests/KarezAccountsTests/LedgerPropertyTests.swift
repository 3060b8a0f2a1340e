import KarezAccounts
import KarezCore
import TestSupport
import Testing

/// What holds whatever is recorded: all short sequences of acts, and many long ones.
@Suite struct LedgerPropertyTests {
  typealias Fixture = LedgerFixture
  static let issued = "issued/653101/2026/any"
  static let plan = "plan/653101/2026/any"

  /// Acts with small amounts on three days; what they name may or may not be there.
  static func alphabet() throws -> [(act: LedgerAct, day: LegalDate)] {
    let account = try Fixture.name(plan)
    let days = try ["2026-02-01", "2026-02-02", "2027-01-01"].map(Fixture.day)
    let returned = try Fixture.move("return", plan, issued, 1)
    var acts: [(LedgerAct, LegalDate)] = []
    for day in days {
      acts.append((.post([try Fixture.move("issue", issued, plan, 2)]), day))
      acts.append((.post([returned]), day))
      acts.append((.hold(account, units: 1), day))
      acts.append((.reverse(1), day))
    }
    acts.append((.reverse(2), days[1]))
    acts.append((.release(hold: 2, units: nil), days[1]))
    acts.append((.consume(hold: 2, [returned]), days[2]))
    acts.append((.carryOver(account), days[2]))
    return acts.map { (act: $0.0, day: $0.1) }
  }

  @Test func `no sequence of five acts breaks what holds, and none is refused without need`() throws
  {
    let alphabet = try Self.alphabet()
    let chart = try Fixture.chart()
    let plan = try Fixture.name(Self.plan)
    var (recorded, refused, needless) = (0, 0, 0)
    func go(_ book: LedgerBook, _ naive: NaiveLedger, _ depth: Int) throws {
      guard depth < 5 else { return }
      for (place, asked) in alphabet.enumerated() {
        var (book, naive) = (book, naive)
        let before = book.accounts
        let order = LedgerOrder(
          key: "\(depth)-\(place)", asked.act, on: asked.day, reason: "all")
        do throws(LedgerError) {
          let done = try book.record(order).transaction
          #expect(naive.fault(of: done) == nil, "\(order)")
          naive.keep(done)
          recorded += 1
        } catch {
          #expect(book.accounts == before)
          refused += 1
          // What is called overdrawn really would be.
          if case .overdrawn(let name, _, let available, let units) = error {
            needless += available >= units || name != plan ? 1 : 0
          }
          continue
        }
        try go(book, naive, depth + 1)
      }
    }
    try go(LedgerBook(chart: chart), NaiveLedger(chart: chart), 0)
    print("ledger: \(recorded) acts recorded, \(refused) refused")
    #expect(recorded > 5_000 && refused > 5_000 && needless == 0)
  }

  /// 100,000 postings, holds, trades and counter-postings between forty accounts over two years.
  @Test func `a hundred thousand random postings balance, and nothing is overdrawn`() throws {
    var random = SplitMix64(seed: 41)
    var ledger = RandomLedger(chart: try Fixture.chart())
    for _ in 0..<100_000 { try ledger.step(&random) }
    let kept = ledger.transactions
    print("ledger: \(kept.count) recorded, \(ledger.refused) refused")
    #expect(kept.count > 50_000 && ledger.refused > 5_000)
    #expect(kept.map(\.number) == Array(1...Int64(kept.count)))

    let accounts = ledger.book.accounts.values.map(\.account)
    for day in ["2026-01-01", "2026-07-01", "2027-01-01", "2028-01-01"].compactMap({ LegalDate($0) }
    ) {
      for recorded in [0, Int64(kept.count) / 3, Int64(kept.count)] {
        let trial = TrialBalance(
          of: kept, accounts: accounts, at: LedgerTime(validOn: day, recorded: recorded))
        #expect(trial.isBalanced)
        for account in trial.accounts {
          #expect(account.held >= 0)
          #expect(account.account.mayBeNegative || account.available >= 0, "\(account)")
          guard recorded == Int64(kept.count) else { continue }
          let state = ledger.book.accounts[account.account.name]
          #expect(state?.balance(on: day) == account.balance)
          #expect(state?.held(on: day) == account.held)
        }
      }
    }
    for (name, lot) in ledger.book.lots { #expect(lot.left >= 0, "\(name)") }
  }

  @Test(arguments: 0..<40)
  func `a ledger read back from its transactions is the same ledger`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var ledger = RandomLedger(chart: try Fixture.chart())
    var naive = NaiveLedger(chart: ledger.book.chart)
    for _ in 0..<60 {
      guard let done = try ledger.step(&random) else { continue }
      #expect(naive.fault(of: done) == nil)
      naive.keep(done)
      let text = done.json.canonicalText
      #expect(LedgerTransaction(try JSONValue(parsing: text)) == done)
    }
    for state in ledger.book.accounts.values {
      #expect(AccountState(state.account, days: state.days) == state)
    }
  }
}

/// A ledger that is given random orders, right and wrong ones.
struct RandomLedger {
  private(set) var book: LedgerBook
  private(set) var transactions: [LedgerTransaction] = []
  private(set) var refused = 0
  private var orders = 0
  /// Holds there were, to be let go or used.
  private var holds: [HoldChange] = []
  private let days: [LegalDate]
  private static let regions = ["653101", "653121", "653122", "653123"]
  private static let parts = ["9-dry", "11-dry", "8-paddy"]

  init(chart: ChartOfAccounts) {
    book = LedgerBook(chart: chart)
    days = (0..<730).compactMap { LegalDate(year: 2026, month: 1, day: 1)?.adding(days: $0) }
  }

  /// Records one, or is refused and answers nil.
  @discardableResult
  mutating func step(_ random: inout SplitMix64) throws -> LedgerTransaction? {
    orders += 1
    let day = days[Int.random(in: days.indices, using: &random)]
    let order = LedgerOrder(
      key: "\(orders)", try act(&random), on: day, reason: "random", caseNumber: "C\(orders)")
    do throws(LedgerError) {
      let done = try book.record(order).transaction
      transactions.append(done)
      if done.sort == .hold { holds += done.holds }
      return done
    } catch {
      refused += 1
      return nil
    }
  }

  private func act(_ random: inout SplitMix64) throws -> LedgerAct {
    let region = Self.regions[Int.random(in: 0..<4, using: &random)]
    let other = Self.regions[Int.random(in: 0..<4, using: &random)]
    let part = Self.parts[Int.random(in: 0..<3, using: &random)]
    let units = Int64.random(in: 1...1_000, using: &random)
    let quota = "quota/\(region)/2026/\(part)"
    let known = Int64.random(in: 0...book.last, using: &random) + 1
    let use = try LedgerFixture.move(
      "occupy", quota, "used/\(region)/2026/\(part)", units, pairings: pairings(part, units))
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<5:
      return .post([
        try LedgerFixture.move(
          "make", "made/\(region)/2026/\(part)", quota, units * 4, made: LedgerFixture.restored)
      ])
    case 5..<10: return .post([use])
    case 10..<13:
      return .post([
        try LedgerFixture.move(
          "pay-in", "bank/\(other)/2026/any", "funds/\(other)/2026/any", units * 2)
      ])
    case 13..<15:
      return .post([
        try LedgerFixture.move("trade", quota, "quota/\(other)/2026/\(part)", units),
        try LedgerFixture.move(
          "pay", "funds/\(other)/2026/any", "funds/\(region)/2026/any", units),
      ])
    case 15..<17: return .hold(try LedgerFixture.name(quota), units: units)
    case 17..<19:
      guard let hold = holds.suffix(20).randomElement(using: &random) else {
        return .reverse(known)
      }
      guard Bool.random(using: &random) else { return .release(hold: hold.hold, units: nil) }
      let name = hold.account
      let move = try LedgerFixture.move(
        "occupy", name.description, "used/\(name.region)/2026/\(name.part)", hold.units,
        pairings: pairings(name.part.description, hold.units))
      return .consume(hold: hold.hold, [move])
    default: return .reverse(known)
    }
  }

  /// The newest lot of the part; whether enough of it is left is the book's to say.
  private func pairings(_ part: String, _ units: Int64) -> [Pairing] {
    let lot = LotName(transaction: max(1, book.last - 3), move: 0)
    let wanted =
      (0..<20).lazy.map { LotName(transaction: max(1, lot.transaction - $0), move: 0) }
      .first { book.lots[$0]?.account.part.description == part } ?? lot
    guard let part = AccountPart(part) else { return [] }
    return [
      Pairing(occupied: LedgerFixture.occupied, part: part, lot: wanted, units: units)
    ]
  }
}
