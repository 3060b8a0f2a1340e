public import KarezCore
import KarezGeometry
import KarezStore

/// `karez diff`: which features two states show differently, and what that did to the land.
///
/// The store tells which rows differ; only those are overlaid, by the kernel. The ledger is of
/// all land of both states.
struct DiffJob {
  private static let pageLength = 50_000

  let map: OneMap
  let order: DiffOrder
  let scope: Scope

  func run() async throws(Problem) -> DiffReport {
    let schema = try await map.schema(of: order.dataset, in: scope)
    let (from, to) = try await states()
    let attribute = try attribute(of: schema)
    let differences = try await differences(of: schema.id, from, to)
    let units = try await units(order, at: to.recorded)
    var report = DiffReport(
      order: order, schema: schema, attribute: attribute, from: from, to: to)
    guard schema.geometry == .polygon else {
      let changes = differences.map { difference in
        PatchChange(
          id: difference.id, old: difference.from.map { PatchState(row: $0, place: nil) },
          new: difference.to.map { PatchState(row: $0, place: nil) })
      }
      report.changes = try await marked(changes, pairs: [], of: schema.id, from, to)
      return report
    }
    do {
      let old = try await scan(
        schema, from, attribute, units, differing: differences.compactMap(\.from))
      let new = try await scan(
        schema, to, attribute, units, differing: differences.compactMap(\.to))
      let pairs = try await PatchPairs(old: old, new: new, threads: order.threads).all()
      let changes = try changes(differences, old, new)
      report.ledger = Self.ledger(old, new, pairs)
      report.changes = try await marked(changes, pairs: pairs, of: schema.id, from, to)
    } catch let error as LayerError {
      throw .layer(error, of: order.dataset)
    } catch {
      throw Problem.from(error, file: order.dataset)
    }
    return report
  }

  private func states() async throws(Problem) -> (from: AsOf, to: AsOf) {
    let today = try await map.today()
    let recorded = min(order.recorded ?? today.recorded, today.recorded)
    let recordedTo = min(order.recordedTo ?? order.recorded ?? today.recorded, today.recorded)
    return (
      AsOf(validOn: order.from, recorded: recorded), AsOf(validOn: order.to, recorded: recordedTo)
    )
  }

  /// The attribute of the classes: the one asked for, or the first that has a code table.
  private func attribute(of schema: DatasetSchema) throws(Problem) -> String? {
    guard let named = order.attribute else {
      return schema.attributes.first { $0.codes != nil && $0.type == .text }?.name
    }
    guard schema.attributes.contains(where: { $0.name == named }) else {
      let known = schema.attributes.map(\.name).joined(separator: ", ")
      throw Wording.attributeUnknown(named, known: known).problem(.usage, at: order.dataset)
    }
    return named
  }

  private func differences(
    of dataset: DatasetID, _ from: AsOf, _ to: AsOf
  ) async throws(Problem) -> [StateDifference] {
    let query = DifferenceQuery(dataset: dataset, from: from, to: to)
    return try await map.asked { store throws(StoreError) in
      var all: [StateDifference] = []
      var cursor: FeatureCursor?
      repeat {
        let page = try await store.differences(
          query, after: cursor, limit: Self.pageLength, in: scope)
        all += page.differences
        cursor = page.next
      } while cursor != nil
      return all
    }
  }

  private func scan(
    _ schema: DatasetSchema, _ state: AsOf, _ attribute: String?, _ units: MapLayer?,
    differing rows: [Int64]
  ) async throws -> StateScan {
    let columns = attribute.map { [$0] } ?? []
    let layer = try await map.layer(of: schema.id, asOf: state, columns: columns, in: scope)
    guard let layer else { throw Problem.store(.noSuchDataset(schema.id)) }
    var assignment: UnitAssignment?
    if let units {
      assignment = try await UnitAssignment(of: layer, in: units, threads: order.threads)
    }
    return try StateScan(
      layer, by: attribute, regionDigits: order.regionDigits, units: assignment,
      differing: Set(rows))
  }

