import KarezCore
import KarezGeometry

/// Puts a dataset's layers together within one transaction: file, what differs, or the rows
/// themselves.
struct SnapshotReader {
  let history: DatasetHistory
  let folder: SnapshotFolder
  let shelf: SnapshotShelf
  let policy: SnapshotPolicy
  let notify: @Sendable (StoreNotice) -> Void

  private var session: any Session { history.session }
  private var dataset: DatasetID { history.table.schema.id }
  private var rows: LayerRows { LayerRows(table: history.table, mostValues: policy.mostValues) }

  /// A layer, and the commit of which a file would have served and is missed.
  struct Found {
    let layer: MapLayer
    var missed: Int?
    /// The file that serves; nil where none does.
    var file: SnapshotFolder.File?
    /// Whether it is the same whatever window is asked for.
    var servesAnyWindow = true
  }

  func find(
    _ asOf: AsOf, near window: BoundingBox?, in scope: ScopedTable
  ) throws -> Found {
    let commit = try history.lastCommit(upTo: asOf.recorded.value)
    let key = SnapshotShelf.StateKey(
      dataset: dataset, commit: commit, day: asOf.validOn, scope: scope.scope)
    if let state = shelf.state(key), state.definition == history.definition,
      state.file?.isTrusted ?? true
    {
      // Statements may follow one another without a commit between them.
      return Found(
        layer: try state.layer.current(to: history.currentTo(asOf)), file: state.file)
    }
    guard history.table.schema.geometry == .polygon, commit > 0 else {
      return Found(layer: try layer([], asOf, commit, in: scope, isSnapshot: false))
    }
    if let found = try filed(commit, asOf, in: scope) {
      shelf.keep(
        .init(layer: found.layer, definition: history.definition, file: found.file), key)
      return Found(layer: found.layer, file: found.file)
    }
    let newest = try history.lastCommit()
    if window == nil, commit == newest, try make(commit),
      let found = try filed(commit, asOf, in: scope)
    {
      return Found(layer: found.layer, file: found.file)
    }
    return Found(
      layer: try unfiled(commit, asOf, near: window, in: scope),
      missed: commit == newest ? commit : nil, servesAnyWindow: false)
  }

  private func layer(
    _ parts: [MapLayer.Part], _ asOf: AsOf, _ commit: Int, in scope: ScopedTable, isSnapshot: Bool
  ) throws -> MapLayer {
    MapLayer(
      schema: scope.schema, commit: CommitNumber(commit) ?? .none,
      currentTo: try history.currentTo(asOf), parts: parts, isSnapshot: isSnapshot)
  }

  // MARK: From a file

  /// The state as a file and what differs from it, where both serve.
  private func filed(
    _ commit: Int, _ asOf: AsOf, in scope: ScopedTable
  ) throws -> (layer: MapLayer, file: SnapshotFolder.File?)? {
    var file = try file(for: commit)
    var delta = try delta(at: commit, besides: file)
    if delta == nil, let other = try reopened(unlike: file) {
      file = other
      delta = try self.delta(at: commit, besides: other)
    }
    guard let delta else { return nil }
    var parts: [MapLayer.Part] = []
    if let file {
      guard
        let part = rows.part(
          file.layer, hidden: delta.hidden, on: asOf.validOn, in: scope.scope)
      else { return nil }
      parts.append(part)
    }
    if let added = delta.added {
      guard let part = rows.part(added, hidden: [], on: asOf.validOn, in: scope.scope) else {
        return nil
      }
      parts.append(part)
    }
    return (try layer(parts, asOf, commit, in: scope, isSnapshot: file != nil), file)
  }

  /// The file that is open, or else the newest that can be opened.
  func file(for commit: Int) throws -> SnapshotFolder.File? {
    if let file = shelf.file(of: dataset) {
      if file.isTrusted, file.definition == history.definition { return file }
      notify(.snapshotIgnored(dataset, file: "\(file.commit)", why: "changed under the reader"))
      folder.remove(dataset, file.commit)
      shelf.keep(nil, of: dataset)
    }
    return try reopened(unlike: nil)
  }

  /// The newest file that is whole and ours, if it is of another commit than the one held.
  private func reopened(
    unlike held: SnapshotFolder.File?
  ) throws -> SnapshotFolder.File? {
    for commit in folder.commits(of: dataset) where commit != held?.commit {
      guard commit <= (try history.lastCommit()) else {
        ignore(commit, why: "of a commit that is not there")
        continue
      }
      do throws(LayerError) {
        let identity = try identity(at: commit)
        let file = try folder.open(dataset, identity, of: history.definition)
        shelf.keep(file, of: dataset)
        return file
      } catch {
        ignore(commit, why: error.what)
      }
    }
    return nil
  }

