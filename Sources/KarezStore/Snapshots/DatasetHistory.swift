import GRDB
import KarezCore
import KarezCrypto

/// The history of one dataset by commits: which rows a state has that another has not.
///
/// - Assumes: rows are numbered in the order of their commits, as `CommitWriter` numbers them.
struct DatasetHistory {
  let db: Database
  let table: DatasetTable
  let definition: String

  private var history: String { GeoPackageTables.quoted(table.history) }

  /// The dataset's own last commit up to one; 0 before the first.
  func lastCommit(upTo commit: Int = .max) throws -> Int {
    try Int.fetchOne(
      db.cachedStatement(
        sql: "SELECT max(number) FROM karez_commit WHERE dataset = ? AND number <= ?"),
      arguments: [table.schema.id.text, commit]) ?? 0
  }

  /// The day from which the state of a day is valid, as it was said up to a commit.
  func currentTo(_ asOf: AsOf) throws -> LegalDate? {
    let day = asOf.validOn.description
    return try String.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT max(valid_from) FROM karez_statement
          WHERE dataset = ? AND valid_from <= ? AND (valid_until IS NULL OR valid_until > ?)
            AND said_at <= ?
          """),
      arguments: [table.schema.id.text, day, day, asOf.recorded.value]
    ).flatMap { LegalDate($0) }
  }

  /// The last row there was at a commit.
  func lastRow(at commit: Int) throws -> Int64 {
    var low: Int64 = 0
    var high = try Int64.fetchOne(db, sql: "SELECT max(fid) FROM \(history)") ?? 0
    let next = try db.cachedStatement(
      sql: "SELECT fid, recorded_from FROM \(history) WHERE fid > ? ORDER BY fid LIMIT 1")
    while low < high {
      let middle = low + (high - low) / 2
      guard let row = try Row.fetchOne(next, arguments: [middle]) else { break }
      if (row[1] as Int) <= commit {
        low = row[0]
      } else {
        high = middle
      }
    }
    return low
  }

  /// What tells a layer file of this dataset at a commit from any other.
  func identity(at commit: Int) throws -> SnapshotFolder.Identity {
    var hash = SM3()
    hash.update(Array(definition.utf8))
    let commits = try Row.fetchCursor(
      db, sql: "SELECT number, sm3 FROM karez_commit WHERE dataset = ? AND number <= ? ORDER BY 1",
      arguments: [table.schema.id.text, commit])
    while let row = try commits.next() {
      hash.update(Array("\n\(row[0] as Int) \(row[1] as String)".utf8))
    }
    let digest = hash.finish().description.prefix(16)
    return SnapshotFolder.Identity(
      commit: commit, lastRow: try lastRow(at: commit), digest: UInt64(digest, radix: 16) ?? 0)
  }

  /// All rows that are recorded at a commit, whatever days they are valid on.
  static func recorded(at commit: Int) -> Clause {
    Clause(
      text: "h.recorded_from <= ? AND (h.recorded_until IS NULL OR h.recorded_until > ?)",
      arguments: [commit, commit])
  }

  /// Rows that are recorded at `commit` and were not at `base`.
  ///
  /// The unary plus keeps the engine to the one index that serves.
  func added(at commit: Int, besides base: (commit: Int, lastRow: Int64)?) throws -> Clause {
    let last = try lastRow(at: commit)
    if let base, commit < base.commit {
      return Clause(
        text: "h.recorded_until > ? AND h.recorded_until <= ? AND +h.fid <= ?",
        arguments: [commit, base.commit, last])
    }
    return Clause(
      text: """
        h.fid > ? AND h.fid <= ? AND (+h.recorded_until IS NULL OR +h.recorded_until > ?)
        """,
      arguments: [base?.lastRow ?? 0, last, commit])
  }

  /// Rows that were recorded at `base` and are not at `commit`; nil where they are too many.
  func hidden(
    at commit: Int, of base: (commit: Int, lastRow: Int64), atMost most: Int
  ) throws -> Set<Int64>? {
    let clause: Clause
    if commit < base.commit {
      clause = Clause(
        text: "h.fid > ? AND h.fid <= ? AND (+h.recorded_until IS NULL OR +h.recorded_until > ?)",
        arguments: [try lastRow(at: commit), base.lastRow, base.commit])
    } else {
      clause = Clause(
        text: "h.recorded_until > ? AND h.recorded_until <= ? AND +h.fid <= ?",
        arguments: [base.commit, commit, base.lastRow])
    }
    let rows = try Int64.fetchAll(
      db, sql: "SELECT h.fid FROM \(history) h WHERE \(clause.text) LIMIT \(most + 1)",
      arguments: StatementArguments(clause.arguments))
    return rows.count > most ? nil : Set(rows)
  }

  /// Whether rows of a condition are few enough, in number and in bytes of geometry.
  func isSmall(_ clause: Clause, _ limits: (rows: Int, bytes: Int)) throws -> Bool {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT count(*), coalesce(sum(length(geom)), 0) FROM
          (SELECT geom FROM \(history) h WHERE \(clause.text) LIMIT \(limits.rows + 1))
        """,
      arguments: StatementArguments(clause.arguments))
    guard let row else { return true }
    return (row[0] as Int) <= limits.rows && (row[1] as Int) <= limits.bytes
  }
}
