import Foundation
import GRDB
import KarezCore
import KarezGeometry
import KarezStore
import TestSupport
import Testing

/// What is the embedded engine's own: its file, its folder, other programs and crashes.
@Suite struct SQLiteStoreTests {
  static func prepared(_ folder: URL) async throws -> SQLiteStore {
    let store = try SQLiteStore(folder: folder, clock: Fixture.clock)
    try await TamperTests.prepare(store)
    return store
  }

  @Test func `the file is its owner's alone, and a GeoPackage`() async throws {
    try await Places.withTemporaryFolder { folder in
      #expect(!SQLiteStore.exists(in: folder))
      let store = try await Self.prepared(folder)
      let file = folder.appending(path: "karez.gpkg")
      #expect(SQLiteStore.exists(in: folder))
      for name in ["karez.gpkg", "karez.gpkg-wal", "karez.gpkg-shm"] {
        let attributes = try FileManager.default.attributesOfItem(
          atPath: folder.appending(path: name).path)
        #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
      }
      let reader = try DatabaseQueue(path: file.path)
      let header = try await reader.read { db in
        [
          try Int.fetchOne(db, sql: "PRAGMA application_id"),
          try Int.fetchOne(db, sql: "PRAGMA user_version"),
        ]
      }
      #expect(header == [0x4750_4B47, 10_300])
      _ = store
    }
  }

  @Test(.enabled(if: Tool.exists("ogrinfo")))
  func `other programs list and read the current state`() async throws {
    try await Places.withTemporaryFolder { folder in
      let store = try await Self.prepared(folder)
      try await store.importing(
        [DraftRow(row: 1, feature: try Fixture.feature("h", 1), ends: true)],
        into: try Fixture.dataset("land-patches"), .changes, from: Fixture.day(3), key: "c")
      let path = folder.appending(path: "karez.gpkg").path
      let list = try Tool.run("ogrinfo", ["-ro", path])
      #expect(list.contains("1: land_patches (Multi Polygon)"))
      let text = try Tool.run("ogrinfo", ["-ro", "-al", path, "land_patches"])
      #expect(text.contains("Feature Count: 2"))
      #expect(text.contains("id (String) = f"))
      #expect(text.contains("floors (Integer) = 2") || text.contains("floors (Integer64) = 2"))
      #expect(text.contains("MULTIPOLYGON (((76.02 39.0,76.025 39.0"))
      #expect(text.contains("China Geodetic Coordinate System 2000"))
      #expect(!text.contains("ERROR") && !text.contains("Warning"))
    }
  }

