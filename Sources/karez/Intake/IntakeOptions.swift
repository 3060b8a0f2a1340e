import ArgumentParser
import Foundation
import KarezCore
import KarezReport
import KarezService
import KarezStore

/// How a file is read for a dataset and what its examination is told in; of every verb that asks
/// the gate.
struct IntakeOptions: ParsableArguments {
  @Option(name: .long, help: "图层 · layer") var layer: String?
  @Option(name: .long, help: "state | changes | increment") var mode: CommitMode = .state
  @Option(name: .long, help: "有效起始日 · valid from (today)") var validFrom: LegalDate?
  @Option(name: .long, help: "有效终止日（不含） · valid until, exclusive") var validUntil: LegalDate?
  @Option(name: .long, help: "ATTR=VALUE: 该行终止要素 · rows that end their feature") var end: String?
  @Option(name: .long, help: "坐标系 · coordinate system, where the file names none")
  var crs: String?
  @Option(
    name: .long,
    help: "质检报告 .json .html .gpkg .xlsx，可多次 · quality report, repeatable")
  var report: [String] = []

  func order(for dataset: String, _ file: String) -> ImportOrder {
    var order = ImportOrder(
      dataset: dataset, file: FileArgument(file, layer: layer),
      validFrom: validFrom ?? Clock.today)
    order.mode = mode
    order.validUntil = validUntil
    order.ending = end
    order.crs = crs
    return order
  }

  /// Carries the order out and prints what came of it; status 3 where the gate refuses.
  func run(_ order: ImportOrder, on map: OneMap, asJSON: Bool) async throws {
    // Before anything is recorded: a report that cannot be written must not hide a commit.
    let files = try report.map { path throws(Problem) in try QualityReportFile(path) }
    for file in files { try file.reserve() }
    let progress = PhasedProgress()
    let outcome = try await map.importFile(order, by: .operator, in: .all) {
      progress.show($0.phase.title, $0.done, of: $0.total)
    }
    progress.finish()
    for file in files {
      try await file.write(outcome, in: Terminal.language, by: map.installation)
    }
    if asJSON {
      Terminal.json(outcome.json)
    } else {
      for line in outcome.lines(in: Terminal.language) { Terminal.line(line) }
    }
    if outcome.isBlocked { throw ExitCode(outcome.isInConflict ? 4 : 3) }
  }
}
