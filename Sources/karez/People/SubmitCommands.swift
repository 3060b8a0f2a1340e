import ArgumentParser
import Foundation
import KarezCore
import KarezService
import KarezStore

/// In whose name a verb acts.
struct ActingOptions: ParsableArguments {
  @Option(
    name: .customLong("as"),
    help: "以何账户办理，口令与验证码见 KAREZ_PASSWORD、KAREZ_CODE · account; password, code there")
  var account: String?

  /// Whoever is at the machine, unless an account is named.
  func orOperator(on map: OneMap) async throws -> Principal {
    try await orOperator(among: map.accounts)
  }

  func orOperator(among accounts: Accounts) async throws -> Principal {
    account == nil ? .operator : try await principal(among: accounts)
  }

  func principal(on map: OneMap) async throws -> Principal {
    try await principal(among: map.accounts)
  }

  /// The account named, once its password was given; without accounts whoever is at the machine.
  func principal(among accounts: Accounts) async throws -> Principal {
    guard let account else {
      guard try await accounts.isEmpty() else {
        throw ValidationError("--as: 已有账户，须写明以何账户办理 · there are accounts; name one with --as")
      }
      return .operator
    }
    let password = Terminal.secret("口令", "password", variable: "KAREZ_PASSWORD")
    let code = ProcessInfo.processInfo.environment["KAREZ_CODE"]
    return try await accounts.principal(account, password: password, code: code)
  }
}

/// `karez submit`: hand a file in for a dataset, or correct one that was handed in.
struct SubmitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit", abstract: "汇交：交文件，等待质检与签发 · hand in a file for gate and signature")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var acting: ActingOptions
  @Argument(help: "数据集 · dataset") var dataset: String
  @Argument(help: "文件，或 文件:图层 · file, or FILE:LAYER") var file: String
  @Option(name: .long, help: "理由 · why it is submitted") var reason: String
  @Option(name: .long, help: "state | changes | increment") var mode: CommitMode = .state
  @Option(name: .long, help: "有效起始日 · valid from (today)") var validFrom: LegalDate?
  @Option(name: .long, help: "有效终止日（不含） · valid until, exclusive") var validUntil: LegalDate?
  @Option(name: .long, help: "ATTR=VALUE: 该行终止要素 · rows that end their feature") var end: String?
  @Option(name: .long, help: "坐标系 · coordinate system") var crs: String?
  @Option(name: .long, help: "更正哪一件 · the submission it corrects") var correct: String?

  func run() async throws {
    let map = try await store.open()
    let principal = try await acting.principal(on: map)
    let argument = FileArgument(file)
    var order = SubmissionOrder(
      dataset: dataset, path: argument.path, name: argument.name,
      validFrom: validFrom ?? Clock.today, reason: reason)
    order.mode = mode
    order.validUntil = validUntil
    order.ending = end
    order.crs = crs
    order.layer = argument.layer
    let submission =
      if let correct {
        try await map.submissions.correct(correct, with: order, by: principal)
      } else {
        try await map.submissions.submit(order, by: principal)
      }
    submission.show(isJSON: common.json)
  }
}

/// `karez submissions`: what was handed in and where it stands.
struct SubmissionsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submissions", abstract: "汇交件清单 · what was handed in")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var acting: ActingOptions
  @Argument(help: "只看这一件 · only this one") var id: String?

  func run() async throws {
    let map = try await store.open()
    let principal = try await acting.orOperator(on: map)
    let found: [Submission] =
      if let id {
        [try await map.submissions.submission(id, for: principal)]
      } else {
        try await map.submissions.all(for: principal)
      }
    if common.json {
      Terminal.json(.array(found.map(\.json)))
    } else {
      for submission in found { submission.show(isJSON: false) }
    }
  }
}

/// `karez sign`: sign a submission as its second person.
struct SignCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "签发汇交件，须为第二人 · sign a submission, as a second person")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var acting: ActingOptions
  @Argument(help: "汇交件 · submission") var id: String
  @Option(name: .long, help: "所读报告的 SM3 · SM3 of the report you read") var report: String?

  func run() async throws {
    let map = try await store.open()
    let principal = try await acting.principal(on: map)
    try await map.submissions.sign(id, report: report, by: principal).show(isJSON: common.json)
  }
}

/// `karez withdraw`: take a submission back.
struct WithdrawCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "withdraw", abstract: "撤回汇交件 · take a submission back")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var acting: ActingOptions
  @Argument(help: "汇交件 · submission") var id: String

  func run() async throws {
    let map = try await store.open()
    let principal = try await acting.principal(on: map)
    try await map.submissions.withdraw(id, by: principal).show(isJSON: common.json)
  }
}

extension Submission {
  /// One line for a person, or everything for a program.
  func show(isJSON: Bool) {
    if isJSON {
      Terminal.json(json)
      return
    }
    Terminal.line([id, dataset, state.rawValue, submitter, source.name].joined(separator: "\t"))
    guard !state.isOver else { return }
    for rival in verdict?.rivals ?? [] { Terminal.line("! " + rival.line(in: Terminal.language)) }
  }
}
