import ArgumentParser
import KarezCore
import KarezService

/// `karez bench tiles`: tiles of a layer file.
struct BenchTilesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tiles",
    abstract: "图层文件的矢量瓦片，仅测算法 · tiles of a layer file, library only")

  @OptionGroup var common: CommonOptions
  @Option(name: .long, help: "着色字段 · the column polygons are told apart by") var by: String
  @Option(name: .long, help: "最小级 · the coarsest level") var from = 8
  @Option(name: .long, help: "最大级 · the finest level") var to = 14
  @Option(name: .long, help: "每级瓦片数 · tiles of each level") var count = 40
  @Option(name: .long, help: "每块瓦片 .csv · every tile") var out: String
  @Argument(help: "F.layer") var layer: String

  func validate() throws {
    guard (0...20).contains(from), (from...20).contains(to), count > 0 else {
      throw ValidationError("--from, --to: 0...20; --count: 1...")
    }
  }

  func run() throws {
    Terminal.json(
      try TileBenchmark(
        TileBenchmark.Order(layer: layer, look: by, levels: from...to, count: count, output: out)
      ).run().json)
  }
}
