import ArgumentParser
import KarezCore
import KarezService

/// `karez simplify`: fewer vertices, and neighbours that still fit.
struct SimplifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simplify", abstract: "保持拓扑地化简边界 · simplify borders, keeping topology")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "数据集、文件或 文件:图层 · dataset, file or FILE:LAYER") var file: String
  @Option(name: .long, help: "节点到新边界的距离不超过，米 · distance a border may move at a vertex, m")
  var tolerance: Double
  @Flag(name: .long, help: "容差按三角形面积，平方米 · the tolerance is an area, m²") var area = false
  @Option(name: .long, help: "结果 GeoJSON · GeoJSON to write") var out: String
  @Option(name: .long, help: "坐标系 · coordinate system, where the file names none")
  var crs: String?
  @Option(name: .long, help: "数据集的日期 · day of a dataset (today)") var on: LegalDate?

  func validate() throws {
    guard tolerance >= 0, tolerance.isFinite else {
      throw ValidationError("--tolerance: \(tolerance)")
    }
  }

  func run() async throws {
    let store = store
    let source = LayerSource(installation: try Installation.find()) { () throws(Problem) in
      try await store.open()
    }
    let reading = ProgressLine("读取", "reading")
    let summary = try await CoverageOutput(source: source).simplify(
      LayerArgument(file, crs: crs, validOn: on),
      tolerance: area ? .squareMetres(tolerance) : .metres(tolerance), to: out
    ) { reading.show($0) }
    reading.finish()
    if common.json {
      Terminal.json(summary.json)
    } else {
      for line in summary.lines(in: Terminal.language) { Terminal.line(line) }
    }
  }
}
