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
    id: String, digest: String, json: String, by actor: Actor
  ) async throws(StoreError) {
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
      try LogChain.append(
        kind: "answer",
        body: .object([
          "answer": .string(id), "digest": .string(digest),
          "sm3": .string(SM3.digest(json).description),
        ]), by: actor, at: time, session)
    }
  }

  public func answer(id: String, in scope: Scope) async throws(StoreError) -> String? {
    // An answer speaks of every layer there is; who may not see them all may not see it.
    guard scope == .all else { return nil }
    return try await reading { session in
      try session.text("SELECT json FROM karez_answer WHERE id = \(id)")
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
    try await reading { session in
      try withoutActuallyEscaping(progress) { progress in
        var verifier = LogVerifier(
          session: session, checkpoints: checkpoints, progress: progress)
        return try verifier.verify()
      }
    }
  }
}
