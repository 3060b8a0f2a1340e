import GRDB
import KarezCore

/// What a draft is set against what is recorded: ends of its days, versions it touches, days on
/// which it is news, days it leaves over.
extension CommitWriter {
  /// Later than any day; days are compared as text.
  private static let never = "'9999-99-99'"

  func makeTables() throws {
    try dropTables()
    try db.execute(
      sql: """
        CREATE TEMP TABLE touched (
          fid INTEGER NOT NULL, valid_from TEXT NOT NULL, valid_until TEXT,
          ended INTEGER NOT NULL, PRIMARY KEY (fid, valid_from)) WITHOUT ROWID;
        CREATE TEMP TABLE pieces (
          number INTEGER PRIMARY KEY, row INTEGER NOT NULL, valid_from TEXT, valid_until TEXT);
        CREATE TEMP TABLE remnants (
          number INTEGER PRIMARY KEY, fid INTEGER NOT NULL, valid_from TEXT, valid_until TEXT);
        """)
  }

  func dropTables() throws {
    try db.execute(
      sql: """
        DROP TABLE IF EXISTS temp.touched; DROP TABLE IF EXISTS temp.pieces;
        DROP TABLE IF EXISTS temp.remnants;
        """)
  }

  /// Gives each row the end of its days, where the row itself does not say it.
  func setUntil(_ until: LegalDate?) throws {
    if plan.mode == .versions { return }
    if plan.mode == .state || plan.validity.until != nil {
      // The column is null until it is set, which is what most drafts need.
      guard let until else { return }
      try run("UPDATE draft.staged SET valid_until = :until", ["until": until.description])
      return
    }
    try run(
      """
      UPDATE draft.staged AS s SET valid_until = nullif(min(coalesce(:until, \(Self.never)),
        coalesce(\(nextChange("valid_from", after: "valid_until")), \(Self.never)),
        coalesce(\(nextChange("valid_until", after: "valid_from")), \(Self.never))),
        \(Self.never))
      """, ["until": until?.description])
  }

  /// The first day after the row's on which what is recorded of feature `s.id` changes; two
  /// versions that say the same and touch are not a change.
  private func nextChange(_ edge: String, after other: String) -> String {
    """
    (SELECT min(h.\(edge)) FROM \(history) h WHERE h.id = s.id AND h.recorded_until IS NULL
      AND h.\(edge) > s.valid_from AND NOT EXISTS (SELECT 1 FROM \(history) k WHERE k.id = h.id
        AND k.recorded_until IS NULL AND k.\(other) = h.\(edge)
        AND k.content_hash = h.content_hash))
    """
  }

  /// That a version is recorded, and shares days with row `s`.
  func meets(_ version: String = "h") -> String {
    """
    \(version).recorded_until IS NULL \
    AND \(version).valid_from < coalesce(s.valid_until, \(Self.never)) \
    AND (\(version).valid_until IS NULL OR \(version).valid_until > s.valid_from)
    """
  }

  func findTouched(_ until: LegalDate?) throws {
    switch plan.mode {
    case .state:
      try run(
        """
        INSERT INTO temp.touched SELECT h.fid, :day, :until, s.row IS NULL FROM \(history) h
        LEFT JOIN draft.staged s ON s.id = h.id AND s.ends = 0
        WHERE h.recorded_until IS NULL AND h.valid_from < coalesce(:until, \(Self.never))
          AND (h.valid_until IS NULL OR h.valid_until > :day)
          AND (s.row IS NULL OR s.content_hash <> h.content_hash)
        """, ["until": until?.description])
    case .changes, .versions:
      try run(
        """
        INSERT INTO temp.touched SELECT h.fid, s.valid_from, s.valid_until, s.ends
        FROM draft.staged s CROSS JOIN \(history) h ON h.id = s.id
        WHERE \(meets()) AND (s.ends OR s.content_hash <> h.content_hash)
        """)
    }
  }

  /// That version `k` already says what row `s` says, on some of its days.
  private func says(_ version: String) -> String {
    """
    \(version).id = s.id AND \(version).content_hash = s.content_hash AND \(meets(version))
    """
  }

  func findPieces() throws {
    try run(
      """
      INSERT INTO temp.pieces (row, valid_from, valid_until)
      SELECT s.row, s.valid_from, s.valid_until FROM draft.staged s WHERE s.ends = 0
        AND NOT EXISTS (SELECT 1 FROM \(history) k WHERE \(says("k"))) ORDER BY s.row
      """)
    // Where the same was said of some of the days, only the gaps before, between and after.
    try run(
      """
      INSERT INTO temp.pieces (row, valid_from, valid_until)
      SELECT s.row, s.valid_from, (SELECT min(k.valid_from) FROM \(history) k WHERE \(says("k")))
      FROM draft.staged s WHERE s.ends = 0
        AND EXISTS (SELECT 1 FROM \(history) k WHERE \(says("k")))
        AND NOT EXISTS (SELECT 1 FROM \(history) k
          WHERE \(says("k")) AND k.valid_from <= s.valid_from)
      ORDER BY s.row
      """)
    try run(
      """
      INSERT INTO temp.pieces (row, valid_from, valid_until)
      SELECT s.row, j.valid_until, coalesce((SELECT min(k.valid_from) FROM \(history) k
        WHERE \(says("k")) AND k.valid_from >= j.valid_until), s.valid_until)
      FROM draft.staged s CROSS JOIN \(history) j ON \(says("j"))
      WHERE s.ends = 0 AND j.valid_until < coalesce(s.valid_until, \(Self.never))
        AND NOT EXISTS (SELECT 1 FROM \(history) k
          WHERE \(says("k")) AND k.valid_from = j.valid_until)
      ORDER BY s.row, j.valid_until
      """)
  }

  /// The days of touched versions before, between and after those of the rows that touch them.
  func findRemnants() throws {
    try run(
      """
      INSERT INTO temp.remnants (fid, valid_from, valid_until)
      SELECT t.fid, h.valid_from, t.valid_from
      FROM temp.touched t JOIN \(history) h ON h.fid = t.fid
      WHERE h.valid_from < t.valid_from AND NOT EXISTS (SELECT 1 FROM temp.touched o
        WHERE o.fid = t.fid AND o.valid_from < t.valid_from)
      ORDER BY t.fid
      """)
    try run(
      """
      INSERT INTO temp.remnants (fid, valid_from, valid_until)
      SELECT t.fid, t.valid_until, coalesce((SELECT min(o.valid_from) FROM temp.touched o
        WHERE o.fid = t.fid AND o.valid_from > t.valid_from), h.valid_until)
      FROM temp.touched t JOIN \(history) h ON h.fid = t.fid
      WHERE t.valid_until IS NOT NULL
        AND (h.valid_until IS NULL OR h.valid_until > t.valid_until)
        AND NOT EXISTS (SELECT 1 FROM temp.touched o
          WHERE o.fid = t.fid AND o.valid_from = t.valid_until)
      ORDER BY t.fid, t.valid_from
      """)
  }
}
