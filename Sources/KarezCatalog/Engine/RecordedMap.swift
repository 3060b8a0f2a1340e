import KarezCore
import KarezGeometry
import KarezStore

/// What the gate may ask of the One Map: other datasets, and the dataset as it was before.
struct RecordedMap: Sendable {
  let store: any OneMapStore
  let scope: Scope
  let dataset: DatasetID
  /// The first day of the draft's validity.
  let day: LegalDate
  /// The state everything is read from.
  let recorded: CommitNumber

  func asOf(_ day: LegalDate) -> AsOf { AsOf(validOn: day, recorded: recorded) }

  /// The ids of a dataset's features valid on a day; nil where it was never recorded, or is not
  /// for this reader.
  func ids(of dataset: DatasetID, on day: LegalDate) async throws(GateError) -> Set<String>? {
    guard try await title(of: dataset) != nil else { return nil }
    var ids: Set<String> = []
    try await scan(dataset, on: day) { ids.insert($0.feature.id) }
    return ids
  }

  /// What a dataset is called; nil where it was never recorded, or is not for this reader.
  func title(of dataset: DatasetID) async throws(GateError) -> LocalizedText? {
    do throws(StoreError) {
      let summary = try await store.summary(of: dataset, asOf: asOf(day), in: scope)
      return summary.commit == .none ? nil : summary.schema.title
    } catch {
      if case .noSuchDataset = error { return nil }
      throw .store(error)
    }
  }

  /// Reads a state of a dataset, page by page.
  func scan(
    _ dataset: DatasetID, on day: LegalDate, _ body: (FeatureVersion) -> Void
  ) async throws(GateError) {
    let query = FeatureQuery(dataset: dataset, asOf: asOf(day))
    var cursor: FeatureCursor?
    repeat {
      let after = cursor
      let page = try await GateError.asking { () throws(StoreError) in
        try await store.features(query, after: after, limit: 1_000, in: scope)
      }
      for version in page.versions { body(version) }
      cursor = page.next
    } while cursor != nil
  }

  /// The polygons of a dataset on the draft's day; nil where it was never recorded.
  func layer(of dataset: DatasetID) async throws(GateError) -> MapLayer? {
    let layers = try await GateError.asking { () throws(StoreError) in
      try await store.layers(of: [dataset], asOf: asOf(day), near: nil, in: scope)
    }
    guard let layer = layers[dataset], layer.commit != .none else { return nil }
    return layer
  }

  /// The draft's own dataset on a day; what is far from a window may be missing.
  func surroundings(near window: BoundingBox, on day: LegalDate) async throws(GateError) -> MapLayer
  {
    let layers = try await GateError.asking { () throws(StoreError) in
      try await store.layers(of: [dataset], asOf: asOf(day), near: window, in: scope)
    }
    guard let layer = layers[dataset] else { throw .store(.noSuchDataset(dataset)) }
    return layer
  }

  /// The days on which something of a dataset began or ended; between two of them nothing did.
  func turningDays(of dataset: DatasetID) async throws(GateError) -> [LegalDate] {
    let records = try await GateError.asking { () throws(StoreError) in
      try await store.commits(of: dataset, in: scope)
    }
    let days = records.filter { $0.commit <= recorded }
      .flatMap { [$0.validity.from, $0.validity.until].compactMap(\.self) }
    return Set(days).sorted()
  }

  /// Tells rows how their features were recorded up to the draft's day.
  func setPrecedents(of page: [ExaminedRow]) async throws(GateError) {
    let found = try await precedents(of: page.map(\.id), on: day)
    for row in page { row.precedent = found[row.id] }
  }

  /// All that was ever recorded of features of the draft's dataset, by their ids.
  func versions(of ids: [String]) async throws(GateError) -> [String: [RecordedVersion]] {
    let query = VersionQuery(dataset: dataset, .features(ids))
    var versions: [RecordedVersion] = []
    var cursor: FeatureCursor?
    repeat {
      let after = cursor
      let page = try await GateError.asking { () throws(StoreError) in
        try await store.versions(query, after: after, limit: 1_000, in: scope)
      }
      versions += page.versions
      cursor = page.next
    } while cursor != nil
    return Dictionary(grouping: versions, by: \.id)
  }

  /// How features of the draft's dataset were recorded up to a day.
  func precedents(
    of ids: [String], on day: LegalDate
  ) async throws(GateError) -> [String: Precedent] {
    try await GateError.asking { () throws(StoreError) in
      try await store.precedents(of: ids, of: dataset, asOf: asOf(day), in: scope)
    }
  }
}
