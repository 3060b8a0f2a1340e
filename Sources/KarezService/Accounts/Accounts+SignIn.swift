public import KarezCore
import KarezPacks
import KarezStore

/// Somebody who has signed in.
public struct SignedIn: Sendable {
  public let principal: Principal
  public let mustChangePassword: Bool
  /// What a form has to bring besides the cookie.
  public let formKey: String
}

extension Accounts {
  /// Opens a session; what is returned is the token for the cookie.
  ///
  /// The account's record carries the count of failures and is written with its version, so tries
  /// at the same time count one after the other, on however many machines they are made.
  ///
  /// - Errors: one and the same `Problem` whether name, password or state of the account is wrong.
  public func signIn(_ id: String, password: String) async throws(Problem) -> String {
    // Somebody else's try may come in between; each round sees the count it left.
    for _ in 0..<100 {
      let now = clock.now()
      let account = try await find(id)
      let isOwn = await desk.matches(password, account?.password)
      guard var account, account.isActive, !account.isLocked(at: now) else { throw Self.refused }
      guard isOwn else {
        if try await noteFailure(of: account, at: now) { throw Self.refused }
        continue
      }
      account.failures = 0
      account.lockedUntil = nil
      if let renewed = await desk.renewed(password, account.password) { account.password = renewed }
      let (session, token) = Session.begin(
        for: id, at: now, longest: offices.policy.longestSeconds)
      let changes = [account.change, .write(session.record)] + (try await overdue(id, at: now))
      let isDone = try await putUnlessConflict(
        changes, "signed-in", ["account": .string(id)], by: Actor(id: id))
      if isDone { return token }
    }
    throw Self.refused
  }

  /// Who holds the token; nil where the session is over, was ended, or never was.
  public func signedIn(_ token: String) async throws(Problem) -> SignedIn? {
    let now = clock.now()
    guard let session = try await session(token), !session.isOver(at: now, idle: idle),
      let account = try await find(session.account), account.isActive
    else { return nil }
    if let touched = session.touched(at: now) {
      // Another request may have noted its own use meanwhile, which serves as well.
      try? await store.put(RecordBatch([touched]), by: Actor(id: account.id))
    }
    return SignedIn(
      principal: account.principal(in: offices), mustChangePassword: account.mustChangePassword,
      formKey: session.formKey)
  }

  public func signOut(_ token: String) async throws(Problem) {
    guard let session = try await session(token) else { return }
    _ = try await putUnlessConflict(
      [.remove(session.record)], "signed-out", ["account": .string(session.account)],
      by: Actor(id: session.account))
  }

  /// Whether the password is the account's own, for acting in its name at the machine.
  public func principal(_ id: String, password: String) async throws(Problem) -> Principal {
    let token = try await signIn(id, password: password)
    let found = try await signedIn(token)
    try await signOut(token)
    guard let found else { throw Self.refused }
    guard !found.mustChangePassword else {
      throw Wording(
        "password-to-change", "首次口令须先更换", "the first secret has to be changed first",
        do: "用 karez user password 更换", "change it with karez user password"
      ).problem(.forbidden, at: id)
    }
    return found.principal
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

  /// Counts a failure; false where somebody else wrote the account in between.
  @discardableResult
  func noteFailure(of account: Account, at now: Timestamp) async throws(Problem) -> Bool {
    var account = account
    account.failures += 1
    if account.failures >= offices.policy.failuresBeforeLock {
      account.failures = 0
      account.lockedUntil = now.adding(seconds: offices.policy.lockSeconds)
    }
    let isLocked = account.isLocked(at: now)
    return try await putUnlessConflict(
      [account.change], isLocked ? "account-locked" : "sign-in-failed",
      ["account": .string(account.id)], by: Actor(id: account.id))
  }

  /// Sessions of the account that are over and were never ended.
  private func overdue(_ id: String, at now: Timestamp) async throws(Problem) -> [RecordChange] {
    let changes = try await endings(of: id)
    return changes.filter { change in
      guard case .remove(let record) = change, let session = Session(record) else { return false }
      return session.isOver(at: now, idle: idle)
    }
  }

  private func putUnlessConflict(
    _ changes: [RecordChange], _ kind: String, _ said: [String: JSONValue], by actor: Actor
  ) async throws(Problem) -> Bool {
    do throws(Problem) {
      try await put(changes, kind, said, by: actor)
      return true
    } catch {
      guard error.kind == .conflict else { throw error }
      return false
    }
  }
}
