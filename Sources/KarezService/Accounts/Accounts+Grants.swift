public import KarezCore
import KarezCrypto
import KarezPacks
import KarezStore

extension Accounts {
  /// Whether what this principal does waits for a second person.
  ///
  /// Whoever is at the machine acts alone until somebody could agree: an installation begins
  /// before its offices are filled.
  func isHeldBack(
    _ name: TwoPersonAct.Name, by principal: Principal
  ) async throws(Problem) -> Bool {
    guard let act = acts[name] else { return false }
    guard principal.actor == .operator else { return true }
    return try await hasApprover(of: act)
  }

  /// Whether some account could agree to an act.
  func hasApprover(of act: TwoPersonAct) async throws(Problem) -> Bool {
    try await couldAgree(to: act, besides: [])
  }

  /// Whether some account besides these could agree to an act.
  func couldAgree(
    to act: TwoPersonAct, besides others: Set<String>
  ) async throws(Problem) -> Bool {
    try await all().contains { account in
      account.isActive && !others.contains(account.id)
        && !account.principal(in: offices).permissions.isDisjoint(with: act.approve)
    }
  }

  /// Refuses to end the last account that could agree to some act.
  func refuseLastApprover(_ account: Account) async throws(Problem) {
    let permissions = account.principal(in: offices).permissions
    for act in acts.acts where !permissions.isDisjoint(with: act.approve) {
      guard try await couldAgree(to: act, besides: [account.id]) else {
        throw Self.lastApprover(account.id, act)
      }
    }
  }

  /// Refuses to give an account a secret that an administrator has ended.
  func refuseDisabled(_ account: Account, _ principal: Principal) throws(Problem) {
    guard account.isActive || principal.actor == .operator else {
      throw Self.disabled(account.id)
    }
  }

  /// A proposal with the number after the last of the day; it is not recorded yet.
  func proposal(
    _ act: TwoPersonAct, _ subject: JSONValue, because reason: String, by principal: Principal
  ) async throws(Problem) -> Proposal {
    guard !reason.isEmpty, reason.count <= 400 else { throw TwoPersons.reasonMissing }
    let now = clock.now()
    let day = (now.day(secondsEast: Clock.secondsEast) ?? Clock.today).description
      .filter { $0 != "-" }
    let query = RecordQuery(Proposal.kind, keyPrefix: day + "-", order: .keyDescending)
    let last: PlatformRecord?
    do throws(StoreError) {
      last = try await store.records(query, after: nil, limit: 1).records.first
    } catch {
      throw .store(error)
    }
    let number = (last?.key.split(separator: "-").last.flatMap { Int($0) } ?? 0) + 1
    let digits = String(number)
    let id = day + "-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return Proposal(id, act, subject, because: reason, by: principal.actor, at: now)
  }

  /// Makes the first accounts of the three administrators' offices together.
  ///
  /// What is returned are their first secrets, in the order asked; each has to be changed.
  ///
  /// - Errors: conflict once there is any account.
  public func bootstrap(_ orders: [AccountOrder]) async throws(Problem) -> [String] {
    guard try await isEmpty() else { throw Self.notFirst }
    var changes: [RecordChange] = []
    var secrets: [String] = []
    for order in orders {
      try check(order)
      let secret = Secret.spoken()
      secrets.append(secret)
      changes.append(
        Account(order, password: await desk.hash(secret), at: clock.now()).change)
    }
    guard Set(orders.map(\.id)).count == orders.count else { throw Self.taken(orders[0].id) }
    let said = orders.map { order in
      JSONValue.object(["account": .string(order.id), "roles": .texts(order.roles)])
    }
    try await put(changes, "offices-filled", ["accounts": .array(said)], by: .operator)
    return secrets
  }

  /// Lets an account in again whose failures have locked it.
  public func unlock(_ id: String, by principal: Principal) async throws(Problem) {
    try principal.require(.manageAccounts)
    try principal.requireInPerson()
    var account = try await account(id)
    account.failures = 0
    account.lockedUntil = nil
    try await put(
      [account.change], "account-unlocked", ["account": .string(id)], by: principal.actor)
  }

  /// Refuses roles there are not, or that nobody may hold together, and regions that are none.
  func check(roles: [String], regions: [String]?) throws(Problem) {
    guard roles.allSatisfy({ offices.role($0) != nil }) else {
      throw unknownRole(roles.first { offices.role($0) == nil } ?? "")
    }
    if let (one, other) = offices.conflict(among: roles) { throw Self.apart(one, other) }
    for region in regions ?? [] { try checkRegion(region) }
  }

  private static let notFirst = Wording(
    "not-first", "已有账户，不能再次首次设岗", "there are accounts; the offices were filled before",
    do: "由系统管理员提出、安全管理员同意",
    "have the system administrator propose and the security administrator agree"
  ).problem(.conflict, at: "")
}
