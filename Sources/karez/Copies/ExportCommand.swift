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
    help:
      "gpkg | geojson | csv | parquet | vct | shp | fgdb | gml | kml | dxf | txt | xlsx | pmtiles")
  var format: ExportFormat?
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
    if case .layer(let format)? = format { order.format = format }
    order.validOn = on
    order.recorded = recorded.flatMap(CommitNumber.init)
    order.crs = crs
    order.layer = layer
    order.region = region
    order.encoding = encoding
    if isOfTiles { return try await exportTiles(order, of: map, progress) }
    let outcome = try await map.exportFile(order, by: .operator, in: .all) { progress.show($0) }
    progress.finish()
    if common.json {
      Terminal.json(outcome.answer)
    } else {
      for line in outcome.lines(in: Terminal.language) { Terminal.line(line) }
    }
  }
}

extension ExportCommand {
  private var isOfTiles: Bool {
    switch format {
    case .tiles: true
    case .layer: false
    case nil: out.lowercased().hasSuffix(".pmtiles")
    }
  }

  private func exportTiles(
    _ order: ExportOrder, of map: OneMap, _ progress: ProgressLine
  ) async throws {
    guard crs == nil, layer == nil, region == nil else {
      throw ValidationError("pmtiles: --crs, --layer, --region")
    }
    let outcome = try await map.exportTiles(order, by: .operator, in: .all) { progress.show($0) }
    progress.finish()
    if common.json {
      Terminal.json(outcome.json)
    } else {
      Terminal.line(outcome.line(in: Terminal.language))
    }
  }
}

/// A layer in one of its formats, or tiles.
enum ExportFormat: ExpressibleByArgument {
  case layer(OutputFormat)
  case tiles

  init?(argument: String) {
    if argument == "pmtiles" {
      self = .tiles
    } else if let format = OutputFormat(rawValue: argument) {
      self = .layer(format)
    } else {
      return nil
    }
  }
}

extension WritingOptions.Encoding: ExpressibleByArgument {}
