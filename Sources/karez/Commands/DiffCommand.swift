import ArgumentParser
import Foundation
import KarezCore
import KarezService

/// `karez diff`: what changed between two states of a dataset, with an account of the land.
struct DiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "两个时点间的变化图斑与面积账 · patches and an area ledger between two states")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "数据集 · dataset") var dataset: String
  @Option(name: .long, help: "起始日 · the earlier day") var from: LegalDate
  @Option(name: .long, help: "终止日 · the later day") var to: LegalDate
  @Option(name: .long, help: "起始状态的提交（最近） · commit of the earlier state (last)")
  var recorded: Int?
  @Option(name: .long, help: "终止状态的提交（同上） · commit of the later state (the same)")
  var recordedTo: Int?
  @Option(name: .long, help: "分类字段 · attribute of the classes") var by: String?
  @Option(name: .long, help: "按此区划数据集的界线汇总，如 counties · ledger by these units")
  var units: String?
  @Option(name: .long, help: "以哪一日的区划为准（终止日） · units as of this day (the later)")
  var unitsOn: LegalDate?
  @Option(name: .long, help: "区划代码位数 · digits of a region") var regionDigits = 6
  @Option(name: .long, help: "分割、合并的判定容差，平方米 · tolerance of splits and merges, m2")
  var tolerance = DiffOrder.standardToleranceM2
  @Option(name: .long, help: "线程数 · threads")
  var threads = ProcessInfo.processInfo.activeProcessorCount
  @Option(name: .long, help: "面积账 .csv/.xlsx/.parquet，图斑 .geojson，全部 .json · ledger, patches, all")
  var out: String?

  func validate() throws {
    guard (0...12).contains(regionDigits) else { throw ValidationError("--region-digits: 0–12") }
    guard tolerance.isFinite, tolerance >= 0, threads > 0 else {
      throw ValidationError("--tolerance ≥ 0, --threads > 0")
    }
  }

  func run() async throws {
    var order = DiffOrder(dataset: dataset, from: from, to: to)
    order.recorded = recorded.flatMap { CommitNumber($0) }
    order.recordedTo = recordedTo.flatMap { CommitNumber($0) }
    order.attribute = by
    order.units = units
    order.unitsOn = unitsOn
    order.regionDigits = regionDigits
    order.toleranceM2 = tolerance
    order.threads = threads
    order.isDrawn = out.map(DiffReport.isDrawn) ?? false
    let map = try await store.open()
    let report = try await map.difference(order, in: .all)
    if let out { try await report.write(to: out, by: map.installation) }
    if common.json {
      Terminal.json(report.json())
    } else {
      for line in report.lines(in: Terminal.language) { Terminal.line(line) }
    }
  }
}
