import KarezCore
import KarezGeometry
import KarezStore

extension OneMap {
  /// The day from which the newest state of the land patches is valid.
  func lastValidDay() async throws(Problem) -> LegalDate {
    let state = try await today()
    let summary = try await asked { store throws(StoreError) in
      try await store.summary(of: .landPatches, asOf: state, in: .all)
    }
    return summary.currentTo ?? state.validOn
  }

  /// Places in land patches, spread evenly over the dataset.
  func sampleOfLandPatches(count: Int) async throws(Problem) -> [Position] {
    let asOf = AsOf(validOn: try await lastValidDay(), recorded: try await today().recorded)
    let query = FeatureQuery(dataset: .landPatches, asOf: asOf)
    let total = try await asked { store throws(StoreError) in
      try await store.summary(of: .landPatches, asOf: asOf, in: .all).features
    }
    let step = max(1, total / max(1, count))
    var places: [Position] = []
    var seen = 0
    var cursor: FeatureCursor?
    repeat {
      let after = cursor
      let page = try await asked { store throws(StoreError) in
        try await store.features(query, after: after, limit: 1_000, in: .all)
      }
      for version in page.versions {
        seen += 1
        guard seen % step == 0, places.count < count else { continue }
        if case .polygons(let polygons)? = version.feature.geometry,
          let first = polygons.polygons.first?.shell.positions.first
        {
          places.append(first)
        }
      }
      cursor = page.next
    } while cursor != nil && places.count < count
    return places
  }
}
