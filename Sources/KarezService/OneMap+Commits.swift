public import KarezCore
public import KarezStore

extension OneMap {
  /// 提交记录: commits of one dataset or of all that the scope reaches, the first recorded first.
  ///
  /// With a limit they are the last ones, before `before` where that is given.
  public func commits(
    of dataset: String? = nil, before: CommitNumber? = nil, limit: Int? = nil, in scope: Scope
  ) async throws(Problem) -> [CommitRecord] {
    let id = try dataset.map { name throws(Problem) in try Self.dataset(named: name) }
    return try await asked { store throws(StoreError) in
      try await store.commits(CommitQuery(of: id, before: before, limit: limit), in: scope)
    }
  }
}
