import KarezAccounts
import KarezCore
import Testing

/// What each act does, and what each refusal rests on.
@Suite struct LedgerActTests {
  typealias Fixture = LedgerFixture
  static let quota = "quota/653101/2026/9-dry"
  static let used = "used/653101/2026/9-dry"

  /// A ledger with 100.00 m² of compensating land in 653101.
  static func stocked() throws -> KeptLedger {
    var ledger = try KeptLedger()
    try ledger.record(
      .post([
        try Fixture.move(
          "make", "made/653101/2026/9-dry", quota, 10_000, made: Fixture.restored)
      ]), on: "2026-02-01")
    return ledger
  }

  static func occupying(
    _ units: Int64, paired: Int64? = nil, part: String = "9-dry",
    lot: LotName = LotName(transaction: 1, move: 0)
  ) throws -> Move {
    try Fixture.move(
      "occupy", quota, used, units,
      pairings: [
        Pairing(
          occupied: Fixture.occupied, part: try #require(AccountPart(part)), lot: lot,
          units: paired ?? units)
      ])
  }

  static func expect(
    _ error: LedgerError, of ledger: KeptLedger, _ act: LedgerAct, on day: String = "2026-03-01",
    case number: String? = nil
  ) throws {
    var tried = ledger
    #expect(throws: error) { try tried.record(act, on: day, case: number) }
    #expect(tried.book.accounts == ledger.book.accounts, "a refusal leaves the book as it was")
    #expect(tried.book.holds == ledger.book.holds && tried.book.lots == ledger.book.lots)
    #expect(tried.book.last == ledger.book.last)
  }

  @Test func `what is moved is gone here and there over there`() throws {
    var ledger = try Self.stocked()
    try ledger.record(.post([try Self.occupying(2_500)]), case: "C1")
    #expect(try ledger.balance(Self.quota) == 7_500)
    #expect(try ledger.balance(Self.used) == 2_500)
    #expect(try ledger.balance("made/653101/2026/9-dry") == -10_000)
    #expect(ledger.book.lots[LotName(transaction: 1, move: 0)]?.left == 7_500)
  }

  @Test func `an account is not overdrawn on any day, by a posting of any day`() throws {
    var ledger = try Self.stocked()
    try ledger.record(.post([try Self.occupying(9_000)]), on: "2026-05-01", case: "C1")
    // On 1 March there are 100.00, but 90.00 of them are used in May.
    try Self.expect(
      .overdrawn(
        try Fixture.name(Self.quota), on: try Fixture.day("2026-03-01"), available: 1_000,
        asked: 1_001),
      of: ledger, .post([try Self.occupying(1_001)]), case: "C2")
    try Self.expect(
      .overdrawn(
        try Fixture.name(Self.quota), on: try Fixture.day("2026-01-15"), available: 0, asked: 1),
      of: ledger, .hold(try Fixture.name(Self.quota), units: 1), on: "2026-01-15")
    try ledger.record(.post([try Self.occupying(1_000)]), case: "C2")
    #expect(try ledger.available(Self.quota) == 0)
  }

  @Test func `what is set aside cannot be used by others, and is by whom it is for`() throws {
    var ledger = try Self.stocked()
    let account = try Fixture.name(Self.quota)
    let hold = try ledger.record(.hold(account, units: 6_000)).number
    #expect(try ledger.available(Self.quota) == 4_000)
    try Self.expect(
      .overdrawn(account, on: try Fixture.day("2026-03-01"), available: 4_000, asked: 4_001),
      of: ledger, .post([try Self.occupying(4_001)]), case: "C1")
    try ledger.record(.consume(hold: hold, [try Self.occupying(5_000)]), case: "C1")
    #expect(try ledger.balance(Self.quota) == 5_000)
    #expect(try ledger.available(Self.quota) == 4_000)
    try Self.expect(
      .holdSpent(hold, left: 1_000, asked: 1_001), of: ledger,
      .consume(hold: hold, [try Self.occupying(1_001)]), case: "C1")
    try Self.expect(
      .holdSpent(hold, left: 1_000, asked: 1_001), of: ledger,
      .release(hold: hold, units: 1_001))
    try ledger.record(.release(hold: hold, units: nil))
    #expect(try ledger.available(Self.quota) == 5_000)
    try Self.expect(.amountNotPositive, of: ledger, .release(hold: hold, units: nil))
    try Self.expect(.holdUnknown(99), of: ledger, .release(hold: 99, units: 1))
    try Self.expect(
      .notOfHold(hold, try Fixture.name("issued/653101/2026/any")), of: ledger,
      .consume(
        hold: hold,
        [try Fixture.move("issue", "issued/653101/2026/any", "plan/653101/2026/any", 1)]))
  }

