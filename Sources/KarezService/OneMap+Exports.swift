public import KarezCore
import KarezStore

extension OneMap {
  /// Writes one state of a dataset to a file, and says so in the log.
  ///
  /// `progress` hears how many features are written.
  public func exportFile(
    _ order: ExportOrder, by actor: Actor, in scope: Scope,
    progress: @escaping @Sendable (Int) -> Void
  ) async throws(Problem) -> ExportOutcome {
    let dataset = try Self.dataset(named: order.dataset)
    let export = DatasetExport(order: order, map: self, actor: actor, scope: scope)
    let outcome = try await export.run(dataset, progress: progress)
    try await asked { store throws(StoreError) in
      try await store.record(kind: "export", body: outcome.json, by: actor)
    }
    return outcome
  }
}
