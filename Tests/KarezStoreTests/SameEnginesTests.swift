import Foundation
import KarezCore
import KarezGeometry
import KarezStore
import TestSupport
import Testing

/// The same acts give the same digests on every engine, byte for byte.
@Suite(
  .enabled(if: PostgreSQLServer.isInstalled, "PostgreSQL is not installed: nothing to compare with")
)
struct SameEnginesTests {
  /// Everything of a map that must not depend on its engine.
  struct Told: Equatable {
    var entries: [LogEntry]
    var commits: [CommitRecord]
    var versions: [FeatureVersion]
    var shown: [LayerFixture.Shown]
  }

  static func told(_ store: any OneMapStore, _ dataset: DatasetID) async throws -> Told {
    var told = Told(
      entries: try await store.logEntries(after: 0, limit: 1_000),
      commits: try await store.commits(of: dataset, in: .all), versions: [], shown: [])
    let last = try await store.lastCommit().value
    for commit in 0...last {
      for day in 0..<HistoryModel.days {
        let asOf = AsOf(validOn: Fixture.day(day), recorded: try .number(commit))
        let query = FeatureQuery(dataset: dataset, asOf: asOf)
        told.versions += try await store.features(query, after: nil, limit: 1_000, in: .all)
          .versions
        told.shown += try await LayerFixture.shown(
          by: store, dataset, asOf, near: nil, in: .all)
      }
    }
    return told
  }

  @Test(arguments: 0..<12 as Range<UInt64>)
  func `a random history leaves the same log, rows and layers`(seed: UInt64) async throws {
    let dataset = try Fixture.dataset("history")
    var all: [Told] = []
    for engine in StoreEngine.all {
      var random = SplitMix64(seed: seed)
      try await engine.withStore { store in
        try await store.define(LayerFixture.schema(dataset), by: .operator, in: .all)
        for number in 0..<10 {
          let step = HistoryContractTests.step(using: &random)
          try await store.importing(
            try LayerFixture.rows(step.contents), into: dataset, step.mode,
            from: Fixture.day(step.from), until: step.until.map(Fixture.day), key: "\(number)")
        }
        try await store.keepAnswer(id: "a", digest: "sm3:0", json: "{}", by: .operator, in: .all)
        #expect(try await store.verifyLog { _ in }.faults == [])
        all.append(try await Self.told(store, dataset))
      }
    }
    #expect(all[0].versions.count > 10)
    #expect(all[0] == all[1])
  }

  /// Geometries whose bytes another program might think it knows better.
  static func oddities() throws -> [Geometry] {
    let square = try Shapes.square(x: -0.0, y: 0, side: 1)
    let inner = try Shapes.ring([(0.25, 0.25), (0.25, 0.75), (0.75, 0.75), (0.75, 0.25)])
    let bow = try Shapes.ring([(0, 0), (1, 1), (1, 0), (0, 1)])
    let least = Double.leastNonzeroMagnitude
    let tiny = try Shapes.ring([(0, 0), (least, 0), (0, least)])
    return [
      .points([Position(x: -0.0, y: 0)]), .points([Position(x: 1e30, y: -1e30)]),
      .points([Position(x: 1, y: 2), Position(x: 1, y: 2)]),
      .lines([[Position(x: 1, y: 2), Position(x: 1, y: 2)]]),
      .lines([
        [Position(x: 0, y: 0), Position(x: 0.1 + 0.2, y: -0.0)],
        [
          Position(x: 1, y: 1), Position(x: 2, y: 2),
        ],
      ]),
      .polygons(square),
      .polygons(MultiPolygon([Polygon(shell: square.polygons[0].shell, holes: [inner])])),
      .polygons(MultiPolygon([Polygon(shell: bow)])),
      .polygons(MultiPolygon([Polygon(shell: tiny), Polygon(shell: bow)])),
    ]
  }

  @Test(arguments: StoreEngine.all)
  func `no bit of a geometry changes in an engine`(engine: StoreEngine) async throws {
    try await engine.withStore { store in
      for (number, geometry) in try Self.oddities().enumerated() {
        let dataset = try Fixture.dataset("odd-\(number)")
        let schema = Fixture.schema(dataset, geometry: geometry.kind)
        try await store.define(schema, by: .operator, in: .all)
        let feature = Feature(id: "f", geometry: geometry, attributes: [:])
        try await store.importing(
          [DraftRow(row: 1, feature: feature)], into: dataset, .state, from: Fixture.day(0),
          key: "\(number)")
        let asOf = AsOf(validOn: Fixture.day(0), recorded: try await store.lastCommit())
        let page = try await store.features(
          FeatureQuery(dataset: dataset, asOf: asOf), after: nil, limit: 2, in: .all)
        #expect(page.versions.first?.feature.geometry?.wkb() == geometry.wkb(), "\(geometry)")
      }
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }
}
