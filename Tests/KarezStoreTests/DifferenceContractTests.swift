import KarezCore
import KarezStore
import TestSupport
import Testing

/// What two states show differently, and every version there ever was.
@Suite struct DifferenceContractTests {
  static let scopes = [
    Scope.all, Scope(ceiling: .confidential, regionPrefixes: ["65311"]),
    Scope(ceiling: .internal, regionPrefixes: ["65312", "9"]),
    Scope(ceiling: .confidential, regionPrefixes: []),
  ]

  /// A history to look back on, with some of everything in it.
  static func prepared(
    _ store: any OneMapStore, seed: UInt64, steps count: Int
  ) async throws -> (dataset: DatasetID, model: HistoryModel) {
    var random = SplitMix64(seed: seed)
    let dataset = try Fixture.dataset("history")
    try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
    var model = HistoryModel()
    for number in 0..<count {
      let step = HistoryContractTests.step(using: &random)
      _ = model.apply(step)
      try await store.importing(
        try HistoryContractTests.rows(of: step), into: dataset, step.mode,
        from: Fixture.day(step.from), until: step.until.map(Fixture.day), key: "\(number)")
    }
    return (dataset, model)
  }

  /// What a state shows a reader: the row and the content by id.
  typealias Shown = [String: (row: Int64, content: Int)]

