import KarezCore
import KarezStore

extension OneMap {
  /// Those of some features that were ever recorded, and never where a scope reaches.
  func hidden(
    _ ids: Set<String>, of dataset: DatasetID, from scope: Scope
  ) async throws(Problem) -> Set<String> {
    guard scope.regionPrefixes != nil, !ids.isEmpty else { return [] }
    let all = ids.sorted()
    var hidden: Set<String> = []
    for start in stride(from: 0, to: all.count, by: 1_000) {
      let some = Array(all[start..<min(start + 1_000, all.count)])
      let query = VersionQuery(dataset: dataset, .features(some))
      hidden.formUnion(try await versions(query, in: scope.everywhere).map(\.id))
      hidden.subtract(try await versions(query, in: scope).map(\.id))
    }
    return hidden
  }
}
