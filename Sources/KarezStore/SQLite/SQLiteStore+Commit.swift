import Foundation
import GRDB
public import KarezCore
import KarezGeometry

extension SQLiteStore {
  public func commit(
    _ draft: DraftID, _ order: CommitOrder, by actor: Actor, in scope: Scope
  ) async throws(StoreError) -> CommitReceipt {
    if let known = try await receipt(of: order.idempotencyKey) {
      if let draft = forget(draft) { draft.remove() }
      return known
    }
    let file = try self.draft(draft)
    let receipt: CommitReceipt
    do {
      receipt = try await pool.writeWithoutTransaction { db in
        try self.record(file, order, by: actor, in: scope, db)
      }
    } catch {
      throw StoreError(error)
    }
    forget(draft)?.remove()
    if receipt.commit != nil { await makeSnapshot(of: file.plan.dataset) }
    return receipt
  }

  private func receipt(of key: String) async throws(StoreError) -> CommitReceipt? {
    try await reading { db in try Self.receipt(of: key, db) }
  }

  private static func receipt(of key: String, _ db: Database) throws -> CommitReceipt? {
    let row = try Row.fetchOne(
      db, sql: "SELECT number, inserted, changed, ended FROM karez_receipt WHERE key = ?",
      arguments: [key])
    return row.map { row in
      CommitReceipt(
        commit: (row[0] as Int?).flatMap { CommitNumber($0) }, inserted: row[1], changed: row[2],
        ended: row[3])
    }
  }

  /// Reads the draft from its own file and records it in one transaction of ours.
  private func record(
    _ draft: DraftFile, _ order: CommitOrder, by actor: Actor, in scope: Scope, _ db: Database
  ) throws -> CommitReceipt {
    try db.execute(sql: "ATTACH DATABASE ? AS draft", arguments: [draft.file.path])
    defer {
      // It fails only where the attachment is already gone.
      try? db.execute(sql: "DETACH DATABASE draft")
    }
    try db.execute(
      sql: """
        PRAGMA draft.journal_mode=MEMORY; PRAGMA draft.synchronous=OFF;
        CREATE INDEX IF NOT EXISTS draft.staged_id ON staged (id);
        """)
    var receipt: CommitReceipt?
    try db.inTransaction(.immediate) {
      receipt = try self.write(draft, order, by: actor, in: scope, db)
      return .commit
    }
    guard let receipt else { throw StoreError.unknownOutcome(idempotencyKey: order.idempotencyKey) }
    return receipt
  }

  private func write(
    _ draft: DraftFile, _ order: CommitOrder, by actor: Actor, in scope: Scope, _ db: Database
  ) throws -> CommitReceipt {
    if let known = try Self.receipt(of: order.idempotencyKey, db) { return known }
    let plan = draft.plan
    let table = try table(plan.dataset, in: scope, db)
    try refuseConflict(order, on: plan.dataset, db)
    let writer = CommitWriter(db: db, table: table, plan: plan)
    try writer.refuseDuplicates()
    let rows = try Int.fetchOne(db, sql: "SELECT count(*) FROM draft.staged WHERE ends = 0") ?? 0
    guard plan.mode != .state || rows > 0 else { throw StoreError.emptyState(plan.dataset) }

    let last = try Self.lastCommit(db)
    let until = try writer.effectiveUntil()
    let outcome = try writer.write(as: last.value + 1, until: until)
    let number = outcome.isNothing ? nil : CommitNumber(last.value + 1)
    let record = Record(
      plan: plan, order: order, until: until, outcome: outcome, number: number, time: clock())
    try record.insert(by: actor, saidAt: number ?? last, db)
    if number != nil { try widenExtent(of: table, by: draft, at: record.time, db) }
    return record.receipt
  }

