public import KarezCore
public import KarezGeometry

extension RelationalStore {
  public func layers(
    of datasets: [DatasetID], asOf: AsOf, near window: BoundingBox?, in scope: Scope
  ) async throws(StoreError) -> [DatasetID: MapLayer] {
    let found = try await reading { session in
      var found: [DatasetID: SnapshotReader.Found] = [:]
      for dataset in datasets {
        guard let reader = try self.reader(of: dataset, in: scope, session) else { continue }
        found[dataset] = try reader.find(asOf, near: window, in: scope)
      }
      return found
    }
    if policy.isMadeInBackground {
      for (dataset, found) in found where found.missed != nil { makeInBackground(dataset) }
    }
    return found.mapValues(\.layer)
  }

  public func forgetSnapshots(of dataset: DatasetID) async {
    if let file = shelf.file(of: dataset) {
      notify(.snapshotIgnored(dataset, file: "\(file.commit)", why: "damaged"))
      snapshots.remove(dataset, file.commit)
    }
    shelf.keep(nil, of: dataset)
  }

  /// Makes the layer file of a dataset's newest state, where one is missed.
  ///
  /// A cache that cannot be made is no failure of the caller's: it is said in a notice.
  public func makeSnapshot(of dataset: DatasetID) async {
    do {
      try await reading { session in
        guard let reader = try self.reader(of: dataset, in: .all, session) else { return }
        let commit = try reader.history.lastCommit()
        if try reader.isMissed(commit) { _ = try reader.make(commit) }
      }
    } catch {
      notify(.snapshotFailed(dataset, why: error.what))
    }
  }

  private func makeInBackground(_ dataset: DatasetID) {
    Task.detached(priority: .utility) { [weak self] in
      await self?.makeSnapshot(of: dataset)
    }
  }

  /// Nil for a dataset that does not exist for the reader.
  private func reader(
    of dataset: DatasetID, in scope: Scope, _ session: any Session
  ) throws -> SnapshotReader? {
    let definition = try session.text(
      SQL("SELECT definition FROM karez_dataset WHERE id = \(dataset)").kept)
    guard let definition else { return nil }
    let schema = try schema(parsing: definition)
    guard scope.reaches(schema) else { return nil }
    let table = DatasetTable(schema: schema, dialect: session.dialect)
    return SnapshotReader(
      history: DatasetHistory(session: session, table: table, definition: definition),
      folder: snapshots,
      shelf: shelf, policy: policy, notify: notify)
  }
}
