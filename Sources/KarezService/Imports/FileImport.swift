import Foundation
import KarezCatalog
import KarezCore
import KarezGeometry
import KarezPacks
import KarezReading
import KarezRules
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
  /// What the rows are held to beyond the scope they are recorded in.
  var confinement: Scope?
  /// Nil for a plain import.
  var commission: Commission?

  /// The report the dataset's rules begin with.
  var emptyReport: GateReport { GateReport(rules: rules) }

  private var rules: GateRuleBook { GateRuleBook(for: dataset, profiles: map.packs.profiles) }

  func run(
    progress: @escaping @Sendable (ImportProgress) -> Void
  ) async throws(Problem) -> ImportOutcome {
    if !order.accepted.isEmpty, order.reason?.isEmpty != false {
      throw Wording(
        "reason-missing", "放行质检规则须说明理由", "letting a rule pass needs a reason",
        do: "加上 --reason", "add --reason"
      ).problem(.usage, at: "--reason")
    }
    try rules.check(accepted: order.accepted)
    if commission == nil, !order.isDryRun {
      try await map.twoPersons.refuseAlone(.controlLine, on: dataset.text)
    }
    let package = try package()
    let state = try await map.today()
    let (draft, plan) = try await openDraft(for: package)
    do throws(Problem) {
      let source: any DraftSource =
        if let package {
          IncrementFilling(
            package, schema: schema, map: map, draft: draft, at: state, in: scope,
            into: emptyReport)
        } else {
          try DraftFilling(order, schema: schema, map: map, draft: draft, into: emptyReport)
        }
      return try await fill(draft, plan, from: source, after: state.recorded, progress: progress)
    } catch {
      try? await map.store.discard(draft)
      throw error
    }
  }

  /// An empty draft for the file's rows, or the package's.
  func openDraft(
    for package: IncrementPackage? = nil
  ) async throws(Problem) -> (draft: DraftID, plan: DraftPlan) {
    let from = package.map { $0.firstDay ?? order.validFrom } ?? order.validFrom
    guard
      let validity = Validity(from: from, until: package == nil ? order.validUntil : nil)
    else {
      throw Wording(
        "validity-empty", "有效终止日不晚于起始日", "the validity ends before it begins",
        do: "更正 --valid-from 与 --valid-until", "mend --valid-from and --valid-until"
      ).problem(.usage, at: "--valid-until")
    }
    let digest = try FileFingerprint.sm3(ofFileAt: order.file.path)
    let plan = DraftPlan(
      dataset: dataset, mode: order.mode, validity: validity,
      lineage: Lineage(
        source: order.name, sourceSM3: digest,
        reader: package == nil ? "karez-reader/1" : IncrementLines.format,
        crs: package == nil ? order.crs ?? "as-read" : "EPSG:4490"))
    let draft = try await map.asked { store throws(StoreError) in
      try await store.openDraft(plan, by: actor, in: scope)
    }
    return (draft, plan)
  }

  /// The package the file is, with rows of days of their own.
  private func package() throws(Problem) -> IncrementPackage? {
    guard order.mode == .versions else { return nil }
    let package = try IncrementReader.read(order.file.path, named: order.name)
    guard package.dataset == dataset else {
      throw Wording(
        "increment-dataset", "增量包属于数据集 \(package.dataset)",
        "the package is of dataset \(package.dataset)",
        do: "汇交到该数据集", "submit it to that dataset"
      ).problem(at: order.name)
    }
    return package
  }

  private func fill(
    _ draft: DraftID, _ plan: DraftPlan, from filling: any DraftSource, after seen: CommitNumber,
    progress: @escaping @Sendable (ImportProgress) -> Void
  ) async throws(Problem) -> ImportOutcome {
    var report = try await examine(draft, plan, filling, progress: progress)
    if let confinement {
      report.withhold(try await map.hidden(report.namedElsewhere, of: dataset, from: confinement))
    }
    let accepted = Set(order.accepted)
    let examined = outcome(.nothing, report, filling, plan, isDryRun: order.isDryRun)
    if examined.isBlocked || order.isDryRun {
      try? await map.store.discard(draft)
      return examined
    }
    let recording = try await commission?.approve(examined)
    let reason = order.reason ?? "import \(order.name)"
    let passed = Set(report.blocking()).intersection(accepted)
    let receipt = try await map.asked { store throws(StoreError) in
      let last = try await store.lastCommit()
      return try await store.commit(
        draft,
        CommitOrder(
          reason: reason, caseNumber: commission?.caseNumber,
          idempotencyKey: commission?.idempotencyKey ?? key(plan, after: last),
          // A package was compared with what was recorded then, and nothing later.
          expected: commission?.expected ?? (plan.mode == .versions ? seen : nil),
          accepted: Dictionary(uniqueKeysWithValues: passed.map { ($0, reason) }),
          admission: admission(after: examined), successions: filling.successions,
          withdrawn: filling.withdrawn),
        by: actor, in: scope,
        recording: { receipt in
          guard let recording else {
            return map.followUpBatch(of: dataset, receipt, by: actor)
          }
          return recording(receipt)
        })
    }
    return outcome(receipt, report, filling, plan, isDryRun: false)
  }

  private func admission(after examined: ImportOutcome) -> Admission {
    Admission(
      profiles: examined.report.rules.profiles, report: examined.verdictSM3,
      submittedBy: commission?.submittedBy, signedBy: commission?.signedBy)
  }

  private func outcome(
    _ receipt: CommitReceipt, _ report: GateReport, _ filling: any DraftSource, _ plan: DraftPlan,
    isDryRun: Bool
  ) -> ImportOutcome {
    ImportOutcome(
      schema: schema, source: order.name, validFrom: plan.validity.from,
      examinedAt: Clock.timestamp(), receipt: receipt, report: report, warnings: filling.warnings,
      accepted: Set(order.accepted),
      isDryRun: isDryRun)
  }

  /// Fills the draft, and looks at its rows on their way.
  private func examine(
    _ draft: DraftID, _ plan: DraftPlan, _ filling: any DraftSource,
    progress: @escaping @Sendable (ImportProgress) -> Void
  ) async throws(Problem) -> GateReport {
    let told: @Sendable (Gate.Progress) -> Void = { progress(ImportProgress($0)) }
    var examination: Examination?
    var isFirst = true
    try await filling.fill { batch async throws(GateError) in
      if isFirst, filling.isPlaced {
        examination = try await gate(plan, filling.crs).begin(
          draft, in: map.store, progress: told)
      }
      isFirst = false
      try await examination?.take(batch.rows, unreadable: batch.unreadable)
      if examination == nil {
        progress(ImportProgress(phase: .reading, done: filling.rows, total: nil))
      }
    }
    if let confinement {
      try await RegionCheck(schema: schema, scope: confinement, map: map).examine(draft)
    }
    do throws(GateError) {
      if let examination { return try await examination.report(after: filling.found) }
      // Rows before the first with coordinates came before it was known where any of them lie.
      return try await gate(plan, filling.crs).examine(
        draft, in: map.store, earlier: filling.found, total: filling.rows, progress: told)
    } catch {
      throw .gate(error, of: order.file.name)
    }
  }

  private func gate(_ plan: DraftPlan, _ crs: CoordinateReferenceSystem?) -> Gate {
    map.gate(
      for: schema, on: plan.validity.from, isWhole: order.mode == .state, crs: crs, in: scope)
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

extension GateRuleBook {
  /// Rules that are let pass must be rules the dataset is checked by.
  func check(accepted: [String]) throws(Problem) {
    guard let unknown = accepted.first(where: { self[$0] == nil }) else { return }
    let known = ids.joined(separator: ", ")
    throw Wording(
      "gate-rule-unknown", "没有质检规则 \(unknown)", "there is no gate rule \(unknown)",
      do: "可选：\(known)", "choose from \(known)"
    ).problem(.usage, at: "--accept")
  }
}