  private func refuseConflict(
    _ order: CommitOrder, on dataset: DatasetID, _ db: Database
  ) throws {
    guard let expected = order.expected else { return }
    let last = try Int.fetchOne(
      db, sql: "SELECT max(number) FROM karez_commit WHERE dataset = ?",
      arguments: [dataset.text])
    let found = CommitNumber(last ?? 0) ?? .none
    guard found <= expected else {
      throw StoreError.conflict(dataset, expected: expected, found: found)
    }
  }

  private func widenExtent(
    of table: DatasetTable, by draft: DraftFile, at time: String, _ db: Database
  ) throws {
    guard let box = draft.extent else { return }
    let widening = """
      SET min_x = min(coalesce(min_x, :x0), :x0), min_y = min(coalesce(min_y, :y0), :y0),
        max_x = max(coalesce(max_x, :x1), :x1), max_y = max(coalesce(max_y, :y1), :y1)
      """
    try db.execute(
      sql: "UPDATE karez_dataset \(widening) WHERE id = :id",
      arguments: [
        "x0": box.minX, "y0": box.minY, "x1": box.maxX, "y1": box.maxY,
        "id": table.schema.id.text,
      ])
    try db.execute(
      sql: "UPDATE gpkg_contents \(widening), last_change = :at WHERE table_name = :id",
      arguments: [
        "x0": box.minX, "y0": box.minY, "x1": box.maxX, "y1": box.maxY, "id": table.view,
        "at": time,
      ])
  }
}

/// Everything that is kept of a commit besides its rows.
private struct Record {
  let plan: DraftPlan
  let order: CommitOrder
  let until: LegalDate?
  let outcome: CommitWriter.Outcome
  let number: CommitNumber?
  let time: String

  var receipt: CommitReceipt {
    CommitReceipt(
      commit: number, inserted: outcome.inserted, changed: outcome.changed, ended: outcome.ended)
  }

  func insert(by actor: Actor, saidAt: CommitNumber, _ db: Database) throws {
    let day = plan.validity.from.description
    if let number {
      try db.execute(
        sql: "INSERT INTO karez_commit VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        arguments: [
          number.value, plan.dataset.text, time, actor.id, order.reason, order.caseNumber, day,
          until?.description, plan.lineage.source, plan.lineage.sourceSM3, plan.lineage.reader,
          plan.lineage.crs, outcome.inserted, outcome.changed, outcome.ended, outcome.sm3,
        ])
    }
    try db.execute(
      sql: "INSERT INTO karez_receipt VALUES (?,?,?,?,?,?)",
      arguments: [
        order.idempotencyKey, plan.dataset.text, number?.value, outcome.inserted, outcome.changed,
        outcome.ended,
      ])
    try db.execute(
      sql: "INSERT INTO karez_statement VALUES (?,?,?,?,?)",
      arguments: [
        plan.dataset.text, plan.mode.rawValue, day, until?.description, saidAt.value,
      ])
    try LogChain.append(
      kind: number == nil ? "commit-unchanged" : "commit", body: body, by: actor, at: time, db)
  }

  private var body: JSONValue {
    let accepted = order.accepted.mapValues(JSONValue.string)
    return .object([
      "commit": number.map { .integer(Int64($0.value)) } ?? .null,
      "dataset": .string(plan.dataset.text),
      "mode": .string(plan.mode.rawValue),
      "validFrom": .string(plan.validity.from.description),
      "validUntil": .optional(until?.description),
      "source": .string(plan.lineage.source),
      "sourceSM3": .string(plan.lineage.sourceSM3),
      "reader": .string(plan.lineage.reader),
      "crs": .string(plan.lineage.crs),
      "reason": .string(order.reason),
      "case": .optional(order.caseNumber),
      "accepted": .object(accepted),
      "inserted": .integer(Int64(outcome.inserted)),
      "changed": .integer(Int64(outcome.changed)),
      "ended": .integer(Int64(outcome.ended)),
      "firstRow": .integer(outcome.firstRow),
      "written": .integer(Int64(outcome.written)),
      "superseded": .integer(Int64(outcome.superseded)),
      "sm3": .string(outcome.sm3),
    ])
  }
}
