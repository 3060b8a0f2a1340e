import Foundation
import KarezCore
import TestSupport
import Testing

@testable import KarezStore

/// 定级: labels that are changed are in force for every call that begins afterwards.
@Suite struct LabelTests {
  static func labels(_ store: any OneMapStore, _ dataset: DatasetID) async throws -> DatasetLabels {
    try #require(try await store.schemas(in: .all).first { $0.id == dataset }).labels
  }

  static func batch(_ key: String) -> RecordBatch {
    RecordBatch(
      [
        .write(
          PlatformRecord(
            kind: .witnessed("classification"), key: key, state: "decided",
            body: .object(["reason": .string("trial")])))
      ], entry: .init(kind: "dataset-classified", body: [:]))
  }

  /// Puts a dataset, or an attribute of it, on a level.
  static func put(
    _ level: Classification, on attribute: String? = nil, of dataset: DatasetID, key: String,
    in store: any OneMapStore
  ) async throws {
    let from = try await labels(store, dataset)
    var to = from
    if let attribute { to.attributes[attribute] = level } else { to.level = level }
    try await store.put(
      batch(key), relabelling: LabelChange(from: from, to: to), by: .operator)
  }

  @Test(arguments: StoreEngine.all)
  func `a raised level hides the dataset at once, and is in the log and its code`(
    engine: StoreEngine
  ) async throws {
    try await IntegrityTests.withSealed(engine) { sealed, bare, _ in
      let dataset = try AccessModel.dataset(.internal)
      let scope = Scope(ceiling: .internal)
      let asOf = AsOf(validOn: Fixture.day(3), recorded: try .number(12))
      #expect(try await sealed.summary(of: dataset, asOf: asOf, in: scope).features > 0)
      try await Self.put(.confidential, of: dataset, key: "land/1", in: sealed)
      await #expect(throws: StoreError.noSuchDataset(dataset)) {
        try await sealed.summary(of: dataset, asOf: asOf, in: scope)
      }
      #expect(try await !sealed.schemas(in: scope).contains { $0.id == dataset })
      #expect(try await sealed.summary(of: dataset, asOf: asOf, in: .all).features > 0)
      let kinds = try await sealed.logEntries(after: 0, limit: 1_000).map(\.kind).suffix(2)
      #expect(kinds == ["dataset-classified", "dataset-defined"])
      #expect(try await sealed.verifyLog { _ in }.faults == [])
      // Down again, past the program.
      try await bare.writing("tamper") { session in
        try session.script(
          """
          UPDATE karez_dataset SET classification = 'internal',
            definition = replace(definition, '"classification":"confidential"',
              '"classification":"internal"') WHERE id = 'land-internal'
          """)
      }
      let faults = Set(try await sealed.verifyLog { _ in }.faults.map { "\($0.kind) \($0.what)" })
      #expect(faults.contains("code-altered dataset/land-internal"))
      #expect(faults.contains("row-altered dataset land-internal"))
    }
  }

  @Test(arguments: StoreEngine.all)
  func `an attribute's level is its own, and what it rests on must not have changed`(
    engine: StoreEngine
  ) async throws {
    try await engine.withPlace { place in
      let store = try await engine.open(place)
      _ = try await AccessMatrixTests.prepared(store)
      let dataset = try AccessModel.dataset(.internal)
      let before = try await Self.labels(store, dataset)
      let name = try #require(before.attributes.first { $0.value == .public }?.key)
      try await Self.put(.restricted, on: name, of: dataset, key: "land/1", in: store)
      let shown = try #require(
        try await store.schemas(in: Scope(ceiling: .internal)).first { $0.id == dataset })
      #expect(!shown.attributes.contains { $0.name == name })
      var to = before
      to.level = .confidential
      await #expect(throws: StoreError.self, "it rests on labels that are no more") {
        try await store.put(
          Self.batch("land/2"), relabelling: LabelChange(from: before, to: to), by: .operator)
      }
      #expect(try await store.record(.witnessed("classification"), "land/2") == nil)
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a schema raises a level and never lowers one`(engine: StoreEngine) async throws {
    try await engine.withPlace { place in
      let store = try await engine.open(place)
      let dataset = try AccessModel.dataset(.internal)
      let schema = try AccessModel.schema(.internal)
      try await store.define(schema, by: .operator, in: .all)
      func labelled(_ level: Classification) -> DatasetSchema {
        var labels = schema.labels
        labels.level = level
        return schema.labelled(labels)
      }
      for (stated, recorded) in [
        (Classification.restricted, Classification.restricted), (.public, .restricted),
        (.confidential, .confidential), (.internal, .confidential),
      ] {
        try await store.define(labelled(stated), by: .operator, in: .all)
        #expect(try await Self.labels(store, dataset).level == recorded, "\(stated)")
      }
      // Only a decision does.
      try await Self.put(.internal, of: dataset, key: "land/1", in: store)
      #expect(try await Self.labels(store, dataset).level == .internal)
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }
}
