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
}