  @Test func `each occupied square metre points at one that compensates it, once`() throws {
    var ledger = try Self.stocked()
    try Self.expect(
      .pairingsDiffer(rule: "occupy", moved: 500, paired: 499), of: ledger,
      .post([try Self.occupying(500, paired: 499)]), case: "C1")
    try Self.expect(
      .lotUnknown(LotName(transaction: 5, move: 0)), of: ledger,
      .post([try Self.occupying(500, lot: LotName(transaction: 5, move: 0))]), case: "C1")
    try Self.expect(.caseMissing(rule: "occupy"), of: ledger, .post([try Self.occupying(500)]))
    // Two hectares bought elsewhere are no more land here: the lot is spent before the account is.
    try ledger.record(
      .post([
        try Fixture.move(
          "make", "made/653122/2026/9-dry", "quota/653122/2026/9-dry", 20_000,
          made: Fixture.restored)
      ]))
    try ledger.record(
      .post([try Fixture.move("pay-in", "bank/653101/2026/any", "funds/653101/2026/any", 900)]))
    try ledger.record(
      .post([
        try Fixture.move("trade", "quota/653122/2026/9-dry", Self.quota, 20_000),
        try Fixture.move("pay", "funds/653101/2026/any", "funds/653122/2026/any", 900),
      ]))
    try Self.expect(
      .lotSpent(LotName(transaction: 1, move: 0), left: 10_000, asked: 10_001), of: ledger,
      .post([try Self.occupying(10_001)]), case: "C1")
    try ledger.record(
      .post([try Self.occupying(20_000, lot: LotName(transaction: 2, move: 0))]), case: "C1")
    #expect(try ledger.balance("funds/653122/2026/any") == 900)
  }

  @Test func `good land is compensated by good land, and paddy by paddy`() throws {
    let ledger = try Self.stocked()
    let lot = LotName(transaction: 1, move: 0)
    for part in ["8-dry", "9-paddy", "9", "dry", "1-dry"] {
      try Self.expect(
        .qualityWorse(lot, occupied: part), of: ledger,
        .post([try Self.occupying(100, part: part)]), case: "C1")
    }
    for part in ["9-dry", "0103-9-dry", "10-dry", "15-dry"] {
      var ledger = ledger
      try ledger.record(.post([try Self.occupying(100, part: part)]), case: "C1")
    }
  }

  @Test func `a trade is between counties of reach, and paid in the same transaction`() throws {
    var ledger = try Self.stocked()
    let there = "quota/653122/2026/9-dry"
    let trade = try Fixture.move("trade", Self.quota, there, 1_000)
    try Self.expect(.priceMissing(rule: "trade", kind: "funds"), of: ledger, .post([trade]))
    let wrongWay = try Fixture.move(
      "pay", "funds/653101/2026/any", "funds/653122/2026/any", 900)
    try Self.expect(
      .priceMissing(rule: "trade", kind: "funds"), of: ledger, .post([trade, wrongWay]))
    let far = try Fixture.move("trade", Self.quota, "quota/652901/2026/9-dry", 1_000)
    try Self.expect(
      .tooFarApart(rule: "trade", from: far.from, to: far.to), of: ledger, .post([far]))
    let price = try Fixture.move("pay", "funds/653122/2026/any", "funds/653101/2026/any", 900)
    try Self.expect(
      .overdrawn(price.from, on: try Fixture.day("2026-03-01"), available: 0, asked: 900),
      of: ledger, .post([trade, price]))
    try ledger.record(
      .post([try Fixture.move("pay-in", "bank/653122/2026/any", "funds/653122/2026/any", 900)]))
    try ledger.record(.post([trade, price]))
    #expect(try ledger.balance(there) == 1_000 && ledger.balance(Self.quota) == 9_000)
    #expect(try ledger.balance("funds/653101/2026/any") == 900)
  }

