import Synchronization

/// A draft as a table of its own in the schema `draft`, which no reader of the map looks into.
///
/// - Shape: unlogged, since a draft is worth nothing after a crash; the server empties such a
///   table when it comes up again, which is why rows are counted here too.
final class PostgreSQLDraft: DraftRoom {
  let name: String
  private let pool: PostgreSQLPool
  private let shape: TableShape
  private let sent = Mutex<Int64>(0)
  private let isIndexed = Mutex(false)

  var table: SQL { SQL(raw: name) }
  /// Rows there must be.
  var rowCount: Int64 { sent.withLock(\.self) }

  init(named name: String, for table: DatasetTable, in pool: PostgreSQLPool) async throws {
    self.name = name
    self.pool = pool
    let shape = table.draftShape(named: name)
    self.shape = shape
    try await pool.run(.plain) { session in
      try session.script(PostgreSQLTables.creation(shape, kind: "UNLOGGED TABLE"))
    }
  }

  func append(_ rows: [FilledRow]) async throws {
    try await pool.run(.plain) { session in try session.fill(self.shape, with: rows) }
    sent.withLock { $0 += Int64(rows.count) }
  }

  /// Makes the index of places, once the first window is asked for.
  func prepareForWindows() async throws {
    guard !isIndexed.withLock(\.self) else { return }
    try await pool.run(.plain) { session in
      try session.script(
        """
        BEGIN;
        SET LOCAL statement_timeout = 0;
        CREATE INDEX IF NOT EXISTS \(self.indexName) ON \(self.name) USING gist (bounds);
        ANALYZE \(self.name);
        COMMIT
        """)
    }
    isIndexed.withLock { $0 = true }
  }

  private var indexName: String { String(name.split(separator: ".").last ?? "") + "_bounds" }

  func reading<Result: Sendable>(
    _ body: @Sendable (any Session, SQL) throws -> Result
  ) async throws -> Result {
    try await pool.run(.reading) { session in try body(session, self.table) }
  }

  /// Refuses a draft that is not what it was, and makes it ready to be recorded.
  func prepareForCommit(_ session: any Session, _ id: DraftID) throws {
    guard try session.integer("SELECT count(*) FROM \(table)") == rowCount else {
      throw StoreError.noSuchDraft(id)
    }
    try session.examine(table)
  }

  func remove() async {
    // What stays behind goes when the map is next opened.
    try? await pool.run(.plain) { session in
      try session.script("DROP TABLE IF EXISTS \(self.name)")
    }
  }
}
