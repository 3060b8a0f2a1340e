import Foundation
import GRDB

/// A draft in a file of its own, so that it neither grows the One Map nor is seen in it.
final class SQLiteDraft: DraftRoom {
  /// Table `staged` with the rows, R*Tree `box` with their boxes.
  static let name = "staged"

  let file: URL
  private let queue: DatabaseQueue
  private let shape: TableShape

  init(file: URL, table: DatasetTable) throws {
    self.file = file
    let shape = table.draftShape(named: Self.name)
    self.shape = shape
    var configuration = Configuration()
    configuration.prepareDatabase { db in
      // A draft is worth nothing after a crash, so it is not protected against one.
      try db.execute(
        sql: "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA cache_size=-32768;")
    }
    queue = try DatabaseQueue(path: file.path, configuration: configuration)
    try queue.write { db in
      try db.execute(sql: Dialect.sqlite.creation(shape))
      try db.execute(sql: "CREATE VIRTUAL TABLE box USING rtree(row, minx, maxx, miny, maxy)")
    }
  }

  func append(_ rows: [FilledRow]) async throws {
    try await queue.write { db in
      try SQLiteSession(db: db, boxes: "box").fill(self.shape, with: rows)
    }
  }

  /// The index of boxes is filled along with the rows.
  func prepareForWindows() async throws {}

  func reading<Result: Sendable>(
    _ body: @Sendable (any Session, SQL) throws -> Result
  ) async throws -> Result {
    try await queue.read { db in try body(SQLiteSession(db: db), SQL(raw: Self.name)) }
  }

  func remove() {
    try? queue.close()
    try? FileManager.default.removeItem(at: file)
  }
}
