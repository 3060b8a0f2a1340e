public import ArgumentParser
import KarezCore
import KarezService
public import KarezWriting

/// `karez export`: one state of a dataset as a file for other programs.
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "输出：数据集的一个状态写成文件 · write one state of a dataset")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "数据集 · dataset") var dataset: String
  @Argument(help: "文件；格式看扩展名 · file; its ending says the format") var out: String
  @Option(name: .long, help: "哪一天的状态 · valid on (today)") var on: LegalDate?
  @Option(name: .long, help: "截至第几次提交 · as recorded at this commit (the last)")
  var recorded: Int?
  @Option(
    name: .long,
    help: "gpkg | geojson | csv | parquet | vct | shp | fgdb | gml | kml | dxf | txt | xlsx")
  var format: OutputFormat?
  @Option(name: .long, help: "文字编码（shp、txt）· encoding of text: utf-8 | gbk")
  var encoding: WritingOptions.Encoding = .utf8
  @Option(name: .long, help: "坐标系 · coordinate system (EPSG:4490)") var crs: String?
  @Option(name: .long, help: "图层名 · name of the layer") var layer: String?
  @Option(name: .long, help: "行政区代码前缀 · beginning of a region's code") var region: String?

  func validate() throws {
    if let recorded, CommitNumber(recorded) == nil {
      throw ValidationError("--recorded: \(recorded)")
    }
  }

  func run() async throws {
    let map = try await store.open()
    let progress = ProgressLine("输出", "exporting")
    var order = ExportOrder(dataset: dataset, path: out)
    order.format = format
    order.validOn = on
    order.recorded = recorded.flatMap(CommitNumber.init)
    order.crs = crs
    order.layer = layer
    order.region = region
    order.encoding = encoding
    let outcome = try await map.exportFile(order, by: .operator, in: .all) { progress.show($0) }
    progress.finish()
    if common.json {
      Terminal.json(outcome.answer)
    } else {
      for line in outcome.lines(in: Terminal.language) { Terminal.line(line) }
    }
  }
}

extension OutputFormat: ExpressibleByArgument {}
extension WritingOptions.Encoding: ExpressibleByArgument {}
