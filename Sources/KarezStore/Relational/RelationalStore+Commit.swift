public import KarezCore
import KarezGeometry

extension RelationalStore {
  public func commit(
    _ draft: DraftID, _ order: CommitOrder, by actor: Actor, in scope: Scope,
    recording: @escaping @Sendable (CommitReceipt) -> RecordBatch?
  ) async throws(StoreError) -> CommitReceipt {
    let key = order.idempotencyKey
    if let known = try await reading({ session in try Self.receipt(of: key, session) }) {
      await forget(draft)?.room.remove()
      return known
    }
    let open = try self.draft(draft)
    let receipt: CommitReceipt
    do {
      receipt = try await engine.recording(open, key) { session, staged in
        try self.refuseUnwitnessed(session)
        let done = try self.write(open, staged, order, by: actor, in: scope, session)
        if done.isNews, let batch = recording(done.receipt) {
          try RecordTable(session: session, seals: self.seals(session))
            .put(batch, by: actor, at: self.moment(session))
        }
        return done.receipt
      }
    } catch {
      throw StoreError(error)
    }
    await forget(draft)?.room.remove()
    if receipt.commit != nil { await makeSnapshot(of: open.plan.dataset, laid: open.laid) }
    return receipt
  }

  private static func receipt(of key: String, _ session: any Session) throws -> CommitReceipt? {
    let row = try session.first(
      "SELECT number, inserted, changed, ended FROM karez_receipt WHERE key = \(key)")
    return row.map { row in
      CommitReceipt(
        commit: row.int(0).flatMap { CommitNumber($0) }, inserted: row.int(1) ?? 0,
        changed: row.int(2) ?? 0, ended: row.int(3) ?? 0)
    }
  }

  private func write(
    _ draft: OpenDraft, _ staged: SQL, _ order: CommitOrder, by actor: Actor, in scope: Scope,
    _ session: any Session
  ) throws -> (receipt: CommitReceipt, isNews: Bool) {
    if let known = try Self.receipt(of: order.idempotencyKey, session) { return (known, false) }
    let plan = draft.plan
    let reader = self.reader(session, access.scope(scope, of: .commit))
    let table = try reader.wholeTable(plan.dataset).whole
    try refuseConflict(order, on: plan.dataset, session)
    let tally = draft.tally
    let writer = CommitWriter(
      session: session, table: table, plan: plan, staged: staged, tally: tally)
    try writer.refuseDuplicates()
    guard plan.mode != .state || tally.rows > tally.ending else {
      throw StoreError.emptyState(plan.dataset)
    }

    let last = try Self.lastCommit(session)
    let until = try writer.effectiveUntil()
    let isWanted = !order.successions.isEmpty || !order.withdrawn.isEmpty
    let outcome = try writer.write(as: last.value + 1, until: until, isWanted: isWanted)
    let number = outcome.isNothing && !isWanted ? nil : CommitNumber(last.value + 1)
    let successions = SuccessionWriter(session: session, table: table)
    try successions.check(order)
    let firstSuccession = try successions.write(order, as: last.value + 1)
    let record = CommitEvidence(
      plan: plan, order: order, until: until, outcome: outcome, number: number,
      firstSuccession: firstSuccession, time: try moment(session))
    try record.insert(by: actor, saidAt: number ?? last, session)
    if number != nil, let box = tally.extent {
      try widenExtent(of: table, to: box, at: record.time, session)
    }
    return (record.receipt, true)
  }

  private func refuseConflict(
    _ order: CommitOrder, on dataset: DatasetID, _ session: any Session
  ) throws {
    guard let expected = order.expected else { return }
    let last = try session.integer(
      "SELECT max(number) FROM karez_commit WHERE dataset = \(dataset)")
    let found = CommitNumber(Int(last ?? 0)) ?? .none
    guard found <= expected else {
      throw StoreError.conflict(dataset, expected: expected, found: found)
    }
  }

  private func widenExtent(
    of table: DatasetTable, to box: BoundingBox, at time: String, _ session: any Session
  ) throws {
    let whole = try Self.extent(of: table.schema.id, session)?.union(box) ?? box
    try session.run(
      """
      UPDATE karez_dataset SET min_x = \(whole.minX), min_y = \(whole.minY),
        max_x = \(whole.maxX), max_y = \(whole.maxY) WHERE id = \(table.schema.id)
      """)
    try session.widen(table, to: whole, at: time)
  }

  /// The box of all that was ever recorded of a dataset.
  static func extent(of dataset: DatasetID, _ session: any Session) throws -> BoundingBox? {
    try session.first(
      "SELECT min_x, min_y, max_x, max_y FROM karez_dataset WHERE id = \(dataset)"
    ).flatMap(BoundingBox.init(row:))
  }
}

extension BoundingBox {
  /// The box in the first columns of a row, `min x, min y, max x, max y`; nil where one is null.
  init?(row: any SQLRow) {
    guard let minX = row.real(0), let minY = row.real(1), let maxX = row.real(2),
      let maxY = row.real(3)
    else { return nil }
    self.init(minX: minX, minY: minY, maxX: maxX, maxY: maxY)
  }
}
