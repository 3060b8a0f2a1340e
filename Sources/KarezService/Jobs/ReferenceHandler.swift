import KarezCore
import KarezPacks
import KarezStore

/// After a commit: looks whether the datasets that refer to the one it changed still find what
/// they name.
///
/// What is missing is in the job's result; where there is any, the log says so, too.
struct ReferenceHandler: JobHandler {
  static let name = "references"
  /// Features named a dataset; all are counted.
  private static let mostNamed = 100

  let map: OneMap

  var name: String { Self.name }

  /// What one dataset lacks.
  private struct Lack {
    let dataset: DatasetID
    var examined = 0
    var missing = 0
    var features: [String] = []

    var json: JSONValue {
      .object([
        "dataset": .string(dataset.text), "examined": .integer(Int64(examined)),
        "missing": .integer(Int64(missing)), "features": .texts(features),
      ])
    }
  }

  func run(_ run: JobRun) async throws(Problem) -> JobEnd? {
    guard let changed = try run.dataset() else { return JobEnd(by: run.actor) }
    let today = try await map.today()
    var known: Set<String>?
    var lacks: [Lack] = []
    let schemas = try await map.schemas(in: .all)
    for dependant in map.dependants(of: changed) {
      guard let schema = schemas.first(where: { $0.id == dependant }),
        try await map.lastCommit(of: dependant, in: .all) != .none
      else { continue }
      if known == nil { known = try await ids(of: changed, today) }
      lacks.append(try await lack(schema, changed, known ?? [], today))
      run.report("references", lacks.count)
    }
    let result = JSONValue.object([
      "dataset": .string(changed.text), "commit": .integer(Int64(today.recorded.value)),
      "dependants": .array(lacks.map(\.json)),
    ])
    let broken = lacks.filter { $0.missing > 0 }
    guard !broken.isEmpty else { return JobEnd(result: result, by: run.actor) }
    return JobEnd(
      result: result,
      entry: RecordBatch.Entry(
        kind: "references-broken",
        body: [
          "dataset": .string(changed.text), "validOn": .string(today.validOn.description),
          "missing": .object(
            Dictionary(
              uniqueKeysWithValues: broken.map { ($0.dataset.text, .integer(Int64($0.missing))) })),
        ]), by: run.actor)
  }

  private func lack(
    _ schema: DatasetSchema, _ changed: DatasetID, _ known: Set<String>, _ today: AsOf
  ) async throws(Problem) -> Lack {
    let references = schema.attributes.compactMap { attribute -> (name: String, digits: Int?)? in
      guard let reference = attribute.references, reference.dataset == changed else { return nil }
      return (attribute.name, reference.digits)
    }
    var lack = Lack(dataset: schema.id)
    try await scan(schema.id, today) { feature in
      lack.examined += 1
      let isBroken = references.contains { name, digits in
        guard case .text(let value)? = feature.attributes[name] else { return false }
        return !known.contains(digits.map { String(value.prefix($0)) } ?? value)
      }
      guard isBroken else { return }
      lack.missing += 1
      if lack.features.count < Self.mostNamed { lack.features.append(feature.id) }
    }
    return lack
  }

  private func ids(of dataset: DatasetID, _ today: AsOf) async throws(Problem) -> Set<String> {
    var ids: Set<String> = []
    try await scan(dataset, today) { ids.insert($0.id) }
    return ids
  }

  private func scan(
    _ dataset: DatasetID, _ today: AsOf, _ body: (Feature) -> Void
  ) async throws(Problem) {
    try await map.asked { store throws(StoreError) in
      var cursor: FeatureCursor?
      repeat {
        let page = try await store.features(
          FeatureQuery(dataset: dataset, asOf: today), after: cursor, limit: 2_000, in: .all)
        for version in page.versions { body(version.feature) }
        cursor = page.next
      } while cursor != nil
    }
  }
}

extension OneMap {
  /// The work that a commit brings about, to be recorded with it: the references to its dataset,
  /// and the tiles of it; none where nothing changed.
  func followUps(
    of dataset: DatasetID, _ receipt: CommitReceipt, by actor: Actor
  ) -> [RecordChange] {
    guard let commit = receipt.commit else { return [] }
    let isDrawn = packs.schemas.contains { $0.id == dataset && $0.geometry == .polygon }
    let names =
      (dependants(of: dataset).isEmpty ? [] : [ReferenceHandler.name])
      + (isDrawn ? [TileHandler.name] : [])
    return names.map { name in
      Job(
        name, of: "\(dataset)/\(commit)",
        subject: .object(["dataset": .string(dataset.text)]), by: actor, at: clock.now()
      ).change
    }
  }

  /// The batch of them; nil where there are none.
  func followUpBatch(
    of dataset: DatasetID, _ receipt: CommitReceipt, by actor: Actor
  ) -> RecordBatch? {
    let changes = followUps(of: dataset, receipt, by: actor)
    return changes.isEmpty ? nil : RecordBatch(changes)
  }
}
