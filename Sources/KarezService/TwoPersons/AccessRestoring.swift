public import KarezCore
import KarezCrypto
import KarezPacks
import KarezStore

/// 恢复登录: what lets somebody in again who has lost a password or a second factor, or in by a
/// directory.
public enum AccessRestoration: Hashable, Sendable {
  /// 重设口令: a new first secret.
  case password
  /// 清除第二因素.
  case factors
  /// 对应统一认证: whoever the directory calls so is the account from then on.
  case directory(subject: String, issuer: String)

  var name: String {
    switch self {
    case .password: "password"
    case .factors: "factors"
    case .directory: "directory"
    }
  }

  func subject(_ account: String) -> JSONValue {
    var members: [String: JSONValue] = [
      "account": .string(account), "restores": .string(name),
    ]
    if case .directory(let subject, let issuer) = self {
      members["directory"] = .string(issuer + " " + subject)
    }
    return .object(members)
  }
}

/// Restoring somebody's access (恢复登录) as an act of two people; whoever proposed it carries it out.
struct AccessRestoring: TwoPersonEffect {
  let accounts: Accounts
  let act = TwoPersonAct.Name.accessRestoration

  func check(_ subject: JSONValue, by principal: Principal) async throws(Problem) {
    let id = subject["account"]?.string ?? ""
    _ = try await accounts.account(id)
    // Nobody agrees to their own, or another would let them in alone.
    guard principal.actor.id != id else { throw Accounts.ownAccount(id) }
  }

  /// The first secret is shown once, to whoever asked for it.
  func outcome(
    _ proposal: Proposal, by principal: Principal
  ) async throws(Problem) -> TwoPersonOutcome? { nil }

  func words(_ subject: JSONValue) -> LocalizedText {
    let id = subject["account"]?.string ?? ""
    switch subject["restores"]?.string {
    case AccessRestoration.factors.name:
      return LocalizedText(
        zh: "清除账户 \(id) 的第二鉴别因素", en: "clear the second factors of \(id)",
        ug: "\(id) — ئىككىنچى ئامىلنى تازىلاش")
    case "directory":
      let who = subject["directory"]?.string ?? ""
      return LocalizedText(
        zh: "让统一认证的用户 \(who) 以账户 \(id) 登录", en: "let \(who) of the directory sign in as \(id)",
        ug: "\(who) — \(id) ھېساباتى بىلەن كىرىشكە يول قويۇش")
    default:
      return LocalizedText(
        zh: "重设账户 \(id) 的口令", en: "give \(id) a new first password",
        ug: "\(id) — مەخپىي نومۇرنى قايتا بېكىتىش")
    }
  }

  /// What a directory calls somebody may be a name or a number of theirs, and the log has neither.
  func told(_ subject: JSONValue) -> JSONValue {
    guard case .object(var members) = subject, let who = members["directory"]?.string else {
      return subject
    }
    members["directory"] = .string(SM3.digest(who).description)
    return .object(members)
  }
}

extension TwoPersons {
  public enum Restored: Sendable {
    /// With the first secret, where the password was given anew.
    case done(secret: String?)
    case proposed(Proposal)
  }

  /// Restores somebody's access, or proposes to; carries out what was agreed to when asked again.
  ///
  /// Who agrees is neither who asks nor whom it is about. Where nobody else could agree, it is for
  /// whoever is at the machine: an account that did it alone could sign in as the very person who
  /// has to agree to all else, and be two people.
  ///
  /// - Errors: forbidden for an account where nobody else could agree; a conflict for one that is
  ///   disabled.
  public func restore(
    _ what: AccessRestoration, of id: String, because reason: String, by principal: Principal
  ) async throws(Problem) -> Restored {
    try principal.require(.manageAccounts)
    if case .directory(let subject, let issuer) = what {
      // Said before a second person is asked, not after.
      try await accounts.refuseLink(id, to: subject, of: issuer, by: principal)
    }
    if what == .password { try accounts.refuseDisabled(try await accounts.account(id), principal) }
    guard let act = acts[.accessRestoration] else {
      return try await carryOut(what, of: id, by: principal, spending: nil)
    }
    guard try await accounts.couldAgree(to: act, besides: [id, principal.actor.id]) else {
      guard principal.actor == .operator else { throw Self.nobodyCouldAgree(id) }
      return try await carryOut(what, of: id, by: principal, spending: nil)
    }
    let subject = what.subject(id)
    if let agreed = try await agreed(.accessRestoration, subject, by: principal) {
      let change = try await spending(agreed.id, for: .accessRestoration, subject)
      return try await carryOut(what, of: id, by: principal, spending: change)
    }
    if try await waiting(for: principal).contains(where: {
      $0.act == .accessRestoration && $0.subject == subject
    }) {
      throw Self.waitsAlready(id)
    }
    return .proposed(
      try await propose(.accessRestoration, subject, because: reason, by: principal))
  }

  private func carryOut(
    _ what: AccessRestoration, of id: String, by principal: Principal,
    spending agreement: RecordChange?
  ) async throws(Problem) -> Restored {
    switch what {
    case .password:
      return .done(
        secret: try await accounts.reset(id, by: principal, spending: agreement))
    case .factors:
      try await accounts.clearFactors(id, by: principal, spending: agreement)
      return .done(secret: nil)
    case .directory(let subject, let issuer):
      try await accounts.link(id, to: subject, of: issuer, by: principal, spending: agreement)
      return .done(secret: nil)
    }
  }

  /// What this person proposed, another agreed to, and nobody has carried out in time.
  private func agreed(
    _ name: TwoPersonAct.Name, _ subject: JSONValue, by principal: Principal
  ) async throws(Problem) -> Proposal? {
    let now = accounts.clock.now()
    return try await all(for: principal).first { proposal in
      proposal.act == name && proposal.state == .agreed && proposal.subject == subject
        && proposal.proposer == principal.actor.id
        && (Timestamp(proposal.due).map { now < $0 } ?? false)
    }
  }

  private static func nobodyCouldAgree(_ id: String) -> Problem {
    Wording(
      "nobody-could-agree", "没有其他人可以同意，账户不能单独办理",
      "nobody else could agree, and no account does it alone",
      do: "请操作员在服务器本机用 karez user 办理", "have it done at the machine itself, by karez user"
    ).problem(.forbidden, at: id)
  }

  private static func waitsAlready(_ id: String) -> Problem {
    Wording(
      "proposal-waits", "此事已提出，待第二人同意", "it is proposed already and waits for a second person",
      do: "同意后再办理一次即可", "ask again once it is agreed to"
    ).problem(.conflict, at: id)
  }
}
