public import Foundation
import GRDB
import KarezCore

/// 核验副本: a whole map in one file that is only read, for who verifies it without our database.
final class SQLiteFile: Engine {
  private let queue: DatabaseQueue

  init(reading file: URL) throws {
    var configuration = StoreFile.configuration()
    configuration.readonly = true
    configuration.prepareDatabase { db in
      // The file may come from anybody.
      try db.execute(sql: "PRAGMA cell_size_check=ON; PRAGMA query_only=ON")
    }
    queue = try DatabaseQueue(path: file.path, configuration: configuration)
    try queue.read { db in
      let application = try Int32.fetchOne(db, sql: "PRAGMA application_id")
      guard application == GeoPackageTables.applicationID, try db.tableExists("karez_meta"),
        try String.fetchOne(db, sql: "SELECT value FROM karez_meta WHERE key='format'")
          == StoreFile.format
      else { throw StoreError.notAOneMap(file: file.lastPathComponent) }
      for register in Registers.all where try !db.tableExists(register.name) {
        throw StoreError.notAOneMap(file: file.lastPathComponent)
      }
    }
  }

  func reading<Result: Sendable>(
    _ body: @Sendable (any Session) throws -> Result
  ) async throws -> Result {
    try await queue.read { db in try body(SQLiteSession(db: db)) }
  }

  func writing<Result: Sendable>(
    _ key: String, _ body: @Sendable (any Session) throws -> Result
  ) async throws -> Result { throw Self.readOnly }

  func recording<Result: Sendable>(
    _ draft: OpenDraft, _ key: String, _ body: @Sendable (any Session, SQL) throws -> Result
  ) async throws -> Result { throw Self.readOnly }

  func draftRoom(for table: DatasetTable) async throws -> (DraftID, any DraftRoom) {
    throw Self.readOnly
  }

  private static let readOnly = StoreError.unavailable(reason: "an exported copy is only read")
}

extension RelationalStore {
  public static let evidenceFile = "evidence.gpkg"

  /// A copy made by `exportEvidence`, to be read and verified; nothing is written beside it.
  public static func evidence(in file: URL) throws(StoreError) -> RelationalStore {
    let engine = try mappingErrors { try SQLiteFile(reading: file) }
    return RelationalStore(
      on: engine, cache: file.deletingLastPathComponent(), clock: { "" },
      snapshots: SnapshotPolicy(), notify: { _ in })
  }

  /// Writes all that is recorded, as it is at one moment, into one file that is not there yet.
  ///
  /// From a server by `way` of a folder that is there for the time being.
  public func exportEvidence(
    to file: URL, by way: URL, progress: @escaping @Sendable (Int) -> Void
  ) async throws(StoreError) {
    var source = backupSource
    if source == nil {
      let copy = try RelationalStore(folder: way, clock: clock)
      _ = try await MapCopy(from: self, to: copy).run(progress: progress)
      source = copy.backupSource
    }
    guard let source else { throw .unavailable(reason: "no copy can be made") }
    _ = try await source.copyRecorded(to: file) { done, _ in progress(Int(clamping: done >> 20)) }
    try mappingErrors {
      // A file with a journal of its own cannot be read from a medium nobody may write to.
      let copy = try DatabaseQueue(path: file.path)
      try copy.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL")
      }
      try copy.close()
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o600], ofItemAtPath: file.path)
    }
  }
}
