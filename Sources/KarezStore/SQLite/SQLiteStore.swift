public import Foundation
import GRDB
import KarezCore
import Synchronization

/// The One Map in one file, without a server: SQLite in a data folder.
///
/// - Shape: `karez.gpkg` (mode 0600, WAL, every commit synced) holds all that is recorded;
///   `drafts/` holds what is being read and belongs to the process that opened it; `snapshots/`
///   holds layer files, which are made again when they are missed.
/// - Assumes: one process writes at a time; another waits up to ten seconds for its turn.
public final class SQLiteStore: OneMapStore {
  let pool: DatabasePool
  let clock: @Sendable () -> String
  let drafts: DraftFolder
  let snapshots: SnapshotFolder
  let shelf = SnapshotShelf()
  let policy: SnapshotPolicy
  let notify: @Sendable (StoreNotice) -> Void
  private let openDrafts = Mutex<[DraftID: DraftFile]>([:])
  let counts = Mutex<[CountKey: Int]>([:])
  /// Schemas by the text they were read from, since every call needs one.
  private let parsed = Mutex<[String: DatasetSchema]>([:])

  /// Opens the One Map in a folder, making it where there is none.
  ///
  /// `clock` tells the time as RFC 3339 in UTC; `notify` hears of the caches. What an
  /// interrupted process left behind unfinished is removed.
  public init(
    folder: URL, clock: @escaping @Sendable () -> String,
    snapshots policy: SnapshotPolicy = SnapshotPolicy(),
    notify: @escaping @Sendable (StoreNotice) -> Void = { _ in }
  ) throws(StoreError) {
    self.clock = clock
    self.policy = policy
    self.notify = notify
    snapshots = SnapshotFolder(in: folder)
    (pool, drafts) = try mappingErrors {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let pool = try StoreFile.open(in: folder, at: clock())
      return (pool, try DraftFolder(in: folder))
    }
    snapshots.removeUnfinished()
  }

  /// Whether the folder holds a One Map already.
  public static func exists(in folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: "karez.gpkg").path)
  }

  func reading<Result: Sendable>(
    _ body: @Sendable (Database) throws -> Result
  ) async throws(StoreError) -> Result {
    do { return try await pool.read(body) } catch { throw StoreError(error) }
  }

  func writing<Result: Sendable>(
    _ body: @Sendable (Database) throws -> Result
  ) async throws(StoreError) -> Result {
    do {
      return try await pool.writeWithoutTransaction { db in
        var result: Result?
        try db.inTransaction(.immediate) {
          result = try body(db)
          return .commit
        }
        guard let result else { throw StoreError.unavailable(reason: "no result") }
        return result
      }
    } catch {
      throw StoreError(error)
    }
  }

  /// The dataset's schema where the reader's scope reaches it.
  func table(
    _ dataset: DatasetID, in scope: Scope, _ db: Database
  ) throws -> DatasetTable {
    let definition = try String.fetchOne(
      db, sql: "SELECT definition FROM karez_dataset WHERE id = ?", arguments: [dataset.text])
    guard let definition else { throw StoreError.noSuchDataset(dataset) }
    let schema = try schema(parsing: definition)
    guard scope.reaches(schema) else { throw StoreError.noSuchDataset(dataset) }
    return DatasetTable(schema: schema)
  }

  func schema(parsing definition: String) throws(StoreError) -> DatasetSchema {
    if let known = parsed.withLock({ $0[definition] }) { return known }
    let schema = try SchemaJSON.schema(parsing: definition)
    parsed.withLock { $0[definition] = schema }
    return schema
  }

  static func lastCommit(_ db: Database) throws -> CommitNumber {
    let last = try Int.fetchOne(db, sql: "SELECT max(number) FROM karez_commit") ?? 0
    return CommitNumber(last) ?? .none
  }

  func draft(_ id: DraftID) throws(StoreError) -> DraftFile {
    guard let draft = openDrafts.withLock({ $0[id] }) else { throw .noSuchDraft(id) }
    return draft
  }

  func keep(_ draft: DraftFile) { openDrafts.withLock { $0[draft.id] = draft } }
  func forget(_ id: DraftID) -> DraftFile? { openDrafts.withLock { $0.removeValue(forKey: id) } }
}
