public import KarezCore
import KarezCrypto
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

extension OneMap {
  /// The text of a package of changes that leaves, once the log says so: it holds every version of
  /// what changed, as a file of the dataset would.
  public func delivered(
    _ package: IncrementPackage, to actor: Actor
  ) async throws(Problem) -> String {
    let text = package.text
    let body = package.exported(sm3: SM3.digest(text).description)
    try await asked { store throws(StoreError) in
      try await store.record(kind: "export", body: body, by: actor)
    }
    return text
  }

  /// Has the log say which official map was made, and for whom.
  public func notePlate(_ facts: JSONValue, by actor: Actor) async throws(Problem) {
    try await asked { store throws(StoreError) in
      try await store.record(kind: "plate-printed", body: facts, by: actor)
    }
  }
}
