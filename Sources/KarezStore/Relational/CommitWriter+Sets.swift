import KarezCore

/// What a draft is set against what is recorded: ends of its days, versions it touches, days on
/// which it is news, days it leaves over.
extension CommitWriter {
  /// Later than any day; days are compared as text.
  static let never: SQL = "'9999-99-99'"

  /// The days of row `s` of a draft; `until` is null where they do not end.
  struct RowDays {
    let from: SQL
    let until: SQL

    /// The end as a day that compares.
    var end: SQL { "coalesce(\(until), \(CommitWriter.never))" }

    /// That a version is recorded, and shares days with the row.
    func areMet(by version: SQL) -> SQL {
      """
      \(version).recorded_until IS NULL AND \(version).valid_from < \(end) \
      AND (\(version).valid_until IS NULL OR \(version).valid_until > \(from))
      """
    }

    /// That a version already says what the row says, on some of its days.
    func areSaid(by version: SQL) -> SQL {
      """
      \(version).id = s.id AND \(version).content_hash = s.content_hash \
      AND \(areMet(by: version))
      """
    }
  }

  /// Whether each row's days end where its feature next changes.
  private var endsAtNextChange: Bool { plan.mode == .changes && plan.validity.until == nil }

  /// The days of a row: those of the plan, where all rows have the same.
  func days(until: LegalDate?) -> RowDays {
    if plan.mode == .versions { return RowDays(from: "s.valid_from", until: "s.valid_until") }
    let from: SQL = "CAST(\(plan.validity.from) AS TEXT)"
    if endsAtNextChange { return RowDays(from: from, until: "s.valid_until") }
    return RowDays(from: from, until: "CAST(\(until) AS TEXT)")
  }

  func temporary(_ name: String) -> SQL {
    SQL(raw: session.dialect.temporary + "." + name)
  }

  func dropTables() throws {
    for table in [touched, pieces, remnants] { try session.run("DROP TABLE IF EXISTS \(table)") }
  }

  func makeTables() throws {
    try dropTables()
    let number = SQL(raw: session.dialect.numbering)
    let big = SQL(raw: session.dialect.type(.integer))
    let text = SQL(raw: session.dialect.type(.text))
    try session.run(
      """
      CREATE TEMP TABLE touched (
        fid \(big) NOT NULL, valid_from \(text) NOT NULL, valid_until \(text),
        ended \(big) NOT NULL, PRIMARY KEY (fid, valid_from))
      """)
    try session.run(
      """
      CREATE TEMP TABLE pieces (
        number \(number), row \(big) NOT NULL, valid_from \(text), valid_until \(text))
      """)
    try session.run(
      """
      CREATE TEMP TABLE remnants (
        number \(number), fid \(big) NOT NULL, valid_from \(text), valid_until \(text))
      """)
  }

  /// Gives each row the end of its days, where neither the row nor the plan says it.
  func setUntil(_ until: LegalDate?) throws {
    guard endsAtNextChange else { return }
    let least = SQL(raw: session.dialect.least)
    try session.run(
      """
      UPDATE \(staged) AS s SET valid_until = nullif(\(least)(
        coalesce(CAST(\(until) AS TEXT), \(Self.never)),
        coalesce(\(nextChange("valid_from", after: "valid_until")), \(Self.never)),
        coalesce(\(nextChange("valid_until", after: "valid_from")), \(Self.never))),
        \(Self.never))
      """)
    try session.examine(staged)
  }

  /// The first day after the row's on which what is recorded of feature `s.id` changes; two
  /// versions that say the same and touch are not a change.
  private func nextChange(_ edge: SQL, after other: SQL) -> SQL {
    """
    (SELECT min(h.\(edge)) FROM \(history) h WHERE h.id = s.id AND h.recorded_until IS NULL
      AND h.\(edge) > s.valid_from AND NOT EXISTS (SELECT 1 FROM \(history) k WHERE k.id = h.id
        AND k.recorded_until IS NULL AND k.\(other) = h.\(edge)
        AND k.content_hash = h.content_hash))
    """
  }

  /// Refuses a row under an identifier whose feature ended before the row's days, or was taken
  /// back, unless it says again what was once said of these days, or goes on where it ended.
  func refuseRetired(_ days: RowDays) throws {
    let retired = try session.first(
      """
      SELECT s.id, s.row FROM \(staged) s WHERE s.ends = 0
        AND EXISTS (SELECT 1 FROM \(history) e WHERE e.id = s.id)
        AND NOT EXISTS (SELECT 1 FROM \(history) h WHERE h.id = s.id
          AND h.recorded_until IS NULL
          AND (h.valid_until IS NULL OR h.valid_until > \(days.from)))
        AND NOT EXISTS (SELECT 1 FROM \(history) k WHERE k.id = s.id
          AND k.content_hash = s.content_hash
          AND (k.recorded_until IS NULL AND k.valid_until = \(days.from)
            OR k.valid_from < \(days.end)
              AND (k.valid_until IS NULL OR k.valid_until > \(days.from))))
      ORDER BY s.row LIMIT 1
      """)
    if let retired {
      throw StoreError.retiredIdentifier(
        plan.dataset, id: retired.text(0) ?? "", row: retired.integer(1) ?? 0)
    }
  }

