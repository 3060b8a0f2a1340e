public import Foundation
import GRDB
import KarezCore

extension SQLiteStore: BackupSource {
  /// Pages a step; between two steps others of this process have their turn.
  private static let pagesPerStep: CInt = 4_096
  private static let pageSize: Int64 = 4_096

  public func copyRecorded(
    to file: URL, progress: @escaping @Sendable (Int64, Int64) -> Void
  ) async throws(StoreError) -> RecordedState {
    try mappingErrors {
      let copy = try DatabaseQueue(path: file.path)
      // The pool copies from a reader's own snapshot, so a commit meanwhile does not disturb it.
      try pool.backup(to: copy, pagesPerStep: Self.pagesPerStep) { step in
        let done = Int64(step.completedPageCount) * Self.pageSize
        progress(done, Int64(step.totalPageCount) * Self.pageSize)
      }
      let state = try copy.read(Self.recordedState)
      try copy.close()
      return state
    }
  }

  public func recordedState() async throws(StoreError) -> RecordedState {
    try await reading(Self.recordedState)
  }

  private static func recordedState(_ db: Database) throws -> RecordedState {
    let last = try Row.fetchOne(
      db, sql: "SELECT number, sm3 FROM karez_log ORDER BY number DESC LIMIT 1")
    return RecordedState(
      commit: try lastCommit(db), logEntries: last?[0] ?? 0,
      logSM3: last?[1] ?? LogChain.beginning)
  }
}
