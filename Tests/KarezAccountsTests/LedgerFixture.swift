import KarezAccounts
import KarezCore
import Testing

/// A small chart of every sort of kind and rule, and short ways to say what is to be recorded.
enum LedgerFixture {
  static let text = LocalizedText(zh: "试验", en: "test")

  static func kind(
    _ id: String, _ unit: Unit = .squareMetre, mayBeNegative: Bool = false,
    parts: Set<AccountKind.Part> = [], carry: AccountKind.Carry = .stays, into: String? = nil
  ) throws -> AccountKind {
    AccountKind(
      id: id, title: text, measure: try #require(Measure(unit, decimals: 2)),
      mayBeNegative: mayBeNegative, parts: parts, carry: carry, lapsesInto: into, source: text)
  }

  static func rule(
    _ id: String, _ from: String, _ to: String, reach: MoveRule.Reach = .region,
    ground: MoveRule.Ground = .none, qualities: Set<MoveRule.Quality> = [],
    needsCase: Bool = false, paidIn: String? = nil, until: LegalDate? = nil
  ) throws -> MoveRule {
    MoveRule(
      id: id, title: text, from: from, to: to, reach: reach, ground: ground,
      qualities: qualities, needsCase: needsCase, paidIn: paidIn,
      inForce: try #require(Validity(from: try day("2020-01-01"), until: until)), source: text)
  }

  static func day(_ text: String) throws -> LegalDate { try #require(LegalDate(text)) }
  static func name(_ text: String) throws -> AccountName { try #require(AccountName(text)) }

  static func chart() throws -> ChartOfAccounts {
    let parts: Set<AccountKind.Part> = [.grade, .paddy]
    return try ChartOfAccounts(
      kinds: [
        try kind("made", mayBeNegative: true, parts: parts),
        try kind("quota", parts: parts, carry: .whole),
        try kind("used", parts: parts),
        try kind("issued", mayBeNegative: true),
        try kind("plan", carry: .lapses, into: "lapsed"),
        try kind("lapsed"),
        try kind("bank", .yuan, mayBeNegative: true),
        try kind("funds", .yuan, carry: .whole),
      ],
      rules: [
        try rule("make", "made", "quota", ground: .makes),
        try rule(
          "occupy", "quota", "used", ground: .pairs, qualities: [.paddyForPaddy, .gradeNotWorse],
          needsCase: true),
        try rule("trade", "quota", "quota", reach: .prefecture, paidIn: "funds"),
        try rule("issue", "issued", "plan"),
        try rule("return", "plan", "issued"),
        try rule("old", "issued", "plan", until: try day("2024-01-01")),
        try rule("pay-in", "bank", "funds"),
        try rule("pay", "funds", "funds", reach: .nation),
      ])
  }

  static func move(
    _ rule: String, _ from: String, _ to: String, _ units: Int64, made: VersionReference? = nil,
    pairings: [Pairing] = []
  ) throws -> Move {
    Move(
      rule: rule, from: try name(from), to: try name(to), units: units, made: made,
      pairings: pairings)
  }

  static let restored = VersionReference(dataset: "supplementary-farmland", id: "b1", commit: 7)
  static let occupied = VersionReference(dataset: "land-conversions", id: "z9", commit: 8)
}

/// A book and every transaction it ever recorded.
struct KeptLedger {
  var book: LedgerBook
  var transactions: [LedgerTransaction] = []
  private var orders = 0

  init(_ chart: ChartOfAccounts? = nil) throws {
    book = LedgerBook(chart: try chart ?? LedgerFixture.chart())
  }

  @discardableResult
  mutating func record(
    _ act: LedgerAct, on day: String = "2026-03-01", key: String? = nil, case number: String? = nil
  ) throws -> LedgerTransaction {
    orders += 1
    let order = LedgerOrder(
      key: key ?? "order-\(orders)", act, on: try LedgerFixture.day(day), reason: "test",
      caseNumber: number)
    let outcome = try book.record(order)
    if outcome.isNews { transactions.append(outcome.transaction) }
    return outcome.transaction
  }

  func balance(_ name: String, on day: String = "2200-01-01") throws -> Int64 {
    let day = try LedgerFixture.day(day)
    return book.accounts[try LedgerFixture.name(name)]?.balance(on: day) ?? 0
  }

  func available(_ name: String, on day: String = "2026-03-01") throws -> Int64 {
    let day = try LedgerFixture.day(day)
    return book.accounts[try LedgerFixture.name(name)]?.available(on: day) ?? 0
  }
}
