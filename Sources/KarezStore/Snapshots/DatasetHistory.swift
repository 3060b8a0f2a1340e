import KarezCore
import KarezCrypto

/// The history of one dataset by commits: which rows a state has that another has not.
///
/// - Assumes: rows are numbered in the order of their commits, as `CommitWriter` numbers them.
struct DatasetHistory {
  let session: any Session
  let table: DatasetTable
  let definition: String

  private var history: SQL { table.history }
  private var dataset: DatasetID { table.schema.id }

  /// The dataset's own last commit up to one; 0 before the first.
  func lastCommit(upTo commit: Int = .max) throws -> Int {
    let last = try session.integer(
      SQL(
        "SELECT max(number) FROM karez_commit WHERE dataset = \(dataset) AND number <= \(commit)"
      ).kept)
    return Int(last ?? 0)
  }

  /// The day from which the state of a day is valid, as it was said up to a commit.
  func currentTo(_ asOf: AsOf) throws -> LegalDate? {
    let day = asOf.validOn
    return try session.text(
      SQL(
        """
        SELECT max(valid_from) FROM karez_statement
        WHERE dataset = \(dataset) AND valid_from <= \(day)
          AND (valid_until IS NULL OR valid_until > \(day)) AND said_at <= \(asOf.recorded)
        """
      ).kept
    ).flatMap { LegalDate($0) }
  }

  /// The last row there was at a commit.
  func lastRow(at commit: Int) throws -> Int64 {
    var low: Int64 = 0
    var high = try session.integer("SELECT max(fid) FROM \(history)") ?? 0
    while low < high {
      let middle = low + (high - low) / 2
      let next = try session.first(
        SQL(
          """
          SELECT fid, recorded_from FROM \(history) WHERE fid > \(middle) ORDER BY fid LIMIT 1
          """
        ).kept)
      guard let next, let fid = next.integer(0), let recorded = next.int(1) else { break }
      if recorded <= commit {
        low = fid
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
    let commits = try session.rows(
      """
      SELECT number, sm3 FROM karez_commit WHERE dataset = \(dataset) AND number <= \(commit)
      ORDER BY number
      """)
    while let row = try commits.next() {
      hash.update(Array("\n\(row.int(0) ?? 0) \(row.text(1) ?? "")".utf8))
    }
    let digest = hash.finish().description.prefix(16)
    return SnapshotFolder.Identity(
      commit: commit, lastRow: try lastRow(at: commit), digest: UInt64(digest, radix: 16) ?? 0)
  }

  /// All rows that are recorded at a commit, whatever days they are valid on.
  static func recorded(at commit: Int) -> SQL {
    """
    h.recorded_from <= \(commit) AND (h.recorded_until IS NULL OR h.recorded_until > \(commit))
    """
  }

  /// Rows that are recorded at `commit` and were not at `base`.
  func added(at commit: Int, besides base: (commit: Int, lastRow: Int64)?) throws -> SQL {
    let last = try lastRow(at: commit)
    if let base, commit < base.commit {
      return Self.superseded(after: commit, upTo: base.commit, amongRowsTo: last)
    }
    return Self.written(after: base?.lastRow ?? 0, upTo: last, recordedAt: commit)
  }

  /// Rows that were recorded at `base` and are not at `commit`; nil where they are too many.
  func hidden(
    at commit: Int, of base: (commit: Int, lastRow: Int64), atMost most: Int
  ) throws -> Set<Int64>? {
    let condition =
      commit < base.commit
      ? Self.written(
        after: try lastRow(at: commit), upTo: base.lastRow, recordedAt: base.commit)
      : Self.superseded(after: base.commit, upTo: commit, amongRowsTo: base.lastRow)
    let rows = try session.all(
      "SELECT h.fid FROM \(history) h WHERE \(condition) LIMIT \(raw: String(most + 1))"
    ).compactMap { $0.integer(0) }
    return rows.count > most ? nil : Set(rows)
  }

  // The unary plus keeps the engine to the one index that serves.

  private static func superseded(after: Int, upTo: Int, amongRowsTo last: Int64) -> SQL {
    "h.recorded_until > \(after) AND h.recorded_until <= \(upTo) AND +h.fid <= \(last)"
  }

  private static func written(after: Int64, upTo: Int64, recordedAt commit: Int) -> SQL {
    """
    h.fid > \(after) AND h.fid <= \(upTo) \
    AND (+h.recorded_until IS NULL OR +h.recorded_until > \(commit))
    """
  }

  /// Whether rows of a condition are few enough, in number and in bytes of geometry.
  func isSmall(_ condition: SQL, _ limits: (rows: Int, bytes: Int)) throws -> Bool {
    let row = try session.first(
      """
      SELECT count(*), CAST(coalesce(sum(size), 0) AS BIGINT) FROM
        (SELECT \(session.dialect.size("h.geom")) AS size FROM \(history) h WHERE \(condition)
          LIMIT \(raw: String(limits.rows + 1))) AS found
      """)
    guard let row else { return true }
    return (row.int(0) ?? 0) <= limits.rows && (row.int(1) ?? 0) <= limits.bytes
  }
}
