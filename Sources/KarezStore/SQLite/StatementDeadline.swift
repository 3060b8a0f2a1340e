import CSQLite
import GRDB

/// The end of the time that statements of a connection have.
///
/// SQLite asks again and again while a statement runs, also where it comes to no row.
final class StatementDeadline: Sendable {
  /// Steps of SQLite's machine between two looks at the clock: some tens of microseconds.
  private static let steps: Int32 = 1_000

  private let end: ContinuousClock.Instant

  init(after time: Duration) { end = ContinuousClock.now + time }

  private var isOver: Bool { ContinuousClock.now >= end }

  /// Runs a body whose statements are interrupted at the end.
  ///
  /// - Errors: `StoreError.tookTooLong` where one was.
  func hold<Result>(_ db: Database, _ body: () throws -> Result) throws -> Result {
    guard let connection = db.sqliteConnection else { return try body() }
    // Safe because this object outlives the handler, which is taken away before it is let go.
    sqlite3_progress_handler(
      connection, Self.steps,
      { context in
        guard let context else { return 0 }
        let deadline = Unmanaged<StatementDeadline>.fromOpaque(context).takeUnretainedValue()
        return deadline.isOver ? 1 : 0
      }, Unmanaged.passUnretained(self).toOpaque())
    defer { sqlite3_progress_handler(connection, 0, nil, nil) }
    do {
      return try withExtendedLifetime(self) { try body() }
    } catch let failure as DatabaseError where failure.resultCode == .SQLITE_INTERRUPT && isOver {
      throw StoreError.tookTooLong
    }
  }
}
