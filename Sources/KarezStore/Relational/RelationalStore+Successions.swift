public import KarezCore

extension RelationalStore {
  public func successions(
    of dataset: DatasetID, _ query: SuccessionQuery, in scope: Scope
  ) async throws(StoreError) -> [RecordedSuccession] {
    try await reading(.successions, in: scope) { reader in
      let table = try reader.table(dataset)
      let condition = SQL.and(
        ["m.number IN (\(Self.numbers(of: dataset, query)))"]
          + Self.isVisible(table))
      let rows = try reader.session.rows(
        """
        SELECT m.number, m.kind, m.valid_on, m.role, m.id, m.recorded_from, m.recorded_until
        FROM karez_succession m WHERE \(condition) ORDER BY m.number, m.role, m.position
        """)
      var found: [SuccessionRows] = []
      while let row = try rows.next() {
        if found.last?.number != row.integer(0) { found.append(try SuccessionRows(row)) }
        found[found.count - 1].add(row)
      }
      return found.map(\.succession)
    }
  }

  private static func numbers(of dataset: DatasetID, _ query: SuccessionQuery) -> SQL {
    switch query {
    case .of(let ids):
      """
      SELECT number FROM karez_succession WHERE dataset = \(dataset) AND id IN \(list(of: ids))
      """
    case .recorded(let after, let through):
      """
      SELECT number FROM karez_succession WHERE dataset = \(dataset)
      AND (recorded_from > \(after) AND recorded_from <= \(through)
        OR recorded_until > \(after) AND recorded_until <= \(through))
      """
    }
  }

  /// That a member's feature is one the reader may see, as it is or once was.
  private static func isVisible(_ table: ScopedTable) -> [SQL] {
    table.rows().map { region in
      "EXISTS (SELECT 1 FROM \(table.history) h WHERE h.id = m.id AND \(region))"
    }
  }
}

/// One succession, as its rows come.
private struct SuccessionRows {
  let number: Int64
  private let kind: Succession.Kind
  private let validOn: LegalDate
  private let recordedFrom: CommitNumber
  private let recordedUntil: CommitNumber?
  private var parents: [String] = []
  private var children: [String] = []

  init(_ row: any SQLRow) throws {
    guard let number = row.integer(0),
      let kind = row.text(1).flatMap({ Succession.Kind(rawValue: $0) }),
      let day = row.text(2).flatMap({ LegalDate($0) }),
      let from = row.int(5).flatMap({ CommitNumber($0) })
    else { throw StoreError.corrupt(what: "succession \(row.integer(0) ?? 0)") }
    self.number = number
    self.kind = kind
    validOn = day
    recordedFrom = from
    recordedUntil = row.int(6).flatMap { CommitNumber($0) }
  }

  mutating func add(_ row: any SQLRow) {
    guard let id = row.text(4) else { return }
    if row.text(3) == SuccessionWriter.parent {
      parents.append(id)
    } else {
      children.append(id)
    }
  }

  var succession: RecordedSuccession {
    RecordedSuccession(
      number: number, kind: kind, parents: parents, children: children, validOn: validOn,
      recordedFrom: recordedFrom, recordedUntil: recordedUntil)
  }
}
