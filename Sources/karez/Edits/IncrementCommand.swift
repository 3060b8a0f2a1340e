import ArgumentParser
import KarezCore
import KarezService

/// `karez increment`: what changed of a dataset, as a package for another installation.
struct IncrementCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "increment",
    abstract: "制作增量包，供另一处 import --mode increment · changes as a package for another map")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "数据集 · dataset") var dataset: String
  @Argument(help: "增量包文件 · file of the package") var file: String
  @Option(name: .long, help: "基准提交 · commit of the base both sides have") var since: Int
  @Option(name: .long, help: "结果提交（最近） · commit of the result (last)") var through: Int?
  @Option(name: .long, help: "只含该行政区，可多次 · only this region, repeatable")
  var region: [String] = []

  func run() async throws {
    guard let base = CommitNumber(since) else { throw ValidationError("--since: ≥ 0") }
    var order = IncrementOrder(dataset: dataset, since: base)
    order.through = through.flatMap { CommitNumber($0) }
    order.regions = region
    let map = try await store.open()
    let package = try await map.increment(order, in: .all)
    let sm3 = try map.write(package, to: file)
    if common.json {
      guard case .object(var members) = package.json else { return }
      members["sm3"] = .string(sm3)
      return Terminal.json(.object(members))
    }
    for line in package.lines(in: Terminal.language) { Terminal.line(line) }
  }
}
