import Foundation
import GRDB
import KarezCore

extension RelationalStore {
  /// What a copy of the file is made from; nil on a server, whose backups are its own.
  public var backupSource: (any BackupSource)? {
    (engine as? SQLiteEngine).map { SQLiteBackup(engine: $0) }
  }

  /// The ends of the chains as they are now.
  public func recordedState() async throws(StoreError) -> RecordedState {
    try await reading { session in try RecordedState(session) }
  }
}

extension RecordedState {
  init(_ session: any Session) throws {
    let last = try session.first(
      "SELECT number, sm3 FROM karez_log ORDER BY number DESC LIMIT 1")
    self.init(
      commit: try RelationalStore.lastCommit(session), logEntries: last?.integer(0) ?? 0,
      logSM3: last?.text(1) ?? LogChain.beginning)
  }
}

private struct SQLiteBackup: BackupSource {
  /// Pages a step; between two steps others of this process have their turn.
  private static let pagesPerStep: CInt = 4_096
  private static let pageSize: Int64 = 4_096

  let engine: SQLiteEngine

  func copyRecorded(
    to file: URL, progress: @escaping @Sendable (Int64, Int64) -> Void
  ) async throws(StoreError) -> RecordedState {
    try mappingErrors {
      let copy = try DatabaseQueue(path: file.path)
      // The pool copies from a reader's own snapshot, so a commit meanwhile does not disturb it.
      try engine.pool.backup(to: copy, pagesPerStep: Self.pagesPerStep) { step in
        let done = Int64(step.completedPageCount) * Self.pageSize
        progress(done, Int64(step.totalPageCount) * Self.pageSize)
      }
      let state = try copy.read { db in try RecordedState(SQLiteSession(db: db)) }
      try copy.close()
      return state
    }
  }
}
