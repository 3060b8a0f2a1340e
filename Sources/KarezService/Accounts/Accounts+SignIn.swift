public import KarezCore
import KarezPacks
import KarezStore

/// Somebody who has signed in.
public struct SignedIn: Sendable {
  public let principal: Principal
  public let mustChangePassword: Bool
  /// The account needs a second factor and has none yet.
  public let mustEnrol: Bool
  /// What a form has to bring besides the cookie.
  public let formKey: String
}

extension Accounts {
  /// Shows the password; opens a session, or begins the second step where the account has one.
  ///
  /// The account's record carries the count of failures and is written with its version, so tries
  /// at the same time count one after the other, on however many machines they are made.
  ///
  /// - Errors: one and the same `Problem` whether name, password or state of the account is wrong.
  public func begin(_ id: String, password: String) async throws(Problem) -> SignInStep {
    // Somebody else's try may come in between; each round sees the count it left.
    for _ in 0..<Self.rounds {
      let now = clock.now()
      guard var account = try await shown(id, password: password, at: now) else { continue }
      guard account.factors.isAny else {
        if let token = try await open(&account, [], by: ["password"], at: now) {
          return .open(token)
        }
        continue
      }
      return .second(try await beginSecondStep(of: account, at: now))
    }
    throw Self.refused
  }

  /// Ends a sign-in that has begun with a code of the authenticator or one for recovery.
  ///
  /// - Errors: `sign-in-over` where it began too long ago or was ended; `code-refused` otherwise,
  ///   and the failure counts like one of the password.
  public func finish(_ ticket: String, code: String) async throws(Problem) -> String {
    try await finish(ticket, with: "code") { account, _, now throws(Problem) in
      account.factors.spend(code, try secret(of: account), at: now)
    }
  }

  /// Ends a sign-in that has begun with whatever `proof` takes; what it refuses it does not change.
  func finish(
    _ ticket: String, with name: String,
    _ proof: (inout Account, PendingSignIn, Timestamp) throws(Problem) -> Bool
  ) async throws(Problem) -> String {
    for _ in 0..<Self.rounds {
      let now = clock.now()
      guard let pending = try await pending(ticket), !pending.isOver(at: now),
        var account = try await find(pending.account), account.isActive,
        !account.isLocked(at: now)
      else { throw Self.signInOver }
      guard try proof(&account, pending, now) else {
        if try await noteFailure(of: account, at: now) { throw Self.codeRefused }
        continue
      }
      let token = try await open(
        &account, [.remove(pending.record)], by: ["password", name], at: now)
      if let token { return token }
    }
    throw Self.refused
  }

  /// What a sign-in that has begun waits for; nil where it is over.
  public func secondStep(_ ticket: String) async throws(Problem) -> SecondStep? {
    let now = clock.now()
    guard let pending = try await pending(ticket), !pending.isOver(at: now),
      let account = try await find(pending.account)
    else { return nil }
    return pending.step(of: account, ticket: ticket)
  }

  /// Both steps in one, for whoever types both at once.
  public func signIn(
    _ id: String, password: String, code: String? = nil
  ) async throws(Problem) -> String {
    switch try await begin(id, password: password) {
    case .open(let token): return token
    case .second(let step):
      guard let code else { throw Self.codeMissing(id) }
      return try await finish(step.ticket, code: code)
    }
  }

  /// Who the account is once its secrets were shown, for acting in its name at the machine.
  ///
  /// No session comes of it, and none ends.
  public func principal(
    _ id: String, password: String, code: String? = nil
  ) async throws(Problem) -> Principal {
    for _ in 0..<Self.rounds {
      let now = clock.now()
      guard var account = try await shown(id, password: password, at: now) else { continue }
      guard !account.mustChange(at: now, under: offices.policy) else { throw Self.toChange(id) }
      if account.factors.isAny {
        guard let code else { throw Self.codeMissing(id) }
        guard account.factors.spend(code, try secret(of: account), at: now) else {
          if try await noteFailure(of: account, at: now) { throw Self.codeRefused }
          continue
        }
      } else if mustEnrol(account) {
        throw Self.toEnrol(id)
      }
      account.failures = 0
      account.lockedUntil = nil
      let isDone = try await putUnlessConflict(
        [account.change], "identity-shown", ["account": .string(id)], by: Actor(id: id))
      if isDone { return account.principal(in: offices) }
    }
    throw Self.refused
  }