  private func changes(
    _ differences: [StateDifference], _ old: StateScan, _ new: StateScan
  ) throws(LayerError) -> [PatchChange] {
    let drawn = Set(drawnIDs(differences))
    func state(
      _ row: Int64?, of id: String, _ scan: StateScan
    ) throws(LayerError) -> PatchState? {
      guard let row else { return nil }
      guard let place = scan.places[row] else { return PatchState(row: row, place: nil) }
      return PatchState(
        row: row,
        place: PatchPlace(
          region: place.key.region, className: place.key.className,
          areaM2: scan.layer.parts[place.part].layer.areaM2(of: place.polygon),
          geometry: drawn.contains(id) ? try scan.geometry(of: place) : nil))
    }
    var changes: [PatchChange] = []
    changes.reserveCapacity(differences.count)
    for difference in differences {
      changes.append(
        PatchChange(
          id: difference.id, old: try state(difference.from, of: difference.id, old),
          new: try state(difference.to, of: difference.id, new)))
    }
    return changes
  }

  private func drawnIDs(_ differences: [StateDifference]) -> [String] {
    guard order.isDrawn else { return [] }
    let ids = differences.map(\.id)
    guard ids.count > order.mostDrawn else { return ids }
    return Array(ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.prefix(order.mostDrawn))
  }

  private static func ledger(
    _ old: StateScan, _ new: StateScan, _ pairs: [PatchPair]
  ) -> AreaLedger {
    var kept: [LedgerKey: ExactArea] = [:]
    for pair in pairs {
      guard let key = old.places[pair.old]?.key, key == new.places[pair.new]?.key else { continue }
      kept[key, default: .zero] += ExactArea(squareMetres: pair.areaM2)
    }
    return AreaLedger(
      from: old.sums, to: new.sums, old: old.differing, new: new.differing, kept: kept)
  }

  /// Told by what was recorded, then by geometry; in the order of their ids.
  private func marked(
    _ changes: [PatchChange], pairs: [PatchPair], of dataset: DatasetID, _ from: AsOf, _ to: AsOf
  ) async throws(Problem) -> [PatchChange] {
    let ids = changes.map(\.id)
    let days = min(from.validOn, to.validOn)...max(from.validOn, to.validOn)
    let known = try await map.successions(of: dataset, ids, at: to.recorded, in: scope).filter {
      // Of these days, or learnt in between.
      (days.contains($0.validOn) && $0.validOn > days.lowerBound)
        || $0.recordedFrom > from.recorded
    }
    var kinds = PatchKinds(
      changes.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) },
      toleranceM2: order.toleranceM2)
    kinds.mark(known)
    kinds.mark(pairs)
    return kinds.changes
  }
}

extension OneMap {
  /// What changed between two states of a dataset, with an area ledger that closes.
  public func difference(
    _ order: DiffOrder, in scope: Scope
  ) async throws(Problem) -> DiffReport {
    let report = try await DiffJob(map: self, order: order, scope: scope).run()
    let dataset = try Self.dataset(named: order.dataset)
    try await noteRead(of: dataset, features: report.changes.map(\.id), in: scope)
    return report
  }

  /// The successions recorded at a commit that name any of the features.
  func successions(
    of dataset: DatasetID, _ ids: [String], at commit: CommitNumber, in scope: Scope
  ) async throws(Problem) -> [RecordedSuccession] {
    try await asked { store throws(StoreError) in
      var found: [Int64: RecordedSuccession] = [:]
      for start in stride(from: 0, to: ids.count, by: 2_000) {
        let some = Array(ids[start..<min(start + 2_000, ids.count)])
        for succession in try await store.successions(of: dataset, .of(some), in: scope)
        where succession.isRecorded(at: commit) {
          found[succession.number] = succession
        }
      }
      return found.values.sorted { $0.number < $1.number }
    }
  }
}