  @Test(arguments: StoreEngine.all, 0..<4 as Range<UInt64>)
  func `every pair of states differs in what reading both would show`(
    engine: StoreEngine, seed: UInt64
  ) async throws {
    try await engine.withStore { store in
      let (dataset, model) = try await Self.prepared(store, seed: seed, steps: 5)
      var found = 0
      for scope in Self.scopes {
        var states: [(asOf: AsOf, shown: Shown)] = []
        for commit in model.known.indices {
          for day in 0..<HistoryModel.days {
            let asOf = AsOf(validOn: Fixture.day(day), recorded: try .number(commit))
            states.append((asOf, try await Self.shown(store, dataset, asOf, in: scope)))
          }
        }
        for from in states {
          for to in states {
            let differences = try await store.allDifferences(
              DifferenceQuery(dataset: dataset, from: from.asOf, to: to.asOf), in: scope)
            #expect(
              Set(differences) == Self.expected(from.shown, to.shown),
              "\(from.asOf) \(to.asOf) \(scope)")
            #expect(Set(differences.map(\.id)).count == differences.count)
            found += differences.count
          }
        }
      }
      #expect(found > 0)
    }
  }

  static func shown(
    _ store: any OneMapStore, _ dataset: DatasetID, _ asOf: AsOf, in scope: Scope
  ) async throws -> Shown {
    let page = try await store.features(
      FeatureQuery(dataset: dataset, asOf: asOf), after: nil, limit: 100, in: scope)
    return Dictionary(
      uniqueKeysWithValues: page.versions.map {
        ($0.feature.id, ($0.row, Fixture.content(of: $0.feature)))
      })
  }

  static func expected(_ from: Shown, _ to: Shown) -> Set<StateDifference> {
    Set(
      Set(from.keys).union(to.keys).compactMap { id in
        let (old, new) = (from[id], to[id])
        guard old?.content != new?.content else { return nil }
        return StateDifference(id: id, from: old?.row, to: new?.row)
      })
  }

  @Test(arguments: StoreEngine.all, 0..<4 as Range<UInt64>)
  func `versions tell every state there ever was, each by the commits that made it`(
    engine: StoreEngine, seed: UInt64
  ) async throws {
    try await engine.withStore { store in
      let (dataset, model) = try await Self.prepared(store, seed: seed, steps: 12)
      let all = try await store.allVersions(
        VersionQuery(dataset: dataset, .features(["a", "b", "c", "nobody"])))
      for (commit, days) in model.known.enumerated() {
        let number = try CommitNumber.number(commit)
        for (day, known) in days.enumerated() {
          let there = all.filter {
            $0.isRecorded(at: number) && $0.version.validity.contains(Fixture.day(day))
          }
          let contents = there.map { ($0.id, Fixture.content(of: $0.version.feature)) }
          #expect(Dictionary(uniqueKeysWithValues: contents) == known)
        }
      }
      var contents: [String: Set<Int>] = [:]
      for version in all {
        contents[version.id + version.contentSM3, default: []]
          .insert(Fixture.content(of: version.version.feature))
      }
      #expect(contents.values.allSatisfy { $0.count == 1 })
      for first in model.known.indices {
        for last in first..<model.known.count {
          let (after, through) = (try CommitNumber.number(first), try CommitNumber.number(last))
          let written = try await store.allVersions(
            VersionQuery(dataset: dataset, .written(after: after, through: through)))
          let superseded = try await store.allVersions(
            VersionQuery(dataset: dataset, .superseded(after: after, through: through)))
          let range = (first + 1)..<(last + 1)
          #expect(
            Set(written) == Set(all.filter { range.contains($0.version.recordedFrom.value) }))
          #expect(
            Set(superseded)
              == Set(all.filter { range.contains($0.recordedUntil?.value ?? -1) }))
          #expect(Set(written).count == written.count)
          #expect(Set(superseded).count == superseded.count)
        }
      }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `versions beyond the reader's regions and ceiling are not told`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try await ScopeContractTests.prepared(store)
      let query = VersionQuery(dataset: dataset, .written(after: .none, through: try .number(1)))
      let bound = Scope(ceiling: .internal, regionPrefixes: ["65312"])
      let page = try await store.versions(query, after: nil, limit: 10, in: bound)
      #expect(page.versions.map(\.id) == ["f2"])
      #expect(page.versions.first?.version.feature.attributes["owner"] == nil)
      await #expect(throws: StoreError.noSuchDataset(dataset)) {
        try await store.versions(query, after: nil, limit: 10, in: Scope(ceiling: .public))
      }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `the same content has the same digest, whatever way led to it`(
    engine: StoreEngine
  ) async throws {
    func row(_ number: Int64, _ id: String, _ content: Int?) throws -> DraftRow {
      DraftRow(
        row: number, feature: try Fixture.feature(id, content ?? 0), ends: content == nil)
    }
    try await engine.withStore { store in
      let (one, other) = (try Fixture.dataset("one"), try Fixture.dataset("other"))
      for dataset in [one, other] {
        try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
      }
      try await store.importing(
        [row(1, "a", 1), row(2, "b", 2)], into: one, .state, from: Fixture.day(0), key: "1")
      // Another way: b first, a later and wrongly, then all of it as it is.
      try await store.importing(
        [row(1, "b", 2)], into: other, .state, from: Fixture.day(2), key: "2")
      try await store.importing(
        [row(1, "a", 3), row(2, "c", 1)], into: other, .changes, from: Fixture.day(1), key: "3")
      try await store.importing(
        [row(1, "b", 2)], into: other, .changes, from: Fixture.day(0), key: "4")
      let before = try await store.contentDigest(of: other, at: try .number(4), in: .all)
      try await store.importing(
        [row(1, "a", 1), row(2, "c", nil)], into: other, .versions, from: Fixture.day(0),
        key: "5")
      let digest = try await store.contentDigest(of: one, at: try .number(1), in: .all)
      #expect(digest.utf8.count == 64 && digest != before)
      #expect(try await store.contentDigest(of: other, at: try .number(5), in: .all) == digest)
      // Other commits are other content, and a bound reader's is of what they see.
      #expect(try await store.contentDigest(of: other, at: try .number(4), in: .all) == before)
      let bound = Scope(ceiling: .confidential, regionPrefixes: ["65311"])
      #expect(try await store.contentDigest(of: one, at: try .number(1), in: bound) != digest)
    }
  }
}

extension OneMapStore {
  /// In pages of two, so that every page has an end.
  func allDifferences(
    _ query: DifferenceQuery, in scope: Scope = .all
  ) async throws -> [StateDifference] {
    var all: [StateDifference] = []
    var cursor: FeatureCursor?
    repeat {
      let page = try await differences(query, after: cursor, limit: 2, in: scope)
      #expect(page.differences.count <= 2)
      all += page.differences
      cursor = page.next
    } while cursor != nil
    return all
  }

  func allVersions(_ query: VersionQuery, in scope: Scope = .all) async throws -> [RecordedVersion]
  {
    var all: [RecordedVersion] = []
    var cursor: FeatureCursor?
    repeat {
      let page = try await versions(query, after: cursor, limit: 2, in: scope)
      all += page.versions
      cursor = page.next
    } while cursor != nil
    return all
  }
}
