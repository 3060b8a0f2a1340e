import KarezCore
import KarezStore
import TestSupport
import Testing

/// A reader's scope is part of every query; what it does not reach does not exist.
@Suite struct ScopeContractTests {
  static func prepared(_ store: any OneMapStore) async throws -> DatasetID {
    let dataset = try Fixture.dataset("land-patches")
    try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
    let rows = try (1...4).map {
      DraftRow(row: Int64($0), feature: try Fixture.feature("f\($0)", $0))
    }
    try await store.importing(rows, into: dataset, .state, from: Fixture.day(0), key: "a")
    return dataset
  }

  @Test(arguments: StoreEngine.all)
  func `a dataset above the ceiling is like one that was never made`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try await Self.prepared(store)
      let scope = Scope(ceiling: .public)
      let asOf = AsOf(validOn: Fixture.day(0), recorded: try .number(1))
      let query = FeatureQuery(dataset: dataset, asOf: asOf)
      let plan = DraftPlan(
        dataset: dataset, mode: .state, validity: try #require(Validity(from: Fixture.day(0))),
        lineage: Fixture.lineage)
      #expect(try await store.schemas(in: scope) == [])
      let never = StoreError.noSuchDataset(dataset)
      await #expect(throws: never) {
        try await store.features(query, after: nil, limit: 1, in: scope)
      }
      await #expect(throws: never) { try await store.summary(of: dataset, asOf: asOf, in: scope) }
      await #expect(throws: never) { try await store.commits(of: dataset, in: scope) }
      await #expect(throws: never) { try await store.openDraft(plan, by: .operator, in: scope) }
      await #expect(throws: never) {
        try await store.define(Fixture.schema(dataset), by: .operator, in: scope)
      }
      let unknown = try Fixture.dataset("never-made")
      await #expect(throws: StoreError.noSuchDataset(unknown)) {
        try await store.commits(of: unknown, in: .all)
      }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a reader bound to regions finds and counts only theirs`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try await Self.prepared(store)
      let asOf = AsOf(validOn: Fixture.day(0), recorded: try .number(1))
      let query = FeatureQuery(dataset: dataset, asOf: asOf)
      for (prefixes, expected) in [
        (["65312"], ["f2"]), (["65311", "65314"], ["f1", "f4"]),
        (["6531"], ["f1", "f2", "f3", "f4"]),
        (["9"], []), ([], []), (["65312%"], []), (["%"], []), (["6531_"], []),
      ] {
        let scope = Scope(ceiling: .confidential, regionPrefixes: prefixes)
        #expect(try await store.ids(query, in: scope) == expected, "\(prefixes)")
        let summary = try await store.summary(of: dataset, asOf: asOf, in: scope)
        #expect(summary.features == expected.count, "\(prefixes)")
        #expect((summary.extent == nil) == expected.isEmpty)
      }
      var precise = query
      precise.id = "f1"
      let other = Scope(ceiling: .confidential, regionPrefixes: ["65312"])
      #expect(try await store.ids(precise, in: other) == [])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a reader bound to regions cannot end what they do not see`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try await Self.prepared(store)
      let plan = DraftPlan(
        dataset: dataset, mode: .state, validity: try #require(Validity(from: Fixture.day(1))),
        lineage: Fixture.lineage)
      let bound = Scope(ceiling: .confidential, regionPrefixes: ["65312"])
      await #expect(throws: StoreError.scopeTooNarrow(dataset)) {
        try await store.openDraft(plan, by: .operator, in: bound)
      }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `attributes above the ceiling are neither shown nor named`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try await Self.prepared(store)
      let scope = Scope(ceiling: .internal)
      let query = FeatureQuery(
        dataset: dataset, asOf: AsOf(validOn: Fixture.day(0), recorded: try .number(1)))
      let page = try await store.features(query, after: nil, limit: 10, in: scope)
      #expect(page.versions.count == 4)
      #expect(page.versions.allSatisfy { $0.feature.attributes["owner"] == nil })
      #expect(page.versions.allSatisfy { $0.feature.attributes["floors"] != nil })
      let shown = try #require(try await store.schemas(in: scope).first)
      #expect(!shown.attributes.map(\.name).contains("owner"))
      #expect(
        try await store.schemas(in: .all).first?.attributes.map(\.name).contains("owner") == true)
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a schema may grow at its end, and nowhere else`(engine: StoreEngine) async throws {
    try await engine.withStore { store in
      let dataset = try await Self.prepared(store)
      let name = LocalizedText(zh: "备注", en: "note")
      let more = Attribute(name: "note", title: name, type: .text)
      try await store.define(Fixture.schema(dataset, more: [more]), by: .operator, in: .all)
      #expect(try await store.schemas(in: .all) == [Fixture.schema(dataset, more: [more])])
      var grown = try Fixture.feature("f5", 5)
      grown = Feature(
        id: grown.id, geometry: grown.geometry,
        attributes: grown.attributes.merging(["note": .text("新")]) { $1 })
      try await store.importing(
        [DraftRow(row: 1, feature: grown)], into: dataset, .changes, from: Fixture.day(1),
        key: "b")
      let query = FeatureQuery(
        dataset: dataset, asOf: AsOf(validOn: Fixture.day(1), recorded: try .number(2)))
      let page = try await store.features(query, after: nil, limit: 10, in: .all)
      #expect(page.versions.last?.feature == grown)
      #expect(try await store.verifyLog { _ in }.faults == [])
      for other in [
        Fixture.schema(dataset), Fixture.schema(dataset, isOpen: true, more: [more]),
        Fixture.schema(dataset, geometry: .point, more: [more]),
        Fixture.schema(dataset, more: [Attribute(name: "note", title: name, type: .integer)]),
      ] {
        await #expect(throws: StoreError.datasetDefinedOtherwise(dataset)) {
          try await store.define(other, by: .operator, in: .all)
        }
      }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `answers are kept with their digest in the log`(engine: StoreEngine) async throws {
    try await engine.withStore { store in
      try await store.keepAnswer(
        id: "a1", digest: "sm3:00", json: "{\"a\":1}", by: .operator, in: .all)
      #expect(try await store.answer(id: "a1", in: .all) == "{\"a\":1}")
      #expect(try await store.answer(id: "a2", in: .all) == nil)
      let entry = try #require(try await store.logEntries(after: 0, limit: 1).first)
      #expect(entry.kind == "answer" && entry.body["digest"]?.string == "sm3:00")
      await #expect(throws: StoreError.self) {
        try await store.keepAnswer(id: "a1", digest: "sm3:01", json: "{}", by: .operator, in: .all)
      }
      #expect(try await store.answer(id: "a1", in: .all) == "{\"a\":1}")
      #expect(try await store.logEntries(after: 1, limit: 1).isEmpty)
    }
  }
}
