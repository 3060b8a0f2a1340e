import Foundation
import KarezCatalog
import KarezCore
import KarezGeometry
import KarezPacks
import KarezRules
import KarezStore
import TestSupport
import Testing

/// A One Map with the standard packs, and submissions to it as an import makes them.
struct Submission {
  let store: any OneMapStore
  let packs: PackLibrary
  let scratch: String

  /// Read once; every submission is to the same packs.
  private static let library = Result {
    try PackLibrary.load(from: Places.repository.appending(path: "Packs").path)
  }

  static func with(_ body: (Submission) async throws -> Void) async throws {
    try await Places.withTemporaryFolder { folder in
      let packs = try library.get()
      let store = try SQLiteStore(folder: folder) { "2025-03-01T08:00:00Z" }
      for schema in packs.schemas { try await store.define(schema, by: .operator, in: .all) }
      try await body(Submission(store: store, packs: packs, scratch: folder.path))
    }
  }

  /// One row as a file has it: texts by field, and a polygon.
  struct Row {
    var values: [String: String]
    var geometry: Geometry?

    init(_ values: [String: String], _ geometry: Geometry? = nil) {
      self.values = values
      self.geometry = geometry
    }
  }

  /// The findings of an examination as `rule row: message`, of rules whose id begins so.
  func findings(
    _ dataset: String, _ rows: [Row], on day: String = "2025-01-01", rules prefix: String
  ) async throws -> [String] {
    let (report, draft) = try await examined(dataset, rows, on: day)
    try await store.discard(draft)
    return report.findings.filter { $0.rule.hasPrefix(prefix) }
      .map { "\($0.rule) \($0.row.map(String.init) ?? "-"): \($0.message.en)" }
  }

  /// Records a state, whatever the gate says.
  func record(_ dataset: String, _ rows: [Row], from day: String) async throws {
    let (_, draft) = try await examined(dataset, rows, on: day)
    _ = try await store.commit(
      draft, CommitOrder(reason: "test", idempotencyKey: dataset + day), by: .operator, in: .all)
  }

  private func examined(
    _ dataset: String, _ rows: [Row], on day: String
  ) async throws -> (GateReport, DraftID) {
    let id = try #require(DatasetID(dataset))
    let schema = try #require(packs.schema(id))
    let from = try #require(LegalDate(day))
    let plan = DraftPlan(
      dataset: id, mode: .state, validity: try #require(Validity(from: from)),
      lineage: Lineage(source: "t", sourceSM3: "0", reader: "test", crs: "test"))
    let draft = try await store.openDraft(plan, by: .operator, in: .all)
    let mapping = FeatureMapping(schema: schema, fields: schema.attributes.map(\.name))
    let vocabulary = packs.ruleBook.vocabulary
    let gate = Gate(
      schema: schema, profiles: packs.profiles,
      setting: Gate.Setting(
        day: from, scratch: scratch, tables: packs.codeTables,
        parameters: Array(vocabulary.parameters.values),
        functions: Array(vocabulary.functions.values)))
    var report = GateReport(rules: gate.rules)
    for (index, row) in rows.enumerated() {
      let mapped = mapping.row(
        Int64(index + 1), fallback: "", geometry: row.geometry,
        values: NamedValues(row.values.mapValues(AttributeValue.text)))
      for finding in mapped.findings { report.note(finding) }
      try await store.append([mapped.row], to: draft)
    }
    return (try await gate.examine(draft, in: store, earlier: report), draft)
  }
}
