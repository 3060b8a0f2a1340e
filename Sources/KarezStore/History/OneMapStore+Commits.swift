public import KarezCore

extension OneMapStore {
  /// All commits of a dataset, the first recorded first.
  public func commits(
    of dataset: DatasetID, in scope: Scope
  ) async throws(StoreError) -> [CommitRecord] {
    try await commits(CommitQuery(of: dataset), in: scope)
  }
}
