public import KarezCore
public import KarezStore

/// What taking a commit back came to.
public struct RevertOutcome: Sendable {
  public let dataset: DatasetID
  public let reverted: CommitNumber
  public let receipt: CommitReceipt
  /// Features that later commits changed; if there are any, nothing was recorded.
  public let conflicts: [EditConflict]

  public var json: JSONValue {
    .object([
      "dataset": .string(dataset.text), "reverted": .integer(Int64(reverted.value)),
      "commit": receipt.commit.map { .integer(Int64($0.value)) } ?? .null,
      "inserted": .integer(Int64(receipt.inserted)),
      "changed": .integer(Int64(receipt.changed)), "ended": .integer(Int64(receipt.ended)),
      "conflicts": .array(conflicts.map(\.json)),
    ])
  }
}

/// A feature that is not as an edit expects it.
public struct EditConflict: Hashable, Sendable {
  public let id: String
  /// The last commit that changed it.
  public let changedBy: CommitNumber
  /// West, south, east, north of what is recorded of it now.
  public let place: [Double]?

  var json: JSONValue {
    .object([
      "feature": .string(id), "changedBy": .integer(Int64(changedBy.value)),
      "place": place.map { .array($0.map(JSONValue.number)) } ?? .null,
    ])
  }

  public func line(in language: Language) -> String {
    language == .en
      ? "\(id): changed by commit \(changedBy)" : "\(id)：已被第 \(changedBy) 次提交改变"
  }
}

extension OneMap {
  /// Takes a commit back by another one: every feature it touched is again what it was, on all
  /// days; nothing is removed.
  ///
  /// Refused with the features concerned where later commits touched any of them.
  public func revert(
    _ commit: CommitNumber, of dataset: String, _ why: EditReason, by actor: Actor,
    in scope: Scope
  ) async throws(Problem) -> RevertOutcome {
    let (edit, conflicts) = try await reversal(of: commit, in: dataset, why, scope)
    guard conflicts.isEmpty else {
      return RevertOutcome(
        dataset: edit.schema.id, reverted: commit,
        receipt: CommitReceipt(commit: nil, inserted: 0, changed: 0, ended: 0),
        conflicts: conflicts)
    }
    let receipt = try await edit.commit(to: self, by: actor, in: scope)
    return RevertOutcome(
      dataset: edit.schema.id, reverted: commit, receipt: receipt, conflicts: [])
  }

  /// The edit that takes a commit back, and the features that later commits touched.
  func reversal(
    of commit: CommitNumber, in dataset: String, _ why: EditReason, _ scope: Scope
  ) async throws(Problem) -> (edit: FeatureEdit, conflicts: [EditConflict]) {
    let schema = try await schema(of: dataset, in: scope)
    let records = try await commits(of: dataset, in: scope)
    guard let record = records.first(where: { $0.commit == commit }),
      let before = CommitNumber(commit.value - 1)
    else {
      throw Wording(
        "commit-unknown", "数据集没有第 \(commit) 次提交", "the dataset has no commit \(commit)",
        do: "用 karez commits 查看", "see karez commits"
      ).problem(.notFound, at: dataset)
    }
    let base = try await lastCommit(of: schema.id, in: scope)
    let touched = try await touched(by: commit, after: before, of: schema.id, in: scope)
    let histories = try await histories(of: touched, in: schema.id, scope)
    let conflicts = histories.compactMap { $0.conflict(after: commit) }.sorted { $0.id < $1.id }
    var edit = FeatureEdit(
      schema: schema, verb: "revert \(commit)", mode: .versions, validity: record.validity,
      base: base, why: why)
    for history in histories { history.restore(before, in: &edit) }
    let recorded = try await asked { store throws(StoreError) in
      try await store.successions(
        of: schema.id, .recorded(after: before, through: commit), in: scope)
    }
    edit.withdrawnSuccessions = recorded.filter {
      $0.recordedFrom == commit && $0.recordedUntil == nil
    }
    edit.successions = recorded.filter { $0.recordedUntil == commit }.compactMap {
      Succession($0.kind, of: $0.parents, into: $0.children, on: $0.validOn)
    }
    return (edit, conflicts)
  }

  /// Features of which commits after one, up to another, wrote or superseded anything.
  func touched(
    by commit: CommitNumber, after before: CommitNumber, of dataset: DatasetID, in scope: Scope
  ) async throws(Problem) -> [String] {
    var ids: Set<String> = []
    for selection in [
      VersionQuery.Selection.written(after: before, through: commit),
      .superseded(after: before, through: commit),
    ] {
      for version in try await versions(VersionQuery(dataset: dataset, selection), in: scope) {
        ids.insert(version.id)
      }
    }
    return ids.sorted()
  }

  /// All pages of a query.
  func versions(
    _ query: VersionQuery, in scope: Scope
  ) async throws(Problem) -> [RecordedVersion] {
    try await asked { store throws(StoreError) in
      var all: [RecordedVersion] = []
      var cursor: FeatureCursor?
      repeat {
        let page = try await store.versions(query, after: cursor, limit: 5_000, in: scope)
        all += page.versions
        cursor = page.next
      } while cursor != nil
      return all
    }
  }

  /// All that was ever recorded of features, by feature.
  func histories(
    of ids: [String], in dataset: DatasetID, _ scope: Scope
  ) async throws(Problem) -> [FeatureTimeline] {
    var all: [RecordedVersion] = []
    for start in stride(from: 0, to: ids.count, by: 1_000) {
      let some = Array(ids[start..<min(start + 1_000, ids.count)])
      all += try await versions(VersionQuery(dataset: dataset, .features(some)), in: scope)
    }
    return Dictionary(grouping: all, by: \.id).sorted { $0.key < $1.key }.map {
      FeatureTimeline(id: $0.key, versions: $0.value)
    }
  }
}
