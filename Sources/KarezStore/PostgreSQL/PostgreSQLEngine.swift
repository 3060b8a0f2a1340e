import KarezCore
import Synchronization

/// The One Map in a PostgreSQL database with PostGIS.
///
/// - Shape: schema `karez` holds all that is recorded, schema `draft` what processes are reading.
/// - Assumes: connections that keep their sessions, so no pooler by transaction in between.
final class PostgreSQLEngine: Engine {
  private let pool: PostgreSQLPool
  private let settings: PostgreSQLSettings
  /// The number of this process among those that use the database.
  private let process: Int64
  /// What tells this map from every other.
  let map: String
  private let lastDraft = Mutex<Int64>(0)

  /// Opens the One Map in a database; `isMade` makes one where there is none.
  ///
  /// - Errors: `StoreError.notAOneMap` where there is none and none is to be made.
  init(_ settings: PostgreSQLSettings, isMade: Bool) async throws {
    self.settings = settings
    let address = settings.address
    let door = PostgreSQLPool(address, size: 1, greeting: "SELECT")
    let place = try await door.run(.writing(patience: settings.patience)) { session in
      try PostgreSQLFormat.check(session)
      return try PostgreSQLFormat.prepare(session, isMade: isMade)
    }
    map = place.map
    process = place.process
    let greeting = settings.greeting(schemas: place.schemas, process: place.process)
    pool = PostgreSQLPool(address, size: settings.connections, greeting: greeting)
    try await pool.run(.plain) { session in
      try PostgreSQLFormat.removeAbandoned(besides: place.process, session)
    }
  }

  func reading<Result: Sendable>(
    _ body: @Sendable (any Session) throws -> Result
  ) async throws -> Result {
    try await pool.run(.reading, "", body)
  }

  func writing<Result: Sendable>(
    _ key: String, _ body: @Sendable (any Session) throws -> Result
  ) async throws -> Result {
    try await pool.run(.writing(patience: settings.patience), key, body)
  }

  func recording<Result: Sendable>(
    _ draft: OpenDraft, _ key: String, _ body: @Sendable (any Session, SQL) throws -> Result
  ) async throws -> Result {
    guard let room = draft.room as? PostgreSQLDraft else { throw StoreError.noSuchDraft(draft.id) }
    return try await pool.run(.writing(patience: settings.patienceOfCommits), key) { session in
      try room.prepareForCommit(session, draft.id)
      return try body(session, room.table)
    }
  }

  func draftRoom(for table: DatasetTable) async throws -> (DraftID, any DraftRoom) {
    let number = lastDraft.withLock {
      $0 += 1
      return $0
    }
    let room = try await PostgreSQLDraft(
      named: "draft.p\(process)_\(number)", for: table, in: pool)
    return (DraftID(value: number), room)
  }
}
