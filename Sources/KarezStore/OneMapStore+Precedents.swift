public import KarezCore
import KarezGeometry

extension OneMapStore {
  /// As the port says, in terms of its other calls: for an engine without a quicker way, and for
  /// the contract that holds the quicker ways to this one.
  ///
  /// - Complexity: a query an id and a day on which something of the dataset began or ended.
  public func precedents(
    of ids: [String], of dataset: DatasetID, asOf: AsOf, in scope: Scope
  ) async throws(StoreError) -> [String: Precedent] {
    try await searchedPrecedents(of: ids, of: dataset, asOf: asOf, in: scope)
  }

  /// See `precedents`.
  public func searchedPrecedents(
    of ids: [String], of dataset: DatasetID, asOf: AsOf, in scope: Scope
  ) async throws(StoreError) -> [String: Precedent] {
    let records = try await commits(of: dataset, in: scope).filter {
      $0.commit <= asOf.recorded
    }
    let turns = Set(records.flatMap { [$0.validity.from, $0.validity.until].compactMap(\.self) })
    // The day itself, then the days before something changed, latest first.
    let days =
      [asOf.validOn]
      + turns.filter { $0 <= asOf.validOn }.sorted(by: >).compactMap { $0.adding(days: -1) }
    var found: [String: Precedent] = [:]
    for id in ids where found[id] == nil {
      for day in days {
        var query = FeatureQuery(
          dataset: dataset, asOf: AsOf(validOn: day, recorded: asOf.recorded))
        query.id = id
        let page = try await features(query, after: nil, limit: 1, in: scope)
        guard let version = page.versions.first else { continue }
        let ended = version.validity.until.flatMap { $0 <= asOf.validOn ? $0 : nil }
        found[id] = Precedent(endedOn: ended, box: version.feature.geometry?.boundingBox)
        break
      }
    }
    return found
  }
}
