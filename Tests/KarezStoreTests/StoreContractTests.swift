import Foundation
import KarezCore
import KarezGeometry
import KarezStore
import TestSupport
import Testing

/// What every engine promises besides the history of features.
@Suite struct StoreContractTests {
  @Test(arguments: StoreEngine.all)
  func `a feature comes back as it was recorded`(engine: StoreEngine) async throws {
    try await engine.withStore { store in
      let dataset = try Fixture.dataset("land-patches")
      try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
      let feature = try Fixture.feature("f", 3)
      let receipt = try await store.importing(
        [DraftRow(row: 1, feature: feature)], into: dataset, .state, from: Fixture.day(0),
        key: "a")
      #expect(receipt.commit?.value == 1)
      let query = FeatureQuery(
        dataset: dataset, asOf: AsOf(validOn: Fixture.day(0), recorded: try .number(1)))
      let page = try await store.features(query, after: nil, limit: 10, in: .all)
      let version = try #require(page.versions.first)
      #expect(page.versions.count == 1 && page.next == nil)
      #expect(version.feature == feature)
      #expect(version.validity == Validity(from: Fixture.day(0)))
      #expect(version.recordedFrom.value == 1)
      guard case .polygons(let multi)? = feature.geometry else { return }
      #expect(version.statutoryArea == multi.statutoryArea())
    }
  }

