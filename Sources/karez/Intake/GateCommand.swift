import ArgumentParser
import KarezCore
import KarezService

/// `karez gate`: what the quality gate says of a file, without recording anything.
struct GateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gate", abstract: "质检文件，不入库 · examine a file without recording it")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var intake: IntakeOptions
  @Argument(help: "文件，或 文件:图层 · file, or FILE:LAYER") var file: String
  @Option(name: .long, help: "数据集 · dataset") var dataset: String

  func run() async throws {
    var order = intake.order(for: dataset, file)
    order.isDryRun = true
    try await intake.run(order, on: try await store.open(), asJSON: common.json)
  }
}
