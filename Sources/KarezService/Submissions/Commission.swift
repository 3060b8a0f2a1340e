import KarezCatalog
import KarezCore
import KarezGeometry
import KarezStore

/// What the commit of a submission has beyond a plain import's.
struct Commission: Sendable {
  let idempotencyKey: String
  /// The last commit of the dataset the gate saw; a later one is a conflict.
  let expected: CommitNumber
  let caseNumber: String
  let submittedBy: String
  let signedBy: String
  /// Asked once the gate has looked again: refuses a report that is not the one signed, and says
  /// what is recorded with the commit.
  let approve:
    @Sendable (ImportOutcome) async throws(Problem) -> @Sendable (CommitReceipt) -> RecordBatch
}

/// Holds the rows of a draft to the regions of whoever sent them.
struct RegionCheck {
  let schema: DatasetSchema
  let scope: Scope
  let map: OneMap

  /// Refuses rows that say they lie elsewhere, and rows in the place of features that do.
  func examine(_ draft: DraftID) async throws(Problem) {
    guard let prefixes = scope.regionPrefixes, let attribute = schema.region else { return }
    let today = try await map.today()
    var last: Int64 = 0
    while true {
      let after = last
      let rows = try await map.asked { store throws(StoreError) in
        try await store.rows(of: draft, after: after, limit: 500)
      }
      for row in rows {
        last = row.row
        let isInside =
          row.ends || Self.isInside(row.feature, attribute, schema.identifier, prefixes)
        guard isInside, try await isOwn(row.feature.id, today) else {
          throw Submissions.rowOutside(row.feature.id, row: row.row)
        }
      }
      if rows.count < 500 { return }
    }
  }

  private static func isInside(
    _ feature: Feature, _ attribute: String, _ identifier: String, _ prefixes: [String]
  ) -> Bool {
    let text: String
    if attribute == identifier {
      text = feature.id
    } else {
      guard case .text(let value)? = feature.attributes[attribute] else { return false }
      text = value
    }
    return prefixes.contains { text.hasPrefix($0) }
  }

  /// Whether the feature of this id, if there is one, is the sender's to change.
  private func isOwn(_ id: String, _ today: AsOf) async throws(Problem) -> Bool {
    let query = FeatureQuery(dataset: schema.id, asOf: today, id: id)
    let whole = scope.everywhere
    let (all, seen) = try await map.asked { store throws(StoreError) in
      (
        try await store.features(query, after: nil, limit: 2, in: whole).versions.count,
        try await store.features(query, after: nil, limit: 2, in: scope).versions.count
      )
    }
    return all == seen
  }
}
