public import KarezCore
import KarezCrypto

extension RelationalStore {
  public func record(
    kind: String, body: JSONValue, by actor: Actor
  ) async throws(StoreError) {
    try await writing("log \(kind)", isEvidence: true) { session in
      let time = try moment(session)
      try LogChain.append(kind: kind, body: body, by: actor, at: time, session)
    }
  }

  public func logEntries(
    after number: Int64, limit: Int
  ) async throws(StoreError) -> [LogEntry] {
    try await reading { session in
      try session.all(
        """
        SELECT \(LogChain.columns) FROM karez_log WHERE number > \(number)
        ORDER BY number LIMIT \(raw: String(max(1, limit)))
        """
      ).map { try LogChain.entry(of: $0) }
    }
  }

  public func keepAnswer(
    id: String, digest: String, json: String, by actor: Actor, in scope: Scope
  ) async throws(StoreError) {
    let scope = access.scope(scope, of: .answer).json
    try await writing("answer \(id)") { session in
      let known = try session.first("SELECT digest, json FROM karez_answer WHERE id = \(id)")
      // Kept already: by the same call, whose outcome its caller did not learn.
      if let known, known.text(0) == digest, known.text(1) == json { return }
      guard known == nil else { throw StoreError.unavailable(reason: "answer \(id) is kept") }
      let time = try moment(session)
      try session.run(
        """
        INSERT INTO karez_answer (id, digest, kept_at, json)
        VALUES (\(id), \(digest), \(time), \(json))
        """)
      try session.run(
        "INSERT INTO karez_answer_scope (id, scope) VALUES (\(id), \(scope.canonicalText))")
      try self.seals(session)?.put(Sealed(scope: scope.canonicalText, ofAnswer: id))
      try LogChain.append(
        kind: "answer",
        body: .object([
          "answer": .string(id), "digest": .string(digest),
          "sm3": .string(SM3.digest(json).description), "scope": scope,
        ]), by: actor, at: time, session)
    }
  }

  public func answer(id: String, in scope: Scope) async throws(StoreError) -> String? {
    try await reading(.answer, in: scope) { reader in
      let row = try reader.session.first(
        """
        SELECT a.json, s.scope FROM karez_answer a
        LEFT JOIN karez_answer_scope s ON s.id = a.id WHERE a.id = \(id)
        """)
      guard let row else { return nil }
      // One kept before scopes were is of everything there was.
      let kept =
        try row.text(1).map { text in
          try self.seals(reader.session)?.check(Sealed(scope: text, ofAnswer: id))
          return try Scope(parsing: text)
        } ?? .all
      return reader.scope.covers(kept) ? row.text(0) : nil
    }
  }

  public func logLeaves(
    after number: Int64, limit: Int
  ) async throws(StoreError) -> [[UInt8]] {
    try await reading { session in
      var hasher = EntryHasher()
      var leaves: [[UInt8]] = []
      let rows = try session.rows(
        """
        SELECT \(LogChain.columns) FROM karez_log WHERE number > \(number)
        ORDER BY number LIMIT \(raw: String(max(1, limit)))
        """)
      while let row = try rows.next() {
        guard let entry = KeptEntry(row), entry.number == number + Int64(leaves.count) + 1 else {
          throw StoreError.corrupt(what: "log entry \(number + Int64(leaves.count) + 1)")
        }
        leaves.append(hasher.leaf(entry))
      }
      return leaves
    }
  }

  public func verifyLog(
    against checkpoints: CheckpointChain?, progress: @Sendable (Int) -> Void
  ) async throws(StoreError) -> LogVerification {
    try await readingAll { session in
      try withoutActuallyEscaping(progress) { progress in
        var verifier = LogVerifier(
          session: session, checkpoints: checkpoints, progress: progress)
        verifier.integrity = self.integrity
        return try verifier.verify()
      }
    }
  }
}
