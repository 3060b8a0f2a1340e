import ArgumentParser
import KarezCore
import KarezService

/// `karez bench layers`: boundaries against layer files, each file's areas by an attribute.
struct BenchLayersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layers",
    abstract: "边界在各图层文件中的面积，仅测算法 · boundaries against layer files, library only")

  @OptionGroup var common: CommonOptions
  @Option(name: .long, help: "边界的图层文件 · layer file of boundaries") var boundaries: String
  @Option(name: .long, help: "全部结果 .csv · every sum") var out: String?
  @Argument(help: "F.layer:字段，或 F.layer（按标识）· F.layer:ATTRIBUTE, or F.layer by id")
  var layers: [String]

  func run() throws {
    Terminal.json(
      try LayerBenchmark(
        LayerBenchmark.Order(boundaries: boundaries, layers: layers, output: out)
      ).run().json)
  }
}
