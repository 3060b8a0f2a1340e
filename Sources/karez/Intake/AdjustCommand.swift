import ArgumentParser
import KarezCore
import KarezService

/// `karez adjust`: the polygons of a dataset, or of a file for it, adjusted to control figures.
struct AdjustCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adjust",
    abstract: "按控制面积平差，逐图斑给出改正数 · adjust areas to control figures, patch by patch")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "数据集 · dataset") var dataset: String
  @Argument(help: "文件，或 文件:图层；省略则取已入库的 · file, or FILE:LAYER; what is recorded if omitted")
  var file: String?
  @Option(name: .long, help: "日期 · day (today)") var on: LegalDate?
  @Option(name: .long, help: "面积闭合规则 · closure rule of the profile") var rule: String?
  @Option(name: .long, help: "坐标系 · coordinate system, where the file names none")
  var crs: String?
  @Option(name: .long, help: "逐图斑结果 .csv .parquet · every patch, into a file")
  var out: String?

  func run() async throws {
    var order = AdjustOrder(dataset: dataset, on: on ?? Clock.today)
    order.file = file.map { FileArgument($0) }
    order.crs = crs
    order.rule = rule
    let progress = PhasedProgress()
    let report = try await store.open().adjusted(order, by: .operator, in: .all) {
      progress.show($0.phase.title, $0.done, of: $0.total)
    }
    progress.finish()
    if let out { try report.write(to: out) }
    if common.json {
      Terminal.json(report.json(withPatches: out == nil))
    } else {
      for line in report.lines(in: Terminal.language, withPatches: out == nil) {
        Terminal.line(line)
      }
    }
    if !report.isComplete { throw ExitCode(3) }
  }
}
