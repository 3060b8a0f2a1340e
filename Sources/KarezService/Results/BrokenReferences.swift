public import KarezCore
import KarezStore

/// 悬空引用: rows of a dataset that name features of another one that are not there.
///
/// Found by the job that follows a commit of that other dataset; the features are those the reader
/// may see.
public struct BrokenReferences: Sendable {
  /// The dataset referred to.
  public let referred: DatasetID
  /// The state that was examined.
  public let examined: CommitNumber
  /// Whether the dataset itself was changed since.
  public let isOlder: Bool
  /// Those named by the job that the reader may see.
  public let features: [String]
  /// All that were found; nil for a reader who may not see all regions.
  public let missing: Int?
}

extension OneMap {
  /// Looked for among so many commits of a dataset referred to.
  private static let mostCommits = 20

  /// What the last examination of each dataset referred to found, where it found anything.
  public func brokenReferences(
    of dataset: String, in scope: Scope
  ) async throws(Problem) -> [BrokenReferences] {
    let schema = try await schema(of: dataset, in: scope)
    let last = try await lastCommit(of: schema.id, in: scope)
    var found: [BrokenReferences] = []
    var seen: Set<DatasetID> = []
    for referred in schema.attributes.compactMap({ $0.references?.dataset })
    where seen.insert(referred).inserted {
      guard let result = try await examination(of: referred),
        let lack = result["dependants"]?.array?.first(where: {
          $0["dataset"]?.string == schema.id.text
        }), let missing = lack["missing"]?.integer, missing > 0,
        let commit = result["commit"]?.integer.flatMap({ CommitNumber(Int(clamping: $0)) })
      else { continue }
      let visible = try await visible(lack["features"]?.texts ?? [], of: schema.id, in: scope)
      let isWhole = scope.regionPrefixes == nil
      guard isWhole || !visible.isEmpty else { continue }
      found.append(
        BrokenReferences(
          referred: referred, examined: commit, isOlder: last > commit, features: visible,
          missing: isWhole ? Int(clamping: missing) : nil))
    }
    return found
  }

  /// The result of the last job that looked at those who refer to a dataset.
  private func examination(of dataset: DatasetID) async throws(Problem) -> JSONValue? {
    let commits = try await asked { store throws(StoreError) in
      try await store.commits(
        CommitQuery(of: dataset, before: nil, limit: Self.mostCommits), in: .all)
    }
    for commit in commits.reversed() {
      let job = try await jobs.job("\(ReferenceHandler.name)/\(dataset)/\(commit.commit)")
      if let job, job.state == .done { return job.result }
    }
    return nil
  }

  private func visible(
    _ ids: [String], of dataset: DatasetID, in scope: Scope
  ) async throws(Problem) -> [String] {
    let versions = try await versions(
      VersionQuery(dataset: dataset, .features(ids)), in: scope)
    let seen = Set(versions.map(\.id))
    return ids.filter(seen.contains)
  }
}
