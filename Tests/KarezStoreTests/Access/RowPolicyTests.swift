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
      for call in [
        PortCall.features, .versions, .commits, .summary, .layers, .cases, .caseHead, .caseEvents,
        .caseCount, .caseFigures, .appendCase, .ledgerBalances, .ledgerTransactions, .post,
      ] {
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
        "ALTER TABLE karez_case DISABLE ROW LEVEL SECURITY",
        "DROP POLICY karez_rows ON karez_ledger_account",
        "UPDATE karez_log SET actor = 'x'", "SELECT * FROM land_internal",
      ] {
        await #expect(throws: (any Error).self, "\(statement)") {
          try await worker.engine.writing("") { session in try session.script(statement) }
        }
      }
      await #expect(throws: StoreError.self) { try await owner.grant(to: "postgres") }
    }
  }

  // MARK: Cases and ledgers

  /// Every register under a policy, and of what county its rows are.
  private static let registers = [
    ("karez_case", "region"), ("karez_case_event", "substr(number, 2, 6)"),
    ("karez_case_task", "substr(number, 2, 6)"), ("karez_case_term", "substr(number, 2, 6)"),
    ("karez_ledger_account", "region"), ("karez_ledger_leg", "split_part(account, '/', 2)"),
    ("karez_ledger_day", "split_part(account, '/', 2)"),
    ("karez_ledger_transaction", "key"), ("karez_ledger_lot", "feature"),
    ("karez_ledger_pairing", "feature"),
  ]

  /// A row of every county in each of them, whatever else there is.
  private static func fill(_ owner: RelationalStore) async throws {
    try await owner.writing("rows") { session in
      for name in registers.map(\.0) where name.hasPrefix("karez_ledger") {
        try session.run("DELETE FROM \(name: name)")
      }
      for (place, county) in AccessModel.counties.enumerated() {
        let (number, account) = (AccessModel.number(county), "quota/\(county)/2025")
        try session.script(
          """
          INSERT INTO karez_case_term VALUES ('\(number)', 'c', 'p', '\(county)', '2025-01-01', 1, 1, 0);
          INSERT INTO karez_ledger_account VALUES
            ('\(account)', 'quota', '\(county)', 2025, '', 'm2', 0, 0);
          INSERT INTO karez_ledger_day VALUES ('\(account)', '2025-01-01', 1, 0);
          INSERT INTO karez_ledger_transaction (number, key, sort, valid_on, recorded_at, actor, body, sm3)
            VALUES (\(place), '\(county)', 'post', '2025-01-01', '', 'li', '{}', '');
          INSERT INTO karez_ledger_leg (number, position, account, valid_on, units, held)
            VALUES (\(place), 0, '\(account)', '2025-01-01', 1, 0);
          INSERT INTO karez_ledger_lot VALUES
            (\(place), 0, '\(account)', '2025-01-01', 1, 'land', '\(county)', 1);
          INSERT INTO karez_ledger_pairing (number, position, lot_number, lot_move, units, feature)
            VALUES (\(place), 0, \(place), 0, 1, '\(county)');
          """)
      }
    }
  }

  private static func counties(
    _ store: RelationalStore, _ table: String, _ county: String, in scope: Scope?
  ) async throws -> [String] {
    try await store.engine.reading { session in
      if let scope { try session.confine(to: scope) }
      return try session.all(
        "SELECT DISTINCT \(raw: county) FROM \(name: table) ORDER BY 1"
      ).compactMap { $0.text(0) }
    }
  }

  @Test func `cases and ledgers without our conditions show only the rows of a scope`()
    async throws
  {
    #expect(RowPolicy.registers.map(\.table) == Self.registers.map(\.0))
    try await Self.withRole { owner, worker in
      try await Self.fill(owner)
      var hidden = 0
      for (table, county) in Self.registers {
        #expect(try await Self.counties(worker, table, county, in: nil) == [], "nothing was set")
        #expect(try await Self.counties(owner, table, county, in: nil) == AccessModel.counties)
        for scope in AccessMatrixTests.scopes {
          // Of cases the reader's own level is asked, whatever the zone's.
          let level = table.hasPrefix("karez_ledger") ? scope.reach : scope.ceiling
          let isReached = level >= .internal
          let visible = AccessModel.counties.filter { county in
            isReached && (scope.regionPrefixes ?? [""]).contains { county.hasPrefix($0) }
          }
          let found = try await Self.counties(worker, table, county, in: scope)
          #expect(found == visible, "\(table) \(scope)")
          if visible.count < AccessModel.counties.count { hidden += 1 }
        }
      }
      #expect(hidden > 100)
    }
  }

  @Test func `who is spared by it is told apart from who is held`() async throws {
    try await Self.withRole { owner, worker in
      let held = [try await owner.isHeldByRowPolicy(), try await worker.isHeldByRowPolicy()]
      #expect(held == [false, true])
    }
    try await Places.withTemporaryFolder { folder in
      let file = try SQLiteStore(folder: folder, clock: Fixture.clock)
      let held = try await file.isHeldByRowPolicy()
      #expect(held == nil)
    }
  }

  @Test func `a trade is seen whole from either side`() async throws {
    try await Self.withRole { owner, worker in
      try await Self.fill(owner)
      let (ours, theirs) = (AccessModel.counties[0], AccessModel.counties[1])
      try await owner.writing("trade") { session in
        try session.script(
          """
          INSERT INTO karez_ledger_leg (number, position, account, valid_on, units, held)
          VALUES (0, 1, 'quota/\(theirs)/2025', '2025-01-01', -1, 0)
          """)
      }
      let scope = Scope(ceiling: .internal, regionPrefixes: [theirs])
      for table in ["karez_ledger_transaction", "karez_ledger_lot", "karez_ledger_pairing"] {
        let county = table.hasSuffix("transaction") ? "key" : "feature"
        let found = try await Self.counties(worker, table, county, in: scope)
        #expect(found == [ours, theirs], "\(table)")
      }
      let legs = try await Self.counties(
        worker, "karez_ledger_leg", "split_part(account, '/', 2)", in: scope)
      #expect(legs == [theirs], "balances are of one's own accounts")
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
          DROP POLICY karez_labels ON karez.land_public_history;
          ALTER TABLE karez.karez_case DISABLE ROW LEVEL SECURITY;
          COMMENT ON POLICY karez_rows ON karez.karez_ledger_account IS 'another condition'
          """, in: database)
        _ = try await open()
        let registers = try server.sql(
          """
          SELECT count(*) FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
          WHERE p.polname = 'karez_rows' AND c.relrowsecurity
            AND length(obj_description(p.oid, 'pg_policy')) = 64
          """, in: database)
        #expect(registers.trimmingCharacters(in: .whitespacesAndNewlines) == "10")
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
