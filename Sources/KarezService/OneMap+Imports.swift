public import KarezCore
import KarezStore

extension OneMap {
  /// Brings a file into a dataset: read, gate, commit; or nothing at all.
  ///
  /// `progress` hears the step and how many rows of it are done.
  public func importFile(
    _ order: ImportOrder, by actor: Actor, in scope: Scope,
    progress: @escaping @Sendable (ImportProgress) -> Void
  ) async throws(Problem) -> ImportOutcome {
    let dataset = try Self.dataset(named: order.dataset)
    let schema = try await schemas(in: scope).first { $0.id == dataset }
    guard let schema else { throw .store(.noSuchDataset(dataset)) }
    let work = FileImport(
      order: order, dataset: dataset, schema: schema, map: self, actor: actor, scope: scope)
    return try await work.run(progress: progress)
  }
}
