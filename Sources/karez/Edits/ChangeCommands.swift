import ArgumentParser
import KarezCore
import KarezService
import KarezStore

/// `karez end`: features that are no more.
struct EndCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "end", abstract: "终止要素 · end features from a day on")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var edit: EditOptions
  @Argument(help: "数据集 · dataset") var dataset: String
  @Argument(help: "要素 · features") var ids: [String]
  @Option(name: .long, help: "生效日（今天） · from this day (today)") var on: LegalDate?

  func run() async throws {
    let order = EndOrder(dataset: dataset, ids: ids, day: on ?? Clock.today, why: edit.why)
    let receipt = try await store.open().end(order, by: .operator, in: .all)
    CorrectCommand.show(receipt, asJSON: common.json)
  }
}

/// `karez correct`: a feature was otherwise than recorded.
struct CorrectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "correct", abstract: "更正要素（含过去） · correct what a feature is or was")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var edit: EditOptions
  @Argument(help: "数据集 · dataset") var dataset: String
  @Argument(help: "要素 · feature") var id: String
  @Option(name: .long, help: "自哪一日起 · from this day") var from: LegalDate
  @Option(name: .long, help: "至哪一日（不含；下一次变化） · until, exclusive (its next change)")
  var until: LegalDate?
  @Option(name: .long, help: "字段=值，空值表示去掉 · ATTR=VALUE, nothing takes it away")
  var set: [String] = []
  @Option(name: .long, help: "更正后的界线文件 · file with the corrected shape") var shape: String?
  @Option(name: .long, help: "坐标系 · coordinate system") var crs: String?

  func validate() throws {
    guard set.allSatisfy({ $0.contains("=") }) else { throw ValidationError("--set ATTR=VALUE") }
    guard !set.isEmpty || shape != nil else { throw ValidationError("--set, --shape: ?") }
  }

  func run() async throws {
    var order = CorrectionOrder(dataset: dataset, id: id, from: from, why: edit.why)
    order.until = until
    order.shape = shape.map { FileArgument($0) }
    order.crs = crs
    order.values = Dictionary(assignments: set)
    let receipt = try await store.open().correct(order, by: .operator, in: .all)
    Self.show(receipt, asJSON: common.json)
  }

  static func show(_ receipt: CommitReceipt, asJSON: Bool) {
    let counts = "+\(receipt.inserted) ~\(receipt.changed) -\(receipt.ended)"
    if asJSON {
      return Terminal.json(
        .object([
          "commit": receipt.commit.map { .integer(Int64($0.value)) } ?? .null,
          "inserted": .integer(Int64(receipt.inserted)),
          "changed": .integer(Int64(receipt.changed)), "ended": .integer(Int64(receipt.ended)),
        ]))
    }
    guard let commit = receipt.commit else {
      return Terminal.line(
        Terminal.language == .en ? "nothing differs from what is recorded" : "与已有内容相同，无需提交")
    }
    Terminal.line(
      Terminal.language == .en ? "commit \(commit): \(counts)" : "第 \(commit) 次提交：\(counts)")
  }
}

/// `karez revert`: takes a commit back by another one.
struct RevertCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revert", abstract: "撤销一次提交（以新提交回滚） · take a commit back by a new one")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var edit: EditOptions
  @Argument(help: "数据集 · dataset") var dataset: String
  @Argument(help: "提交 · commit") var commit: Int

  func run() async throws {
    guard let number = CommitNumber(commit) else { throw ValidationError("commit: ≥ 0") }
    let outcome = try await store.open().revert(
      number, of: dataset, edit.why, by: .operator, in: .all)
    if common.json {
      Terminal.json(outcome.json)
    } else if outcome.conflicts.isEmpty {
      CorrectCommand.show(outcome.receipt, asJSON: false)
    } else {
      for conflict in outcome.conflicts { Terminal.line(conflict.line(in: Terminal.language)) }
    }
    if !outcome.conflicts.isEmpty { throw ExitCode(4) }
  }
}

/// `karez history`: every version of a feature, and where it came from.
struct HistoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "要素的全部版本与沿革 · every version of a feature")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "数据集 · dataset") var dataset: String
  @Argument(help: "要素 · feature") var id: String

  func run() async throws {
    let history = try await store.open().history(of: id, in: dataset, .all)
    if common.json { return Terminal.json(history.json) }
    for line in history.lines(in: Terminal.language) { Terminal.line(line) }
  }
}
