import KarezCore
import KarezGeometry
import KarezStore

/// 按区划归属: the unit that each polygon of a state lies in, by the units of one day.
///
/// - Shape: by part and polygon an index into `names`; the first name, empty, is of land in no
///   unit. A polygon that lies in several belongs whole to the one that has most of it.
struct UnitAssignment: Sendable {
  /// Polygons to a task.
  private static let stretch = 4_096

  private(set) var names = [""]
  private(set) var codes: [[UInt32]] = []

  /// Of polygons that are not wanted nothing is looked up.
  init(
    of layer: MapLayer, in units: MapLayer, threads: Int, wanted: [Set<Int>]? = nil
  ) async throws {
    var numbers: [String: UInt32] = [:]
    var right: [(selection: LayerSelection, codes: [UInt32])] = []
    for part in units.parts {
      var own = [UInt32](repeating: 0, count: part.layer.count)
      for polygon in 0..<part.layer.count where part.shows(polygon) {
        let id = try part.layer.id(of: polygon)
        if numbers[id] == nil {
          numbers[id] = UInt32(names.count)
          names.append(id)
        }
        own[polygon] = numbers[id] ?? 0
      }
      let shown = own
      right.append((LayerSelection(part.layer) { shown[$0] != 0 }, own))
    }
    let all = layer.parts.enumerated().flatMap { number, part in
      stride(from: 0, to: part.layer.count, by: Self.stretch).map { (number, $0) }
    }
    let located = right
    codes = try await withThrowingTaskGroup(of: (Int, Int, [UInt32]).self) { tasks in
      var codes = layer.parts.map { [UInt32](repeating: 0, count: $0.layer.count) }
      var started = 0
      var done = 0
      while done < all.count {
        while started < all.count, started - done < max(1, threads) {
          let (number, start) = all[started]
          let part = layer.parts[number]
          let some = wanted?[number]
          tasks.addTask {
            (number, start, try Self.codes(of: part, from: start, in: located, wanted: some))
          }
          started += 1
        }
        guard let (number, start, found) = try await tasks.next() else { break }
        codes[number].replaceSubrange(start..<start + found.count, with: found)
        done += 1
      }
      return codes
    }
  }

  private static func codes(
    of part: MapLayer.Part, from start: Int,
    in units: [(selection: LayerSelection, codes: [UInt32])], wanted: Set<Int>?
  ) throws -> [UInt32] {
    let search = LayerSearch()
    let repairing = OverlapMeasure(plane: .statutory)
    let end = min(start + stretch, part.layer.count)
    return try (start..<end).map { polygon -> UInt32 in
      guard part.shows(polygon), wanted?.contains(polygon) ?? true else { return 0 }
      try Task.checkCancellation()
      let shape = try part.layer.shape(of: polygon)
      var best: (code: UInt32, areaM2: Double) = (0, PairKernel.residue)
      func consider(_ code: UInt32, _ areaM2: Double) {
        // Of two that have as much of it the first in the list is it, whatever the order here.
        let isMore = areaM2 > best.areaM2 || (areaM2 == best.areaM2 && code < best.code)
        if isMore { best = (code, areaM2) }
      }
      for (selection, codes) in units {
        let other = selection.layer
        var doubtful: [Int] = []
        try search.overlaps(of: shape, in: other, where: selection.admits) { overlap in
          guard overlap.isSound else { return doubtful.append(overlap.polygon) }
          consider(codes[overlap.polygon], overlap.areaM2)
        }
        for unit in doubtful {
          let common = try repairing.common(
            part.layer.geometry(of: polygon), other.geometry(of: unit))
          consider(codes[unit], common.area)
        }
      }
      return best.code
    }
  }
}

extension DiffJob {
  /// The layer of units that the ledger's lines are of; nil where lines are by recorded codes.
  func units(_ order: DiffOrder, at commit: CommitNumber) async throws(Problem) -> MapLayer? {
    guard let units = order.units else { return nil }
    let schema = try await map.schema(of: units, in: scope)
    let state = AsOf(validOn: order.unitsOn ?? order.to, recorded: commit)
    let layer = try await map.layer(of: schema.id, asOf: state, columns: [], in: scope)
    let summary = try await map.asked { store throws(StoreError) in
      try await store.summary(of: schema.id, asOf: state, in: scope)
    }
    guard let layer, summary.features > 0 else {
      throw Wording(
        "units-missing", "\(state.validOn) 没有 \(units) 的界线",
        "there are no \(units) with borders on \(state.validOn)",
        do: "先汇交区划界线，或换一个日期", "submit the borders first, or choose another day"
      ).problem(.notFound, at: "--units")
    }
    return layer
  }
}
