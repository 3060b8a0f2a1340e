import Foundation
import KarezCore
import KarezGeometry
import KarezStore
import TestSupport
import Testing

/// What is the server engine's own: its database, other processes, and connections that break.
@Suite(
  .enabled(if: PostgreSQLServer.isInstalled, "PostgreSQL is not installed: its engine is untested"))
struct PostgreSQLStoreTests {
  static let engine = StoreEngine(kind: .server)

  @Test func `an empty database is not opened unless a map is to be made`() async throws {
    try await Self.engine.withPlace { place in
      let address = try PostgreSQLServer.shared().address(of: place.database)
      await #expect(throws: StoreError.notAOneMap(file: place.database)) {
        try await RelationalStore.server(
          PostgreSQLSettings(address: address), cache: place.folder, clock: Fixture.clock)
      }
      _ = try await Self.engine.open(place)
      _ = try await RelationalStore.server(
        PostgreSQLSettings(address: address), cache: place.folder, clock: Fixture.clock)
    }
  }

  @Test func `a map of a later format is refused`() async throws {
    try await Self.engine.withPlace { place in
      _ = try await Self.engine.open(place)
      try PostgreSQLServer.shared().sql(
        "UPDATE karez.karez_meta SET value = '9' WHERE key = 'format'", in: place.database)
      let reason = "\(place.database) has format 9, this program reads 1"
      await #expect(throws: StoreError.unavailable(reason: reason)) {
        try await Self.engine.open(place)
      }
    }
  }

  @Test func `a server that is not there is told without its address`() async throws {
    try await Places.withTemporaryFolder { folder in
      let failure = await #expect(throws: StoreError.self) {
        try await RelationalStore.server(
          PostgreSQLSettings(address: "postgresql://someone:secret@127.0.0.1:1/nowhere"),
          cache: folder, clock: Fixture.clock)
      }
      #expect(failure == .unavailable(reason: "Connection refused"))
    }
  }

  @Test func `what is recorded is there for another process`() async throws {
    try await Self.engine.withPlace { place in
      let store = try await Self.engine.open(place)
      try await TamperTests.prepare(store)
      let other = try await Self.engine.open(place)
      #expect(try await other.lastCommit().value == 2)
      #expect(try await other.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `drafts of a process that is gone are removed, those of a living one stay`()
    async throws
  {
    try await Self.engine.withPlace { place in
      let server = try PostgreSQLServer.shared()
      let living = try await Self.engine.open(place)
      let dataset = try Fixture.dataset("land-patches")
      try await living.define(Fixture.schema(dataset), by: .operator, in: .all)
      let plan = DraftPlan(
        dataset: dataset, mode: .state, validity: try #require(Validity(from: Fixture.day(0))),
        lineage: Fixture.lineage)
      let draft = try await living.openDraft(plan, by: .operator, in: .all)
      try server.sql("CREATE UNLOGGED TABLE draft.p999_1 (row bigint)", in: place.database)
      let other = try await Self.engine.open(place)
      let left = try server.sql(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'draft'", in: place.database)
      #expect(left.split(separator: "\n").count == 1 && !left.contains("p999"))
      try await living.append([DraftRow(row: 1, feature: try Fixture.feature("f", 1))], to: draft)
      let receipt = try await living.commit(
        draft, CommitOrder(reason: "r", idempotencyKey: "k"), by: .operator, in: .all)
      #expect(receipt.inserted == 1)
      #expect(try await other.lastCommit() == receipt.commit)
      #expect(
        try server.sql("SELECT 1 FROM pg_tables WHERE schemaname = 'draft'", in: place.database)
          == "")
    }
  }

  @Test func `a draft the server has emptied is never recorded`() async throws {
    try await Self.engine.withPlace { place in
      let store = try await Self.engine.open(place)
      let dataset = try Fixture.dataset("land-patches")
      try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
      let plan = DraftPlan(
        dataset: dataset, mode: .changes, validity: try #require(Validity(from: Fixture.day(0))),
        lineage: Fixture.lineage)
      let draft = try await store.openDraft(plan, by: .operator, in: .all)
      try await store.append([DraftRow(row: 1, feature: try Fixture.feature("f", 1))], to: draft)
      // As it does after a crash, to tables that are not logged.
      try PostgreSQLServer.shared().sql(
        "DO $$ DECLARE t text; BEGIN SELECT tablename INTO t FROM pg_tables "
          + "WHERE schemaname = 'draft'; EXECUTE 'TRUNCATE draft.' || t; END $$",
        in: place.database)
      await #expect(throws: StoreError.noSuchDraft(draft)) {
        try await store.commit(
          draft, CommitOrder(reason: "r", idempotencyKey: "k"), by: .operator, in: .all)
      }
      #expect(try await store.logEntries(after: 0, limit: 9).map(\.kind) == ["dataset-defined"])
    }
  }

  @Test func `many processes record in turn, without a gap`() async throws {
    try await Self.engine.withPlace { place in
      let stores = [
        try await Self.engine.open(place), try await Self.engine.open(place),
        try await Self.engine.open(place),
      ]
      let dataset = try Fixture.dataset("land-patches")
      for store in stores {
        try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<18 {
          group.addTask {
            let feature = try Fixture.feature("f\(number)", number)
            try await stores[number % 3].importing(
              [DraftRow(row: 1, feature: feature)], into: dataset, .changes,
              from: Fixture.day(0), key: "k\(number)")
            try await stores[number % 3].record(
              kind: "note", body: .object(["n": .integer(Int64(number))]), by: .operator)
          }
        }
        try await group.waitForAll()
      }
      let commits = try await stores[0].commits(of: dataset, in: .all)
      #expect(commits.map(\.commit.value) == Array(1...18))
      let entries = try await stores[0].logEntries(after: 0, limit: 99)
      #expect(entries.map(\.number) == Array(1...37))
      #expect(try await stores[1].verifyLog { _ in }.faults == [])
    }
  }

  @Test func `connections that are cut are replaced`() async throws {
    try await Self.engine.withPlace { place in
      let store = try await Self.engine.open(place)
      try await TamperTests.prepare(store)
      for round in 0..<3 {
        try PostgreSQLServer.shared().sql(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            + "WHERE datname = '\(place.database)' AND pid <> pg_backend_pid()", in: "postgres")
        #expect(try await store.lastCommit().value == 2)
        try await store.record(
          kind: "note", body: .object(["round": .integer(Int64(round))]), by: .operator)
      }
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }
}
