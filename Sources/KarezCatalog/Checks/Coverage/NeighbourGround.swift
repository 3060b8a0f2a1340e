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
  /// The dataset on the day, near all that is looked at.
  private let staying: MapLayer
  /// Whether rows of the draft may lie outside the windows first looked at.
  private let hasOtherRows: Bool
  private let search = LayerSearch()
  private let writer: LayerWriter
  private var seen: Set<Int64> = []

  init(
    day: LegalDate, draft: ExaminedDraft, spoolingIn folder: String, staying: MapLayer,
    replaced: Set<UInt64>, hasOtherRows: Bool
  ) {
    self.day = day
    self.draft = draft
    self.staying = staying
    self.replaced = replaced
    self.hasOtherRows = hasOtherRows
    writer = LayerWriter(spoolingIn: folder)
  }

  func read(_ windows: WindowGroups) async throws(GateError) {
    for (whole, boxes) in windows.windows {
      if Task.isCancelled { throw .cancelled }
      for row in try await rows(in: whole) {
        guard let polygons = row.polygons, seen.insert(row.row).inserted else { continue }
        try append(row.row, row.id, polygons)
      }
      for box in boxes { try readStaying(near: box) }
    }
  }

  /// What stays and may meet a box.
  private func readStaying(near box: BoundingBox) throws(GateError) {
    for part in staying.parts {
      for number in search.polygons(near: box, in: part.layer, where: { stays($0, of: part) }) {
        let row = -part.layer.row(of: number)
        guard seen.insert(row).inserted else { continue }
        let (id, polygons) = try GateError.laying { () throws(LayerError) in
          (try part.layer.id(of: number), try part.layer.geometry(of: number))
        }
        try append(row, id, polygons)
      }
    }
  }

  /// Whether the state has a polygon of which the draft says nothing else on the day.
  private func stays(_ number: Int, of part: MapLayer.Part) -> Bool {
    guard part.shows(number) else { return false }
    // A damaged id is found out by whoever reads it.
    guard let id = try? part.layer.idBytes(of: number) else { return true }
    return !replaced.contains(Fingerprint.of(id))
  }

  func layer() throws(GateError) -> Layer {
    try GateError.laying { () throws(LayerError) in try writer.finishUnnamed() }
  }

  /// The boxes in which there is something that was not read.
  func unread(of boxes: [BoundingBox]) async throws(GateError) -> [BoundingBox] {
    var unread: [BoundingBox] = []
    for box in boxes {
      var isUnread = staying.parts.contains { part in
        !search.polygons(
          near: box, in: part.layer,
          where: { stays($0, of: part) && !seen.contains(-part.layer.row(of: $0)) }
        ).isEmpty
      }
      if !isUnread { isUnread = try await hasUnreadRows(in: box) }
      if isUnread { unread.append(box) }
    }
    return unread
  }

  private func hasUnreadRows(in box: BoundingBox) async throws(GateError) -> Bool {
    guard hasOtherRows else { return false }
    return try await rows(in: box).contains { $0.polygons != nil && !seen.contains($0.row) }
  }

  private func rows(in window: BoundingBox) async throws(GateError) -> [ExaminedRow] {
    try await GateError.asking { () throws(StoreError) in
      try await draft.recorded.store.rows(of: draft.id, meeting: window)
    }.filter { !$0.ends && ($0.validity?.contains(day) ?? true) }.map {
      ExaminedRow($0, of: .polygon, judgesAsWritten: false)
    }
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
