import Foundation
import GRDB

/// The One Map in one file, without a server: SQLite in a data folder.
///
/// - Shape: `karez.gpkg` (mode 0600, WAL, every commit synced) holds all that is recorded;
///   `drafts/` holds what is being read and belongs to the process that opened it.
/// - Assumes: one process writes at a time; another waits up to ten seconds for its turn.
final class SQLiteEngine: Engine {
  let pool: DatabasePool
  private let drafts: DraftFolder
  /// A connection that records nothing, so that whatever is recorded is recorded by another.
  private let onlooker: DatabaseQueue

  /// Opens the One Map in a folder, making it where there is none; what an interrupted process
  /// left behind unfinished is removed.
  init(in folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    pool = try StoreFile.open(in: folder)
    drafts = try DraftFolder(in: folder)
    onlooker = try StoreFile.onlooker(in: folder)
  }

  /// SQLite counts, for each connection, how often it saw commits of others.
  var stamp: EngineStamp? {
    let version = try? onlooker.unsafeRead { db in
      try Int64.fetchOne(db.cachedStatement(sql: "PRAGMA data_version"))
    }
    return version.flatMap { $0 }.map(EngineStamp.init)
  }

  func reading<Result: Sendable>(
    _ body: @Sendable (any Session) throws -> Result
  ) async throws -> Result {
    try await pool.read { db in try body(SQLiteSession(db: db)) }
  }

  func writing<Result: Sendable>(
    _ key: String, _ body: @Sendable (any Session) throws -> Result
  ) async throws -> Result {
    try await pool.writeWithoutTransaction { db in try Self.transact(db, key, body) }
  }

  private static func transact<Result>(
    _ db: Database, _ key: String, _ body: (any Session) throws -> Result
  ) throws -> Result {
    var result: Result?
    try db.inTransaction(.immediate) {
      result = try body(SQLiteSession(db: db))
      return .commit
    }
    guard let result else { throw StoreError.unknownOutcome(idempotencyKey: key) }
    return result
  }

  /// Attaches the draft's file, and records it in one transaction of ours.
  func recording<Result: Sendable>(
    _ draft: OpenDraft, _ key: String, _ body: @Sendable (any Session, SQL) throws -> Result
  ) async throws -> Result {
    guard let room = draft.room as? SQLiteDraft else { throw StoreError.noSuchDraft(draft.id) }
    return try await pool.writeWithoutTransaction { db in
      try db.execute(sql: "ATTACH DATABASE ? AS draft", arguments: [room.file.path])
      defer {
        // It fails only where the attachment is already gone.
        try? db.execute(sql: "DETACH DATABASE draft")
      }
      try db.execute(sql: "PRAGMA draft.journal_mode=MEMORY; PRAGMA draft.synchronous=OFF;")
      return try Self.transact(db, key) { session in
        try body(session, SQL(raw: "draft." + SQLiteDraft.name))
      }
    }
  }

  func draftRoom(for table: DatasetTable) async throws -> (DraftID, any DraftRoom) {
    let (id, file) = drafts.next()
    return (id, try SQLiteDraft(file: file, table: table))
  }
}
