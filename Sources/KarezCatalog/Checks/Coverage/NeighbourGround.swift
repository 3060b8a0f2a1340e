import KarezCore
import KarezGeometry
import KarezStore

/// The land around some rows of a draft as it will be on a day: rows, and features that stay.
///
/// In the layer, features that stay have rows below zero. Not Sendable: it belongs to the task
/// that examines.
final class NeighbourGround {
  private let day: LegalDate
  private let draft: ExaminedDraft
  /// Fingerprints of features the draft says something else of on the day.
  private let replaced: Set<UInt64>
  private let writer: LayerWriter
  private var seen: Set<Int64> = []

  init(
    day: LegalDate, draft: ExaminedDraft, spoolingIn folder: String, replaced: Set<UInt64>
  ) {
    self.day = day
    self.draft = draft
    self.replaced = replaced
    writer = LayerWriter(spoolingIn: folder)
  }

  func read(_ windows: WindowGroups) async throws(GateError) {
    for (whole, boxes) in windows.windows {
      if Task.isCancelled { throw .cancelled }
      for row in try await rows(in: whole) {
        guard let polygons = row.polygons, seen.insert(row.row).inserted else { continue }
        try append(row.row, row.id, polygons)
      }
      try await scan(whole) { version, polygons, box throws(GateError) in
        guard boxes.contains(where: box.meets), self.seen.insert(-version.row).inserted else {
          return
        }
        try self.append(-version.row, version.feature.id, polygons)
      }
    }
  }

  func layer() throws(GateError) -> Layer {
    try GateError.laying { () throws(LayerError) in try writer.finishUnnamed() }
  }

  /// The boxes in which there is something that was not read.
  func unread(of boxes: [BoundingBox]) async throws(GateError) -> [BoundingBox] {
    var unread: [BoundingBox] = []
    for box in boxes {
      var isRead = try await rows(in: box).allSatisfy {
        $0.polygons == nil || seen.contains($0.row)
      }
      try await scan(box) { version, _, own throws(GateError) in
        if own.meets(box), !self.seen.contains(-version.row) { isRead = false }
      }
      if !isRead { unread.append(box) }
    }
    return unread
  }

  private func rows(in window: BoundingBox) async throws(GateError) -> [ExaminedRow] {
    try await GateError.asking { () throws(StoreError) in
      try await draft.recorded.store.rows(of: draft.id, meeting: window)
    }.filter { !$0.ends && ($0.validity?.contains(day) ?? true) }.map {
      ExaminedRow($0, of: .polygon, judgesAsWritten: false)
    }
  }

  /// Features of the dataset that stay and whose boxes may meet a window.
  private func scan(
    _ window: BoundingBox,
    _ body: (FeatureVersion, MultiPolygon, BoundingBox) throws(GateError) -> Void
  ) async throws(GateError) {
    let recorded = draft.recorded
    let query = FeatureQuery(
      dataset: recorded.dataset, asOf: recorded.asOf(day), window: window)
    var cursor: FeatureCursor?
    repeat {
      let after = cursor
      let page = try await GateError.asking { () throws(StoreError) in
        try await recorded.store.features(query, after: after, limit: 1_000, in: recorded.scope)
      }
      for version in page.versions
      where !replaced.contains(Fingerprint.of(version.feature.id.utf8)) {
        guard case .polygons(let polygons)? = version.feature.geometry,
          let box = polygons.boundingBox
        else { continue }
        try body(version, polygons, box)
      }
      cursor = page.next
    } while cursor != nil
  }

  private func append(
    _ row: Int64, _ id: String, _ polygons: MultiPolygon
  ) throws(GateError) {
    do throws(LayerError) {
      try writer.append(row: row, id: id, polygons)
    } catch {
      // A polygon that cannot be laid out has been told of by the checks of its geometry.
      if case .geometry = error { return }
      throw .layer(error)
    }
  }
}
