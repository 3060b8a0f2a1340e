import Foundation
import KarezCatalog
import KarezCore
import KarezCrypto
import KarezGeometry
import KarezPacks
import KarezRules
import KarezStore

/// A small change of a dataset: some features, which became which, and why; one commit.
///
/// It rests on the last commit of the dataset that its author has seen, or on the one that was
/// last when it was begun: what somebody else records meanwhile is a conflict.
struct FeatureEdit {
  let schema: DatasetSchema
  /// What the edit is called in the lineage: `split`, `merge`, `end`, `correct`, `revert`,
  /// `insert`, `replace`.
  let verb: String
  var mode = CommitMode.changes
  let validity: Validity
  var rows: [DraftRow] = []
  var successions: [Succession] = []
  var withdrawnSuccessions: [RecordedSuccession] = []
  let base: CommitNumber
  let why: EditReason
  /// Under which it is recorded once, where its author has a better one than what it says.
  var fixedKey: String?

  /// Records it, or nothing at all.
  func commit(
    to map: OneMap, by actor: Actor, in scope: Scope
  ) async throws(Problem) -> CommitReceipt {
    guard !why.reason.isEmpty else {
      throw Wording(
        "reason-missing", "须说明理由", "a reason is needed", do: "加上 --reason", "add --reason"
      ).problem(.usage, at: "--reason")
    }
    try await map.twoPersons.refuseAlone(.controlLine, on: schema.id.text)
    let plan = DraftPlan(
      dataset: schema.id, mode: mode, validity: validity,
      lineage: Lineage(
        source: verb, sourceSM3: SM3.digest(key).description, reader: "karez/edit",
        crs: "EPSG:4490"))
    let draft = try await map.asked { store throws(StoreError) in
      try await store.openDraft(plan, by: actor, in: scope)
    }
    do throws(Problem) {
      try await map.asked { store throws(StoreError) in try await store.append(rows, to: draft) }
      let report = try await admission(of: draft, in: map, scope)
      let passed = Set(report.blocking()).intersection(why.accepted)
      return try await map.asked { store throws(StoreError) in
        try await store.commit(
          draft,
          CommitOrder(
            reason: why.reason, caseNumber: why.caseNumber, idempotencyKey: key,
            expected: why.expected ?? base,
            accepted: Dictionary(uniqueKeysWithValues: passed.map { ($0, why.reason) }),
            admission: Admission(profiles: report.rules.profiles), successions: successions,
            withdrawn: Set(withdrawnSuccessions.map(\.number))),
          by: actor, in: scope,
          recording: { map.followUpBatch(of: plan.dataset, $0, by: actor) })
      }
    } catch {
      try? await map.store.discard(draft)
      throw error
    }
  }

  /// The same edit over the same state is the same commit.
  private var key: String {
    if let fixedKey { return fixedKey }
    let parts = rows.map { row in
      let days = row.validity.map { "\($0.from)-\($0.until?.description ?? "")" } ?? ""
      let attributes = row.feature.attributes.sorted { $0.key < $1.key }
      let shape = row.feature.geometry.map { SM3.digest($0.wkb()).description } ?? ""
      return "\(row.feature.id)/\(row.ends)/\(days)/\(attributes)/\(shape)"
    }
    let text =
      ([
        verb, schema.id.text, validity.from.description, validity.until?.description ?? "",
        base.description, why.reason,
      ] + parts).joined(separator: "\n")
    return "\(verb)/\(schema.id)/\(SM3.digest(text))"
  }

  /// The report that lets the edit in; thrown is what does not.
  private func admission(
    of draft: DraftID, in map: OneMap, _ scope: Scope
  ) async throws(Problem) -> GateReport {
    let gate = map.gate(for: schema, on: validity.from, isWhole: mode == .state, in: scope)
    let report: GateReport
    do throws(GateError) {
      report = try await gate.examine(
        draft, in: map.store,
        earlier: GateReport(rules: GateRuleBook(for: schema.id, profiles: map.packs.profiles)))
    } catch {
      throw .gate(error, of: schema.id.text)
    }
    try report.rules.check(accepted: why.accepted)
    let accepted = Set(why.accepted)
    guard !report.blocking(accepting: accepted).isEmpty else { return report }
    let finding = report.findings.first { $0.severity == .error && !accepted.contains($0.rule) }
    throw Problem(
      .refused, code: "edit-refused", place: finding?.feature ?? schema.id.text,
      what: finding?.message ?? LocalizedText(zh: "质检未通过", en: "the quality gate refused it"),
      remedy: LocalizedText(zh: "更正后重新提交", en: "mend it and try again"),
      position: finding?.place.map { [$0.x, $0.y] })
  }
}

extension OneMap {
  /// The last commit of a dataset.
  func lastCommit(
    of dataset: DatasetID, in scope: Scope
  ) async throws(Problem) -> CommitNumber {
    let today = try await today()
    return try await asked { store throws(StoreError) in
      try await store.summary(of: dataset, asOf: today, in: scope).commit
    }
  }

  /// A feature as it is on a day, as last recorded.
  func version(
    of id: String, in dataset: DatasetID, on day: LegalDate, _ scope: Scope
  ) async throws(Problem) -> FeatureVersion {
    let state = AsOf(validOn: day, recorded: try await today().recorded)
    let query = FeatureQuery(dataset: dataset, asOf: state, id: id)
    let page = try await asked { store throws(StoreError) in
      try await store.features(query, after: nil, limit: 1, in: scope)
    }
    guard let version = page.versions.first else {
      throw Wording(
        "feature-unknown", "\(day) 没有要素 \(id)", "there is no feature \(id) on \(day)",
        do: "检查标识码与日期；用 karez history 查看沿革",
        "check the identifier and the day; see karez history"
      ).problem(.notFound, at: dataset.text)
    }
    return version
  }
}
