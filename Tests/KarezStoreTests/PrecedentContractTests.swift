import KarezCore
import KarezGeometry
import KarezStore
import Testing

/// How features were last recorded, whether they have ended or not.
@Suite struct PrecedentContractTests {
  @Test(arguments: StoreEngine.all)
  func `an engine finds what a search through the days finds`(engine: StoreEngine) async throws {
    try await engine.withStore { store in
      let dataset = try Fixture.dataset("land-patches")
      try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
      let states: [(day: Int, features: [(String, Int)])] = [
        (0, [("a", 1), ("b", 2)]), (2, [("a", 3)]), (4, [("a", 3), ("b", 5), ("c", 6)]),
        (1, [("b", 7), ("d", 8)]),
      ]
      for state in states {
        let rows = try state.features.enumerated().map { index, feature in
          DraftRow(row: Int64(index + 1), feature: try Fixture.feature(feature.0, feature.1))
        }
        try await store.importing(
          rows, into: dataset, .state, from: Fixture.day(state.day), key: "\(state.day)")
      }
      let ids = ["a", "b", "c", "d", "never"]
      var examined = 0
      for commit in 1...4 {
        for day in 0..<6 {
          let asOf = AsOf(validOn: Fixture.day(day), recorded: try .number(commit))
          let found = try await store.precedents(of: ids, of: dataset, asOf: asOf, in: .all)
          let searched = try await store.searchedPrecedents(
            of: ids, of: dataset, asOf: asOf, in: .all)
          #expect(found == searched, "commit \(commit), day \(day)")
          examined += found.count
        }
      }
      #expect(examined > 30)
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a feature that ended is known with the day it ended and where it lay`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try Fixture.dataset("land-patches")
      try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
      let (one, two) = (try Fixture.feature("a", 1), try Fixture.feature("b", 2))
      for (day, features) in [(0, [one, two]), (1, [two])] {
        let rows = features.enumerated().map { DraftRow(row: Int64($0 + 1), feature: $1) }
        try await store.importing(
          rows, into: dataset, .state, from: Fixture.day(day), key: "\(day)")
      }
      let asOf = AsOf(validOn: Fixture.day(1), recorded: try .number(2))
      let found = try await store.precedents(
        of: ["a", "b", "c"], of: dataset, asOf: asOf, in: .all)
      #expect(
        found == [
          "a": Precedent(endedOn: Fixture.day(1), box: one.geometry?.boundingBox),
          "b": Precedent(endedOn: nil, box: two.geometry?.boundingBox),
        ])
    }
  }
}
