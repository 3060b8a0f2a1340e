import KarezAccounts
import KarezCore
import KarezStore
import Testing

/// A chart of a quota that is made, traded for money, set aside and used.
enum LedgerFixture {
  static let text = LocalizedText(zh: "试验", en: "test")

  static func chart() throws -> ChartOfAccounts {
    func kind(
      _ id: String, _ unit: KarezCore.Unit, mayBeNegative: Bool = false,
      carry: AccountKind.Carry = .stays
    ) throws -> AccountKind {
      AccountKind(
        id: id, title: text, measure: try #require(Measure(unit, decimals: 2)),
        mayBeNegative: mayBeNegative, parts: [], carry: carry, source: text)
    }
    let inForce = try #require(Validity(from: try day("2020-01-01")))
    func rule(
      _ id: String, _ from: String, _ to: String, _ ground: MoveRule.Ground = .none,
      reach: MoveRule.Reach = .region, paidIn: String? = nil
    ) -> MoveRule {
      MoveRule(
        id: id, title: text, from: from, to: to, reach: reach, ground: ground, paidIn: paidIn,
        inForce: inForce, source: text)
    }
    return try ChartOfAccounts(
      kinds: [
        try kind("made", .squareMetre, mayBeNegative: true),
        try kind("quota", .squareMetre, carry: .whole), try kind("used", .squareMetre),
        try kind("bank", .yuan, mayBeNegative: true), try kind("funds", .yuan),
      ],
      rules: [
        rule("make", "made", "quota", .makes), rule("occupy", "quota", "used", .pairs),
        rule("trade", "quota", "quota", reach: .prefecture, paidIn: "funds"),
        rule("pay-in", "bank", "funds"), rule("pay", "funds", "funds", reach: .nation),
      ])
  }

  static func day(_ text: String) throws -> LegalDate { try #require(LegalDate(text)) }

  static func name(_ kind: String, _ region: String, _ year: Int = 2026) throws -> AccountName {
    try #require(AccountName(kind: kind, region: region, year: year))
  }

  static func order(
    _ key: String, _ act: LedgerAct, on day: String = "2026-03-01", case number: String? = nil
  ) throws -> LedgerOrder {
    LedgerOrder(key: key, act, on: try self.day(day), reason: "test", caseNumber: number)
  }

  static func making(_ units: Int64, in region: String, of feature: String = "b1") throws -> Move {
    Move(
      rule: "make", from: try name("made", region), to: try name("quota", region), units: units,
      made: VersionReference(dataset: "supplementary-farmland", id: feature, commit: 3))
  }

  static func occupying(
    _ units: Int64, in region: String, from lot: LotName = LotName(transaction: 1, move: 0),
    by feature: String = "z1"
  ) throws -> Move {
    Move(
      rule: "occupy", from: try name("quota", region), to: try name("used", region), units: units,
      pairings: [
        Pairing(
          occupied: VersionReference(dataset: "land-conversions", id: feature, commit: 4),
          part: .any, lot: lot, units: units)
      ])
  }

  static func paying(_ rule: String, _ units: Int64, _ from: String, _ to: String) throws -> Move {
    let (source, target) = rule == "pay-in" ? ("bank", "funds") : ("funds", "funds")
    return Move(
      rule: rule, from: try name(source, from), to: try name(target, to), units: units)
  }

  static func trading(_ units: Int64, _ from: String, _ to: String) throws -> Move {
    Move(
      rule: "trade", from: try name("quota", from), to: try name("quota", to), units: units)
  }

  static let always = LedgerTime(validOn: LegalDate(year: 2200, month: 1, day: 1) ?? Fixture.day(0))
}

extension OneMapStore {
  @discardableResult
  func post(_ orders: LedgerOrder..., in scope: Scope = .all) async throws -> [LedgerReceipt] {
    try await post(
      orders, under: LedgerFixture.chart(), recording: nil, by: Actor(id: "li"), in: scope)
  }

  func balance(
    _ kind: String, _ region: String, at time: LedgerTime = LedgerFixture.always
  ) async throws -> AccountBalance? {
    let query = LedgerAccountQuery(name: try LedgerFixture.name(kind, region))
    return try await ledgerBalances(query, at: time, in: .all).first
  }

  func transactions(
    _ query: LedgerTransactionQuery = LedgerTransactionQuery(), in scope: Scope = .all
  ) async throws -> [LedgerTransaction] {
    try await ledgerTransactions(query, after: 0, limit: 10_000, in: scope).map(\.transaction)
  }
}
