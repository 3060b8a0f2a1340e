public import KarezCore
public import KarezGeometry

extension RelationalStore {
  public func openDraft(
    _ plan: DraftPlan, by actor: Actor, in scope: Scope
  ) async throws(StoreError) -> DraftID {
    // A state ends what it lacks, so someone who sees some regions would end all others; a row
    // replaces another whole, so someone who sees some attributes would empty the rest.
    let table = try await reading(.openDraft, in: scope) { reader in
      try reader.wholeTable(plan.dataset).whole
    }
    do {
      let (id, room) = try await engine.draftRoom(for: table)
      keep(OpenDraft(id: id, plan: plan, actor: actor, table: table, room: room))
      return id
    } catch {
      throw StoreError(error)
    }
  }

  public func append(_ rows: [DraftRow], to draft: DraftID) async throws(StoreError) {
    try await self.draft(draft).append(rows)
  }

  public func rows(
    of draft: DraftID, after row: Int64, limit: Int
  ) async throws(StoreError) -> [DraftRow] {
    try await self.draft(draft).rows(after: row, limit: limit)
  }

  public func rows(
    of draft: DraftID, meeting window: BoundingBox
  ) async throws(StoreError) -> [DraftRow] {
    try await self.draft(draft).rows(meeting: window)
  }

  public func columns(of draft: DraftID) async throws(StoreError) -> DraftColumns? {
    let open = try self.draft(draft)
    let dataset = open.plan.dataset
    guard open.plan.mode == .state, open.table.schema.geometry == .polygon else { return nil }
    let isFirst = try await reading { session in
      try session.first("SELECT 1 FROM karez_commit WHERE dataset = \(dataset) LIMIT 1") == nil
    }
    guard isFirst else { return nil }
    return DraftColumns(
      LayerRows(table: open.table, mostValues: policy.mostValues), of: open.plan)
  }

  public func keep(_ layer: Layer, of draft: DraftID) throws(StoreError) {
    try self.draft(draft).keep(layer)
  }

  public func discard(_ draft: DraftID) async throws(StoreError) {
    guard let known = forget(draft) else { throw .noSuchDraft(draft) }
    await known.room.remove()
  }
}
