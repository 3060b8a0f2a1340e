import KarezCore
import KarezGeometry
import KarezRules
public import KarezStore

/// One examination: rows past every check as they come, then what only the whole shows.
///
/// Not Sendable: it belongs to the task that examines.
public final class Examination {
  private let gate: Gate
  private let draft: DraftID
  private let recorded: RecordedMap
  private let total: Int?
  private let progress: @Sendable (Gate.Progress) -> Void
  private let checks: [any GateCheck]
  private let writer: LayerWriter?
  /// What the polygons are laid down with, where their layer may be kept.
  private let columns: DraftColumns?
  private var values: [String] = []
  private var asksPrecedents: Bool
  private var order: KnownOrder
  private var found: GateReport

  /// Makes the checks of a gate ready for the rows of a draft.
  init(
    _ gate: Gate, of draft: DraftID, _ recorded: RecordedMap, total: Int?,
    progress: @escaping @Sendable (Gate.Progress) -> Void
  ) async throws(GateError) {
    self.gate = gate
    self.draft = draft
    self.recorded = recorded
    self.total = total
    self.progress = progress
    found = GateReport(rules: gate.rules)
    order = KnownOrder(of: gate.schema)
    checks = CheckPlan(gate).checks()
    let isLaidOut = gate.schema.geometry == .polygon && checks.contains { $0.needsLayer }
    var kept: DraftColumns?
    if isLaidOut {
      kept = try await GateError.asking { () throws(StoreError) in
        try await recorded.store.columns(of: draft)
      }
    }
    columns = kept
    writer =
      isLaidOut
      ? LayerWriter(columns: kept?.names ?? [], spoolingIn: gate.setting.scratch) : nil
    asksPrecedents = checks.contains { $0.needsPrecedents }
    if asksPrecedents { asksPrecedents = try await recorded.title(of: recorded.dataset) != nil }
    for check in checks { try await check.prepare(recorded, &found) }
  }

  /// Looks at rows of the draft; `unreadable` are those whose geometry has been told of already.
  ///
  /// Every row is given once, in the order of the source, whether or not it is in the draft yet.
  public func take(
    _ rows: [DraftRow], unreadable: Set<Int64> = []
  ) async throws(GateError) {
    if Task.isCancelled { throw .cancelled }
    let page = rows.map {
      ExaminedRow(
        $0, of: gate.schema.geometry, isInOrder: order.isOrder(of: $0.values),
        judgesAsWritten: gate.judgesAsWritten, isUnreadable: unreadable.contains($0.row))
    }
    if asksPrecedents { try await recorded.setPrecedents(of: page) }
    for check in checks { try await check.examine(page, recorded) }
    for row in page { try examine(row) }
    progress(Gate.Progress(phase: .features, done: found.examined, total: total))
  }

  /// What was found, after all that was found `before`; all rows are in the draft.
  public func report(after before: GateReport) async throws(GateError) -> GateReport {
    let layer = try writer.map { writer throws(GateError) in
      try GateError.laying { () throws(LayerError) in try writer.finishUnnamed() }
    }
    if columns != nil, let layer {
      try await GateError.asking { () throws(StoreError) in
        try recorded.store.keep(layer, of: draft)
      }
    }
    let whole = ExaminedDraft(id: draft, layer: layer, recorded: recorded, progress: progress)
    for check in checks { try await check.conclude(whole, &found) }
    var report = before
    report.append(found)
    return report
  }

  private func examine(_ row: ExaminedRow) throws(GateError) {
    found.examined += 1
    if let box = row.box { found.ground.add(box) }
    try lay(row)
    for check in checks where !row.ends || check.seesEnds { try check.examine(row, &found) }
  }

  private func lay(_ row: ExaminedRow) throws(GateError) {
    guard let writer, !row.ends, let polygons = row.polygons else { return }
    columns?.put(row.values, isInOrder: row.isInOrder, into: &values) {
      writer.valueCount(ofColumn: $0)
    }
    do throws(LayerError) {
      row.isCertainlyValid = try writer.append(
        row: row.row, id: row.id, values: values, polygons)
    } catch {
      // A polygon that cannot be laid out has been told of by the checks of its geometry.
      if case .geometry = error { return }
      throw .layer(error)
    }
  }
}
