import ArgumentParser
import Foundation
import KarezAccounts
import KarezCore
import KarezService
import KarezStore

/// Records one order and says under which number.
private func record(
  _ act: LedgerAct, _ order: LedgerOrderOptions, _ ledgers: Ledgers, asJSON: Bool
) async throws(Problem) {
  let receipts = try await ledgers.post([order.order(act)], by: .operator, in: .all)
  show(receipts.map(\.transaction.number), news: receipts.map(\.isNews), asJSON: asJSON)
}

private func show(_ numbers: [Int64], news: [Bool], asJSON: Bool) {
  guard !asJSON else {
    return Terminal.json(
      .array(
        zip(numbers, news).map { number, isNews in
          .object(["number": .integer(number), "new": .boolean(isNews)])
        }))
  }
  for (number, isNews) in zip(numbers, news) {
    Terminal.say(
      "凭证 \(number)\(isNews ? "" : "（此前已记）")", "transaction \(number)\(isNews ? "" : " (known)")")
  }
}

/// `karez ledger open`: an account that has nothing yet.
struct LedgerOpenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open", abstract: "开立指标账户 · open an account")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var order: LedgerOrderOptions
  @Argument(help: "科目/区划代码/年度/要件 · kind/region/year/part") var account: AccountName

  func run() async throws {
    try await record(.open(account), order, store.open().ledgers(), asJSON: common.json)
  }
}

/// `karez ledger post`: orders of a file, all of them or none.
struct LedgerPostCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "post", abstract: "记账：按文件，全部记入或全不记入 · orders of a file, all or none")

  /// Orders are small; more than this is no list of them.
  private static let mostBytes = 64 << 20

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "记账指令 JSON 文件 · JSON file of orders") var file: String

  func run() async throws {
    let ledgers = try await store.open().ledgers()
    guard let data = FileManager.default.contents(atPath: file), data.count <= Self.mostBytes,
      let text = String(data: data, encoding: .utf8), let json = try? JSONValue(parsing: text)
    else {
      throw Problem(
        .refused, code: "ledger-order", place: file,
        what: LocalizedText(zh: "不是可读的 JSON 文件", en: "not a JSON file that can be read"),
        remedy: LocalizedText(zh: "检查文件", en: "look at the file"))
    }
    let orders = try LedgerOrderReader(ledgers.chart).orders(json)
    let receipts = try await ledgers.post(orders, by: .operator, in: .all)
    show(
      receipts.map(\.transaction.number), news: receipts.map(\.isNews), asJSON: common.json)
  }
}

/// `karez ledger hold`: sets an amount aside.
struct LedgerHoldCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hold", abstract: "冻结 · set an amount aside")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var order: LedgerOrderOptions
  @Argument(help: "账户 · account") var account: AccountName
  @Argument(help: "数额 · amount") var amount: String

  func run() async throws {
    let ledgers = try await store.open().ledgers()
    let units = try LedgerOrderReader(ledgers.chart).units(amount, of: account, at: "amount")
    try await record(.hold(account, units: units), order, ledgers, asJSON: common.json)
  }
}

/// `karez ledger release`: lets all that is left of a hold go.
struct LedgerReleaseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release", abstract: "解冻 · let a hold go")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var order: LedgerOrderOptions
  @Argument(help: "冻结的凭证号 · number of the hold") var hold: Int64

  func run() async throws {
    try await record(
      .release(hold: hold, units: nil), order, store.open().ledgers(), asJSON: common.json)
  }
}

/// `karez ledger carry`: the end of an account's year.
struct LedgerCarryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "carry", abstract: "年末结转 · carry an account over")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var order: LedgerOrderOptions
  @Argument(help: "账户 · account") var account: AccountName

  func run() async throws {
    try await record(.carryOver(account), order, store.open().ledgers(), asJSON: common.json)
  }
}

/// `karez ledger reverse`: the counter-posting of a transaction.
struct LedgerReverseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reverse", abstract: "冲销 · counter-posting of a transaction")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var order: LedgerOrderOptions
  @Argument(help: "凭证号 · transaction") var number: Int64

  func run() async throws {
    try await record(.reverse(number), order, store.open().ledgers(), asJSON: common.json)
  }
}
