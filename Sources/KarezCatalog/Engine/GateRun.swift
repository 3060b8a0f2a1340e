import KarezCore
import KarezGeometry
import KarezRules
import KarezStore

/// One examination: the rows in pages past every check, then what only the whole shows.
///
/// Not Sendable: it belongs to the task that examines.
final class GateRun {
  private static let pageLength = 1_000

  private let gate: Gate
  private let draft: DraftID
  private let recorded: RecordedMap
  private let total: Int?
  private let progress: @Sendable (Gate.Progress) -> Void
  private let checks: [any GateCheck]
  private let writer: LayerWriter?
  private var found: GateReport

  init(
    _ gate: Gate, _ draft: DraftID, _ recorded: RecordedMap, earlier: GateReport, total: Int?,
    progress: @escaping @Sendable (Gate.Progress) -> Void
  ) {
    self.gate = gate
    self.draft = draft
    self.recorded = recorded
    self.total = total
    self.progress = progress
    found = earlier
    checks = CheckPlan(gate, earlier).checks()
    let isLaidOut = gate.schema.geometry == .polygon && checks.contains { $0.needsLayer }
    writer = isLaidOut ? LayerWriter(spoolingIn: gate.setting.scratch) : nil
  }

  func report() async throws(GateError) -> GateReport {
    for check in checks { try await check.prepare(recorded, &found) }
    try await examineRows()
    let layer = try writer.map { writer throws(GateError) in
      try GateError.laying { () throws(LayerError) in try writer.finishUnnamed() }
    }
    let whole = ExaminedDraft(id: draft, layer: layer, recorded: recorded, progress: progress)
    for check in checks { try await check.conclude(whole, &found) }
    return found
  }

  private func examineRows() async throws(GateError) {
    var asksPrecedents = checks.contains { $0.needsPrecedents }
    if asksPrecedents { asksPrecedents = try await recorded.isRecorded(recorded.dataset) }
    var last: Int64 = 0
    var coming = nextPage(after: last)
    while true {
      if Task.isCancelled { throw .cancelled }
      let rows = try await coming.value.get()
      last = rows.last?.row ?? last
      // The next page is read while this one is examined.
      if rows.count == Self.pageLength { coming = nextPage(after: last) }
      let page = rows.map {
        ExaminedRow($0, of: gate.schema.geometry, judgesAsWritten: gate.judgesAsWritten)
      }
      if asksPrecedents { try await recorded.setPrecedents(of: page) }
      for check in checks { try await check.examine(page, recorded) }
      for row in page { try examine(row) }
      progress(Gate.Progress(phase: .features, done: found.examined, total: total))
      if rows.count < Self.pageLength { return }
    }
  }

  private func nextPage(after row: Int64) -> Task<Result<[DraftRow], GateError>, Never> {
    let (store, draft, limit) = (recorded.store, draft, Self.pageLength)
    return Task {
      do throws(GateError) {
        return .success(
          try await GateError.asking { () throws(StoreError) in
            try await store.rows(of: draft, after: row, limit: limit)
          })
      } catch {
        return .failure(error)
      }
    }
  }

  private func examine(_ row: ExaminedRow) throws(GateError) {
    found.examined += 1
    if let box = row.box { found.ground.add(box) }
    for check in checks where !row.ends || check.seesEnds { try check.examine(row, &found) }
    guard let writer, !row.ends, let polygons = row.polygons else { return }
    do throws(LayerError) {
      try writer.append(row: row.row, id: row.id, polygons)
    } catch {
      // A polygon that cannot be laid out has been told of by the checks of its geometry.
      if case .geometry = error { return }
      throw .layer(error)
    }
  }
}
