import KarezCore
import KarezStore

/// Tells splits and merges among the features that two states show differently.
///
/// What was recorded of them comes first. Where nothing was, geometry tells: pieces that lie in a
/// feature and cover it, but for the tolerance, are what became of it, and the other way round.
struct PatchKinds {
  private(set) var changes: [PatchChange]
  private let toleranceM2: Double
  private var indexOfID: [String: Int]

  init(_ changes: [PatchChange], toleranceM2: Double) {
    self.changes = changes
    self.toleranceM2 = toleranceM2
    indexOfID = Dictionary(
      changes.enumerated().map { ($0.element.id, $0.offset) }
    ) { first, _ in first }
  }

  // MARK: Lineage

  /// Marks what successions say; members that do not differ between the states are only named.
  mutating func mark(_ successions: [RecordedSuccession]) {
    for succession in successions {
      for id in succession.parents {
        guard let index = indexOfID[id], changes[index].old != nil else { continue }
        switch succession.kind {
        case .split: changes[index].kind = .split
        case .merge: changes[index].kind = .merged
        case .redraw, .renumber: break
        }
        link(index, into: succession.children, .lineage)
      }
      for id in succession.children {
        guard let index = indexOfID[id], changes[index].new != nil else { continue }
        link(index, from: succession.parents, .lineage)
      }
    }
  }

  private mutating func link(
    _ index: Int, into ids: [String] = [], from parents: [String] = [],
    _ witness: PatchChange.Witness
  ) {
    changes[index].into += ids.filter { !changes[index].into.contains($0) }
    changes[index].from += parents.filter { !changes[index].from.contains($0) }
    changes[index].witness = changes[index].witness ?? witness
  }

  // MARK: Geometry

  /// Marks what pairs of patches show.
  mutating func mark(_ pairs: [PatchPair]) {
    let old = Dictionary(grouping: pairs, by: \.old)
    let new = Dictionary(grouping: pairs, by: \.new)
    let byOldRow = rows(\.old)
    let byNewRow = rows(\.new)
    for index in changes.indices where changes[index].witness == nil {
      guard let row = changes[index].old?.row, let pieces = old[row] else { continue }
      let parts = pieces.compactMap { pair in byNewRow[pair.new].map { ($0, pair.areaM2) } }
      guard let found = cover(of: changes[index].old?.place, by: parts, \.new) else { continue }
      changes[index].kind = .split
      link(index, into: found.map { changes[$0].id }.sorted(), .geometry)
      for piece in found where piece != index {
        link(piece, from: [changes[index].id], .geometry)
      }
    }
    for index in changes.indices where changes[index].from.isEmpty {
      guard let row = changes[index].new?.row, let pieces = new[row] else { continue }
      let parts = pieces.compactMap { pair in byOldRow[pair.old].map { ($0, pair.areaM2) } }
      guard let found = cover(of: changes[index].new?.place, by: parts, \.old),
        found.allSatisfy({ changes[$0].into.isEmpty })
      else { continue }
      for piece in found {
        changes[piece].kind = .merged
        link(piece, into: [changes[index].id], .geometry)
      }
      link(index, from: found.map { changes[$0].id }.sorted(), .geometry)
    }
  }

  private func rows(_ state: KeyPath<PatchChange, PatchState?>) -> [Int64: Int] {
    Dictionary(
      changes.indices.compactMap { index in
        changes[index][keyPath: state].map { ($0.row, index) }
      }
    ) { first, _ in first }
  }

  /// The parts that lie in a patch, if there are several and they cover it.
  private func cover(
    of whole: PatchPlace?, by parts: [(index: Int, areaM2: Double)],
    _ state: KeyPath<PatchChange, PatchState?>
  ) -> [Int]? {
    guard let whole else { return nil }
    let within = parts.filter { part in
      guard let place = changes[part.index][keyPath: state]?.place else { return false }
      return place.areaM2 - part.areaM2 <= toleranceM2
    }
    let covered = within.reduce(0) { $0 + $1.areaM2 }
    guard within.count > 1, whole.areaM2 - covered <= toleranceM2 else { return nil }
    return within.map(\.index)
  }
}