  @Test func `a year is carried over once it is over and nothing is set aside`() throws {
    var ledger = try Self.stocked()
    let account = try Fixture.name(Self.quota)
    let end = try Fixture.day("2027-01-01")
    try Self.expect(
      .dayTooEarly(try Fixture.day("2026-12-31"), earliest: end), of: ledger,
      .carryOver(account), on: "2026-12-31")
    let hold = try ledger.record(.hold(account, units: 1)).number
    try Self.expect(.heldStill(account, 1), of: ledger, .carryOver(account), on: "2027-01-01")
    try ledger.record(.release(hold: hold, units: nil))
    try ledger.record(.carryOver(account), on: "2027-01-01")
    #expect(try ledger.balance("quota/653101/2027/9-dry") == 10_000)
    #expect(try ledger.balance(Self.quota, on: "2026-12-31") == 10_000)
    #expect(try ledger.balance(Self.quota, on: "2027-01-01") == 0)
    try Self.expect(.nothingToDo, of: ledger, .carryOver(account), on: "2027-01-02")
    // What was carried over cannot be used in the old year after all.
    try Self.expect(
      .overdrawn(account, on: try Fixture.day("2026-03-01"), available: 0, asked: 1), of: ledger,
      .post([try Self.occupying(1)]), case: "late")
    try Self.expect(
      .doesNotCarry("used"), of: try used(ledger), .carryOver(try Fixture.name(Self.used)),
      on: "2027-01-01")
  }

  /// The same with an account that stays.
  private func used(_ ledger: KeptLedger) throws -> KeptLedger {
    var ledger = ledger
    let opened = try ledger.record(.open(try Fixture.name(Self.used)))
    #expect(opened.legs.isEmpty)
    try Self.expect(
      .accountTwice(try Fixture.name(Self.used)), of: ledger, .open(try Fixture.name(Self.used)))
    return ledger
  }

  @Test func `a plan that is not used lapses`() throws {
    var ledger = try KeptLedger()
    let plan = "plan/653101/2026/any"
    try ledger.record(.post([try Fixture.move("issue", "issued/653101/2026/any", plan, 300)]))
    try ledger.record(.carryOver(try Fixture.name(plan)), on: "2027-01-01")
    #expect(try ledger.balance(plan) == 0)
    #expect(try ledger.balance("lapsed/653101/2026/any") == 300)
  }

  @Test func `only a counter-posting undoes, once, and never what was built upon`() throws {
    var ledger = try Self.stocked()
    let use = try ledger.record(.post([try Self.occupying(4_000)]), case: "C1").number
    // The land is pointed at, so it cannot be said not to have been made.
    try Self.expect(
      .overdrawn(
        try Fixture.name(Self.quota), on: try Fixture.day("2026-03-01"), available: 6_000,
        asked: 10_000), of: ledger, .reverse(1))
    try Self.expect(
      .dayTooEarly(try Fixture.day("2026-02-28"), earliest: try Fixture.day("2026-03-01")),
      of: ledger, .reverse(use), on: "2026-02-28")
    let undone = try ledger.record(.reverse(use)).number
    #expect(try ledger.balance(Self.quota) == 10_000 && ledger.balance(Self.used) == 0)
    #expect(ledger.book.lots[LotName(transaction: 1, move: 0)]?.left == 10_000)
    try Self.expect(.reversedAlready(use, by: undone), of: ledger, .reverse(use))
    try Self.expect(.reversesReversal(undone), of: ledger, .reverse(undone))
    try Self.expect(.transactionUnknown(77), of: ledger, .reverse(77))
    try ledger.record(.reverse(1))
    #expect(try ledger.balance(Self.quota) == 0)
    #expect(ledger.book.lots[LotName(transaction: 1, move: 0)]?.left == 0)
  }

