public import KarezCore
public import KarezGeometry

extension RelationalStore {
  public func layers(
    of datasets: [DatasetID], asOf: AsOf, near window: BoundingBox?, in scope: Scope
  ) async throws(StoreError) -> [DatasetID: MapLayer] {
    let (stamp, turn) = (engine.stamp, shelf.turn)
    let seen = access.scope(scope, of: .layers)
    var remembered: [DatasetID: MapLayer] = [:]
    if let stamp {
      for dataset in datasets {
        let known: SnapshotReader.Found? = memory.answer(
          .layer(dataset, asOf, seen, turn: turn), at: stamp)
        if let known, known.file?.isTrusted ?? true { remembered[dataset] = known.layer }
      }
      if remembered.count == datasets.count { return remembered }
    }
    let found = try await reading(.layers, in: scope) { reader in
      var found: [DatasetID: SnapshotReader.Found] = [:]
      for dataset in datasets {
        guard let table = try reader.known(dataset) else { continue }
        found[dataset] = try self.snapshots(of: table, reader.session)
          .find(asOf, near: window, in: table)
      }
      return found
    }
    if policy.isMadeInBackground {
      for (dataset, found) in found where found.missed != nil { makeInBackground(dataset) }
    }
    if let stamp {
      for (dataset, found) in found where found.servesAnyWindow {
        memory.keep(found, to: .layer(dataset, asOf, seen, turn: turn), at: stamp)
      }
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
    await makeSnapshot(of: dataset, laid: nil)
  }

  /// `laid` is a layer of the rows of a draft that was just recorded under their numbers.
  func makeSnapshot(of dataset: DatasetID, laid: Layer?) async {
    do {
      try await readingAll { session in
        guard let table = try self.reader(session, .all).known(dataset) else { return }
        let reader = self.snapshots(of: table, session)
        let commit = try reader.history.lastCommit()
        if try reader.isMissed(commit) { _ = try reader.make(commit, of: laid) }
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

  private func snapshots(of table: ScopedTable, _ session: any Session) -> SnapshotReader {
    SnapshotReader(
      history: DatasetHistory(
        session: session, table: table.whole, definition: table.definition),
      folder: snapshots, shelf: shelf, policy: policy, notify: notify)
  }
}
