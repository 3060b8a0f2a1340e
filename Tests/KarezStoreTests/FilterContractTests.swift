import KarezCore
import KarezGeometry
import KarezStore
import Testing

/// A filter means the same on every engine, whatever part of it the engine judges.
@Suite struct FilterContractTests {
  /// Features 1 to 6 of the fixture, and `7`, which states nothing but who it is.
  static func withFeatures(
    _ engine: StoreEngine, _ body: (any OneMapStore, FeatureQuery) async throws -> Void
  ) async throws {
    try await engine.withStore { store in
      let dataset = try Fixture.dataset("land-patches")
      try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
      var rows = try (1...6).map {
        DraftRow(row: Int64($0), feature: try Fixture.feature("\($0)", $0))
      }
      rows.append(
        DraftRow(
          row: 7,
          feature: Feature(id: "7", geometry: nil, attributes: ["number": .text("7")])))
      try await store.importing(rows, into: dataset, .state, from: Fixture.day(0), key: "a")
      let query = FeatureQuery(
        dataset: dataset, asOf: AsOf(validOn: Fixture.day(0), recorded: try .number(1)))
      try await body(store, query)
    }
  }

  static func ids(
    _ query: FeatureQuery, limit: Int = 3, in scope: Scope = .all, _ store: any OneMapStore
  ) async throws -> String {
    var ids = ""
    var cursor: FeatureCursor?
    repeat {
      let page = try await store.features(query, after: cursor, limit: limit, in: scope)
      ids += page.versions.map(\.feature.id).joined()
      cursor = page.next.flatMap { FeatureCursor(text: $0.text) }
      #expect((cursor == nil) == (page.next == nil), "a cursor is what its text says")
    } while cursor != nil
    return ids
  }

  static func property(_ name: String) -> FilterValue { .property(.attribute(name)) }

  static func cases() throws -> [(FeatureFilter, String)] {
    let near = Geometry.polygons(try Shapes.square(x: 76.019, y: 38.999, side: 0.0225))
    let floors = property("floors")
    let isSmall = FeatureFilter.compare(floors, .less, .literal(.integer(3)))
    let meets = FeatureFilter.spatial(.intersects, near)
    let day = FilterDay.day(Fixture.day(2))
    let since = FilterPeriod(
      first: .property(.attribute("since")), last: .property(.attribute("since")))
    return [
      (isSmall, "12"), (.not(isSmall), "3456"), (.constant(true), "1234567"),
      (.constant(false), ""), (.compare(.literal(.integer(3)), .less, floors), "456"),
      (.compare(property("share"), .greaterOrEqual, .literal(.integer(1))), "3456"),
      (.compare(property("kept"), .equal, .literal(.boolean(true))), "246"),
      (.compare(property("since"), .equal, .literal(.date(Fixture.day(2)))), "2"),
      (.like(property("owner"), TextPattern("张_")), "123456"),
      (.like(property("number"), TextPattern("%*%")), ""),
      (.like(property("region"), TextPattern("653%2")), "2"),
      (.between(floors, .literal(.integer(2)), .literal(.integer(4))), "234"),
      (.isIn(property("number"), [.literal(.text("1")), .literal(.text("7"))]), "17"),
      (.isNull(floors), "7"), (.not(.isNull(floors)), "123456"), (.hasNoGeometry, "7"),
      (.compare(.property(.statutoryArea), .greater, .literal(.decimal(1))), "123456"),
      (.isNull(.property(.validUntil)), "1234567"),
      (.compare(.property(.recordedFrom), .equal, .literal(.integer(1))), "1234567"),
      (.temporal(.after, since, FilterPeriod(first: day, last: day)), "34"),
      (.temporal(.intersects, since, FilterPeriod(first: .open, last: day)), "1256"),
      (meets, "234"), (.not(meets), "156"), (.any([meets, isSmall]), "1234"),
      (.all([.not(meets), isSmall]), "1"), (.any([.not(meets), .isNull(floors)]), "1567"),
      (.not(.any([meets, isSmall])), "56"), (.spatial(.disjoint, near), "156"),
      (.spatial(.within, near), "23"), (.spatial(.overlaps, near), "4"),
      (.spatial(.touches, near), ""), (.spatial(.contains, near), ""),
      (.compare(property("nothing"), .equal, .literal(.text("x"))), ""),
    ]
  }

