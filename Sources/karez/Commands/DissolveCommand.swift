import ArgumentParser
import KarezCore
import KarezService

/// `karez dissolve`: the polygons of a layer united by attributes.
struct DissolveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dissolve", abstract: "按字段融合图斑 · unite the polygons of a layer by attributes")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "数据集、文件或 文件:图层 · dataset, file or FILE:LAYER") var file: String
  @Option(name: .long, help: "字段，逗号分隔 · attributes, with commas") var by: String
  @Option(name: .long, help: "结果 GeoJSON · GeoJSON to write") var out: String
  @Option(name: .long, help: "坐标系 · coordinate system, where the file names none")
  var crs: String?
  @Option(name: .long, help: "数据集的日期 · day of a dataset (today)") var on: LegalDate?

  func run() async throws {
    let store = store
    let source = LayerSource(installation: try Installation.find()) { () throws(Problem) in
      try await store.open()
    }
    let reading = ProgressLine("读取", "reading")
    let summary = try await CoverageOutput(source: source).dissolve(
      LayerArgument(file, crs: crs, validOn: on), by: by.split(separator: ",").map(String.init),
      to: out
    ) { reading.show($0) }
    reading.finish()
    if common.json {
      Terminal.json(summary.json)
    } else {
      for line in summary.lines(in: Terminal.language) { Terminal.line(line) }
    }
  }
}
