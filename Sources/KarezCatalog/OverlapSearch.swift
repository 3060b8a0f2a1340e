import KarezCore
import KarezGeometry
import KarezStore

/// The second pass of the gate: every pair of polygons that lie on one another, once.
///
/// The plane is divided into tiles of some thousand polygons. A pair belongs to the tile that
/// owns the lower left corner of what its two boxes have in common, so it is met exactly once.
struct OverlapSearch {
  /// Polygons a tile may have before it is divided.
  static let tileSize = 4_000

  let gate: Gate
  let places: PlaceConverter
  let layout: PolygonLayout

  func search(
    _ draft: DraftID, in store: any OneMapStore, adding report: GateReport,
    progress: @Sendable (Gate.Progress) -> Void
  ) async throws(StoreError) -> GateReport {
    guard let bounds = layout.bounds else { return report }
    var report = report
    var done = 0.0
    let whole = Tile(members: Array(0..<Int32(clamping: layout.boxes.count)))
    var tiles: [(tile: Tile, share: Double)] = [(whole, Double(layout.boxes.count))]
    while let (tile, share) = tiles.popLast() {
      if tile.members.count < 2 { done += share; continue }
      if tile.members.count > Self.tileSize,
        let (low, high) = tile.divided(over: layout.boxes, within: bounds)
      {
        tiles.append((high, share / 2))
        tiles.append((low, share / 2))
        continue
      }
      let margin = layout.isJudgedAsWritten ? layout.margin : 0
      let rows = try await store.rows(
        of: draft, meeting: tile.window(within: bounds, margin: margin))
      examine(rows, in: tile, adding: &report)
      done += share
      progress(
        Gate.Progress(phase: .overlaps, done: Int(done.rounded()), total: layout.boxes.count))
    }
    return report
  }

  /// A polygon of a tile, with its shape once it was needed.
  private struct Candidate {
    let row: Int64
    let id: String
    let box: BoundingBox
    let shape: OverlapSession.Shape
  }

  private func examine(_ rows: [DraftRow], in tile: Tile, adding report: inout GateReport) {
    let session = OverlapSession(plane: layout.isJudgedAsWritten ? .asGiven : .statutory)
    let candidates = rows.compactMap { candidate($0, in: session) }
      .sorted { $0.box.minX < $1.box.minX }
    for left in candidates.indices {
      var right = left + 1
      while right < candidates.count, candidates[right].box.minX <= candidates[left].box.maxX {
        let box = candidates[left].box
        let other = candidates[right].box
        if box.minY <= other.maxY, other.minY <= box.maxY,
          tile.owns(x: other.minX, y: max(box.minY, other.minY))
        {
          compare(candidates[left], candidates[right], in: session, adding: &report)
        }
        right += 1
      }
    }
  }

  private func candidate(_ row: DraftRow, in session: OverlapSession) -> Candidate? {
    guard !row.ends, case .polygons(let stored)? = row.feature.geometry,
      let box = stored.boundingBox
    else { return nil }
    let isValid = !layout.invalidRows.contains(row.row)
    guard layout.isJudgedAsWritten else {
      return Candidate(
        row: row.row, id: row.feature.id, box: box,
        shape: session.shape(of: stored, isValid: isValid))
    }
    guard case .polygons(let written)? = row.source else { return nil }
    return Candidate(
      row: row.row, id: row.feature.id,
      box: box.widened(by: PolygonLayout.margin(of: box)),
      shape: session.shape(of: written, isValid: isValid))
  }

  private func compare(
    _ left: Candidate, _ right: Candidate, in session: OverlapSession,
    adding report: inout GateReport
  ) {
    let (first, second) = left.row < right.row ? (left, right) : (right, left)
    do throws(GeometryError) {
      guard let overlap = try session.overlap(first.shape, second.shape) else { return }
      let area = area(of: overlap)
      guard area.squareMetres > Gate.overlapM2 else { return }
      report.note(
        .overlap(first.row, first.id, with: second.id, area: area, place: place(of: overlap)),
        keepingAtMost: gate.findingsPerRule)
    } catch {
      report.note(
        .uncounted(first.row, first.id, with: second.id), keepingAtMost: gate.findingsPerRule)
    }
  }

  /// 椭球面积 of an overlap, whatever the plane it was found in.
  private func area(of overlap: OverlapSession.Overlap) -> Area {
    // No plane in use shrinks areas by more than a part in a thousand, so half the threshold
    // spares the slivers that shared edges leave.
    guard layout.isJudgedAsWritten, overlap.area.squareMetres > Gate.overlapM2 / 2 else {
      return overlap.area
    }
    return places.statutoryArea(of: overlap.geometry) ?? overlap.area
  }

  /// A place in the overlap's first ring, in degrees.
  private func place(of overlap: OverlapSession.Overlap) -> Position? {
    guard let corners = overlap.geometry.polygons.first?.shell.positions.dropLast(),
      let first = corners.first
    else { return nil }
    // The middle of the corners, from the first so that small pieces lose no digits.
    let count = Double(corners.count)
    let middle = Position(
      x: first.x + corners.reduce(0) { $0 + ($1.x - first.x) } / count,
      y: first.y + corners.reduce(0) { $0 + ($1.y - first.y) } / count)
    return layout.isJudgedAsWritten ? places.degrees(of: middle) : middle
  }
}
