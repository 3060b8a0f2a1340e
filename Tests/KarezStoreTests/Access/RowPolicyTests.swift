import Foundation
import KarezCore
import TestSupport
import Testing

@testable import KarezStore

/// 行级安全: the server holds a role that does not own the tables to the scope, whatever is asked.
@Suite(.enabled(if: PostgreSQLServer.isInstalled, "PostgreSQL is not installed"))
struct RowPolicyTests {
  /// A map its owner made, and the same map opened by a role that only works with it.
  static func withRole(
    _ body: (_ owner: RelationalStore, _ worker: RelationalStore) async throws -> Void
  ) async throws {
    let server = try PostgreSQLServer.shared()
    try await server.withDatabase { database in
      try await Places.withTemporaryFolder { folder in
        func open(_ address: String, _ name: String) async throws -> RelationalStore {
          let cache = folder.appending(path: name)
          return try await .server(
            PostgreSQLSettings(address: address, connections: 2), isMade: true, cache: cache,
            clock: Fixture.clock)
        }
        let address = server.address(of: database)
        let owner = try await open(address, "owner")
        _ = try await AccessMatrixTests.prepared(owner)
        let role = "worker_" + database
        try server.sql("CREATE ROLE \(role) LOGIN", in: database)
        try await owner.grant(to: role)
        let worker = try await open(
          address.replacing("postgres@", with: role + "@"), "worker")
        try await body(owner, worker)
        try server.sql("DROP OWNED BY \(role); DROP ROLE \(role)", in: database)
      }
    }
  }

  /// What a transaction held to a scope sees of a table, asked without any condition of ours.
  static func seen(
    _ store: RelationalStore, _ level: Classification, in scope: Scope?
  ) async throws -> [String] {
    let table = "land_\(level.rawValue)_history"
    return try await store.engine.reading { session in
      if let scope { try session.confine(to: scope) }
      return try session.all("SELECT DISTINCT id FROM \(name: table) ORDER BY id")
        .compactMap { $0.text(0) }
    }
  }

  @Test func `a query without our conditions sees only the rows of its scope`() async throws {
    try await Self.withRole { owner, worker in
      for level in AccessModel.levels {
        let unset = try await Self.seen(worker, level, in: nil)
        #expect(unset == [], "nothing was set")
        let owned = try await Self.seen(owner, level, in: nil)
        #expect(owned.count == 6)
        for scope in AccessMatrixTests.scopes {
          let visible =
            AccessModel.exists(level, in: scope)
            ? AccessModel.rows.filter { AccessModel.isVisible($0, in: scope) }.map(\.id) : []
          let found = try await Self.seen(worker, level, in: scope)
          #expect(found == visible, "\(level) \(scope)")
        }
      }
    }
  }

  @Test func `a role that is held works as its owner does, and cannot let itself go`()
    async throws
  {
    try await Self.withRole { owner, worker in
      for call in [PortCall.features, .versions, .commits, .summary, .layers] {
        let (_, faults) = try await AccessMatrixTests.faults(worker, call)
        #expect(faults.isEmpty, "\(faults.prefix(2).joined(separator: "\n"))")
      }
      let feature = try AccessModel.feature(AccessModel.rows[0], at: 1, of: .internal)
      try await worker.importing(
        [DraftRow(row: 1, feature: feature)], into: AccessModel.dataset(.internal), .changes,
        from: Fixture.day(5), key: "worker")
      #expect(try await worker.lastCommit().value == 13)
      #expect(try await worker.verifyLog { _ in }.faults == [])
      for statement in [
        "ALTER TABLE land_internal_history DISABLE ROW LEVEL SECURITY",
        "DROP POLICY karez_labels ON land_internal_history", "DELETE FROM karez_log",
        "UPDATE karez_log SET actor = 'x'", "SELECT * FROM land_internal",
      ] {
        await #expect(throws: (any Error).self, "\(statement)") {
          try await worker.engine.writing("") { session in try session.script(statement) }
        }
      }
      await #expect(throws: StoreError.self) { try await owner.grant(to: "postgres") }
    }
  }

  @Test func `a level that the role itself raised holds the role at once`() async throws {
    try await Self.withRole { owner, worker in
      let dataset = try AccessModel.dataset(.internal)
      let scope = Scope(ceiling: .internal)
      #expect(try await Self.seen(worker, .internal, in: scope).count == 6)
      try await LabelTests.put(.confidential, of: dataset, key: "land/1", in: worker)
      #expect(try await Self.seen(worker, .internal, in: scope) == [])
      #expect(try await Self.seen(worker, .internal, in: .all).count == 6)
      #expect(try await owner.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `a map made before there were policies gets them from its owner`() async throws {
    let server = try PostgreSQLServer.shared()
    try await server.withDatabase { database in
      try await Places.withTemporaryFolder { folder in
        func open() async throws -> RelationalStore {
          try await .server(
            PostgreSQLSettings(address: server.address(of: database), connections: 2),
            isMade: true, cache: folder, clock: Fixture.clock)
        }
        try await AccessModel.prepare(try await open())
        try server.sql(
          """
          ALTER TABLE karez.land_public_history DISABLE ROW LEVEL SECURITY;
          DROP POLICY karez_labels ON karez.land_public_history
          """, in: database)
        _ = try await open()
        let held = try server.sql(
          """
          SELECT count(*) FROM pg_policies p JOIN pg_class c ON c.relname = p.tablename
          WHERE p.policyname = 'karez_labels' AND c.relrowsecurity
          """, in: database)
        #expect(held.trimmingCharacters(in: .whitespacesAndNewlines) == "4")
      }
    }
  }
}
