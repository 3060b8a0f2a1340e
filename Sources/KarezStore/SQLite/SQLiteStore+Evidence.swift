import GRDB
public import KarezCore
import KarezCrypto

extension SQLiteStore {
  public func record(
    kind: String, body: JSONValue, by actor: Actor
  ) async throws(StoreError) {
    let time = clock()
    try await writing { db in
      try LogChain.append(kind: kind, body: body, by: actor, at: time, db)
    }
  }

  public func logEntries(
    after number: Int64, limit: Int
  ) async throws(StoreError) -> [LogEntry] {
    try await reading { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM karez_log WHERE number > ? ORDER BY number LIMIT ?",
        arguments: [number, max(1, limit)]
      ).map { try LogChain.entry(of: $0) }
    }
  }

  public func keepAnswer(
    id: String, digest: String, json: String, by actor: Actor
  ) async throws(StoreError) {
    let time = clock()
    try await writing { db in
      try db.execute(
        sql: "INSERT INTO karez_answer VALUES (?,?,?,?)", arguments: [id, digest, time, json])
      try LogChain.append(
        kind: "answer",
        body: .object([
          "answer": .string(id), "digest": .string(digest),
          "sm3": .string(SM3.digest(json).description),
        ]), by: actor, at: time, db)
    }
  }

  public func answer(id: String, in scope: Scope) async throws(StoreError) -> String? {
    // An answer speaks of every layer there is; who may not see them all may not see it.
    guard scope == .all else { return nil }
    return try await reading { db in
      try String.fetchOne(db, sql: "SELECT json FROM karez_answer WHERE id = ?", arguments: [id])
    }
  }

  public func verifyLog(
    progress: @Sendable (Int) -> Void
  ) async throws(StoreError) -> LogVerification {
    try await reading { db in
      try withoutActuallyEscaping(progress) { progress in
        var verifier = LogVerifier(db: db, progress: progress)
        return try verifier.verify()
      }
    }
  }
}
