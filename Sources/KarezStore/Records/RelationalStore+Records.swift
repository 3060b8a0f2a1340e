public import KarezCore

extension RelationalStore {
  public func record(
    _ kind: RecordKind, _ key: String
  ) async throws(StoreError) -> PlatformRecord? {
    try await remembered(.record(kind, key)) { () throws(StoreError) in
      try await reading { session in
        try RecordTable(session: session, seals: self.seals(session)).record(kind, key)
      }
    }
  }

  public func records(
    _ query: RecordQuery, after last: PlatformRecord?, limit: Int
  ) async throws(StoreError) -> RecordPage {
    // One is asked for to learn whether there is any; pages are not kept.
    guard last == nil, limit == 1 else { return try await page(query, after: last, limit: limit) }
    return try await remembered(.first(query)) { () throws(StoreError) in
      try await page(query, after: nil, limit: 1)
    }
  }

  private func page(
    _ query: RecordQuery, after last: PlatformRecord?, limit: Int
  ) async throws(StoreError) -> RecordPage {
    try await reading { session in
      let found = try RecordTable(session: session, seals: self.seals(session))
        .records(query, after: last, limit: max(1, limit) + 1)
      guard found.count > max(1, limit) else { return RecordPage(records: found, next: nil) }
      let page = Array(found.dropLast())
      return RecordPage(records: page, next: page.last)
    }
  }

  public func put(
    _ batch: RecordBatch, relabelling change: LabelChange?, by actor: Actor
  ) async throws(StoreError) {
    let names = batch.changes.map { "\($0.record.kind.name) \($0.record.key)" }
    let key = "records \(names.joined(separator: ", "))"
    // What leaves no entry is nothing anybody has to vouch for, such as the progress of a job.
    try await writing(key, isEvidence: batch.entry == nil) { session in
      let time = try moment(session)
      try RecordTable(session: session, seals: self.seals(session))
        .put(batch, by: actor, at: time)
      if let change { try self.relabel(change, by: actor, at: time, session) }
    }
  }
}

/// `karez_record` inside the caller's transaction.
struct RecordTable {
  static let columns = SQL.names(Registers.records.columns.map(\.name))

  let session: any Session
  /// Nil where records carry no codes.
  let seals: SealTable?

  func record(_ kind: RecordKind, _ key: String) throws -> PlatformRecord? {
    try session.first(
      """
      SELECT \(Self.columns) FROM karez_record
      WHERE kind = \(kind.name) AND "key" = \(key.storable)
      """
    ).map { try proved(Self.record(of: $0, kind)) }
  }

  /// The record, if it carries the code it was written with.
  private func proved(_ record: PlatformRecord) throws -> PlatformRecord {
    if let seals, let sealed = Sealed(record) { try seals.check(sealed) }
    return record
  }

  func records(
    _ query: RecordQuery, after last: PlatformRecord?, limit: Int
  ) throws -> [PlatformRecord] {
    var conditions: [SQL] = ["kind = \(query.kind.name)"]
    if !query.states.isEmpty {
      let states = SQL.joined(query.states.map { "\($0)" }, by: ", ")
      conditions.append("state IN (\(states))")
    }
    if let owner = query.owner { conditions.append("owner = \(owner)") }
    if let prefix = query.keyPrefix {
      conditions.append("substr(\"key\", 1, length(\(prefix))) = \(prefix)")
    }
    if let due = query.dueUntil { conditions.append("due <= \(due)") }
    let order: SQL
    switch query.order {
    case .key:
      order = "\"key\""
      if let last { conditions.append("\"key\" > \(last.key)") }
    case .keyDescending:
      order = "\"key\" DESC"
      if let last { conditions.append("\"key\" < \(last.key)") }
    case .due:
      order = "due, \"key\""
      conditions.append("due IS NOT NULL")
      if let last { conditions.append("(due, \"key\") > (\(last.due ?? ""), \(last.key))") }
    }
    return try session.all(
      """
      SELECT \(Self.columns) FROM karez_record WHERE \(SQL.and(conditions))
      ORDER BY \(order) LIMIT \(raw: String(limit))
      """
    ).map { try proved(Self.record(of: $0, query.kind)) }
  }

  /// Makes every change, or throws before the caller's transaction may end well.
  func put(_ batch: RecordBatch, by actor: Actor, at time: String) throws {
    for change in batch.changes {
      let record = change.record
      let known = try session.integer(
        "SELECT version FROM karez_record WHERE \(Self.isNamed(record))")
      switch change {
      case .write:
        try refuse(record, expecting: record.version - 1, found: Int(known ?? 0))
        try write(record)
      case .remove:
        try refuse(record, expecting: record.version, found: Int(known ?? 0))
        try session.run("DELETE FROM karez_record WHERE \(Self.isNamed(record))")
        if let seals, let sealed = Sealed(record) { try seals.remove(sealed) }
      }
    }
    guard let entry = batch.entry else { return }
    try LogChain.append(
      kind: entry.kind, body: RecordWitness.body(of: entry, batch.changes), by: actor, at: time,
      session)
  }

  private static func isNamed(_ record: PlatformRecord) -> SQL {
    "kind = \(record.kind.name) AND \"key\" = \(record.key)"
  }

  private func refuse(_ record: PlatformRecord, expecting expected: Int, found: Int) throws {
    guard found != expected else { return }
    throw StoreError.recordConflict(
      kind: record.kind.name, key: record.key, expected: expected, found: found)
  }

  private func write(_ record: PlatformRecord) throws {
    try session.run("DELETE FROM karez_record WHERE \(Self.isNamed(record))")
    try session.run(
      """
      INSERT INTO karez_record (\(Self.columns)) VALUES (\(record.kind.name), \(record.key),
        \(record.version), \(record.state), \(record.due), \(record.owner),
        \(record.body.canonicalText))
      """)
    if let seals, let sealed = Sealed(record) { try seals.put(sealed) }
  }

  static func record(of row: any SQLRow, _ kind: RecordKind) throws -> PlatformRecord {
    guard let text = row.text(6), let body = try? JSONValue(parsing: text),
      let version = row.int(2), let key = row.text(1), let state = row.text(3)
    else { throw StoreError.corrupt(what: "record \(kind.name) \(row.text(1) ?? "")") }
    return PlatformRecord(
      kind: kind, key: key, version: version, state: state, due: row.text(4), owner: row.text(5),
      body: body)
  }
}
