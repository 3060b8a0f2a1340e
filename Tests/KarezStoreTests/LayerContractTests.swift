import KarezCore
import KarezGeometry
import KarezStore
import TestSupport
import Testing

/// Layers show the same polygons as queries do: of every state, to every reader, with or without
/// layer files.
@Suite struct LayerContractTests {
  static let scopes = [
    Scope.all, Scope(ceiling: .public), Scope(ceiling: .confidential, regionPrefixes: ["65311"]),
    Scope(ceiling: .internal, regionPrefixes: ["65312", "9"]),
    Scope(ceiling: .confidential, regionPrefixes: []),
  ]
  static let windows: [BoundingBox?] = [
    nil, BoundingBox(minX: 76.012, minY: 39, maxX: 76.013, maxY: 39.1),
    BoundingBox(minX: 10, minY: 10, maxX: 11, maxY: 11),
  ]

  @Test(arguments: StoreEngine.layered, 0..<3 as Range<UInt64>)
  func `a random history is shown alike by layers and by queries`(
    engine: StoreEngine, seed: UInt64
  ) async throws {
    var random = SplitMix64(seed: seed)
    let dataset = try Fixture.dataset("history")
    try await engine.withPlace { place in
      let store = try await engine.open(place)
      try await store.define(LayerFixture.schema(dataset), by: .operator, in: .all)
      for number in 0..<8 {
        let step = HistoryContractTests.step(using: &random)
        try await store.importing(
          try LayerFixture.rows(step.contents), into: dataset, step.mode,
          from: Fixture.day(step.from), until: step.until.map(Fixture.day), key: "\(number)")
        try await Self.compare(store, dataset, random.next() % 4, since: number)
      }
      for day in 0..<2 { try await Self.compare(store, dataset, UInt64(day * 3)) }
      // Another process finds the same.
      let other = try await engine.open(place)
      try await Self.compare(other, dataset, 1, since: 3)
    }
  }

  /// Compares commits, readers and windows on one day.
  static func compare(
    _ store: any OneMapStore, _ dataset: DatasetID, _ day: UInt64, since first: Int = 0
  ) async throws {
    let last = try await store.lastCommit().value
    for commit in min(first, last)...last + 1 {
      let asOf = AsOf(
        validOn: Fixture.day(Int(day)), recorded: try #require(CommitNumber(commit)))
      for scope in scopes {
        for window in windows {
          let expected = try await store.read(dataset, asOf, near: window, in: scope)
          let shown = try await LayerFixture.shown(
            by: store, dataset, asOf, near: window, in: scope)
          #expect(shown == expected, "\(asOf) \(scope) \(String(describing: window))")
        }
      }
    }
  }

  @Test(arguments: StoreEngine.layered)
  func `a layer says what the summary says`(engine: StoreEngine) async throws {
    try await engine.withStore { store in
      let dataset = try Fixture.dataset("land-patches")
      let points = try Fixture.dataset("hazard-sites")
      let unknown = try Fixture.dataset("never-made")
      try await store.define(LayerFixture.schema(dataset), by: .operator, in: .all)
      try await store.define(
        Fixture.schema(points, geometry: .point), by: .operator, in: .all)
      let rows = try LayerFixture.rows(["a": 1, "b": 2, "c": 3])
      for (key, day) in [("1", 0), ("2", 2), ("3", 4)] {
        // The second and third say the same of later days, which is no commit.
        try await store.importing(rows, into: dataset, .state, from: Fixture.day(day), key: key)
        for recorded in 0...1 {
          for asked in 0..<5 {
            let asOf = AsOf(
              validOn: Fixture.day(asked), recorded: try #require(CommitNumber(recorded)))
            let layers = try await store.layers(
              of: [dataset, points, unknown], asOf: asOf, near: nil, in: .all)
            let layer = try #require(layers[dataset])
            let summary = try await store.summary(of: dataset, asOf: asOf, in: .all)
            #expect(layer.schema == summary.schema)
            #expect(layer.commit == summary.commit)
            #expect(layer.currentTo == summary.currentTo)
            #expect(layers[points]?.parts.isEmpty == true)
            #expect(layers[unknown] == nil)
          }
        }
      }
    }
  }

  @Test(arguments: StoreEngine.layered)
  func `what is above the reader's ceiling is neither shown nor held`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try Fixture.dataset("land-patches")
      let secret = try Fixture.dataset("secret-patches")
      try await store.define(
        LayerFixture.schema(dataset, grade: .restricted), by: .operator, in: .all)
      try await store.define(
        Fixture.schema(secret, classification: .confidential), by: .operator, in: .all)
      for target in [dataset, secret] {
        try await store.importing(
          try LayerFixture.rows(["a": 1, "b": 2, "c": 4]), into: target, .state,
          from: Fixture.day(0), key: "\(target)")
      }
      let asOf = AsOf(validOn: Fixture.day(0), recorded: try .number(2))
      for ceiling in Classification.allCases {
        let scope = Scope(ceiling: ceiling)
        let layers = try await store.layers(
          of: [dataset, secret], asOf: asOf, near: nil, in: scope)
        #expect((layers[secret] != nil) == (ceiling == .confidential))
        let layer = try #require(layers[dataset])
        #expect(layer.schema == scope.shownOf(try await store.schemas(in: scope), dataset))
        for part in layer.parts where ceiling < .restricted {
          #expect(!part.holds("grade"))
          #expect(try part.text(of: "grade", 0) == nil)
        }
      }
    }
  }

  @Test(arguments: StoreEngine.layered)
  func `a state stays what it was while others are recorded`(engine: StoreEngine) async throws {
    try await engine.withStore { store in
      let dataset = try Fixture.dataset("land-patches")
      try await store.define(LayerFixture.schema(dataset), by: .operator, in: .all)
      try await store.importing(
        try LayerFixture.rows(["a": 1, "b": 2, "c": 3]), into: dataset, .state,
        from: Fixture.day(0), key: "0")
      let asOf = AsOf(validOn: Fixture.day(3), recorded: try .number(1))
      let before = try #require(
        try await store.layers(of: [dataset], asOf: asOf, near: nil, in: .all)[dataset])
      let shown = try await LayerFixture.shown(by: store, dataset, asOf, near: nil, in: .all)
      for number in 1...5 {
        try await store.importing(
          try LayerFixture.rows(["a": number + 1, "new\(number)": 7]), into: dataset, .changes,
          from: Fixture.day(0), key: "\(number)")
        #expect(
          try await LayerFixture.shown(by: store, dataset, asOf, near: nil, in: .all) == shown)
        // What was handed out before is still all there.
        let ids = try before.parts.flatMap { part in
          try (0..<part.layer.count).filter(part.shows).map { try part.layer.id(of: $0) }
        }
        #expect(ids.sorted() == ["a", "b", "c"])
      }
    }
  }
}

extension Scope {
  func shownOf(_ schemas: [DatasetSchema], _ dataset: DatasetID) -> DatasetSchema? {
    schemas.first { $0.id == dataset }
  }
}
