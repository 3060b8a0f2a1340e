import ArgumentParser
import Foundation
import KarezCore
import KarezService

/// `karez overlay`: areas of every left polygon in the right layer, grouped by an attribute.
struct OverlayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "overlay",
    abstract: "叠加分析：左图层各图斑在右图层各类中的面积 · areas of LEFT in RIGHT by an attribute")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "左：数据集、文件或 文件:图层 · dataset, file or FILE:LAYER") var left: String
  @Argument(help: "右：数据集、文件或 文件:图层 · dataset, file or FILE:LAYER") var right: String
  @Option(name: .long, help: "右图层的分组字段 · attribute of RIGHT to group by") var by: String
  @Option(name: .long, help: "左图层的标识字段 · attribute that names a LEFT feature")
  var leftId: String?
  @Option(name: .long, help: "平面面积的坐标系，如 EPSG:4514 · planar areas in this system")
  var planar: String?
  @Option(name: .long, help: "文件的坐标系 · coordinate system, where files name none")
  var crs: String?
  @Option(name: .long, help: "数据集的日期 · day of datasets (today)") var on: LegalDate?
  @Option(name: .long, help: "结果文件 .csv 或 .parquet · file of the rows") var out: String?
  @Option(name: .long, help: "线程数 · threads")
  var threads = ProcessInfo.processInfo.activeProcessorCount
  @Option(name: .long, help: "小于此面积另计为误差 · rows below are also counted as noise, m²")
  var noise = 1.0

  func run() async throws {
    let store = store
    let source = LayerSource(installation: try Installation.find()) { () throws(Problem) in
      try await store.open()
    }
    let reading = ProgressLine("读取", "reading")
    let overlaying = ProgressLine("叠加", "overlaying")
    let summary = try await OverlayJob(source: source).run(
      OverlayJob.Order(
        left: LayerArgument(left, crs: crs, validOn: on),
        right: LayerArgument(right, crs: crs, validOn: on), by: by,
        leftIdentifier: leftId, planar: planar, output: out, threads: threads, noiseM2: noise)
    ) { phase, done, total in
      if case .overlaying = phase {
        overlaying.show(done, of: total)
      } else {
        reading.show(done)
      }
    }
    reading.finish()
    overlaying.finish()
    // Rows have standard output to themselves where no file was named.
    if out == nil {
      for line in summary.lines(in: Terminal.language) { Terminal.error(line) }
    } else if common.json {
      Terminal.json(summary.json)
    } else {
      for line in summary.lines(in: Terminal.language) { Terminal.line(line) }
    }
  }
}
