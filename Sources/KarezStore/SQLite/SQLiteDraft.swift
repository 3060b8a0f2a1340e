import Foundation
import GRDB
import Synchronization

/// A draft in a file of its own, so that it neither grows the One Map nor is seen in it.
final class SQLiteDraft: DraftRoom {
  /// Table `staged` with the rows; R*Tree `box` with their boxes, once somebody asked for them.
  static let name = "staged"

  let file: URL
  private let queue: DatabaseQueue
  private let shape: TableShape
  private let hasBoxes = Mutex(false)

  init(file: URL, table: DatasetTable) throws {
    self.file = file
    let shape = table.draftShape(named: Self.name)
    self.shape = shape
    var configuration = Configuration()
    configuration.prepareDatabase { db in
      // A draft is worth nothing after a crash, so it is not protected against one; it is written
      // and read from one end to the other, so its pages are large.
      try db.execute(
        sql: """
          PRAGMA page_size=65536; PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF;
          PRAGMA cache_size=-32768;
          """)
    }
    queue = try DatabaseQueue(path: file.path, configuration: configuration)
    try queue.write { db in
      try db.execute(sql: Dialect.sqlite.creation(shape))
    }
  }

  func append(_ rows: [FilledRow]) async throws {
    try await queue.write { db in
      let boxes: SQLiteSession.FilledBoxes = self.hasBoxes.withLock(\.self) ? .named("box") : .none
      try SQLiteSession(db: db, boxes: boxes).fill(self.shape, with: rows)
    }
  }

  /// The index of boxes is made when it is first asked for: whole states never ask.
  func prepareForWindows() async throws {
    try await queue.write { db in
      guard !self.hasBoxes.withLock(\.self) else { return }
      try db.execute(sql: "CREATE VIRTUAL TABLE box USING rtree(row, minx, maxx, miny, maxy)")
      let session = SQLiteSession(db: db)
      let rows = try session.rows(
        """
        SELECT row, substr(geom, 1, \(GeoPackageBlob.boxLength)) FROM \(raw: Self.name) ORDER BY row
        """)
      try session.index(rows, in: "box", of: "main")
      self.hasBoxes.withLock { $0 = true }
    }
  }

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
