import Foundation
import GRDB
import KarezCore
import KarezStore
import TestSupport
import Testing

/// Definitions of datasets: kept whole, and those of older data folders kept as they were.
@Suite struct DefinitionTests {
  static let text = LocalizedText(zh: "图斑", en: "land patches")
  static let entry = CatalogueEntry(
    summary: LocalizedText(zh: "一句话", en: "one sentence", ug: "بىر جۈملە"), cycle: .fiveYearly,
    basis: [LegalBasis(law: "cn/sample/2019", article: "26(1)")])

  static func schema(_ id: DatasetID, entry: CatalogueEntry?) throws -> DatasetSchema {
    let counties = try Fixture.dataset("counties")
    return DatasetSchema(
      id: id, title: text, steward: text, theme: "survey", classification: .internal,
      geometry: .polygon, isCoverage: true, identifier: "number",
      attributes: [
        Attribute(
          name: "number", title: text, type: .text, isRequired: true, isUnique: true,
          limits: AttributeLimits(length: 18)),
        Attribute(
          name: "share", title: text, type: .decimal,
          limits: AttributeLimits(minimum: -0.5, maximum: 100)),
        Attribute(
          name: "village", title: text, type: .text,
          references: FeatureReference(dataset: counties, digits: 6)),
        Attribute(
          name: "county", title: text, type: .text, references: FeatureReference(dataset: counties)),
      ], entry: entry)
  }

  @Test(arguments: StoreEngine.all)
  func `a schema comes back with its limits, references and catalogue entry`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let first = try Self.schema(Fixture.dataset("a"), entry: Self.entry)
      let second = try Self.schema(Fixture.dataset("b"), entry: nil)
      for schema in [first, second] { try await store.define(schema, by: .operator, in: .all) }
      #expect(try await store.schemas(in: .all) == [first, second])
      let narrow = Scope(ceiling: .internal)
      #expect(try await store.schemas(in: narrow).first?.entry == Self.entry)
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a dataset of an older folder gets its catalogue entry by being defined again`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let id = try Fixture.dataset("a")
      try await store.define(Self.schema(id, entry: nil), by: .operator, in: .all)
      let schema = try Self.schema(id, entry: Self.entry)
      try await store.define(schema, by: .operator, in: .all)
      #expect(try await store.schemas(in: .all) == [schema])
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  static let firstForm = """
    {"attributes":[{"aliases":[],"classification":"internal","codes":null,"format":null,\
    "isRequired":true,"isUnique":true,"name":"number","source":"BSM","title":{"en":"number",\
    "zh":"标识码"},"type":"text","unit":null}],"classification":"internal","geometry":"none",\
    "id":"a","identifier":"number","isCoverage":false,"isOpen":false,"region":null,\
    "steward":{"en":"land patches","zh":"图斑"},"theme":"survey",\
    "title":{"en":"land patches","zh":"图斑"}}
    """

  private func plain() throws -> DatasetSchema {
    DatasetSchema(
      id: try Fixture.dataset("a"), title: Self.text, steward: Self.text, theme: "survey",
      classification: .internal, geometry: .none, isCoverage: false, identifier: "number",
      attributes: [
        Attribute(
          name: "number", title: LocalizedText(zh: "标识码", en: "number"), type: .text,
          isRequired: true, isUnique: true, source: "BSM")
      ])
  }

  @Test func `a definition that uses nothing new is written as it was before`() async throws {
    try await Places.withTemporaryFolder { folder in
      let schema = try plain()
      do {
        let store = try SQLiteStore(folder: folder, clock: Fixture.clock)
        try await store.define(schema, by: .operator, in: .all)
      }
      let file = folder.appending(path: "karez.gpkg").path
      let stored = try await DatabaseQueue(path: file).read {
        try String.fetchOne($0, sql: "SELECT definition FROM karez_dataset")
      }
      #expect(stored == Self.firstForm)
    }
  }

  @Test(arguments: [
    ("\"theme\"", "\"cycle\":\"weekly\",\"theme\""),
    ("\"theme\"", "\"cycle\":\"yearly\",\"theme\""),
    (
      "\"theme\"",
      "\"basis\":[{\"law\":\"x\"}],\"cycle\":\"yearly\",\"summary\":{\"en\":\"a\",\"zh\":\"b\"},\"theme\""
    ),
  ])
  func `a definition with half a catalogue entry is corrupt, not shortened`(
    old: String, new: String
  ) async throws {
    try await Places.withTemporaryFolder { folder in
      do {
        let store = try SQLiteStore(folder: folder, clock: Fixture.clock)
        try await store.define(plain(), by: .operator, in: .all)
      }
      let file = folder.appending(path: "karez.gpkg").path
      try await DatabaseQueue(path: file).write { db in
        try db.execute(
          sql: "UPDATE karez_dataset SET definition = ?",
          arguments: [Self.firstForm.replacingOccurrences(of: old, with: new)])
      }
      let store = try SQLiteStore(folder: folder, clock: Fixture.clock)
      await #expect(throws: StoreError.corrupt(what: "dataset definition")) {
        try await store.schemas(in: .all)
      }
    }
  }
}
