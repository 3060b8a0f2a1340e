public import Foundation

extension RelationalStore {
  /// Opens the One Map in a PostgreSQL database.
  ///
  /// - Assumes: `cache` is a folder of this machine's; layer files are kept in it, in a folder of
  ///   the map's own, so that two maps never meet there.
  /// - Errors: `StoreError.notAOneMap` where there is none and `isMade` does not ask for one.
  public static func server(
    _ settings: PostgreSQLSettings, isMade: Bool = false, cache: URL,
    clock: @escaping @Sendable () -> String, snapshots policy: SnapshotPolicy = SnapshotPolicy(),
    notify: @escaping @Sendable (StoreNotice) -> Void = { _ in }
  ) async throws(StoreError) -> RelationalStore {
    do {
      let engine = try await PostgreSQLEngine(settings, isMade: isMade)
      let folder = cache.appending(path: "map-\(engine.map)")
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      return RelationalStore(
        on: engine, cache: folder, clock: clock, snapshots: policy, notify: notify)
    } catch {
      throw StoreError(error)
    }
  }

  /// Whether row-level security holds whoever this map is opened as; nil in a file, which has none.
  ///
  /// It holds neither superusers nor the tables' owner.
  public func isHeldByRowPolicy() async throws(StoreError) -> Bool? {
    try await reading { session in
      guard session is PostgreSQLSession else { return nil }
      return try session.first(
        """
        SELECT 1 FROM pg_roles r WHERE r.rolname = current_user AND (r.rolsuper OR r.rolbypassrls
          OR EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = current_schema() AND c.relname = 'karez_case'
              AND pg_has_role(c.relowner, 'USAGE')))
        """) == nil
    }
  }

  /// Lets a role of the server work with the map without owning it, so that row-level security
  /// holds it too; to be repeated after datasets were added.
  ///
  /// - Errors: `StoreError.unavailable` where the role is a superuser, bypasses row-level security
  ///   or owns the tables, since it would be held by nothing.
  public func grant(to role: String) async throws(StoreError) {
    try await writing("grant") { session in
      guard session is PostgreSQLSession else {
        throw StoreError.unavailable(reason: "a file has no roles")
      }
      let free = try session.first(
        """
        SELECT 1 FROM pg_roles r WHERE r.rolname = \(role) AND (r.rolsuper OR r.rolbypassrls
          OR EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = current_schema() AND pg_has_role(r.oid, c.relowner, 'USAGE')))
        """)
      guard free == nil else {
        throw StoreError.unavailable(reason: "row-level security would not hold \(role)")
      }
      try session.script(RowPolicy.grants(to: role))
    }
  }
}
