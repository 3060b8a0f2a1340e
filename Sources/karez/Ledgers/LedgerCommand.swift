public import ArgumentParser
import Foundation
public import KarezAccounts
import KarezCore
import KarezService
import KarezStore

/// `karez ledger`: quantities that must balance; accounts people sign in with are `karez user`.
struct LedgerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger",
    abstract: "指标账簿：指标账户、记账、冻结、结转、冲销与试算平衡 · ledger of quotas and funds",
    subcommands: [
      LedgerChartCommand.self, LedgerBalancesCommand.self, LedgerStatementCommand.self,
      LedgerTrialCommand.self, LedgerShowCommand.self, LedgerOpenCommand.self,
      LedgerPostCommand.self, LedgerHoldCommand.self, LedgerReleaseCommand.self,
      LedgerCarryCommand.self, LedgerReverseCommand.self,
    ])
}

/// As of which two times.
struct LedgerTimeOptions: ParsableArguments {
  @Option(name: .long, help: "截至某日有效（今天） · what counts on this day (today)") var on: LegalDate?
  @Option(name: .long, help: "截至某凭证号 · as recorded up to a transaction") var recorded: Int64?

  var time: LedgerTime { LedgerTime(validOn: on ?? Clock.today, recorded: recorded) }
}

/// What every order says.
struct LedgerOrderOptions: ParsableArguments {
  @Option(name: .long, help: "记账日（今天） · the day it counts from (today)") var on: LegalDate?
  @Option(name: .long, help: "事由 · why") var reason: String
  @Option(name: .customLong("case"), help: "办件号 · case") var caseNumber: String?
  @Option(name: .long, help: "幂等键，重发不重复记账 · key: the same one is recorded once")
  var key: String?

  func order(_ act: LedgerAct) -> LedgerOrder {
    LedgerOrder(
      key: key ?? UUID().uuidString, act, on: on ?? Clock.today, reason: reason,
      caseNumber: caseNumber)
  }
}

/// An account on the command line.
extension AccountName: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

/// `karez ledger chart`: which kinds and moves there are, and how sure they are.
struct LedgerChartCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chart", abstract: "科目表与记账事项 · kinds of accounts and moves")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions

  func run() async throws {
    let ledgers = try await store.open().ledgers()
    if common.json { return Terminal.json(ledgers.chartJSON) }
    for line in ledgers.chartLines(in: Terminal.language) { Terminal.line(line) }
  }
}

/// `karez ledger balances`: what accounts hold.
struct LedgerBalancesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "balances", abstract: "账户余额 · what accounts hold")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var asOf: LedgerTimeOptions
  @Option(name: .long, help: "科目 · kind") var kind: String?
  @Option(name: .long, help: "行政区划代码或其开头 · region or a beginning of it") var region: String?
  @Option(name: .long, help: "年度 · year") var year: Int?
  @Option(name: .long, help: "写入 .csv 或 .xlsx · file") var out: String?

  func run() async throws {
    let map = try await store.open()
    let query = LedgerAccountQuery(kind: kind, regionPrefix: region, year: year)
    let ledgers = try map.ledgers()
    let balances = try await ledgers.balances(query, at: asOf.time, in: .all)
    if let out { try await ledgers.write(balances, to: out) }
    if common.json { return Terminal.json(.array(balances.map(\.json))) }
    for line in ledgers.lines(of: balances, in: Terminal.language) { Terminal.line(line) }
  }
}

/// `karez ledger statement`: what moved one account.
struct LedgerStatementCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "statement", abstract: "账户对账单 · what moved an account")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var asOf: LedgerTimeOptions
  @Argument(help: "科目/区划代码/年度/要件 · kind/region/year/part") var account: AccountName
  @Option(name: .long, help: "写入 .csv 或 .xlsx · file") var out: String?

  func run() async throws {
    let ledgers = try await store.open().ledgers()
    let statement = try await ledgers.statement(of: account, at: asOf.time, in: .all)
    if let out { try await ledgers.write(statement, to: out) }
    if common.json { return Terminal.json(statement.json) }
    for line in statement.textLines(in: Terminal.language) { Terminal.line(line) }
  }
}

/// `karez ledger trial`: all accounts, and whether they balance.
struct LedgerTrialCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trial", abstract: "试算平衡 · trial balance")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var asOf: LedgerTimeOptions
  @Option(name: .long, help: "写入 .csv 或 .xlsx · file") var out: String?

  func run() async throws {
    let ledgers = try await store.open().ledgers()
    let trial = try await ledgers.trialBalance(at: asOf.time, in: .all)
    if let out { try await ledgers.write(trial.accounts, to: out) }
    if common.json { return Terminal.json(trial.json) }
    for line in ledgers.lines(of: trial.accounts, in: Terminal.language) { Terminal.line(line) }
    for total in trial.totals {
      let sign = total.isBalanced ? "=" : "≠"
      Terminal.line(
        "\(total.measure.unit.rawValue)\t\(total.receivedText) \(sign) \(total.givenText)")
    }
  }
}

/// `karez ledger show`: one transaction, or those of a case or a feature.
struct LedgerShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "凭证：按号、办件或要素 · transactions by number, case or feature")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "凭证号 · number") var number: Int64?
  @Option(name: .customLong("case"), help: "办件号 · case") var caseNumber: String?
  @Option(name: .long, help: "数据集/标识码 · DATASET/ID") var feature: String?

  func run() async throws {
    let ledgers = try await store.open().ledgers()
    var query = LedgerTransactionQuery(caseNumber: caseNumber, number: number)
    if let feature {
      let parts = feature.split(separator: "/", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { throw ValidationError("--feature DATASET/ID") }
      query.feature = .init(dataset: parts[0], id: parts[1])
    }
    if let number { _ = try await ledgers.transaction(number, in: .all) }
    let found = try await ledgers.transactions(query, limit: 10_000, in: .all)
    Terminal.json(.array(found.map(ledgers.json)))
  }
}
