public import KarezAccounts
public import KarezCore

/// Reads orders as they are sent: amounts as decimals of the account's unit.
///
/// - Shape: a list of `{"key", "act", "day", "reason", "case"}` and, by act, `moves`, `account`,
///   `amount`, `hold` or `transaction`; a member nobody asked for is refused.
public struct LedgerOrderReader {
  /// More orders at once are better sent in pieces.
  public static let most = 10_000

  let chart: ChartOfAccounts

  public init(_ chart: ChartOfAccounts) { self.chart = chart }

  /// - Errors: `Problem` of kind refused, with the number of the order and the member.
  public func orders(_ json: JSONValue) throws(Problem) -> [LedgerOrder] {
    guard let list = json.array, (1...Self.most).contains(list.count) else {
      throw Self.refused(
        "orders", "须为 1 至 \(Self.most) 条指令的列表", "a list of 1 to \(Self.most) orders")
    }
    var orders: [LedgerOrder] = []
    for (place, item) in list.enumerated() {
      orders.append(try order(item, at: "orders[\(place)]"))
    }
    return orders
  }

  private func order(_ json: JSONValue, at place: String) throws(Problem) -> LedgerOrder {
    let key = try text(json, "key", at: place)
    let reason = try text(json, "reason", at: place)
    guard let day = LegalDate(try text(json, "day", at: place)) else {
      throw Self.refused("\(place).day", "须为 YYYY-MM-DD", "a day YYYY-MM-DD")
    }
    let act: LedgerAct
    var members: Set<String> = ["act", "case", "day", "key", "reason"]
    let name = try text(json, "act", at: place)
    switch name {
    case "open", "carry-over":
      members.insert("account")
      let account = try account(json, "account", at: place)
      act = name == "open" ? .open(account) : .carryOver(account)
    case "post":
      members.insert("moves")
      act = .post(try moves(json, at: place))
    case "hold":
      members.formUnion(["account", "amount"])
      let account = try account(json, "account", at: place)
      act = .hold(account, units: try units(json, "amount", of: account, at: place))
    case "release":
      members.insert("hold")
      act = .release(hold: try number(json, "hold", at: place), units: nil)
    case "consume":
      members.formUnion(["hold", "moves"])
      act = .consume(
        hold: try number(json, "hold", at: place), try moves(json, at: place))
    case "reverse":
      members.insert("transaction")
      act = .reverse(try number(json, "transaction", at: place))
    default:
      throw Self.refused(
        "\(place).act", "须为 open、post、hold、release、consume、carry-over 或 reverse",
        "one of open, post, hold, release, consume, carry-over, reverse")
    }
    try refuseOthers(json, than: members, at: place)
    return LedgerOrder(
      key: key, act, on: day, reason: reason, caseNumber: json["case"]?.string)
  }

  private func moves(_ json: JSONValue, at place: String) throws(Problem) -> [Move] {
    guard let list = json["moves"]?.array, (1...1_000).contains(list.count) else {
      throw Self.refused("\(place).moves", "须为 1 至 1000 笔借贷", "a list of 1 to 1000 moves")
    }
    var moves: [Move] = []
    for (index, item) in list.enumerated() {
      moves.append(try move(item, at: "\(place).moves[\(index)]"))
    }
    return moves
  }

  private func move(_ json: JSONValue, at place: String) throws(Problem) -> Move {
    try refuseOthers(
      json, than: ["amount", "from", "made", "pairings", "rule", "to"], at: place)
    let from = try account(json, "from", at: place)
    let to = try account(json, "to", at: place)
    var made: VersionReference?
    if let json = json["made"] {
      guard let read = VersionReference(json) else { throw Self.notVersion("\(place).made") }
      made = read
    }
    var pairings: [Pairing] = []
    for (index, item) in (json["pairings"]?.array ?? []).enumerated() {
      pairings.append(try pairing(item, of: from, at: "\(place).pairings[\(index)]"))
    }
    return Move(
      rule: try text(json, "rule", at: place), from: from, to: to,
      units: try units(json, "amount", of: from, at: place), made: made, pairings: pairings)
  }

