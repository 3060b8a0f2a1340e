public import KarezCore
import KarezPacks
import KarezStore

/// What an act does once a second person has agreed; a use case has one for each of its acts.
protocol TwoPersonEffect: Sendable {
  var act: TwoPersonAct.Name { get }

  /// Refuses what cannot be done, or what this person may have no hand in.
  func check(_ subject: JSONValue, by principal: Principal) async throws(Problem)

  /// What carries it out; made in one batch with the agreement, or not at all. Nil where the work
  /// is long, and the use case spends the agreement in a batch of its own.
  ///
  /// - Errors: a conflict where what the proposal rests on has changed since.
  func outcome(
    _ proposal: Proposal, by principal: Principal
  ) async throws(Problem) -> TwoPersonOutcome?

  /// Whether this person may know of it at all, besides those who look after proposals.
  func isVisible(_ subject: JSONValue, to principal: Principal) async throws(Problem) -> Bool

  /// What is proposed, in a sentence.
  func words(_ subject: JSONValue) -> LocalizedText

  /// What the log says of it: the subject, without what is personal.
  func told(_ subject: JSONValue) -> JSONValue
}

extension TwoPersonEffect {
  func isVisible(_ subject: JSONValue, to principal: Principal) async throws(Problem) -> Bool {
    true
  }

  func told(_ subject: JSONValue) -> JSONValue { subject }
}

/// What is recorded together with an agreement.
struct TwoPersonOutcome: Sendable {
  let changes: [RecordChange]
  var relabelling: LabelChange?
}

/// 授予岗位: what an account may do and reach, as it is to be.
struct RoleGrant: TwoPersonEffect {
  let accounts: Accounts
  let act = TwoPersonAct.Name.roleGrant

  /// The grant, with the rights it rests on.
  static func subject(_ order: AccountOrder, instead account: Account?) -> JSONValue {
    .object([
      "account": .string(order.id), "roles": .texts(order.roles),
      "regions": order.regions.map(JSONValue.texts) ?? .null,
      "ceiling": .string(order.ceiling.rawValue),
      "from": .texts(account?.roles ?? []),
    ])
  }

  func check(_ subject: JSONValue, by principal: Principal) async throws(Problem) {
    let order = try Self.order(subject)
    guard principal.actor.id != order.id else { throw Self.ownRights(order.id) }
    try accounts.check(roles: order.roles, regions: order.regions)
  }

  func outcome(
    _ proposal: Proposal, by principal: Principal
  ) async throws(Problem) -> TwoPersonOutcome? {
    let order = try Self.order(proposal.subject)
    var account = try await accounts.account(order.id)
    guard account.isActive, account.roles == proposal.subject["from"]?.texts else {
      throw TwoPersons.outdated(proposal.id)
    }
    account.roles = order.roles
    account.regions = order.regions
    account.ceiling = order.ceiling
    // Rights begin with a fresh sign-in, so that nothing opened before has them.
    return TwoPersonOutcome(
      changes: [account.change] + (try await accounts.endings(of: order.id)))
  }

  func words(_ subject: JSONValue) -> LocalizedText {
    let account = subject["account"]?.string ?? ""
    func titles(_ language: Language, _ joint: String) -> String {
      (subject["roles"]?.texts ?? []).map { accounts.offices.role($0)?.title[language] ?? $0 }
        .joined(separator: joint)
    }
    let bounds = [
      subject["regions"]?.texts?.joined(separator: " "), subject["ceiling"]?.string,
    ].compactMap { $0 }.joined(separator: ", ")
    return LocalizedText(
      zh: "账户 \(account) 的岗位改为：\(titles(.zh, "、"))（\(bounds)）",
      en: "give \(account) the roles: \(titles(.en, ", ")) (\(bounds))",
      ug: "\(account) — \(titles(.ug, "، ")) (\(bounds))")
  }

  private static func order(_ subject: JSONValue) throws(Problem) -> AccountOrder {
    guard let id = subject["account"]?.string, let roles = subject["roles"]?.texts,
      let ceiling = subject["ceiling"]?.string.flatMap({ Classification(rawValue: $0) })
    else { throw .store(.corrupt(what: "proposal")) }
    return AccountOrder(
      id: id, name: "", roles: roles, regions: subject["regions"]?.texts, ceiling: ceiling)
  }

  private static func ownRights(_ id: String) -> Problem {
    Wording(
      "own-rights", "不得提出或同意授予自己岗位", "nobody proposes or agrees to their own rights",
      do: "由他人办理", "others have to do it"
    ).problem(.forbidden, at: id)
  }
}

extension TwoPersons {
  /// Proposes what an account may do and reach from now on.
  public func grant(
    _ order: AccountOrder, because reason: String, by principal: Principal
  ) async throws(Problem) -> Proposal {
    let account = try await accounts.account(order.id)
    return try await propose(
      .roleGrant, RoleGrant.subject(order, instead: account), because: reason, by: principal)
  }
}
