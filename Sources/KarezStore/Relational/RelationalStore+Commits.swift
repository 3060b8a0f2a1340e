public import KarezCore

extension RelationalStore {
  public func commits(
    _ query: CommitQuery, in scope: Scope
  ) async throws(StoreError) -> [CommitRecord] {
    try await reading(.commits, in: scope) { reader in
      let tables =
        try query.dataset.map { [try reader.table($0)] } ?? reader.tables()
      let known = Dictionary(tables.map { ($0.schema.id, $0) }) { first, _ in first }
      let most = max(0, query.limit ?? .max)
      var found: [CommitRecord] = []
      let rows = try reader.session.rows(Self.statement(query, Array(known.keys).sorted()))
      while found.count < most, let row = try rows.next() {
        let record = try CommitRecord(row: row)
        guard let table = known[record.dataset] else { continue }
        let view = CommitView(table: table, session: reader.session)
        guard let shown = try view.shown(record) else { continue }
        found.append(reader.scope.namesPeople ? shown : shown.withoutPeople())
      }
      return found.reversed()
    }
  }

  /// Commits of some datasets, the last first.
  private static func statement(_ query: CommitQuery, _ datasets: [DatasetID]) -> SQL {
    var conditions: [SQL] = ["c.dataset IN \(list(of: datasets.map(\.text)))"]
    if let before = query.before { conditions.append("c.number < \(before)") }
    return """
      SELECT c.number, c.recorded_at, c.actor, c.reason, c.case_number, c.valid_from,
        c.valid_until, c.source, c.source_sm3, c.reader, c.crs, c.inserted, c.changed, c.ended,
        c.sm3, c.dataset, a.profiles, a.report, a.submitted_by, a.signed_by
      FROM karez_commit c LEFT JOIN karez_admission a ON a.number = c.number
      WHERE \(SQL.and(conditions)) ORDER BY c.number DESC
      """
  }
}

/// A commit as a reader may know it: those who see part of a dataset learn what it did to that
/// part, and no digest of the rest.
private struct CommitView {
  let table: ScopedTable
  let session: any Session

  /// Nil where the commit did nothing the reader may see.
  func shown(_ record: CommitRecord) throws -> CommitRecord? {
    guard !table.isWhole else { return record }
    guard !table.hasAllRows else { return record.withoutDigests() }
    let counts = try counts(of: record.commit.value)
    guard counts != [0, 0, 0] else { return nil }
    return record.withoutDigests(counts: counts)
  }

  /// Features the commit inserted, changed and ended, of those in scope.
  ///
  /// A feature is changed where its last day stays, ended where it comes nearer.
  private func counts(of commit: Int) throws -> [Int] {
    let history = DatasetHistory(session: session, table: table.whole, definition: "")
    let first = try history.lastRow(at: commit - 1)
    let last = try history.lastRow(at: commit)
    let visible = SQL.and(table.rows())
    let end: SQL = "coalesce(h.valid_until, \(CommitWriter.never))"
    let row = try session.first(
      """
      SELECT sum(CASE WHEN old_end IS NULL THEN 1 ELSE 0 END),
        sum(CASE WHEN old_end IS NOT NULL AND new_end >= old_end THEN 1 ELSE 0 END),
        sum(CASE WHEN old_end IS NOT NULL AND (new_end IS NULL OR new_end < old_end)
          THEN 1 ELSE 0 END)
      FROM (SELECT max(written) AS new_end, max(superseded) AS old_end FROM (
        SELECT h.id AS id, \(end) AS written, CAST(NULL AS TEXT) AS superseded
        FROM \(table.history) h WHERE h.fid > \(first) AND h.fid <= \(last) AND \(visible)
        UNION ALL
        SELECT h.id AS id, CAST(NULL AS TEXT) AS written, \(end) AS superseded
        FROM \(table.history) h WHERE h.recorded_until = \(commit) AND \(visible)
      ) AS versions GROUP BY id) AS features
      """)
    return (0..<3).map { row?.int($0) ?? 0 }
  }
}

extension CommitRecord {
  fileprivate init(row: any SQLRow) throws(StoreError) {
    let texts = [1, 2, 3, 5, 7, 8, 9, 10, 14].compactMap { row.text($0) }
    let counts = [11, 12, 13].compactMap { row.int($0) }
    guard texts.count == 9, counts.count == 3,
      let number = row.int(0).flatMap({ CommitNumber($0) }),
      let dataset = row.text(15).flatMap({ DatasetID($0) }), let from = LegalDate(texts[3]),
      let validity = Validity(from: from, until: row.text(6).flatMap { LegalDate($0) })
    else { throw .corrupt(what: "commit \(row.int(0) ?? 0)") }
    self.init(
      commit: number, dataset: dataset, recordedAt: texts[0], actor: Actor(id: texts[1]),
      reason: texts[2], caseNumber: row.text(4), validity: validity,
      lineage: Lineage(
        source: texts[4], sourceSM3: texts[5], reader: texts[6], crs: texts[7]),
      admission: row.text(16).map {
        Admission(
          profiles: Admission.profiles(parsing: $0), report: row.text(17),
          submittedBy: row.text(18), signedBy: row.text(19))
      }, inserted: counts[0], changed: counts[1], ended: counts[2], sm3: texts[8])
  }

  /// The same without who recorded, sent and signed it.
  fileprivate func withoutPeople() -> CommitRecord {
    CommitRecord(
      commit: commit, dataset: dataset, recordedAt: recordedAt, actor: .withheld, reason: reason,
      caseNumber: caseNumber, validity: validity, lineage: lineage,
      admission: admission.map {
        Admission(profiles: $0.profiles, report: $0.report, submittedBy: nil, signedBy: nil)
      }, inserted: inserted, changed: changed, ended: ended, sm3: sm3)
  }

  /// The same without digests of what not everyone may see, which would let it be guessed.
  fileprivate func withoutDigests(counts: [Int]? = nil) -> CommitRecord {
    let counts = counts ?? [inserted, changed, ended]
    return CommitRecord(
      commit: commit, dataset: dataset, recordedAt: recordedAt, actor: actor, reason: reason,
      caseNumber: caseNumber, validity: validity,
      lineage: Lineage(
        source: lineage.source, sourceSM3: "", reader: lineage.reader, crs: lineage.crs),
      admission: admission.map {
        Admission(
          profiles: $0.profiles, report: nil, submittedBy: $0.submittedBy, signedBy: $0.signedBy)
      }, inserted: counts[0], changed: counts[1], ended: counts[2], sm3: "")
  }
}

extension Admission {
  /// The profiles as the register and the log entry of the commit have them.
  var profilesJSON: JSONValue {
    .array(
      profiles.map { .object(["id": .string($0.id), "version": .string($0.version)]) })
  }

  /// As the log entry of its commit has it.
  var json: JSONValue {
    .object([
      "profiles": profilesJSON, "report": .optional(report),
      "submittedBy": .optional(submittedBy), "signedBy": .optional(signedBy),
    ])
  }

  /// What an altered text does not say any more is left to the verification to tell.
  fileprivate static func profiles(parsing text: String) -> [ProfileVersion] {
    ((try? JSONValue(parsing: text))?.array ?? []).compactMap { item in
      guard let id = item["id"]?.string, let version = item["version"]?.string else { return nil }
      return ProfileVersion(id: id, version: version)
    }
  }
}