  private func pairing(
    _ json: JSONValue, of account: AccountName, at place: String
  ) throws(Problem) -> Pairing {
    try refuseOthers(json, than: ["amount", "lot", "occupied", "part"], at: place)
    guard let occupied = json["occupied"].flatMap(VersionReference.init) else {
      throw Self.notVersion("\(place).occupied")
    }
    guard let part = AccountPart(json["part"]?.string ?? "any") else {
      throw Self.refused("\(place).part", "须如 0101-9-paddy", "as in 0101-9-paddy")
    }
    guard let lot = LotName(try text(json, "lot", at: place)) else {
      throw Self.refused("\(place).lot", "须为凭证号.序号，如 12.0", "transaction and move, as in 12.0")
    }
    return Pairing(
      occupied: occupied, part: part, lot: lot,
      units: try units(json, "amount", of: account, at: place))
  }

  // MARK: Members

  private func text(
    _ json: JSONValue, _ name: String, at place: String
  ) throws(Problem) -> String {
    guard let text = json[name]?.string, (1...400).contains(text.utf8.count),
      !text.utf8.contains(0)
    else { throw Self.refused("\(place).\(name)", "须为 1 至 400 字节的文字", "a text of 1 to 400 bytes") }
    return text
  }

  private func number(
    _ json: JSONValue, _ name: String, at place: String
  ) throws(Problem) -> Int64 {
    guard let number = json[name]?.integer, number > 0 else {
      throw Self.refused("\(place).\(name)", "须为凭证号", "the number of a transaction")
    }
    return number
  }

  private func account(
    _ json: JSONValue, _ name: String, at place: String
  ) throws(Problem) -> AccountName {
    guard let account = AccountName(try text(json, name, at: place)) else {
      throw Self.refused(
        "\(place).\(name)", "须为 科目/区划代码/年度/要件", "kind/region/year/part")
    }
    return account
  }

  /// An amount in the last decimal of an account's kind.
  func units(
    _ json: JSONValue, _ name: String, of account: AccountName, at place: String
  ) throws(Problem) -> Int64 {
    try units(try text(json, name, at: place), of: account, at: "\(place).\(name)")
  }

  /// An amount as people write it.
  ///
  /// - Errors: `Problem` where the kind is none of the chart, or it has more decimals than that.
  public func units(
    _ text: String, of account: AccountName, at place: String
  ) throws(Problem) -> Int64 {
    try units(text, ofKind: account.kind, at: place)
  }

  /// An amount as people write it, in the last decimal of a kind.
  func units(_ text: String, ofKind name: String, at place: String) throws(Problem) -> Int64 {
    guard let kind = chart.kind(name) else {
      throw .ledger(.kindUnknown(name), at: place, chart)
    }
    guard let amount = Amount(text, kind.measure) else {
      throw Self.refused(
        place, "须为至多 \(kind.measure.decimals) 位小数的数",
        "a number of at most \(kind.measure.decimals) decimals")
    }
    return amount.units
  }

  private func refuseOthers(
    _ json: JSONValue, than names: Set<String>, at place: String
  ) throws(Problem) {
    guard case .object(let members) = json else {
      throw Self.refused(place, "须为 JSON 对象", "a JSON object")
    }
    guard let other = members.keys.sorted().first(where: { !names.contains($0) }) else { return }
    throw Self.refused("\(place).\(other)", "没有这一项", "there is no such member")
  }

  private static func notVersion(_ place: String) -> Problem {
    refused(place, "须写明 dataset、id 与 commit", "an object of dataset, id and commit")
  }

  private static func refused(_ place: String, _ zh: String, _ en: String) -> Problem {
    Wording("ledger-order", zh, en, do: "更正后重新提交", "mend it and send it again")
      .problem(at: place)
  }
}