  func findTouched(_ days: RowDays) throws {
    switch plan.mode {
    case .state:
      try session.run(
        """
        INSERT INTO \(touched)
        SELECT h.fid, \(days.from), \(days.until), CASE WHEN s.row IS NULL THEN 1 ELSE 0 END
        FROM \(history) h LEFT JOIN \(staged) s ON s.id = h.id AND s.ends = 0
        WHERE \(days.areMet(by: "h")) AND (s.row IS NULL OR s.content_hash <> h.content_hash)
        """)
    case .changes, .versions:
      try session.run(
        """
        INSERT INTO \(touched) SELECT h.fid, \(days.from), \(days.until), s.ends
        FROM \(staged) s CROSS JOIN \(history) h
        WHERE h.id = s.id AND \(days.areMet(by: "h"))
          AND (s.ends <> 0 OR s.content_hash <> h.content_hash)
        """)
    }
    try session.examine(touched)
  }

  func findPieces(_ days: RowDays) throws {
    try session.run(
      """
      INSERT INTO \(pieces) (row, valid_from, valid_until)
      SELECT s.row, \(days.from), \(days.until) FROM \(staged) s WHERE s.ends = 0
        AND NOT EXISTS (SELECT 1 FROM \(history) k WHERE \(days.areSaid(by: "k")))
      ORDER BY s.row
      """)
    // Where the same was said of some of the days, only the gaps before, between and after.
    try session.run(
      """
      INSERT INTO \(pieces) (row, valid_from, valid_until)
      SELECT s.row, \(days.from),
        (SELECT min(k.valid_from) FROM \(history) k WHERE \(days.areSaid(by: "k")))
      FROM \(staged) s WHERE s.ends = 0
        AND EXISTS (SELECT 1 FROM \(history) k WHERE \(days.areSaid(by: "k")))
        AND NOT EXISTS (SELECT 1 FROM \(history) k
          WHERE \(days.areSaid(by: "k")) AND k.valid_from <= \(days.from))
      ORDER BY s.row
      """)
    try session.run(
      """
      INSERT INTO \(pieces) (row, valid_from, valid_until)
      SELECT s.row, j.valid_until, coalesce((SELECT min(k.valid_from) FROM \(history) k
        WHERE \(days.areSaid(by: "k")) AND k.valid_from >= j.valid_until), \(days.until))
      FROM \(staged) s CROSS JOIN \(history) j
      WHERE \(days.areSaid(by: "j")) AND s.ends = 0 AND j.valid_until < \(days.end)
        AND NOT EXISTS (SELECT 1 FROM \(history) k
          WHERE \(days.areSaid(by: "k")) AND k.valid_from = j.valid_until)
      ORDER BY s.row, j.valid_until
      """)
    try session.examine(pieces)
  }

  /// The days of touched versions before, between and after those of the rows that touch them.
  func findRemnants() throws {
    try session.run(
      """
      INSERT INTO \(remnants) (fid, valid_from, valid_until)
      SELECT t.fid, h.valid_from, t.valid_from
      FROM \(touched) t JOIN \(history) h ON h.fid = t.fid
      WHERE h.valid_from < t.valid_from AND NOT EXISTS (SELECT 1 FROM \(touched) o
        WHERE o.fid = t.fid AND o.valid_from < t.valid_from)
      ORDER BY t.fid
      """)
    try session.run(
      """
      INSERT INTO \(remnants) (fid, valid_from, valid_until)
      SELECT t.fid, t.valid_until, coalesce((SELECT min(o.valid_from) FROM \(touched) o
        WHERE o.fid = t.fid AND o.valid_from > t.valid_from), h.valid_until)
      FROM \(touched) t JOIN \(history) h ON h.fid = t.fid
      WHERE t.valid_until IS NOT NULL
        AND (h.valid_until IS NULL OR h.valid_until > t.valid_until)
        AND NOT EXISTS (SELECT 1 FROM \(touched) o
          WHERE o.fid = t.fid AND o.valid_from = t.valid_until)
      ORDER BY t.fid, t.valid_from
      """)
    try session.examine(remnants)
  }
}
