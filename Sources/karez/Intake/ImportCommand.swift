public import ArgumentParser
import KarezCore
import KarezService
public import KarezStore

/// `karez import`: read in the worker, run the quality gate, make a commit.
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "汇交：读取、质检、提交 · read, check and record a file")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var intake: IntakeOptions
  @Argument(help: "数据集 · dataset") var dataset: String
  @Argument(help: "文件，或 文件:图层 · file, or FILE:LAYER") var file: String
  @Flag(name: .long, help: "只质检，不提交 · check only") var dryRun = false
  @Option(name: .long, help: "放行的质检规则（须说明理由） · rules to let pass, with --reason")
  var accept: [String] = []
  @Option(name: .long, help: "理由 · reason of the commit") var reason: String?

  func run() async throws {
    var order = intake.order(for: dataset, file)
    order.isDryRun = dryRun
    order.accepted = accept
    order.reason = reason
    try await intake.run(order, on: try await store.open(), asJSON: common.json)
  }
}

/// A file says what holds, or what changed; rows with days of their own come in packages.
extension CommitMode: ExpressibleByArgument {
  public init?(argument: String) { self.init(submitted: argument) }

  public static var allValueStrings: [String] { allCases.map(\.submitted) }
}
