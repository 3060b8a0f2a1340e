public import KarezCore
import KarezCrypto
import KarezPacks
import KarezStore

/// What an authenticator program is given to set it up, shown once.
public struct Enrolment: Hashable, Sendable {
  /// The secret in base 32, for typing.
  public let secret: String
  /// The same as a picture's content.
  public let address: String
}

extension Accounts {
  /// Begins to set an authenticator up; it counts for nothing until a code confirms it.
  ///
  /// - Errors: `sign-in-refused` unless the account's password is shown once more.
  public func enrol(_ id: String, password: String) async throws(Problem) -> Enrolment {
    var account = try await shownAgain(id, password: password)
    guard !account.factors.takesCode else { throw Self.factorThere(id) }
    let secret = Base32.text(of: OneTimePassword.fresh().secret)
    account.factors.authenticator = Factors.Authenticator(
      secret: try vault.sealed(secret, of: id), lastStep: -1, isConfirmed: false)
    try await put(
      [account.change], "factor-begun", ["account": .string(id)], by: Actor(id: id))
    return Self.enrolment(of: id, secret: secret)
  }

  /// What was begun and is not confirmed yet, to be shown again.
  public func enrolment(of id: String) async throws(Problem) -> Enrolment? {
    guard let known = try await account(id).factors.authenticator, !known.isConfirmed else {
      return nil
    }
    return Self.enrolment(of: id, secret: try vault.opened(known.secret, of: id))
  }

  /// Ends setting an authenticator up; what is returned are the codes for recovery, shown once.
  ///
  /// A wrong code counts as a failed sign-in.
  public func confirm(_ id: String, code: String) async throws(Problem) -> [String] {
    var account = try await account(id)
    let now = clock.now()
    guard account.isActive, !account.isLocked(at: now) else { throw Self.refused }
    guard account.factors.confirm(code, try secret(of: account), at: now) else {
      try await noteFailure(of: account, at: now)
      throw Self.codeRefused
    }
    return try await newCodes(of: &account, "factor-confirmed")
  }

  /// Gives new codes for recovery in the place of all that were left.
  public func renewRecovery(_ id: String, password: String) async throws(Problem) -> [String] {
    var account = try await shownAgain(id, password: password)
    guard account.factors.takesCode else { throw Self.factorMissing(id) }
    return try await newCodes(of: &account, "recovery-renewed")
  }

  /// Takes the authenticator away, or a key.
  ///
  /// - Errors: refused where it is the last factor of an account that needs one.
  public func removeFactor(
    _ key: String?, of id: String, password: String
  ) async throws(Problem) {
    var account = try await shownAgain(id, password: password)
    if let key {
      guard account.factors.keys.contains(where: { $0.id == key }) else {
        throw Self.factorMissing(id)
      }
      account.factors.keys.removeAll { $0.id == key }
    } else {
      guard account.factors.authenticator != nil else { throw Self.factorMissing(id) }
      account.factors.authenticator = nil
      account.factors.recovery = []
    }
    guard account.factors.isAny || !offices.needsSecondFactor(account.roles) else {
      throw Self.factorNeeded(id)
    }
    try await put(
      [account.change], "factor-removed",
      ["account": .string(id), "factor": .string(key ?? "authenticator")], by: Actor(id: id))
  }

  /// Takes away every second factor of an account whose owner has lost them, and ends its sessions.
  func clearFactors(
    _ id: String, by principal: Principal, spending agreement: RecordChange? = nil
  ) async throws(Problem) {
    try principal.require(.manageAccounts)
    try principal.requireInPerson()
    if principal.actor.id == id { throw Self.ownAccount(id) }
    var account = try await account(id)
    let subjects = account.factors.subjects
    account.factors = Factors()
    account.factors.subjects = subjects
    try await put(
      [account.change] + (try await endings(of: id)) + [agreement].compactMap { $0 },
      "factors-cleared",
      ["account": .string(id)], by: principal.actor)
  }

  // MARK: Parts

  /// The secret of an account's authenticator; nil where it has none.
  func secret(of account: Account) throws(Problem) -> String? {
    guard let sealed = account.factors.authenticator?.secret else { return nil }
    return try vault.opened(sealed, of: account.id)
  }

  /// The account, once its password was shown again by somebody who is signed in.
  func shownAgain(_ id: String, password: String) async throws(Problem) -> Account {
    for _ in 0..<Self.rounds {
      if let account = try await shown(id, password: password, at: clock.now()) { return account }
    }
    throw Self.refused
  }

  private func newCodes(
    of account: inout Account, _ entry: String
  ) async throws(Problem) -> [String] {
    let codes = (0..<offices.secondFactor.recoveryCodes).map { _ in Secret.spoken() }
    account.factors.recovery = codes.map { SM3.digest($0).description }
    account.failures = 0
    try await put(
      [account.change], entry, ["account": .string(account.id)], by: Actor(id: account.id))
    return codes
  }

  private static func enrolment(of id: String, secret: String) -> Enrolment {
    Enrolment(
      secret: secret,
      address: "otpauth://totp/Karez:\(id)?secret=\(secret)&issuer=Karez&algorithm=SHA1"
        + "&digits=6&period=\(OneTimePassword.stepSeconds)")
  }

  private static func factorThere(_ id: String) -> Problem {
    Wording(
      "factor-there", "已设置验证器", "there is an authenticator already",
      do: "先移除原验证器", "remove it first"
    ).problem(.conflict, at: id)
  }

  private static func factorMissing(_ id: String) -> Problem {
    Wording(
      "factor-missing", "没有设置此因素", "there is no such factor", do: "先设置", "set it up first"
    ).problem(.notFound, at: id)
  }

  private static func factorNeeded(_ id: String) -> Problem {
    Wording(
      "factor-needed", "此岗位须有第二因素，不能移除最后一个",
      "this role needs a second factor, and this is the last one",
      do: "先设置另一个因素，再移除此因素", "set another up first, then remove this one"
    ).problem(.conflict, at: id)
  }
}
