import KarezCore
import KarezGeometry
import KarezStore

/// What two patches, one of each state, have in common.
struct PatchPair: Hashable, Sendable {
  let old: Int64
  let new: Int64
  let areaM2: Double
}

/// Finds what the differing polygons of two states have in common, pair by pair.
///
/// The kernel measures; a pair it will not vouch for is repaired first, as in every overlay.
struct PatchPairs {
  /// Polygons to a task, so that one of them with many neighbours does not hold up all.
  private static let stretch = 512

  let old: StateScan
  let new: StateScan
  let threads: Int

  func all() async throws -> [PatchPair] {
    let places = old.places.sorted { $0.key < $1.key }
    let right = new.selections
    let starts = Array(stride(from: 0, to: places.count, by: Self.stretch))
    return try await withThrowingTaskGroup(of: (Int, [PatchPair]).self) { tasks in
      var started = 0
      var found: [Int: [PatchPair]] = [:]
      while found.count < starts.count {
        while started < starts.count, started - found.count < max(1, threads) {
          let start = starts[started]
          let stretch = places[start..<min(start + Self.stretch, places.count)]
          tasks.addTask { (start, try pairs(of: stretch, in: right)) }
          started += 1
        }
        guard let (start, pairs) = try await tasks.next() else { break }
        found[start] = pairs
      }
      return starts.flatMap { found[$0] ?? [] }
    }
  }

  private func pairs(
    of places: ArraySlice<(key: Int64, value: StateScan.Place)>, in right: [LayerSelection]
  ) throws -> [PatchPair] {
    let search = LayerSearch()
    let repairing = OverlapMeasure(plane: .statutory)
    var found: [PatchPair] = []
    for (row, place) in places {
      try Task.checkCancellation()
      let layer = old.layer.parts[place.part].layer
      let shape = try layer.shape(of: place.polygon)
      for selection in right {
        let other = selection.layer
        var doubtful: [Int] = []
        try search.overlaps(of: shape, in: other, where: selection.admits) { overlap in
          guard overlap.isSound else { return doubtful.append(overlap.polygon) }
          guard overlap.areaM2 > PairKernel.residue else { return }
          found.append(
            PatchPair(old: row, new: other.row(of: overlap.polygon), areaM2: overlap.areaM2))
        }
        for polygon in doubtful {
          let common = try repairing.common(
            layer.geometry(of: place.polygon), other.geometry(of: polygon))
          guard common.area > PairKernel.residue else { continue }
          found.append(PatchPair(old: row, new: other.row(of: polygon), areaM2: common.area))
        }
      }
    }
    return found
  }
}
