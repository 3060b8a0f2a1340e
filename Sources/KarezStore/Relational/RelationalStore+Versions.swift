public import KarezCore

extension RelationalStore {
  public func versions(
    _ query: VersionQuery, after cursor: FeatureCursor?, limit: Int, in scope: Scope
  ) async throws(StoreError) -> VersionPage {
    let limit = max(1, min(limit, 1_000_000))
    return try await reading(.versions, in: scope) { reader in
      let table = try reader.table(query.dataset)
      let history = DatasetHistory(session: reader.session, table: table.whole, definition: "")
      let isSuperseded = if case .superseded = query.selection { true } else { false }
      let condition = SQL.and(
        [try Self.condition(for: query.selection, of: history)]
          + [cursor.map { Self.later(than: $0, bySupersession: isSuperseded) }].compactMap(\.self)
          + table.rows())
      let order: SQL = isSuperseded ? "h.recorded_until, h.fid" : "h.fid"
      let columns = Self.versionColumns(of: table.table) + ["recorded_until"]
      let rows = try reader.session.rows(
        """
        SELECT \(.names(columns + table.digestColumns, of: "h"))
        FROM \(table.history) h WHERE \(condition)
        ORDER BY \(order) LIMIT \(raw: String(limit))
        """)
      var versions: [RecordedVersion] = []
      while let row = try rows.next() {
        let version = try Self.version(of: row, in: table.table)
        versions.append(
          RecordedVersion(
            version: version,
            recordedUntil: row.int(columns.count - 1).flatMap { CommitNumber($0) },
            // A digest of what is hidden would let it be guessed.
            contentSM3: table.hasAllAttributes
              ? ContentDigest.text(row.bytes(columns.count) ?? []) : version.feature.contentSM3))
      }
      guard versions.count == limit, let last = versions.last else {
        return VersionPage(versions: versions, next: nil)
      }
      let key = isSuperseded ? last.recordedUntil?.value ?? 0 : 0
      return VersionPage(
        versions: versions, next: FeatureCursor(row: last.version.row, key: key))
    }
  }

  private static func condition(
    for selection: VersionQuery.Selection, of history: DatasetHistory
  ) throws -> SQL {
    switch selection {
    case .features(let ids): return "h.id IN \(list(of: ids))"
    case .written(let after, let through):
      let first = try history.lastRow(at: after.value)
      let last = try history.lastRow(at: through.value)
      return "h.fid > \(first) AND h.fid <= \(last)"
    case .superseded(let after, let through):
      return "h.recorded_until > \(after) AND h.recorded_until <= \(through)"
    }
  }

  private static func later(than cursor: FeatureCursor, bySupersession: Bool) -> SQL {
    bySupersession
      ? "(h.recorded_until, h.fid) > (\(cursor.key), \(cursor.row))" : "h.fid > \(cursor.row)"
  }

  /// Texts as what a column is looked for in.
  static func list(of texts: [String]) -> SQL {
    texts.isEmpty ? "(NULL)" : "(\(SQL.joined(texts.map { "\($0)" }, by: ", ")))"
  }

  public func contentDigest(
    of dataset: DatasetID, at commit: CommitNumber, in scope: Scope
  ) async throws(StoreError) -> String {
    try await reading(.contentDigest, in: scope) { reader in
      let table = try reader.table(dataset)
      guard table.hasAllAttributes else { throw StoreError.scopeTooNarrow(dataset) }
      let condition = SQL.and([DatasetHistory.recorded(at: commit.value)] + table.rows())
      var digest = ContentDigest()
      let rows = try reader.session.rows(
        """
        SELECT h.id, h.valid_from, h.valid_until, h.content_hash FROM \(table.history) h
        WHERE \(condition) ORDER BY h.id, h.valid_from
        """)
      while let row = try rows.next() {
        digest.add(
          id: row.text(0) ?? "", from: row.text(1) ?? "", until: row.text(2),
          content: row.bytes(3) ?? [])
      }
      return digest.finish()
    }
  }

  // MARK: Identifiers

  public func uses(
    of identifiers: [String], in dataset: DatasetID, scope: Scope
  ) async throws(StoreError) -> [String: IdentifierUse] {
    try await reading(.uses, in: scope) { reader in
      let table = try reader.table(dataset)
      guard table.hasAllRows else { throw StoreError.scopeTooNarrow(dataset) }
      let rows = try reader.session.all(
        """
        SELECT h.id, max(CASE WHEN h.recorded_until IS NULL
          THEN coalesce(h.valid_until, \(CommitWriter.never)) END)
        FROM \(table.history) h WHERE h.id IN \(Self.list(of: identifiers)) GROUP BY h.id
        """)
      var uses: [String: IdentifierUse] = [:]
      for row in rows {
        guard let id = row.text(0) else { continue }
        // Never is no day, and later than any.
        uses[id] = row.text(1).map { LegalDate($0).map { .ended($0) } ?? .inForce } ?? .withdrawn
      }
      return uses
    }
  }

  public func greatestNumber(
    of dataset: DatasetID, beginning prefix: String, digits: Int, in scope: Scope
  ) async throws(StoreError) -> Int? {
    precondition((1...18).contains(digits), "digits of a number: \(digits)")
    return try await reading(.greatestNumber, in: scope) { reader in
      let table = try reader.table(dataset)
      guard table.hasAllRows else { throw StoreError.scopeTooNarrow(dataset) }
      let end: SQL = "substr(h.id, length(h.id) - \(raw: String(digits - 1)))"
      let least = String(repeating: "0", count: digits)
      let greatest = String(repeating: "9", count: digits)
      let rows = try reader.session.rows(
        """
        SELECT \(end) FROM \(table.history) h
        WHERE h.id >= \(prefix) AND h.id < \(prefix + "\u{10FFFF}")
          AND length(h.id) >= \(raw: String(prefix.count + digits))
          AND \(end) >= \(least) AND \(end) <= \(greatest) ORDER BY 1 DESC
        """)
      // Few texts between the two are no numbers, so that the first row mostly is the one.
      while let row = try rows.next() {
        guard let text = row.text(0), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
          continue
        }
        return Int(text)
      }
      return nil
    }
  }
}
