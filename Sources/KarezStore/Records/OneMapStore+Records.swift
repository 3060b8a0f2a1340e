public import KarezCore

extension OneMapStore {
  /// Records a draft and nothing beside it.
  public func commit(
    _ draft: DraftID, _ order: CommitOrder, by actor: Actor, in scope: Scope
  ) async throws(StoreError) -> CommitReceipt {
    try await commit(draft, order, by: actor, in: scope, recording: { _ in nil })
  }
}