  private func identity(at commit: Int) throws(LayerError) -> SnapshotFolder.Identity {
    do { return try history.identity(at: commit) } catch {
      throw .damaged(path: "", what: "commits")
    }
  }

  private func ignore(_ commit: Int, why: String) {
    notify(.snapshotIgnored(dataset, file: "\(commit)", why: why))
    folder.remove(dataset, commit)
  }

  /// What a state has besides a file; nil where that is too much.
  func delta(
    at commit: Int, besides file: SnapshotFolder.File?
  ) throws -> SnapshotShelf.Delta? {
    let key = SnapshotShelf.DeltaKey(dataset: dataset, base: file?.commit, commit: commit)
    if let known = shelf.delta(key) { return known }
    if file?.commit == commit { return .init(hidden: [], added: nil) }
    let limits = policy.limits(
      besides: file?.layer.count ?? 0, bytes: (file?.layer.vertexCount ?? 0) * 16)
    let base = file.map { (commit: $0.commit, lastRow: $0.lastRow) }
    let hidden = try base.map { try history.hidden(at: commit, of: $0, atMost: limits.rows) } ?? []
    let condition = try history.added(at: commit, besides: base)
    guard let hidden, try history.isSmall(condition, limits) else { return nil }
    let added = try rows.layer(where: condition, spoolingIn: folder.spool, session) {
      writer throws(LayerError) in try writer.finish()
    }
    let delta = SnapshotShelf.Delta(hidden: hidden, added: added)
    shelf.keep(delta, key)
    return delta
  }

  // MARK: From the rows

  /// The rows of the state that are wanted, laid out for this one question.
  private func unfiled(
    _ commit: Int, _ asOf: AsOf, near window: BoundingBox?, in scope: ScopedTable
  ) throws -> MapLayer {
    let state = AsOf(validOn: asOf.validOn, recorded: CommitNumber(commit) ?? .none)
    let condition = RelationalStore.condition(
      for: FeatureQuery(dataset: dataset, asOf: state, window: window), of: scope)
    if window == nil { try folder.makeFolder(of: dataset) }
    let found = try rows.layer(where: condition, spoolingIn: folder.spool, session) {
      writer throws(LayerError) in
      window == nil ? try folder.nameless(writer, of: dataset) : try writer.finish()
    }
    // The condition has seen to the reader's regions.
    let everywhere = scope.scope.everywhere
    let part = found.flatMap { rows.part($0, hidden: [], on: asOf.validOn, in: everywhere) }
    return try layer(
      part.map { [$0] } ?? [], asOf, commit, in: scope, isSnapshot: false)
  }

  // MARK: Making files

  /// Whether the newest state is too far from the file there is.
  func isMissed(_ commit: Int) throws -> Bool {
    guard history.table.schema.geometry == .polygon, commit > 0 else { return false }
    return try delta(at: commit, besides: file(for: commit)) == nil
  }

  /// Whether a layer of a draft's rows has each row there is at a dataset's first commit.
  private func isAll(
    _ laid: Layer, of commit: Int, _ identity: SnapshotFolder.Identity
  ) throws -> Bool {
    let commits = try session.all(
      """
      SELECT number, valid_from, valid_until FROM karez_commit WHERE dataset = \(dataset)
      ORDER BY number LIMIT 2
      """)
    guard commits.count == 1, commits[0].int(0) == commit, let from = commits[0].text(1),
      identity.lastRow == Int64(laid.count)
    else { return false }
    return rows.isSame(laid, over: from + "/" + (commits[0].text(2) ?? ""))
  }

  /// Makes the file of a commit; answers whether there is one now.
  ///
  /// `laid` is a layer of the rows of a draft, all of which are the commit's under their numbers.
  func make(_ commit: Int, of laid: Layer? = nil) throws -> Bool {
    guard shelf.begins(dataset, commit) else { return false }
    do {
      try folder.makeFolder(of: dataset)
      let identity = try history.identity(at: commit)
      var count = 0
      if let laid, try isAll(laid, of: commit, identity) {
        count = try folder.write(laid, of: dataset, identity).count
      } else {
        _ = try rows.layer(
          where: DatasetHistory.recorded(at: commit), spoolingIn: folder.folder(of: dataset),
          session,
          progress: { if $0.isMultiple(of: 100_000) { notify(.snapshotRows(dataset, $0)) } },
          finish: { writer throws(LayerError) in
            count = writer.count
            return try folder.write(writer, of: dataset, identity)
          })
      }
      shelf.ended(dataset)
      if count > 0 {
        shelf.keep(nil, of: dataset)
        notify(.snapshotMade(dataset, CommitNumber(commit) ?? .none, rows: count))
      }
      return count > 0
    } catch {
      shelf.ended(dataset, failing: commit)
      notify(.snapshotFailed(dataset, why: StoreError(error).what))
      return false
    }
  }
}