  @Test(arguments: StoreEngine.all)
  func `a statement is stopped when its time is over, whether it comes to a row or not`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try Fixture.dataset("land-patches")
      try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
      // Enough to look at that no engine is done at once.
      let owner = AttributeValue.text(String(repeating: "a", count: 2_000))
      let rows = (1...2_000).map { number in
        DraftRow(
          row: Int64(number),
          feature: Feature(
            id: "\(number)", geometry: nil,
            attributes: ["number": .text("\(number)"), "owner": owner]))
      }
      try await store.importing(rows, into: dataset, .state, from: Fixture.day(0), key: "a")
      var query = FeatureQuery(
        dataset: dataset, asOf: AsOf(validOn: Fixture.day(0), recorded: try .number(1)))
      for (pattern, count) in [("%a%a%a%b%", 0), ("a%", 10)] {
        query.filter = .like(Self.property("owner"), TextPattern(pattern))
        query.within = nil
        let whole = try await store.features(query, after: nil, limit: 10, in: .all)
        #expect(whole.versions.count == count)
        query.within = .zero
        await #expect(throws: StoreError.tookTooLong) {
          try await store.features(query, after: nil, limit: 10, in: .all)
        }
        query.within = .seconds(600)
        let again = try await store.features(query, after: nil, limit: 10, in: .all)
        #expect(again.versions == whole.versions, "and the next has its own time")
      }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `filters find what they say`(engine: StoreEngine) async throws {
    try await Self.withFeatures(engine) { store, query in
      for (filter, expected) in try Self.cases() {
        var query = query
        query.filter = filter
        let found = try await Self.ids(query, store)
        #expect(found == expected, "\(filter)")
      }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `pages follow any order, what is not stated last`(engine: StoreEngine) async throws {
    try await Self.withFeatures(engine) { store, query in
      for (order, expected) in [
        ([FeatureOrder(.attribute("share"), isDescending: true)], "6543217"),
        ([FeatureOrder(.attribute("kept")), FeatureOrder(.attribute("floors"))], "1352467"),
        ([FeatureOrder(.attribute("since")), FeatureOrder(.attribute("number"))], "5162347"),
        (
          [FeatureOrder(.attribute("kept"), isDescending: true), FeatureOrder(.validFrom)],
          "2461357"
        ), ([FeatureOrder(.statutoryArea)], nil),
      ] as [([FeatureOrder], String?)] {
        var query = query
        query.order = order
        for limit in 1...4 {
          let found = try await Self.ids(query, limit: limit, store)
          #expect(found.count == 7 && found.last == "7")
          if let expected { #expect(found == expected, "\(order), \(limit)") }
        }
      }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a hidden attribute is as one that never was`(engine: StoreEngine) async throws {
    try await Self.withFeatures(engine) { store, query in
      let scope = Scope(ceiling: .internal)
      for name in ["owner", "nothing"] {
        for (filter, expected) in [
          (FeatureFilter.isNull(Self.property(name)), "1234567"),
          (.like(Self.property(name), TextPattern("张%")), ""),
          (.not(.like(Self.property(name), TextPattern("张%"))), ""),
        ] {
          var query = query
          query.filter = filter
          let found = try await Self.ids(query, in: scope, store)
          #expect(found == expected, "\(name)")
        }
      }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `of days each feature is shown once, as it was last`(engine: StoreEngine) async throws {
    try await Self.withFeatures(engine) { store, query in
      let changed = DraftRow(row: 1, feature: try Fixture.feature("1", 9))
      try await store.importing(
        [changed], into: query.dataset, .changes, from: Fixture.day(2), key: "b")
      var query = FeatureQuery(
        dataset: query.dataset, asOf: AsOf(validOn: Fixture.day(0), recorded: try .number(2)))
      for (first, last, content) in [
        (0, 1, 1), (0, 2, 9), (2, 3, 9), (nil, nil, 9), (nil, 1, 1),
      ] as [(Int?, Int?, Int)] {
        query.span = DaySpan(first: first.map(Fixture.day), last: last.map(Fixture.day))
        let page = try await store.features(query, after: nil, limit: 100, in: .all)
        #expect(page.versions.count == 7)
        let one = try #require(page.versions.first { $0.feature.id == "1" })
        #expect(Fixture.content(of: one.feature) == content)
      }
    }
  }
}
