public import KarezCore
import KarezGeometry
public import KarezStore

/// 写入: a feature as it is from a day on, new or in the place of the one that was.
public struct PutOrder: Hashable, Sendable {
  public let dataset: String
  public let feature: Feature
  /// Until its next recorded change.
  public let from: LegalDate
  /// Whether there must be none on that day, or must be one.
  public let isNew: Bool
  public let why: EditReason

  public init(
    dataset: String, feature: Feature, from: LegalDate, isNew: Bool, why: EditReason
  ) {
    self.dataset = dataset
    self.feature = feature
    self.from = from
    self.isNew = isNew
    self.why = why
  }

  var verb: String { isNew ? "insert" : "replace" }
}

extension OneMap {
  func putting(_ order: PutOrder, in scope: Scope) async throws(Problem) -> FeatureEdit {
    let schema = try await schema(of: order.dataset, in: scope)
    let base = try await lastCommit(of: schema.id, in: scope)
    guard let validity = Validity(from: order.from) else {
      preconditionFailure("a validity without an end")
    }
    let id = order.feature.id
    if order.isNew {
      try await refuseKnown(id, of: schema, on: order.from, in: scope)
    } else {
      _ = try await version(of: id, in: schema.id, on: order.from, scope)
    }
    var edit = FeatureEdit(
      schema: schema, verb: order.verb, validity: validity, base: base, why: order.why)
    edit.add(order.feature)
    return edit
  }

  private func refuseKnown(
    _ id: String, of schema: DatasetSchema, on day: LegalDate, in scope: Scope
  ) async throws(Problem) {
    let state = AsOf(validOn: day, recorded: try await today().recorded)
    let query = FeatureQuery(dataset: schema.id, asOf: state, id: id)
    let page = try await asked { store throws(StoreError) in
      try await store.features(query, after: nil, limit: 1, in: scope)
    }
    guard page.versions.isEmpty else {
      throw Wording(
        "feature-exists", "\(day) 已有要素 \(id)", "there is a feature \(id) on \(day) already",
        do: "换一个标识码，或更新已有要素", "choose another identifier, or replace the feature"
      ).problem(.conflict, at: id)
    }
    guard schema.retiresIdentifiers else { return }
    try await CodeIssuing(map: self, schema: schema, scope: scope).refuseUsed([id])
  }
}
