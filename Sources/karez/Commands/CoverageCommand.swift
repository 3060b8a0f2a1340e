import ArgumentParser
import KarezCore
import KarezService

/// `karez coverage`: gaps, overlaps and mismatches of a polygon layer, with a repair for each.
struct CoverageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coverage",
    abstract: "拓扑检查：缝隙、重叠、重复、节点不一致 · gaps, overlaps and mismatches of a layer")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "数据集、文件或 文件:图层 · dataset, file or FILE:LAYER") var file: String
  @Option(name: .long, help: "宽于此的空白视为有意留空，米 · gaps wider than this are intended, m")
  var gapWidth: Double?
  @Option(name: .long, help: "不超过此面积为误差，平方米 · faults up to this are noise, m²")
  var tolerance = CoverageJob.Order.noiseM2
  @Option(name: .long, help: "标识字段 · attribute that names a feature") var id: String?
  @Option(name: .long, help: "坐标系 · coordinate system, where the file names none")
  var crs: String?
  @Option(name: .long, help: "数据集的日期 · day of a dataset (today)") var on: LegalDate?

  func run() async throws {
    let store = store
    let source = LayerSource(installation: try Installation.find()) { () throws(Problem) in
      try await store.open()
    }
    let reading = ProgressLine("读取", "reading")
    let examining = ProgressLine("检查", "examining")
    let report = try await CoverageJob(source: source).run(
      CoverageJob.Order(
        LayerArgument(file, crs: crs, validOn: on), identifier: id, gapWidthMetres: gapWidth,
        toleranceM2: tolerance)
    ) { phase, done in
      switch phase {
      case .reading: reading.show(done)
      case .examining: examining.show(done)
      }
    }
    reading.finish()
    examining.finish()
    if common.json {
      Terminal.json(report.json)
    } else {
      for line in report.lines(in: Terminal.language) { Terminal.line(line) }
    }
  }
}
