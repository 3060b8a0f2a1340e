import Foundation
import KarezCore
import KarezGeometry
import KarezStore
import TestSupport
import Testing

/// A layer of a draft becomes the layer file of what is recorded, and only where it is the same.
@Suite struct KeptLayerTests {
  /// Records features, with a layer of the draft's kept where `keeps` says so.
  static func record(
    _ features: [Feature], of dataset: DatasetID, key: String, in store: any OneMapStore,
    until: LegalDate? = nil, layingOnly count: Int? = nil, keeps: Bool
  ) async throws {
    let rows = features.enumerated().map { DraftRow(row: Int64($0 + 1), feature: $1) }
    let plan = DraftPlan(
      dataset: dataset, mode: .state,
      validity: try #require(Validity(from: Fixture.day(0), until: until)),
      lineage: Fixture.lineage)
    let draft = try await store.openDraft(plan, by: .operator, in: .all)
    try await store.append(rows, to: draft)
    if keeps, let columns = try await store.columns(of: draft) {
      let writer = LayerWriter(
        columns: columns.names, spoolingIn: FileManager.default.temporaryDirectory.path)
      var values: [String] = []
      for row in rows.prefix(count ?? rows.count) {
        columns.put(row.values, isInOrder: false, into: &values) {
          writer.valueCount(ofColumn: $0)
        }
        guard case .polygons(let polygons)? = row.geometry else { continue }
        try writer.append(row: row.row, id: row.id, values: values, polygons)
      }
      try store.keep(try writer.finishUnnamed(), of: draft)
    }
    _ = try await store.commit(
      draft, CommitOrder(reason: "test", idempotencyKey: key), by: .operator, in: .all)
  }

  /// The bytes of a dataset's layer file after its header, which names the time it was made.
  static func file(in folder: URL, _ commit: Int = 1) throws -> Data {
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    let file = (files?.allObjects as? [URL] ?? []).first {
      $0.lastPathComponent == "\(commit).layer"
    }
    return try Data(contentsOf: #require(file)).dropFirst(512)
  }

  static let engines = StoreEngine.kinds.flatMap { kind in
    [4_096, 1].map { most in
      StoreEngine(
        kind: kind,
        policy: SnapshotPolicy(
          mostRows: 0, share: 0, mostBytes: 0, mostValues: most, isMadeInBackground: false))
    }
  }

  @Test(arguments: engines)
  func `the file is the same byte for byte as one made of the rows`(
    engine: StoreEngine
  ) async throws {
    for until in [nil, Fixture.day(2)] {
      var made: [Data] = []
      for keeps in [false, true] {
        try await engine.withPlace { place in
          let store = try await engine.open(place)
          let dataset = try Fixture.dataset("land-patches")
          try await store.define(LayerFixture.schema(dataset), by: .operator, in: .all)
          let features = try (0..<40).map { try LayerFixture.feature("f\($0)", $0) }
          try await Self.record(
            features, of: dataset, key: "a", in: store, until: until, keeps: keeps)
          made.append(try Self.file(in: place.folder))
          let asOf = AsOf(validOn: Fixture.day(1), recorded: try .number(1))
          let shown = try await LayerFixture.shown(by: store, dataset, asOf, near: nil, in: .all)
          #expect(try await store.read(dataset, asOf, in: .all) == shown)
          #expect(shown.count == 40)
        }
      }
      #expect(made.count == 2 && made[0] == made[1])
      #expect(!made[0].isEmpty)
    }
  }

  @Test(arguments: engines)
  func `a layer that lacks a row is not used`(engine: StoreEngine) async throws {
    try await engine.withPlace { place in
      let store = try await engine.open(place)
      let dataset = try Fixture.dataset("land-patches")
      try await store.define(LayerFixture.schema(dataset), by: .operator, in: .all)
      let features = try (0..<9).map { try LayerFixture.feature("f\($0)", $0) }
      try await Self.record(
        features, of: dataset, key: "a", in: store, layingOnly: 8, keeps: true)
      let asOf = AsOf(validOn: Fixture.day(0), recorded: try .number(1))
      let shown = try await LayerFixture.shown(by: store, dataset, asOf, near: nil, in: .all)
      #expect(shown.count == 9)
    }
  }

  @Test(arguments: StoreEngine.all)
  func `only the first state of a dataset is laid down for its file`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try Fixture.dataset("land-patches")
      try await store.define(LayerFixture.schema(dataset), by: .operator, in: .all)
      func columns(_ mode: CommitMode) async throws -> [String]? {
        let plan = DraftPlan(
          dataset: dataset, mode: mode,
          validity: try #require(Validity(from: Fixture.day(0))), lineage: Fixture.lineage)
        let draft = try await store.openDraft(plan, by: .operator, in: .all)
        let names = try await store.columns(of: draft)?.names
        try await store.discard(draft)
        return names
      }
      #expect(try await columns(.state) == ["/days", "/region", "grade"])
      #expect(try await columns(.changes) == nil)
      try await store.importing(
        [DraftRow(row: 1, feature: try LayerFixture.feature("a", 1))], into: dataset, .state,
        from: Fixture.day(0), key: "a")
      #expect(try await columns(.state) == nil)
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a row by the places of its schema is the row by names`(engine: StoreEngine) async throws {
    var said: [[String]] = []
    for isOpen in [false, true] {
      for isInOrder in [false, true] {
        try await engine.withStore { store in
          let dataset = try Fixture.dataset("land-patches")
          let schema = Fixture.schema(dataset, isOpen: isOpen)
          try await store.define(schema, by: .operator, in: .all)
          let order = AttributeOrder(of: schema)
          let rows = try (1...5).map { number -> DraftRow in
            let plain = try Fixture.feature("f\(number)", number)
            let rest: [String: AttributeValue] = isOpen ? ["more": .integer(7)] : [:]
            let ordered = order.names.map { plain.attributes[$0] ?? .null }
            let values =
              isInOrder
              ? RowValues(ordered, in: order, rest: rest)
              : RowValues(plain.attributes.merging(rest) { _, new in new })
            #expect(values.named == plain.attributes.merging(rest) { _, new in new })
            return DraftRow(
              row: Int64(number), id: plain.id, geometry: plain.geometry, values: values)
          }
          try await store.importing(
            rows, into: dataset, .state, from: Fixture.day(0), key: "a")
          said.append(try await store.commits(of: dataset, in: .all).map(\.sm3))
        }
      }
    }
    #expect(said.count == 4 && said[0] == said[1] && said[2] == said[3] && said[0] != said[2])
  }
}