  @Test func `a hold that was used is whole again when its use is undone`() throws {
    var ledger = try Self.stocked()
    let hold = try ledger.record(.hold(try Fixture.name(Self.quota), units: 6_000)).number
    let use = try ledger.record(
      .consume(hold: hold, [try Self.occupying(6_000)]), case: "C1"
    ).number
    try Self.expect(.holdSpent(hold, left: 0, asked: 6_000), of: ledger, .reverse(hold))
    try ledger.record(.reverse(use))
    #expect(ledger.book.holds[hold]?.left == 6_000)
    try ledger.record(.reverse(hold))
    #expect(try ledger.available(Self.quota) == 10_000)
  }

  @Test func `the same order is recorded once, another under its key never`() throws {
    var ledger = try Self.stocked()
    let move = try Self.occupying(100)
    let first = try ledger.record(.post([move]), key: "k", case: "C1")
    #expect(try ledger.record(.post([move]), key: "k", case: "C1") == first)
    #expect(ledger.transactions.count == 2 && ledger.book.last == 2)
    #expect(throws: LedgerError.keyOfAnother("k")) {
      try ledger.record(.post([try Self.occupying(101)]), key: "k", case: "C1")
    }
  }

  @Test func `a move is under a rule that is in force, and of its kinds`() throws {
    let ledger = try Self.stocked()
    let (issued, plan) = ("issued/653101/2026/any", "plan/653101/2026/any")
    try Self.expect(
      .ruleUnknown("none"), of: ledger, .post([try Fixture.move("none", issued, plan, 1)]))
    try Self.expect(
      .ruleNotInForce(rule: "old", try Fixture.day("2026-03-01")), of: ledger,
      .post([try Fixture.move("old", issued, plan, 1)]))
    for (from, to) in [
      (plan, issued), (issued, "plan/653101/2027/any"), (issued, Self.quota), (issued, issued),
    ] {
      let move = try Fixture.move("issue", from, to, 1)
      try Self.expect(
        .notUnderRule(rule: "issue", from: move.from, to: move.to), of: ledger, .post([move]))
    }
    try Self.expect(
      .amountNotPositive, of: ledger, .post([try Fixture.move("issue", issued, plan, 0)]))
    try Self.expect(
      .amountNotPositive, of: ledger, .post([try Fixture.move("issue", issued, plan, -5)]))
    try Self.expect(
      .amountTooLarge, of: ledger,
      .post([try Fixture.move("issue", issued, plan, Amount.most + 1)]))
    try Self.expect(
      .amountTooLarge, of: ledger,
      .post([
        try Fixture.move("issue", issued, plan, Amount.most),
        try Fixture.move("issue", issued, plan, Amount.most),
      ]))
    try Self.expect(.nothingToDo, of: ledger, .post([]))
    try Self.expect(
      .featureUnasked(rule: "issue"), of: ledger,
      .post([try Fixture.move("issue", issued, plan, 1, made: Fixture.restored)]))
    try Self.expect(
      .featureMissing(rule: "make"), of: ledger,
      .post([try Fixture.move("make", "made/653101/2026/9-dry", Self.quota, 1)]))
    try Self.expect(
      .dayTooEarly(try Fixture.day("2025-12-31"), earliest: try Fixture.day("2026-01-01")),
      of: ledger, .post([try Fixture.move("issue", issued, plan, 1)]), on: "2025-12-31")
    let odd = try Fixture.name("plan/653101/2026/9-dry")
    try Self.expect(.partNotOfKind(odd), of: ledger, .hold(odd, units: 1))
  }
}
