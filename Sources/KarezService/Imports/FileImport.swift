import KarezCatalog
import KarezCore
import KarezGeometry
import KarezPacks
import KarezReading
import KarezStore

/// One import from file to commit: read in the worker, map to the schema, draft, gate, commit.
///
/// A draft that does not become a commit is discarded; nothing is half-written.
struct FileImport {
  let order: ImportOrder
  let dataset: DatasetID
  let schema: DatasetSchema
  let map: OneMap
  let actor: Actor
  let scope: Scope

  func run(
    progress: @escaping @Sendable (String, Int) -> Void
  ) async throws(Problem) -> ImportOutcome {
    if !order.accepted.isEmpty, order.reason?.isEmpty != false {
      throw Wording(
        "reason-missing", "放行质检规则须说明理由", "letting a rule pass needs a reason",
        do: "加上 --reason", "add --reason"
      ).problem(.usage, at: "--reason")
    }
    if let unknown = order.accepted.first(where: { GateRule(rawValue: $0) == nil }) {
      let known = GateRule.allCases.map(\.rawValue).joined(separator: ", ")
      throw Wording(
        "gate-rule-unknown", "没有质检规则 \(unknown)", "there is no gate rule \(unknown)",
        do: "可选：\(known)",
        "choose from \(known)"
      ).problem(.usage, at: "--accept")
    }
    guard let validity = Validity(from: order.validFrom, until: order.validUntil) else {
      throw Wording(
        "validity-empty", "有效终止日不晚于起始日", "the validity ends before it begins",
        do: "更正 --valid-from 与 --valid-until", "mend --valid-from and --valid-until"
      ).problem(.usage, at: "--valid-until")
    }
    let digest = try FileFingerprint.sm3(ofFileAt: order.file.path)
    let plan = DraftPlan(
      dataset: dataset, mode: order.mode, validity: validity,
      lineage: Lineage(
        source: order.file.name, sourceSM3: digest, reader: "karez-reader/1",
        crs: order.crs ?? "as-read"))
    let draft = try await map.asked { store throws(StoreError) in
      try await store.openDraft(plan, by: actor, in: scope)
    }
    do throws(Problem) {
      return try await fill(draft, plan, progress: progress)
    } catch {
      try? await map.store.discard(draft)
      throw error
    }
  }

  private func fill(
    _ draft: DraftID, _ plan: DraftPlan, progress: @escaping @Sendable (String, Int) -> Void
  ) async throws(Problem) -> ImportOutcome {
    let filling = try DraftFilling(order, schema: schema, map: map, draft: draft)
    try await filling.fill { progress("read", $0) }
    let report = try await gate(draft, filling) { progress("gate", $0) }
    let accepted = Set(order.accepted)
    if !report.blocking(accepting: accepted).isEmpty || order.isDryRun {
      try? await map.store.discard(draft)
      let none = CommitReceipt(commit: nil, inserted: 0, changed: 0, ended: 0)
      return ImportOutcome(
        dataset: dataset, receipt: none, report: report, warnings: filling.warnings,
        accepted: accepted, isDryRun: order.isDryRun)
    }
    let reason = order.reason ?? "import \(order.file.name)"
    let passed = Set(report.blocking()).intersection(accepted)
    let receipt = try await map.asked { store throws(StoreError) in
      let last = try await store.lastCommit()
      return try await store.commit(
        draft,
        CommitOrder(
          reason: reason, idempotencyKey: key(plan, after: last),
          accepted: Dictionary(uniqueKeysWithValues: passed.map { ($0, reason) })),
        by: actor, in: scope)
    }
    return ImportOutcome(
      dataset: dataset, receipt: receipt, report: report, warnings: filling.warnings,
      accepted: accepted, isDryRun: false)
  }

  private func gate(
    _ draft: DraftID, _ filling: DraftFilling, progress: @escaping @Sendable (Int) -> Void
  ) async throws(Problem) -> GateReport {
    let gate = Gate(
      schema: schema,
      codes: map.packs.codeTables.mapValues { $0.codes(on: order.validFrom) },
      extent: map.region?.box, crs: filling.crs)
    let earlier = filling.found
    return try await map.asked { store throws(StoreError) in
      try await gate.examine(draft, in: store, earlier: earlier) { progress($0.done) }
    }
  }

  /// The same order over the same state is the same commit.
  private func key(_ plan: DraftPlan, after last: CommitNumber) -> String {
    [
      plan.dataset.text, plan.mode.rawValue, plan.validity.from.description,
      plan.validity.until?.description ?? "", plan.lineage.sourceSM3, last.description,
      order.file.layer ?? "", order.crs ?? "", order.ending ?? "",
    ].joined(separator: "/")
  }
}
