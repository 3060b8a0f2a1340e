import ArgumentParser
import KarezCore
import KarezService

/// `karez bench coverage`: a layer file examined for faults, or united by attributes.
struct BenchCoverageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coverage",
    abstract: "图层文件的拓扑检查或融合，仅测算法 · faults or unions of a layer file, library only")

  @OptionGroup var common: CommonOptions
  @Argument(help: "F.layer") var layer: String
  @Option(name: .long, help: "按字段融合，逗号分隔 · unite by attributes, with commas")
  var union: String?
  @Option(name: .long, help: "问题图斑或各组 .csv · features with faults, or the groups")
  var out: String?

  func run() async throws {
    let benchmark = try CoverageBenchmark(layerAt: layer)
    if let union {
      let attributes = union.split(separator: ",").map(String.init)
      Terminal.json(try await benchmark.unite(by: attributes, writing: out).json)
    } else {
      Terminal.json(try await benchmark.examine(writing: out).json)
    }
  }
}
