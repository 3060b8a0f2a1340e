import Foundation
public import KarezCore
import KarezCrypto
public import KarezGeometry
public import KarezPacks
import KarezStore

extension CheckBatch {
  static func digest(of text: String) -> String {
    String(SM3.digest(text).description.prefix(32))
  }
}

extension OneMap {
  /// The parcels of several boundaries, within the limits of a batch.
  ///
  /// - Errors: refused for more files, parcels or vertices than a batch may have.
  public func batchParcels(
    of boundaries: [(file: String, boundary: ReadBoundary)], within limits: WebLimits.Checks
  ) throws(Problem) -> [BatchParcel] {
    let parcels = boundaries.flatMap { BatchParcel.parcels(of: $0.boundary, in: $0.file) }
    let vertices = parcels.reduce(0) { sum, parcel in
      sum + parcel.boundary.parcels.reduce(0) { $0 + $1.geometry.vertexCount }
    }
    guard boundaries.count <= limits.mostFiles, parcels.count <= limits.mostParcels,
      vertices <= limits.mostVertices
    else {
      throw Wording(
        "batch-too-large",
        "一批过大：\(boundaries.count) 个文件、\(parcels.count) 个地块、\(vertices) 个顶点",
        "too large for a batch: \(boundaries.count) files, \(parcels.count) parcels, "
          + "\(vertices) vertices",
        do:
          "一批至多 \(limits.mostFiles) 个文件、\(limits.mostParcels) 个地块、\(limits.mostVertices) 个顶点；请分批提交",
        "at most \(limits.mostFiles) files, \(limits.mostParcels) parcels, "
          + "\(limits.mostVertices) vertices; send it in parts"
      ).problem(at: "file")
    }
    return parcels
  }

  /// Has parcels checked by a job; what is returned is the batch's name.
  public func orderBatch(
    _ parcels: [BatchParcel], _ order: CheckBatch.Order, within limits: WebLimits.Checks,
    by principal: Principal
  ) async throws(Problem) -> String {
    try packs.requirePurpose(order.purpose, on: order.validOn)
    try packs.requireDocuments(order.documents, on: order.validOn)
    guard !parcels.isEmpty else { throw .geometry(.noGeometry, of: "boundary") }
    guard order.title.count <= SavedCheck.longestTitle, !order.title.contains("\0") else {
      throw Wording(
        "batch-title", "名称至多 \(SavedCheck.longestTitle) 字",
        "a name has at most \(SavedCheck.longestTitle) characters", do: "缩短后重试", "shorten it"
      ).problem(.usage, at: "title")
    }
    let recorded = try await recordedState(order.recorded)
    let actor = principal.actor
    try await refuseOpenBatches(of: actor, most: limits.mostOpenBatches)
    let now = clock.now()
    let salt = CheckBatch.digest(of: UUID().uuidString).prefix(12)
    let name = String(now.millisecondsSince1970, radix: 16) + "-" + salt
    let record = PlatformRecord(
      kind: CheckBatch.kind, key: actor.id + "/" + name, state: "ordered", owner: actor.id,
      body: .object([
        "title": .string(order.title), "createdAt": .string(now.description),
        "purpose": .optional(order.purpose), "documents": .texts(order.documents),
        "validOn": .string(order.validOn.description),
        "recorded": .integer(Int64(recorded.value)),
        "files": .texts(Set(parcels.map(\.file)).sorted()),
        "parcels": .integer(Int64(parcels.count)), "scope": .string(principal.scope.mark),
        "rows": .null,
      ]))
    let text = JSONValue.array(parcels.map(\.json)).canonicalText
    try await results.keep("batch-" + name) { (folder: URL) async throws(Problem) -> Void in
      try OutputFile.write(text, to: folder.appending(path: CheckBatch.parcelsFile).path)
    }
    let job = Job(
      CheckBatch.handler, of: name,
      subject: .object([
        "batch": .string(record.key), "scope": .string(principal.scope.mark),
      ]), by: actor, at: now)
    do throws(StoreError) {
      try await store.put(RecordBatch([.write(record), job.change]), by: actor)
    } catch {
      throw .store(error)
    }
    return name
  }

  /// The commit a batch is asked of, said once for all its parcels.
  private func recordedState(_ asked: CommitNumber?) async throws(Problem) -> CommitNumber {
    let last = try await today().recorded
    guard let asked else { return last }
    guard asked <= last else {
      throw Wording(
        "commit-unknown", "没有提交 \(asked)，最后一次是 \(last)",
        "there is no commit \(asked); the last is \(last)", do: "用 karez commits 查看",
        "see karez commits"
      ).problem(.usage, at: "recorded")
    }
    return asked
  }

  private func refuseOpenBatches(of actor: Actor, most: Int) async throws(Problem) {
    let open = try await jobs.list([.queued, .running], limit: 500).count {
      $0.handler == CheckBatch.handler && $0.requestedBy == actor.id
    }
    guard open < most else {
      throw Wording(
        "batches-open", "您已有 \(most) 批正在审查", "\(most) batches of yours are under way already",
        do: "等其完成后再提交", "wait for one to end"
      ).problem(.unavailable, at: "file")
    }
  }

