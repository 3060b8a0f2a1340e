public import KarezCore

extension RelationalStore {
  public func differences(
    _ query: DifferenceQuery, after cursor: FeatureCursor?, limit: Int, in scope: Scope
  ) async throws(StoreError) -> DifferencePage {
    let limit = max(1, min(limit, 1_000_000))
    return try await reading(.differences, in: scope) { reader in
      let table = try reader.table(query.dataset)
      let search = DifferenceSearch(
        history: DatasetHistory(session: reader.session, table: table.whole, definition: ""),
        query: query, table: table)
      var found: [StateDifference] = []
      var next: FeatureCursor?
      // First what the earlier state shows, then what only the later one does.
      for phase in (cursor?.key ?? 0)...1 {
        let after = cursor?.key == phase ? cursor?.row ?? 0 : 0
        let rows = try search.rows(phase: phase, after: after, limit: limit - found.count)
        found += rows.map(\.difference)
        guard let last = rows.last, found.count == limit else { continue }
        next = FeatureCursor(row: last.row, key: phase)
        break
      }
      return DifferencePage(differences: found, next: next)
    }
  }
}

/// Finds the features that two states show differently, from the rows that left one of them.
///
/// A row is in one state and not in the other only where a day or a commit between the two is an
/// edge of it, so that what stayed is never read: both are ranges of an index.
private struct DifferenceSearch {
  let history: DatasetHistory
  let query: DifferenceQuery
  let table: ScopedTable

  func rows(
    phase: Int, after row: Int64, limit: Int
  ) throws -> [(row: Int64, difference: StateDifference)] {
    let isFirst = phase == 0
    let (own, other) = isFirst ? (query.from, query.to) : (query.to, query.from)
    guard let edges = try edges(of: own, against: other) else { return [] }
    // What both states show is told in the first phase.
    let differs: SQL =
      isFirst ? "(o.fid IS NULL OR \(table.differs("o", "h")))" : "o.fid IS NULL"
    let rows = try history.session.all(
      """
      SELECT h.fid, h.id, o.fid FROM \(table.history) h
      LEFT JOIN \(table.history) o ON o.id = h.id AND \(shows(other, on: "o"))
      WHERE h.fid IN (\(edges)) AND \(shows(own, on: "h")) AND h.fid > \(row) AND \(differs)
      ORDER BY h.fid LIMIT \(raw: String(limit))
      """)
    return try rows.map { row in
      guard let fid = row.integer(0), let id = row.text(1) else {
        throw StoreError.corrupt(what: "\(table.schema.id) row \(row.integer(0) ?? 0)")
      }
      let counterpart = row.integer(2)
      return (
        fid,
        StateDifference(
          id: id, from: isFirst ? fid : counterpart, to: isFirst ? counterpart : fid)
      )
    }
  }

  /// The rows of a state that the reader may see.
  private func shows(_ state: AsOf, on name: SQL) -> SQL {
    .and([state.clause(on: name)] + table.rows(on: name))
  }

  /// The rows of a state that may not be in the other: a query of their numbers.
  private func edges(of own: AsOf, against other: AsOf) throws -> SQL? {
    let (day, otherDay) = (own.validOn, other.validOn)
    let (commit, otherCommit) = (own.recorded, other.recorded)
    var conditions: [SQL] = []
    if day < otherDay {
      // The first condition is there for the index, which begins with it.
      conditions.append(
        "e.valid_from <= \(day) AND e.valid_until > \(day) AND e.valid_until <= \(otherDay)")
    } else if otherDay < day {
      conditions.append("e.valid_from > \(otherDay) AND e.valid_from <= \(day)")
    }
    if commit < otherCommit {
      conditions.append("e.recorded_until > \(commit) AND e.recorded_until <= \(otherCommit)")
    } else if otherCommit < commit {
      let rows = (
        try history.lastRow(at: otherCommit.value), try history.lastRow(at: commit.value)
      )
      conditions.append("e.fid > \(rows.0) AND e.fid <= \(rows.1)")
    }
    guard !conditions.isEmpty else { return nil }
    return .joined(
      conditions.map { "SELECT e.fid FROM \(table.history) e WHERE \($0)" }, by: " UNION ")
  }
}
