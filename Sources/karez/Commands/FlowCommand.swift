import ArgumentParser
import Foundation
import KarezCore
import KarezService

/// `karez flow`: what became of each class of land between two days.
struct FlowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flow", abstract: "流量矩阵：两个时点间各类之间的面积流转 · areas from class to class")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "数据集 · dataset") var dataset: String
  @Option(name: .long, help: "起始日 · the earlier day") var from: LegalDate
  @Option(name: .long, help: "终止日 · the later day") var to: LegalDate
  @Option(name: .long, help: "分类字段 · attribute of the classes") var by: String
  @Option(name: .long, help: "线程数 · threads")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func run() async throws {
    let store = store
    let source = LayerSource(installation: try Installation.find()) { () throws(Problem) in
      try await store.open()
    }
    let progress = ProgressLine("叠加", "overlaying")
    let matrix = try await FlowJob(source: source).run(
      FlowJob.Order(
        dataset: dataset, from: from, until: to, attribute: by, threads: max(1, threads))
    ) { progress.show($0, of: $1) }
    progress.finish()
    if common.json {
      Terminal.json(matrix.json)
    } else {
      for line in matrix.lines(in: Terminal.language) { Terminal.line(line) }
    }
  }
}
