import ArgumentParser
import KarezCore
import KarezService

/// `karez bench layout`: what making a layer file takes, by the vertex.
struct BenchLayoutCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layout",
    abstract: "由 WKB 制作图层文件，仅测算法 · a layer file made from WKB, library only")

  @OptionGroup var common: CommonOptions
  @Argument(help: "F.layer") var layer: String
  @Option(name: .long, help: "新的图层文件 · the new layer file") var out: String

  func run() throws {
    Terminal.json(try LayoutBenchmark(layerAt: layer).run(writing: out).json)
  }
}
