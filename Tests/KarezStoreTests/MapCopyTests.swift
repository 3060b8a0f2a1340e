import Foundation
import KarezCore
import KarezStore
import TestSupport
import Testing

/// A whole map moves between engines, either way, and is the same map.
@Suite struct MapCopyTests {
  static let pairs = StoreEngine.all.flatMap { source in StoreEngine.all.map { (source, $0) } }

  static func fill(_ store: any OneMapStore, seed: UInt64) async throws -> DatasetID {
    var random = SplitMix64(seed: seed)
    let dataset = try Fixture.dataset("history")
    let open = try Fixture.dataset("polygons")
    try await store.define(LayerFixture.schema(dataset), by: .operator, in: .all)
    try await store.define(Fixture.schema(open, isOpen: true), by: .operator, in: .all)
    for number in 0..<6 {
      let step = HistoryContractTests.step(using: &random)
      try await store.importing(
        try LayerFixture.rows(step.contents), into: dataset, step.mode,
        from: Fixture.day(step.from), until: step.until.map(Fixture.day), key: "\(number)")
    }
    let odd = Feature(
      id: "o", geometry: nil, attributes: ["B": .boolean(true), "kept": .boolean(false)])
    try await store.importing(
      [DraftRow(row: 1, feature: odd)], into: open, .state, from: Fixture.day(0), key: "open")
    try await store.keepAnswer(id: "a", digest: "sm3:0", json: "{}", by: .operator, in: .all)
    return dataset
  }

  @Test(arguments: pairs)
  func `a copy is the same map, and goes on as the source would`(
    source: StoreEngine, target: StoreEngine
  ) async throws {
    try await source.withPlace { from in
      try await target.withPlace { to in
        let ours = try await source.open(from)
        let theirs = try await target.open(to)
        let dataset = try await Self.fill(ours, seed: 3)
        let copy = MapCopy(from: ours, to: theirs)
        #expect(try await copy.standing() == .empty)
        let digest = try await copy.run { _ in }
        #expect(try await copy.standing() == .taken)
        #expect(try await theirs.digest { _ in } == digest)
        #expect(digest.datasets == 2 && digest.versions > 3 && digest.logEntries > 5)
        for store in [ours, theirs] {
          try await store.importing(
            try LayerFixture.rows(["a": 7]), into: dataset, .changes, from: Fixture.day(2),
            key: "later")
        }
        #expect(
          try await SameEnginesTests.told(ours, dataset)
            == SameEnginesTests.told(theirs, dataset))
        #expect(try await theirs.verifyLog { _ in }.faults == [])
      }
    }
  }

  @Test(arguments: pairs)
  func `a copy that broke off is gone on with, unless its source has changed`(
    source: StoreEngine, target: StoreEngine
  ) async throws {
    try await source.withPlace { from in
      try await target.withPlace { to in
        let ours = try await source.open(from)
        let theirs = try await target.open(to)
        let dataset = try await Self.fill(ours, seed: 4)
        // What a copy leaves that ended after its first table.
        try await theirs.keep(
          setting: MapCopy.marker, try await ours.recordedState().logSM3)
        let copy = MapCopy(from: ours, to: theirs)
        #expect(try await copy.standing() == .begun)
        try await ours.importing(
          try LayerFixture.rows(["a": 7]), into: dataset, .changes, from: Fixture.day(2),
          key: "later")
        #expect(try await copy.standing() == .taken)
      }
    }
  }
}