  /// A batch of somebody's own, as long as they may reach what they could when they asked.
  public func checkBatch(
    _ name: String, for principal: Principal
  ) async throws(Problem) -> CheckBatch {
    let isName =
      name.utf8.count <= 64
      && name.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x66).contains($0) || $0 == 0x2D
      }
    let key = principal.actor.id + "/" + name
    let record =
      isName
      ? try await asked { store throws(StoreError) in try await store.record(CheckBatch.kind, key) }
      : nil
    guard let record, var batch = CheckBatch(record), batch.isOf(principal.scope),
      await isShown(batch, in: principal.scope)
    else {
      throw Wording(
        "batch-unknown", "没有这批审查，或您的可见范围已改变",
        "there is no such batch, or what you may reach has changed",
        do: "在“我的审查”中查看，或重新提交", "see “My checks”, or send it again"
      ).problem(.notFound, at: "")
    }
    batch.job = try await jobs.job(CheckBatch.handler + "/" + name)
    return batch
  }

  /// Whether what its answers looked at is within reach still; all looked at the same.
  private func isShown(_ batch: CheckBatch, in scope: Scope) async -> Bool {
    guard let id = batch.rows?.lazy.compactMap(\.answer).first else { return true }
    return (try? await keptAnswer(id: id, in: scope)) != nil
  }

  /// Somebody's own batches, the last asked for first; at most `limit`.
  public func checkBatches(
    of principal: Principal, limit: Int
  ) async throws(Problem) -> [CheckBatch] {
    let query = RecordQuery(CheckBatch.kind, owner: principal.actor.id, order: .keyDescending)
    let page = try await asked { store throws(StoreError) in
      try await store.records(query, after: nil, limit: limit)
    }
    var batches: [CheckBatch] = []
    for record in page.records {
      guard var batch = CheckBatch(record), batch.isOf(principal.scope) else { continue }
      batch.job = try await jobs.job(CheckBatch.handler + "/" + batch.name)
      batches.append(batch)
    }
    return batches
  }

  /// Takes a batch off its owner's list, and stops it where it is not done; its answers stay.
  public func removeBatch(_ name: String, by principal: Principal) async throws(Problem) {
    let batch = try await checkBatch(name, for: principal)
    if let job = batch.job, !job.state.isOver { try await jobs.cancel(job.id, by: principal) }
    do throws(StoreError) {
      try await store.put(RecordBatch([.remove(batch.record)]), by: principal.actor)
    } catch {
      throw .store(error)
    }
    results.remove(batch.place)
  }

  // MARK: Working

  /// The line of one parcel: its answer, kept, or why it has none.
  ///
  /// - Errors: only what says nothing of the parcel, such as a store out of reach.
  public func batchRow(
    _ number: Int, _ parcel: BatchParcel, _ order: CheckBatch.Order, as id: String? = nil,
    by actor: Actor, in scope: Scope
  ) async throws(Problem) -> BatchRow {
    // Answered already, by a run that was cut off.
    if let id, let known = try? await keptAnswer(id: id, in: scope) {
      return BatchRow(number, parcel, known)
    }
    let request = CheckRequest(
      boundary: parcel.boundary, purpose: order.purpose, documents: order.documents,
      validOn: order.validOn, recorded: order.recorded)
    do throws(Problem) {
      let answer =
        if let id {
          try await check(request, as: id, by: actor, in: scope)
        } else {
          try await check(request, by: actor, in: scope)
        }
      return BatchRow(number, parcel, answer)
    } catch {
      guard error.kind == .refused else { throw error }
      return BatchRow(number, parcel, refused: error)
    }
  }

  /// The parcels of a batch as they were sent, while they are kept; else as their answers have them.
  public func outlines(
    of batch: CheckBatch, in scope: Scope
  ) async throws(Problem) -> [MultiPolygon?] {
    if let parcels = keptParcels(of: batch) {
      return parcels.map { $0.boundary.parcels.first?.geometry }
    }
    var found: [MultiPolygon?] = []
    for row in batch.rows ?? [] {
      guard let id = row.answer else {
        found.append(nil)
        continue
      }
      found.append(try await keptAnswer(id: id, in: scope).boundary.geometry)
    }
    return found
  }

  func keptParcels(of batch: CheckBatch) -> [BatchParcel]? {
    guard let text = results.text(CheckBatch.parcelsFile, of: batch.place),
      let json = try? JSONValue(parsing: text), let members = json.array
    else { return nil }
    let parcels = members.compactMap(BatchParcel.init)
    return parcels.count == members.count && parcels.count == batch.parcels ? parcels : nil
  }
}

/// Checks the parcels of a batch, one after the other.
struct CheckBatchHandler: JobHandler {
  let map: OneMap

  var name: String { CheckBatch.handler }

  func run(_ run: JobRun) async throws(Problem) -> JobEnd? {
    let key = run.subject["batch"]?.string ?? ""
    let record = try await map.asked { store throws(StoreError) in
      try await store.record(CheckBatch.kind, key)
    }
    guard let record, let batch = CheckBatch(record) else { return JobEnd(by: run.actor) }
    let scope = try await map.scope(of: run.actor, marked: run.subject["scope"]?.string)
    guard let parcels = map.keptParcels(of: batch) else {
      throw Wording(
        "batch-gone", "地块文件已过保存期", "the parcels are no longer kept", do: "重新提交",
        "send them again"
      ).problem(at: "")
    }
    var rows: [BatchRow] = []
    for (index, parcel) in parcels.enumerated() {
      run.report("check", index, of: parcels.count)
      try BoundarySurvey.stopIfCancelled()
      rows.append(
        try await map.batchRow(
          index + 1, parcel, batch.order, as: batch.answerID(index), by: run.actor, in: scope))
    }
    return JobEnd(
      result: .object(["parcels": .integer(Int64(rows.count))]), changes: [batch.done(rows)],
      by: run.actor)
  }
}