  // MARK: Parts

  static let rounds = 100

  /// The account, once its password was shown; nil where another try came in between.
  func shown(
    _ id: String, password: String, at now: Timestamp
  ) async throws(Problem) -> Account? {
    let account = try await find(id)
    let isOwn = await desk.matches(password, account?.password)
    guard var account, account.isActive, !account.isLocked(at: now) else {
      if try await noteNobody(id) { throw Self.refused }
      return nil
    }
    guard isOwn else {
      if try await noteFailure(of: account, at: now) { throw Self.refused }
      return nil
    }
    if let (one, other) = offices.conflict(among: account.roles) { throw Self.apart(one, other) }
    if let renewed = await desk.renewed(password, account.password) { account.password = renewed }
    return account
  }

  func beginSecondStep(of account: Account, at now: Timestamp) async throws(Problem) -> SecondStep {
    let (change, step) = PendingSignIn.begin(
      for: account, at: now, within: offices.secondFactor.withinSeconds)
    do throws(StoreError) {
      try await store.put(RecordBatch([change]), by: Actor(id: account.id))
    } catch {
      throw .store(error)
    }
    return step
  }

  /// Opens a session of an account that has shown all it has to; nil where another came between.
  func open(
    _ account: inout Account, _ more: [RecordChange], by methods: [String], at now: Timestamp
  ) async throws(Problem) -> String? {
    account.failures = 0
    account.lockedUntil = nil
    let (session, token) = Session.begin(
      for: account.id, by: methods, at: now, longest: offices.policy.longestSeconds)
    let ended = try await overdue(account.id, at: now)
    let isDone = try await putUnlessConflict(
      [account.change, .write(session.record)] + ended + more, "signed-in",
      ["account": .string(account.id), "by": .texts(methods)], by: Actor(id: account.id))
    return isDone ? token : nil
  }

  private func pending(_ ticket: String) async throws(Problem) -> PendingSignIn? {
    guard ticket.utf8.count == 64 else { return nil }
    do throws(StoreError) {
      return try await store.record(PendingSignIn.kind, Session.key(of: ticket))
        .flatMap { PendingSignIn($0) }
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

  /// Records nothing of worth, as durably as a failure is counted; false where another did so in
  /// between.
  ///
  /// A failure is counted, synced and all, before it is answered, so that neither a crash nor many
  /// tries at once lose one. Left out where there is nobody to count for, whoever times answers
  /// would learn which accounts there are, and which are locked. The record is one of a few that
  /// are written again and again: strangers do not fill the map, nor the log, with names they try,
  /// among which are passwords typed into the wrong field.
  func noteNobody(_ id: String) async throws(Problem) -> Bool {
    let slot = "\(mark(of: Actor(id: "nobody " + id)).prefix(1))"
    let now = clock.now().description
    do throws(StoreError) {
      let known = try await store.record(Self.nobodyKind, slot)
      // As much text as an account has, or the two would differ in what they write.
      let body = JSONValue.object(["at": .string(now), "fill": .string(Self.fill)])
      let next =
        known?.next(state: "tried", due: nil, owner: nil, body: body)
        ?? PlatformRecord(kind: Self.nobodyKind, key: slot, state: "tried", body: body)
      try await store.put(
        RecordBatch([.write(next)]), by: Actor(id: "nobody"))
      return true
    } catch {
      guard case .recordConflict = error else { throw .store(error) }
      return false
    }
  }

  static let nobodyKind = RecordKind.transient("sign-in-nobody")
  private static let fill = String(repeating: "-", count: 600)

  func putUnlessConflict(
    _ changes: [RecordChange], _ kind: String, _ said: [String: JSONValue],
    relabelling: LabelChange? = nil, by actor: Actor
  ) async throws(Problem) -> Bool {
    do throws(Problem) {
      try await put(changes, kind, said, relabelling: relabelling, by: actor)
      return true
    } catch {
      guard error.kind == .conflict else { throw error }
      return false
    }
  }
}
