import KarezCore
import KarezGeometry
import KarezStore

/// A draft of changes laid among the features that stay: gaps, overlaps and mismatches.
///
/// Of the dataset, as its layer shows it, only the surroundings are looked at: what meets the
/// boxes of the new shapes and of those they replace. Rows with days of their own are judged on their first day. What is wrong
/// between two features that stay was there before, and is not told again.
final class NeighbourCheck: GateCheck {
  let seesEnds = true
  private let scratch: String
  private let limits: CoverageLimits
  private var changes: [NeighbourChange] = []
  /// Each look reads what lay in the gaps of the one before; coverages are closed after two or
  /// three.
  private static let mostLooks = 8

  init(_ gate: Gate) {
    scratch = gate.setting.scratch
    limits = CoverageLimits(toleranceM2: gate.toleranceM2)
  }

  func examine(_ page: [ExaminedRow], _ recorded: RecordedMap) async throws(GateError) {
    let days = Dictionary(grouping: page) { $0.validity?.from ?? recorded.day }
    for (day, rows) in days {
      let ids = rows.map(\.id)
      let before = try await recorded.precedents(of: ids, on: day)
      for row in rows {
        let precedent = before[row.id]
        changes.append(
          NeighbourChange(
            fingerprint: Fingerprint.of(row.id.utf8), from: day, until: row.validity?.until,
            box: row.ends || row.polygons == nil ? nil : row.box,
            oldBox: precedent?.endedOn == nil ? precedent?.box : nil))
      }
    }
  }

  func conclude(_ draft: ExaminedDraft, _ report: inout GateReport) async throws(GateError) {
    for box in changes.compactMap(\.oldBox) { report.ground.add(box) }
    let days = Set(changes.map(\.from)).sorted()
    for (number, day) in days.enumerated() {
      if Task.isCancelled { throw .cancelled }
      try await examine(day, draft, &report)
      draft.progress(
        Gate.Progress(phase: .coverage, done: number + 1, total: days.count))
    }
  }

  /// Looks at the rows that begin on a day, until no gap could be covered by what was not read.
  private func examine(
    _ day: LegalDate, _ draft: ExaminedDraft, _ report: inout GateReport
  ) async throws(GateError) {
    let begun = changes.filter { $0.from == day }
    let removed = begun.compactMap(\.oldBox)
    var windows = WindowGroups(begun.compactMap(\.box) + removed)
    guard let whole = windows.whole else { return }
    let concerned = changes.filter { $0.contains(day) }
    let replaced = Set(concerned.map(\.fingerprint))
    for look in 1...Self.mostLooks {
      let ground = NeighbourGround(
        day: day, draft: draft, spoolingIn: scratch,
        staying: try await draft.recorded.surroundings(near: windows.whole ?? whole, on: day),
        replaced: replaced, hasOtherRows: concerned.count > begun.count)
      try await ground.read(windows)
      let layer = try ground.layer()
      guard layer.count > 1 else { return }
      guard let examination = try await examined(layer, &report) else { return }
      let gaps = examination.faults.compactMap {
        $0.kind == .gap ? $0.geometry?.boundingBox : nil
      }
      let unread = try await ground.unread(of: gaps)
      guard unread.isEmpty || look == Self.mostLooks else {
        windows.add(unread)
        continue
      }
      for fault in examination.faults where concerns(fault, layer, removed) {
        try report.note(fault, of: layer)
      }
      for pair in examination.uncounted
      where layer.row(of: pair.first) > 0 || layer.row(of: pair.second) > 0 {
        try report.note(uncounted: pair, of: layer)
      }
      return
    }
  }

  private func examined(
    _ layer: Layer, _ report: inout GateReport
  ) async throws(GateError) -> CoverageExamination? {
    do {
      return try await CoverageExamination(of: layer, limits: limits)
    } catch let error as LayerError {
      throw .layer(error)
    } catch is CancellationError {
      throw .cancelled
    } catch {
      report.note(.unexamined("\(error)"))
      return nil
    }
  }

  /// Whether the draft has to do with a fault: by a row of its own, or by land it gave up.
  private func concerns(_ fault: CoverageFault, _ layer: Layer, _ removed: [BoundingBox]) -> Bool {
    if fault.features.contains(where: { layer.row(of: $0) > 0 }) { return true }
    return fault.kind == .gap && removed.contains { $0.contains(fault.place) }
  }
}

/// What a row does to the ground.
struct NeighbourChange {
  let fingerprint: UInt64
  let from: LegalDate
  let until: LegalDate?
  /// Of its new shape; nil where it has none.
  let box: BoundingBox?
  /// Of the shape that was there.
  let oldBox: BoundingBox?

  func contains(_ day: LegalDate) -> Bool {
    day >= from && (until.map { day < $0 } ?? true)
  }
}

/// Boxes in groups of some tens of kilometres, so that what lies near one another is read at once.
struct WindowGroups {
  /// A quarter of a degree: a query for rows costs as much as some hundred rows.
  private static let perDegree = 4.0

  private(set) var groups: [SIMD2<Int32>: [BoundingBox]] = [:]

  init(_ boxes: [BoundingBox]) { add(boxes) }

  mutating func add(_ boxes: [BoundingBox]) {
    for box in boxes {
      let middle = SIMD2((box.minX + box.maxX) / 2, (box.minY + box.maxY) / 2)
      let cell = SIMD2<Int32>((middle * Self.perDegree).rounded(.down))
      groups[cell, default: []].append(box)
    }
  }

  /// The box around all of them; nil where there is none.
  var whole: BoundingBox? { windows.map(\.whole).reduce(nil) { $0?.union($1) ?? $1 } }

  /// The groups, each with the box around it, in a stable order.
  var windows: [(whole: BoundingBox, boxes: [BoundingBox])] {
    groups.sorted { ($0.key.y, $0.key.x) < ($1.key.y, $1.key.x) }.compactMap { _, boxes in
      boxes.dropFirst().reduce(boxes.first) { $0?.union($1) }.map { ($0, boxes) }
    }
  }
}

extension BoundingBox {
  fileprivate func contains(_ place: Position) -> Bool {
    minX <= place.x && place.x <= maxX && minY <= place.y && place.y <= maxY
  }
}
