import ArgumentParser
import KarezCore
import KarezService

/// `karez renumber`: a feature goes on under another identifier.
struct RenumberCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "renumber",
    abstract: "更码：区划调整、改隶后换新代码 · a feature goes on under another identifier")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var edit: EditOptions
  @Argument(help: "数据集 · dataset") var dataset: String
  @Argument(help: "原标识码 · identifier it has") var id: String
  @Argument(help: "新标识码 · identifier it gets") var code: String
  @Option(name: .long, help: "生效日（今天） · from this day (today)") var on: LegalDate?
  @Option(name: .long, help: "字段=值，同时改变 · ATTR=VALUE that changes with it")
  var set: [String] = []

  func validate() throws {
    guard set.allSatisfy({ $0.contains("=") }) else { throw ValidationError("--set ATTR=VALUE") }
  }

  func run() async throws {
    var order = RenumberOrder(
      dataset: dataset, id: id, code: code, day: on ?? Clock.today, why: edit.why)
    order.values = Dictionary(assignments: set)
    let receipt = try await store.open().renumber(order, by: .operator, in: .all)
    CorrectCommand.show(receipt, asJSON: common.json)
  }
}

/// `karez units`: what became of the units of one day by another.
struct UnitsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "units",
    abstract: "区划沿革对照：旧代码到新代码及依据 · which units became which, and on what basis")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "区划数据集，如 counties · dataset of units") var dataset: String
  @Option(name: .long, help: "起始日 · the earlier day") var from: LegalDate
  @Option(name: .long, help: "终止日（今天） · the later day (today)") var to: LegalDate?
  @Option(name: .long, help: "某次提交时的记录 · as recorded at a commit") var recorded: Int?

  func run() async throws {
    let table = try await store.open().unitSuccession(
      of: dataset, from: from, to: to ?? Clock.today,
      recorded: recorded.flatMap { CommitNumber($0) }, in: .all)
    if common.json { return Terminal.json(table.json) }
    for line in table.lines(in: Terminal.language) { Terminal.line(line) }
  }
}

extension [String: String] {
  /// `ATTR=VALUE`, each text of the list one.
  init(assignments texts: [String]) {
    self.init()
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      self[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
    }
  }
}
