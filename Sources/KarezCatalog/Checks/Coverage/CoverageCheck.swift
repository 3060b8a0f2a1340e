import KarezCore
import KarezGeometry
import KarezRules
import Synchronization

/// Gaps, overlaps, duplicates and mismatches of a dataset whose features may not overlap.
final class CoverageCheck: GateCheck {
  let needsLayer = true
  private let limits: CoverageLimits

  init(_ gate: Gate) { limits = CoverageLimits(toleranceM2: gate.toleranceM2) }

  func conclude(_ draft: ExaminedDraft, _ report: inout GateReport) async throws(GateError) {
    guard let layer = draft.layer, layer.count > 1 else { return }
    let count = RunningCount()
    let examination: CoverageExamination
    do {
      examination = try await CoverageExamination(of: layer, limits: limits) { more in
        draft.progress(
          Gate.Progress(phase: .coverage, done: count.adding(more), total: layer.count))
      }
    } catch let error as LayerError {
      throw .layer(error)
    } catch is CancellationError {
      throw .cancelled
    } catch {
      return report.note(.unexamined("\(error)"))
    }
    for fault in examination.faults { try note(fault, of: layer, &report) }
    for pair in examination.uncounted {
      let ids = try GateError.laying { () throws(LayerError) in
        (try layer.id(of: pair.first), try layer.id(of: pair.second))
      }
      report.note(.uncounted(layer.row(of: pair.first), ids.0, with: ids.1))
    }
  }

  private func note(
    _ fault: CoverageFault, of layer: Layer, _ report: inout GateReport
  ) throws(GateError) {
    let rule = CoverageWords.rule(of: fault)
    guard report.keepsMore(of: rule.rawValue) else { return report.count(1, of: rule.rawValue) }
    var ids: [String] = []
    for number in fault.features {
      ids.append(try GateError.laying { () throws(LayerError) in try layer.id(of: number) })
    }
    let rows = fault.features.map { layer.row(of: $0) }
    report.note(CoverageWords.finding(fault, rows: rows, ids: ids))
  }
}

/// Counts what several tasks have done.
private final class RunningCount: Sendable {
  private let count = Mutex(0)

  func adding(_ more: Int) -> Int {
    count.withLock { count in
      count += more
      return count
    }
  }
}
