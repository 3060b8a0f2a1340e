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
    for fault in examination.faults { try report.note(fault, of: layer) }
    for pair in examination.uncounted { try report.note(uncounted: pair, of: layer) }
  }
}

extension GateReport {
  /// Adds a fault of a layer whose rows are those of a draft; other polygons have rows below zero.
  mutating func note(_ fault: CoverageFault, of layer: Layer) throws(GateError) {
    let rule = CoverageWords.rule(of: fault)
    guard keepsMore(of: rule.rawValue) else { return count(1, of: rule.rawValue) }
    var ids: [String] = []
    for number in fault.features {
      ids.append(try GateError.laying { () throws(LayerError) in try layer.id(of: number) })
    }
    let rows = fault.features.map { layer.row(of: $0) }.map { $0 > 0 ? $0 : nil }
    note(CoverageWords.finding(fault, rows: rows, ids: ids))
  }

  mutating func note(
    uncounted pair: (first: Int, second: Int), of layer: Layer
  ) throws(GateError) {
    let own = layer.row(of: pair.first) > 0 ? pair : (pair.second, pair.first)
    let ids = try GateError.laying { () throws(LayerError) in
      (try layer.id(of: own.0), try layer.id(of: own.1))
    }
    note(.uncounted(layer.row(of: own.0), ids.0, with: ids.1))
  }
}

/// Counts what several tasks have done.
final class RunningCount: Sendable {
  private let count = Mutex(0)

  func adding(_ more: Int) -> Int {
    count.withLock { count in
      count += more
      return count
    }
  }
}