  @Test func `an attribute with the name of one of our columns has a column of its own`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let store = try SQLiteStore(folder: folder, clock: Fixture.clock)
      let dataset = try Fixture.dataset("order")
      let name = LocalizedText(zh: "名", en: "name")
      let more = ["id", "fid", "geom", "valid_from", "select", "row", "area_m2"].map {
        Attribute(name: $0, title: name, type: .text)
      }
      try await store.define(Fixture.schema(dataset, more: more), by: .operator, in: .all)
      let values = Dictionary(
        uniqueKeysWithValues: more.map { ($0.name, AttributeValue.text($0.name)) })
      let feature = Feature(id: "f", geometry: nil, attributes: values)
      try await store.importing(
        [DraftRow(row: 1, feature: feature)], into: dataset, .state, from: Fixture.day(0), key: "a")
      let page = try await store.features(
        FeatureQuery(
          dataset: dataset, asOf: AsOf(validOn: Fixture.day(0), recorded: try .number(1))),
        after: nil, limit: 1, in: .all)
      #expect(page.versions.first?.feature == feature)
    }
  }

  @Test func `what is recorded is there after closing and opening again`() async throws {
    try await Places.withTemporaryFolder { folder in
      do { _ = try await Self.prepared(folder) }
      let store = try SQLiteStore(folder: folder, clock: Fixture.clock)
      #expect(try await store.lastCommit().value == 2)
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `drafts of a process that is gone are removed, those of a living one stay`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let living = try SQLiteStore(folder: folder, clock: Fixture.clock)
      let dataset = try Fixture.dataset("land-patches")
      try await living.define(Fixture.schema(dataset), by: .operator, in: .all)
      let plan = DraftPlan(
        dataset: dataset, mode: .state, validity: try #require(Validity(from: Fixture.day(0))),
        lineage: Fixture.lineage)
      let draft = try await living.openDraft(plan, by: .operator, in: .all)
      let gone = folder.appending(path: "drafts/session-gone")
      try FileManager.default.createDirectory(at: gone, withIntermediateDirectories: true)
      try Data("x".utf8).write(to: gone.appending(path: "lock"))
      try Data("x".utf8).write(to: gone.appending(path: "draft-1.db"))

      let other = try SQLiteStore(folder: folder, clock: Fixture.clock)
      #expect(!FileManager.default.fileExists(atPath: gone.path))
      try await living.append([DraftRow(row: 1, feature: try Fixture.feature("f", 1))], to: draft)
      let receipt = try await living.commit(
        draft, CommitOrder(reason: "r", idempotencyKey: "k"), by: .operator, in: .all)
      #expect(receipt.inserted == 1)
      #expect(try await other.lastCommit() == receipt.commit)
    }
  }

  @Test func `two processes record in turn`() async throws {
    try await Places.withTemporaryFolder { folder in
      let stores = [
        try SQLiteStore(folder: folder, clock: Fixture.clock),
        try SQLiteStore(folder: folder, clock: Fixture.clock),
      ]
      let dataset = try Fixture.dataset("land-patches")
      for store in stores {
        try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<12 {
          group.addTask {
            let feature = try Fixture.feature("f\(number)", number)
            try await stores[number % 2].importing(
              [DraftRow(row: 1, feature: feature)], into: dataset, .changes,
              from: Fixture.day(0), key: "k\(number)")
          }
        }
        try await group.waitForAll()
      }
      #expect(try await stores[0].lastCommit().value == 12)
      #expect(try await stores[1].verifyLog { _ in }.faults == [])
    }
  }

  /// Cuts the journal where a crash could have, down to a byte, and opens what is left.
  @Test(arguments: 0..<25 as Range<UInt64>)
  func `after a crash at any byte of the journal whole commits are left`(
    seed: UInt64
  ) async throws {
    var random = SplitMix64(seed: seed)
    try await Places.withTemporaryFolder { folder in
      let store = try await Self.prepared(folder)
      let journal = try Data(contentsOf: folder.appending(path: "karez.gpkg-wal"))
      let cut = Int.random(in: 0...journal.count, using: &random)
      let crashed = folder.appending(path: "crashed")
      try FileManager.default.createDirectory(at: crashed, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        at: folder.appending(path: "karez.gpkg"), to: crashed.appending(path: "karez.gpkg"))
      try journal.prefix(cut).write(to: crashed.appending(path: "karez.gpkg-wal"))
      let after = try SQLiteStore(folder: crashed, clock: Fixture.clock)
      let verification = try await after.verifyLog { _ in }
      #expect(verification.faults == [])
      #expect(try await after.lastCommit() <= store.lastCommit())
      #expect(cut < journal.count || verification.entries == 4)
    }
  }

  @Test func `a transaction that never ended leaves nothing`() async throws {
    try await Places.withTemporaryFolder { folder in
      let store = try await Self.prepared(folder)
      var configuration = Configuration()
      configuration.allowsUnsafeTransactions = true
      let dying = try DatabaseQueue(
        path: folder.appending(path: "karez.gpkg").path, configuration: configuration)
      try await dying.writeWithoutTransaction { db in
        try db.execute(sql: "BEGIN IMMEDIATE; DELETE FROM land_patches_history")
      }
      #expect(try await store.verifyLog { _ in }.faults == [])
      try dying.close()
      #expect(try await store.verifyLog { _ in }.faults == [])
      try await store.record(kind: "note", body: .null, by: .operator)
    }
  }

  @Test func `a file that is something else is refused and left as it is`() async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "karez.gpkg")
      try Data("not a database at all, but long enough to be read as one".utf8).write(to: file)
      #expect(throws: StoreError.corrupt(what: "not a database")) {
        try SQLiteStore(folder: folder, clock: Fixture.clock)
      }
      try FileManager.default.removeItem(at: file)
      try GeoPackageWriterTests.write(to: file.path)
      #expect(throws: StoreError.notAOneMap(file: "karez.gpkg")) {
        try SQLiteStore(folder: folder, clock: Fixture.clock)
      }
    }
  }

  @Test func `a file of another format is refused with both versions`() async throws {
    try await Places.withTemporaryFolder { folder in
      do { _ = try await Self.prepared(folder) }
      let editor = try DatabaseQueue(path: folder.appending(path: "karez.gpkg").path)
      try await editor.write {
        try $0.execute(sql: "UPDATE karez_meta SET value = '2' WHERE key = 'format'")
      }
      try editor.close()
      let reason = "karez.gpkg has format 2, this program reads 1"
      #expect(throws: StoreError.unavailable(reason: reason)) {
        try SQLiteStore(folder: folder, clock: Fixture.clock)
      }
    }
  }

  @Test func `a folder that cannot be made is an error without its path`() {
    let failure = #expect(throws: StoreError.self) {
      try SQLiteStore(folder: URL(filePath: "/dev/null/one-map"), clock: Fixture.clock)
    }
    guard case .unavailable(let reason)? = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(!reason.contains("/"))
  }
}
