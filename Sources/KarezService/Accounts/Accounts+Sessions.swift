public import KarezCore
import KarezPacks
import KarezStore

/// 会话: one of an account's, as its owner sees it.
public struct SessionSummary: Hashable, Sendable {
  /// Names the session and opens nothing.
  public let id: String
  public let startedAt: Timestamp
  public let seenAt: Timestamp
  /// What was shown to open it: `password`, `code`, `key`, `directory`.
  public let methods: [String]
  /// Whether it is the one that asks.
  public let isThis: Bool
}

extension Accounts {
  /// Who holds the token; nil where the session is over, was ended, or never was.
  public func signedIn(_ token: String) async throws(Problem) -> SignedIn? {
    let now = clock.now()
    guard let session = try await session(token), !session.isOver(at: now, idle: idle),
      let account = try await find(session.account), account.isActive,
      offices.conflict(among: account.roles) == nil
    else { return nil }
    if let touched = session.touched(at: now) {
      // Another request may have noted its own use meanwhile, which serves as well.
      try? await store.put(RecordBatch([touched]), by: Actor(id: account.id))
    }
    return SignedIn(
      principal: account.principal(in: offices),
      mustChangePassword: account.mustChange(at: now, under: offices.policy),
      mustEnrol: mustEnrol(account),
      formKey: session.formKey)
  }

  /// Whether the account needs a second factor and has none yet.
  func mustEnrol(_ account: Account) -> Bool {
    offices.needsSecondFactor(account.roles) && !account.factors.isAny
  }

  public func signOut(_ token: String) async throws(Problem) {
    guard let session = try await session(token) else { return }
    _ = try await putUnlessConflict(
      [.remove(session.record)], "signed-out", ["account": .string(session.account)],
      by: Actor(id: session.account))
  }

  /// The sessions of an account that are not over, the latest first.
  public func sessions(
    of id: String, asking token: String?
  ) async throws(Problem) -> [SessionSummary] {
    let now = clock.now()
    let own = token.map(Session.key(of:))
    return try await open(of: id).filter { !$0.isOver(at: now, idle: idle) }.map { session in
      SessionSummary(
        id: String(session.record.key.prefix(SessionSummary.digits)),
        startedAt: session.startedAt, seenAt: session.seenAt, methods: session.methods,
        isThis: session.record.key == own)
    }.sorted { $1.startedAt < $0.startedAt }
  }

  /// Ends one of an account's own sessions, at once.
  ///
  /// - Errors: `Problem` of kind not found for one that is over or somebody else's.
  public func endSession(_ session: String, of id: String) async throws(Problem) {
    let found = try await open(of: id).filter { $0.record.key.hasPrefix(session) }
    guard session.utf8.count == SessionSummary.digits, let ended = found.first else {
      throw Self.sessionUnknown
    }
    _ = try await putUnlessConflict(
      [.remove(ended.record)], "session-ended", ["account": .string(id)], by: Actor(id: id))
  }

  /// Ends every session of an account but the one that asks.
  public func endSessions(of id: String, but token: String?) async throws(Problem) {
    let changes = try await endings(of: id, but: token.map(Session.key(of:)))
    guard !changes.isEmpty else { return }
    try await put(changes, "sessions-ended", ["account": .string(id)], by: Actor(id: id))
  }

  /// Clears away sessions and sign-ins whose time is over and that nobody ended.
  func sweep() async throws(Problem) {
    for kind in [Session.kind, PendingSignIn.kind, Directory.kind] {
      do throws(StoreError) {
        let query = RecordQuery(kind, dueUntil: clock.now().description, order: .due)
        let overdue = try await store.records(query, after: nil, limit: 5_000).records
        for record in overdue {
          // One that somebody else has ended meanwhile is gone, as it should be.
          try? await store.put(RecordBatch([.remove(record)]), by: .operator)
        }
      } catch {
        throw .store(error)
      }
    }
  }

  private var idle: Int { offices.policy.idleSeconds }

  private func session(_ token: String) async throws(Problem) -> Session? {
    guard token.utf8.count == 64 else { return nil }
    do throws(StoreError) {
      return try await store.record(Session.kind, Session.key(of: token)).flatMap { Session($0) }
    } catch {
      throw .store(error)
    }
  }

  private func open(of id: String) async throws(Problem) -> [Session] {
    try await endings(of: id).compactMap { change in
      guard case .remove(let record) = change else { return nil }
      return Session(record)
    }
  }

  /// Sessions of the account that end when another begins: those that are over and were never
  /// ended, and in a zone of one session all.
  func overdue(_ id: String, at now: Timestamp) async throws(Problem) -> [RecordChange] {
    try await open(of: id).filter { session in
      offices.policy.hasOneSession || session.isOver(at: now, idle: idle)
    }.map { .remove($0.record) }
  }
}

extension SessionSummary {
  /// What `karez user sessions --json` prints.
  public var json: JSONValue {
    .object([
      "session": .string(id), "startedAt": .string(startedAt.description),
      "seenAt": .string(seenAt.description), "methods": .texts(methods),
    ])
  }

  /// Enough of the hash of the token to tell sessions of one account apart.
  static let digits = 16
}
