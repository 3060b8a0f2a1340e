public import ArgumentParser
import Foundation
import KarezCore
import KarezReport
import KarezService
public import KarezStore

/// `karez import`: read in the worker, run the quality gate, make a commit.
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "汇交：读取、质检、提交 · read, check and record a file")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "数据集 · dataset") var dataset: String
  @Argument(help: "文件，或 文件:图层 · file, or FILE:LAYER") var file: String
  @Option(name: .long, help: "图层 · layer") var layer: String?
  @Option(name: .long, help: "state | changes") var mode: CommitMode = .state
  @Option(name: .long, help: "有效起始日 · valid from (today)") var validFrom: LegalDate?
  @Option(name: .long, help: "有效终止日（不含） · valid until, exclusive") var validUntil: LegalDate?
  @Option(name: .long, help: "ATTR=VALUE: 该行终止要素 · rows that end their feature") var end: String?
  @Option(name: .long, help: "坐标系 · coordinate system, where the file names none")
  var crs: String?
  @Flag(name: .long, help: "只质检，不提交 · check only") var dryRun = false
  @Option(name: .long, help: "质检报告 .json .html .gpkg，可多次 · quality report, repeatable")
  var report: [String] = []
  @Option(name: .long, help: "放行的质检规则（须说明理由） · rules to let pass, with --reason")
  var accept: [String] = []
  @Option(name: .long, help: "理由 · reason of the commit") var reason: String?

  func run() async throws {
    let map = try await store.open()
    let progress = PhasedProgress()
    var order = ImportOrder(
      dataset: dataset, file: FileArgument(file, layer: layer),
      validFrom: validFrom ?? Clock.today)
    order.mode = mode
    order.validUntil = validUntil
    order.ending = end
    order.crs = crs
    order.isDryRun = dryRun
    order.accepted = accept
    order.reason = reason
    // Before anything is recorded: a report that cannot be written must not hide a commit.
    let files = try report.map { path throws(Problem) in try QualityReportFile(path) }
    for file in files { try file.reserve() }
    let outcome = try await map.importFile(order, by: .operator, in: .all) {
      progress.show($0.phase.title, $0.done, of: $0.total)
    }
    progress.finish()
    for file in files {
      try file.write(outcome, in: Terminal.language, portal: map.installation.portal.path)
    }
    if common.json {
      Terminal.json(outcome.json)
    } else {
      for line in outcome.lines(in: Terminal.language) { Terminal.line(line) }
    }
    if outcome.isBlocked { throw ExitCode(3) }
  }
}

/// A file says what holds, or what changed; rows with days of their own come in packages.
extension CommitMode: ExpressibleByArgument {
  public init?(argument: String) {
    self.init(rawValue: argument)
    if self == .versions { return nil }
  }
}
