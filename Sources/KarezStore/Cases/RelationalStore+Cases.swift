public import KarezCore

extension RelationalStore {
  /// Kind of the log entry that tells of a case's events.
  static let caseEntry = "case"

  public func appendCase(
    _ append: CaseAppend, by actor: Actor, in scope: Scope
  ) async throws(StoreError) -> Int {
    let scope = access.scope(scope, of: .appendCase)
    return try await writing("case \(append.after.number) \(append.key)") { session in
      let time = try moment(session)
      let table = CaseTable(session: session)
      let added = try table.append(append, in: scope)
      // Carried out before: by the same call, whose outcome its caller did not learn.
      guard let witness = added.witness else { return added.version }
      let entry = RecordBatch.Entry(
        kind: Self.caseEntry,
        body: [
          "case": .string(append.after.number), "version": .integer(Int64(added.version)),
          "added": .integer(Int64(append.events.count)), "sm3": .string(witness),
        ])
      try RecordTable(session: session, seals: self.seals(session))
        .put(RecordBatch(append.changes, entry: entry), by: actor, at: time)
      return added.version
    }
  }

  public func caseHead(
    _ number: String, in scope: Scope
  ) async throws(StoreError) -> CaseHead? {
    try await reading(.caseHead, in: scope) { reader in
      try CaseTable(session: reader.session).head(number, in: reader.scope)?.head
    }
  }

  public func caseEvents(
    _ number: String, after position: Int, in scope: Scope
  ) async throws(StoreError) -> [JSONValue] {
    try await reading(.caseEvents, in: scope) { reader in
      let table = CaseTable(session: reader.session)
      guard try table.head(number, in: reader.scope) != nil else { return [] }
      return try table.events(number, after: position)
    }
  }

  public func cases(
    _ query: CaseQuery, after last: CaseHead?, limit: Int, in scope: Scope
  ) async throws(StoreError) -> [CaseHead] {
    try await reading(.cases, in: scope) { reader in
      try CaseTable(session: reader.session)
        .heads(query, after: last, limit: max(1, limit), in: reader.scope)
    }
  }

  public func caseCount(
    _ query: CaseQuery, atMost most: Int, in scope: Scope
  ) async throws(StoreError) -> Int {
    try await reading(.caseCount, in: scope) { reader in
      try CaseTable(session: reader.session)
        .count(query, atMost: max(1, most), in: reader.scope)
    }
  }

  public func caseFigures(
    _ query: CaseFiguresQuery, in scope: Scope
  ) async throws(StoreError) -> CaseFigures {
    try await reading(.caseFigures, in: scope) { reader in
      try CaseTable(session: reader.session).figures(query, in: reader.scope)
    }
  }
}