  @Test(arguments: StoreEngine.all)
  func `what no engine can keep is left out before it is hashed`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try Fixture.dataset("land-patches")
      try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
      let odd = Feature(
        id: "f\u{0}g", geometry: .points([Position(x: .nan, y: 1)]),
        attributes: [
          "share": .decimal(.nan), "owner": .text("a\u{0}b"), "unheard_of": .integer(1),
        ])
      try await store.importing(
        [DraftRow(row: 1, feature: odd)], into: dataset, .state, from: Fixture.day(0), key: "a")
      let page = try await store.features(
        FeatureQuery(
          dataset: dataset, asOf: AsOf(validOn: Fixture.day(0), recorded: try .number(1))),
        after: nil, limit: 10, in: .all)
      #expect(
        page.versions.first?.feature
          == Feature(id: "f", geometry: nil, attributes: ["owner": .text("a")]))
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a value of another type than the schema's is refused with its place`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try Fixture.dataset("land-patches")
      try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
      let wrong = Feature(id: "f", geometry: nil, attributes: ["floors": .text("three")])
      await #expect(throws: StoreError.corrupt(what: "row 7: floors")) {
        try await store.importing(
          [DraftRow(row: 7, feature: wrong)], into: dataset, .state, from: Fixture.day(0),
          key: "a")
      }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `an open dataset keeps attributes no schema names, with their types`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try Fixture.dataset("polygons")
      try await store.define(
        Fixture.schema(dataset, isOpen: true), by: .operator, in: .all)
      let attributes: [String: AttributeValue] = [
        "number": .text("f"), "FARM_NO": .text("0103"), "N": .integer(9_007_199_254_740_993),
        "D": .decimal(2), "B": .boolean(false), "T": .date(Fixture.day(1)), "空": .text("是"),
      ]
      let feature = Feature(id: "f", geometry: nil, attributes: attributes)
      try await store.importing(
        [DraftRow(row: 1, feature: feature)], into: dataset, .state, from: Fixture.day(0),
        key: "a")
      let page = try await store.features(
        FeatureQuery(
          dataset: dataset, asOf: AsOf(validOn: Fixture.day(0), recorded: try .number(1))),
        after: nil, limit: 10, in: .all)
      #expect(page.versions.first?.feature == feature)
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `windows, ids and least areas choose features`(engine: StoreEngine) async throws {
    try await engine.withStore { store in
      let dataset = try Fixture.dataset("land-patches")
      try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
      let rows = try (1...9).map {
        DraftRow(row: Int64($0), feature: try Fixture.feature("f\($0)", $0))
      }
      try await store.importing(rows, into: dataset, .state, from: Fixture.day(0), key: "a")
      var query = FeatureQuery(
        dataset: dataset, asOf: AsOf(validOn: Fixture.day(0), recorded: try .number(1)))
      query.window = BoundingBox(minX: 76.031, minY: 39.001, maxX: 76.041, maxY: 39.002)
      #expect(try await store.ids(query) == ["f3", "f4"])
      query.window = nil
      query.id = "f7"
      #expect(try await store.ids(query) == ["f7"])
      query.id = "f7' OR '1'='1"
      #expect(try await store.ids(query) == [])
      query.id = nil
      query.minimumArea = .hectares(1_000)
      #expect(try await store.ids(query) == [])
      query.minimumArea = .hectares(1)
      #expect(try await store.ids(query).count == 9)
    }
  }

  @Test(arguments: StoreEngine.all)
  func `the same key twice records once and answers the same`(engine: StoreEngine) async throws {
    try await engine.withStore { store in
      let dataset = try Fixture.dataset("land-patches")
      try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
      let first = try await store.importing(
        [DraftRow(row: 1, feature: try Fixture.feature("f", 1))], into: dataset, .state,
        from: Fixture.day(0), key: "once")
      let second = try await store.importing(
        [DraftRow(row: 1, feature: try Fixture.feature("f", 2))], into: dataset, .state,
        from: Fixture.day(0), key: "once")
      #expect(first == second)
      #expect(try await store.lastCommit().value == 1)
      #expect(try await store.commits(of: dataset, in: .all).count == 1)
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a commit the caller has not seen is a conflict, and the draft stays`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try Fixture.dataset("land-patches")
      try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
      try await store.importing(
        [DraftRow(row: 1, feature: try Fixture.feature("f", 1))], into: dataset, .state,
        from: Fixture.day(0), key: "a", expected: CommitNumber.none)
      let plan = DraftPlan(
        dataset: dataset, mode: .changes,
        validity: try #require(Validity(from: Fixture.day(1))), lineage: Fixture.lineage)
      let draft = try await store.openDraft(plan, by: .operator, in: .all)
      try await store.append([DraftRow(row: 1, feature: try Fixture.feature("f", 2))], to: draft)
      await #expect(
        throws: StoreError.conflict(dataset, expected: .none, found: try .number(1))
      ) {
        try await store.commit(
          draft, CommitOrder(reason: "r", idempotencyKey: "b", expected: CommitNumber.none),
          by: .operator, in: .all)
      }
      let receipt = try await store.commit(
        draft, CommitOrder(reason: "r", idempotencyKey: "b", expected: try .number(1)),
        by: .operator, in: .all)
      #expect(receipt.commit?.value == 2)
      await #expect(throws: StoreError.noSuchDraft(draft)) {
        try await store.discard(draft)
      }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `an empty state and a feature twice are refused, and nothing is written`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try Fixture.dataset("land-patches")
      try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
      await #expect(throws: StoreError.emptyState(dataset)) {
        try await store.importing([], into: dataset, .state, from: Fixture.day(0), key: "a")
      }
      let feature = try Fixture.feature("f", 1)
      await #expect(throws: StoreError.duplicateIdentifier(dataset, id: "f", row: 3)) {
        try await store.importing(
          [
            DraftRow(row: 1, feature: feature),
            DraftRow(row: 2, feature: try Fixture.feature("g", 1)),
            DraftRow(row: 3, feature: feature),
          ], into: dataset, .state, from: Fixture.day(0), key: "b")
      }
      #expect(try await store.lastCommit() == .none)
      #expect(try await store.logEntries(after: 0, limit: 10).map(\.kind) == ["dataset-defined"])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `drafts page and meet windows, and no reader of the map sees them`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try Fixture.dataset("land-patches")
      try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
      let plan = DraftPlan(
        dataset: dataset, mode: .state, validity: try #require(Validity(from: Fixture.day(0))),
        lineage: Fixture.lineage)
      let draft = try await store.openDraft(plan, by: .operator, in: .all)
      let source = try Geometry.polygons(Shapes.square(x: 500_000, y: 4_300_000, side: 10))
      let rows = try (1...5).map {
        DraftRow(
          row: Int64($0), feature: try Fixture.feature("f\($0)", $0), ends: $0 == 5,
          source: source)
      }
      try await store.append(Array(rows[..<3]), to: draft)
      try await store.append(Array(rows[3...]), to: draft)
      let page = try await store.rows(of: draft, after: 1, limit: 3)
      #expect(page.map(\.row) == [2, 3, 4])
      #expect(page.map(\.feature) == rows[1...3].map(\.feature))
      #expect(page.allSatisfy { $0.source == source && !$0.ends })
      let met = try await store.rows(
        of: draft, meeting: BoundingBox(minX: 76.041, minY: 39, maxX: 76.051, maxY: 39.1))
      #expect(met.map(\.row) == [4, 5])
      #expect(met.map(\.ends) == [false, true])
      let summary = try await store.summary(
        of: dataset, asOf: AsOf(validOn: Fixture.day(0), recorded: .none), in: .all)
      #expect(summary.features == 0 && summary.extent == nil)
      try await store.discard(draft)
      await #expect(throws: StoreError.noSuchDraft(draft)) {
        try await store.rows(of: draft, after: 0, limit: 1)
      }
    }
  }

  @Test(arguments: StoreEngine.all, [CommitMode.state, .changes])
  func `what is recorded first is the same whatever numbers its rows have`(
    engine: StoreEngine, mode: CommitMode
  ) async throws {
    try await engine.withStore { store in
      // Identifiers that rise, and others; in both nobody may stand twice.
      for (name, ids) in [("rising", ["a", "b", "ba", "c"]), ("mixed", ["b", "c", "a", "ba"])] {
        var commits: [CommitRecord] = []
        for step in [1, 2] as [Int64] {
          let dataset = try Fixture.dataset("\(name)-\(step)")
          try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
          let rows = try ids.enumerated().map { place, id in
            DraftRow(row: Int64(place + 1) * step, feature: try Fixture.feature(id, place))
          }
          try await store.importing(
            rows, into: dataset, mode, from: Fixture.day(0), key: "\(dataset)")
          commits += try await store.commits(of: dataset, in: .all)
          let page = try await store.features(
            FeatureQuery(
              dataset: dataset,
              asOf: AsOf(validOn: Fixture.day(0), recorded: try await store.lastCommit())),
            after: nil, limit: 10, in: .all)
          #expect(page.versions.map(\.feature) == rows.map(\.feature))
          #expect(page.versions.map(\.row) == [1, 2, 3, 4])
        }
        #expect(commits.map(\.inserted) == [4, 4])
        #expect(commits[0].sm3 == commits[1].sm3)
      }
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a confirmed state writes nothing, yet is the newest there is`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try Fixture.dataset("land-patches")
      try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
      let rows = [DraftRow(row: 1, feature: try Fixture.feature("f", 1))]
      try await store.importing(rows, into: dataset, .state, from: Fixture.day(0), key: "a")
      let again = try await store.importing(
        rows, into: dataset, .state, from: Fixture.day(2), key: "b")
      #expect(again == CommitReceipt(commit: nil, inserted: 0, changed: 0, ended: 0))
      let summary = try await store.summary(
        of: dataset, asOf: AsOf(validOn: Fixture.day(4), recorded: try .number(1)), in: .all)
      #expect(summary.currentTo == Fixture.day(2))
      #expect(summary.commit.value == 1 && summary.features == 1)
      #expect(summary.extent == rows[0].feature.geometry?.boundingBox)
      let kinds = try await store.logEntries(after: 0, limit: 10).map(\.kind)
      #expect(kinds == ["dataset-defined", "commit", "commit-unchanged"])
      // It has said what holds from that day on, so a correction before it ends there.
      try await store.importing(
        [DraftRow(row: 1, feature: try Fixture.feature("f", 2))], into: dataset, .changes,
        from: Fixture.day(1), key: "c")
      let found = try await store.contents(
        of: dataset, on: Fixture.day(2), at: try .number(2))
      #expect(found == ["f": 1])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `the register tells what every commit did and where it came from`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try Fixture.dataset("land-patches")
      try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
      try await store.importing(
        [
          DraftRow(row: 1, feature: try Fixture.feature("f", 1)),
          DraftRow(row: 2, feature: try Fixture.feature("g", 1)),
        ], into: dataset, .state, from: Fixture.day(3), key: "a")
      try await store.importing(
        [
          DraftRow(row: 1, feature: try Fixture.feature("f", 2)),
          DraftRow(row: 2, feature: try Fixture.feature("h", 2)),
        ], into: dataset, .state, from: Fixture.day(1), key: "b")
      let commits = try await store.commits(of: dataset, in: .all)
      #expect(commits.map(\.commit.value) == [1, 2])
      #expect(commits.map(\.inserted) == [2, 2])
      #expect(commits[1].validity == Validity(from: Fixture.day(1), until: Fixture.day(3)))
      #expect(commits[1].lineage == Fixture.lineage)
      #expect(commits[1].recordedAt == Fixture.clock())
      #expect(commits[0].sm3.utf8.count == 64 && commits[0].sm3 != commits[1].sm3)
    }
  }
}

extension CommitNumber {
  static func number(_ value: Int) throws -> CommitNumber { try #require(CommitNumber(value)) }
}

extension OneMapStore {
  func ids(_ query: FeatureQuery, in scope: Scope = .all) async throws -> [String] {
    try await features(query, after: nil, limit: 100, in: scope).versions.map(\.feature.id)
  }
}
