public import KarezCore
import KarezCrypto
public import KarezPacks
import KarezStore

/// The accounts of an installation: who there is, who may what, who has signed in.
public struct Accounts: Sendable {
  let store: any OneMapStore
  public let offices: Offices
  let acts: TwoPersonActs
  let desk: PasswordDesk
  let clock: WallClock
  let vault: FactorVault

  /// What the forms of one server have to bring where nobody signs in.
  public static func freshFormKey() -> String { Secret.token() }

  /// Whether a form brought the key it was given, in a time that tells nothing.
  public static func isSameKey(_ left: String, _ right: String) -> Bool {
    Secret.isSame(left, right)
  }

  /// The moment by which sessions, locks and tokens are judged.
  public var now: Timestamp { clock.now() }

  /// Whether nobody was ever given an account.
  public func isEmpty() async throws(Problem) -> Bool {
    try await page(after: nil, limit: 1).records.isEmpty
  }

  /// Accounts of the offices; applicants have their own.
  public func all() async throws(Problem) -> [Account] {
    var accounts: [Account] = []
    var last: PlatformRecord?
    repeat {
      let page = try await page(after: last, limit: 500)
      for record in page.records {
        let account = try Self.account(of: record)
        if account.applicant == nil { accounts.append(account) }
      }
      last = page.next
    } while last != nil
    return accounts
  }

  /// - Errors: `Problem` of kind not found where there is none, or it is an applicant's.
  public func account(_ id: String) async throws(Problem) -> Account {
    guard let account = try await find(id) else { throw Self.unknown(id) }
    return account
  }

  /// What colleagues call an account; the id itself where there is none.
  public func name(of id: String) async throws(Problem) -> String {
    try await find(id)?.name ?? id
  }

  // MARK: Changing

  /// Makes an account; what is returned is its first secret, which nobody can read again.
  ///
  /// Where roles need a second person it begins without any, and with a proposal of those asked for.
  ///
  /// - Errors: `Problem` of kind usage for an id, role or region that is none; refused for roles
  ///   nobody may hold together; conflict for an id that was given before.
  public func add(
    _ order: AccountOrder, by principal: Principal
  ) async throws(Problem) -> String {
    try principal.require(.manageAccounts)
    try principal.requireInPerson()
    try check(order)
    if try await find(order.id) != nil { throw Self.taken(order.id) }
    let secret = Secret.spoken()
    var account = Account(order, password: await desk.hash(secret), at: clock.now())
    var proposal: Proposal?
    if try await isHeldBack(.roleGrant, by: principal), let act = acts[.roleGrant] {
      account.roles = []
      account.regions = []
      account.ceiling = .public
      proposal = try await self.proposal(
        act, RoleGrant.subject(order, instead: nil), because: "新建账户 · new account",
        by: principal)
    }
    var said: [String: JSONValue] = [
      "account": .string(order.id), "roles": .texts(order.roles),
      "ceiling": .string(order.ceiling.rawValue),
    ]
    said["regions"] = order.regions.map(JSONValue.texts)
    said["proposal"] = proposal.map { .string($0.id) }
    let changes = [account.change] + [proposal?.change].compactMap { $0 }
    try await put(changes, "account-added", said, by: principal.actor)
    return secret
  }

  /// Says which agency an account is of, as statistics name it.
  ///
  /// - Errors: `Problem` for a name that is empty, too long, or no text.
  public func assign(
    _ id: String, to agency: String?, by principal: Principal
  ) async throws(Problem) {
    try principal.require(.manageAccounts)
    try principal.requireInPerson()
    var account = try await account(id)
    if let agency { try check(agency: agency, of: id) }
    account.agency = agency
    try await put(
      [account.change], "account-assigned",
      ["account": .string(id), "agency": .optional(agency)], by: principal.actor)
  }

  /// Ends an account and every session of it, at once.
  ///
  /// - Errors: forbidden for one's own, and for the last that could agree to some act: who ended
  ///   those would be alone with what takes two.
  public func disable(_ id: String, by principal: Principal) async throws(Problem) {
    try principal.require(.manageAccounts)
    try principal.requireInPerson()
    var account = try await account(id)
    if principal.actor.id == id { throw Self.ownAccount(id) }
    guard account.isActive else { return }
    if principal.actor != .operator { try await refuseLastApprover(account) }
    account.isActive = false
    let changes = [account.change] + (try await endings(of: id))
    try await put(changes, "account-disabled", ["account": .string(id)], by: principal.actor)
  }

  /// Gives an account a new first secret, and ends its sessions.
  ///
  /// Whoever is at the machine lets one in again by it that was disabled; an account does not.
  func reset(
    _ id: String, by principal: Principal, spending agreement: RecordChange? = nil
  ) async throws(Problem) -> String {
    try principal.require(.manageAccounts)
    try principal.requireInPerson()
    var account = try await account(id)
    try refuseDisabled(account, principal)
    let secret = Secret.spoken()
    account.password = await desk.hash(secret)
    account.passwordSince = clock.now()
    account.mustChangePassword = true
    account.isActive = true
    account.failures = 0
    account.lockedUntil = nil
    let changes =
      [account.change] + (try await endings(of: id)) + [agreement].compactMap { $0 }
    try await put(changes, "account-reset", ["account": .string(id)], by: principal.actor)
    return secret
  }

  /// Takes the account's own new password; every other session of it ends.
  public func changePassword(
    of id: String, from old: String, to new: String, keeping token: String?
  ) async throws(Problem) {
    var account = try await account(id)
    try offices.policy.refuseWeak(new, of: id)
    let now = clock.now()
    let isOwn = await desk.matches(old, account.password)
    guard isOwn, account.isActive, !account.isLocked(at: now) else {
      try await noteFailure(of: account, at: now)
      throw Self.refused
    }
    guard old != new else { throw Self.unchanged }
    let present = account.mustChangePassword ? [] : [account.password]
    let former = Array((present + account.formerPasswords).prefix(offices.policy.remembered))
    guard await !desk.matches(new, anyOf: former) else { throw Self.remembered }
    account.password = await desk.hash(new)
    account.passwordSince = now
    // The new one is remembered too, so one less of those before.
    account.formerPasswords = Array(former.prefix(max(0, offices.policy.remembered - 1)))
    account.mustChangePassword = false
    let kept = token.map(Session.key(of:))
    let changes = [account.change] + (try await endings(of: id, but: kept))
    try await put(
      changes, "password-changed", ["account": .string(id)], by: Actor(id: id))
  }

  /// Sets whether an account is told of a dataset's commits.
  public func follow(
    _ dataset: String, _ isFollowing: Bool, by principal: Principal
  ) async throws(Problem) {
    var account = try await account(principal.actor.id)
    let others = account.follows.filter { $0 != dataset }
    account.follows = isFollowing ? (others + [dataset]).sorted() : others
    try await put(
      [account.change], "account-follows",
      ["account": .string(account.id), "follows": .texts(account.follows)], by: principal.actor)
  }

  // MARK: Parts

  func find(_ id: String) async throws(Problem) -> Account? {
    do throws(StoreError) {
      return try await store.record(Account.kind, id).map { record throws(StoreError) in
        try Account(record)
      }
    } catch {
      throw .store(error)
    }
  }

  func put(
    _ changes: [RecordChange], _ kind: String, _ said: [String: JSONValue],
    relabelling: LabelChange? = nil, by actor: Actor
  ) async throws(Problem) {
    do throws(StoreError) {
      try await store.put(
        RecordBatch(changes, entry: RecordBatch.Entry(kind: kind, body: said)),
        relabelling: relabelling, by: actor)
    } catch {
      throw .store(error)
    }
  }

  /// The changes that end an account's sessions.
  func endings(
    of id: String, but kept: String? = nil
  ) async throws(Problem) -> [RecordChange] {
    do throws(StoreError) {
      let page = try await store.records(
        RecordQuery(Session.kind, owner: id), after: nil, limit: 1_000)
      return page.records.filter { $0.key != kept }.map(RecordChange.remove)
    } catch {
      throw .store(error)
    }
  }

  private func page(
    after last: PlatformRecord?, limit: Int
  ) async throws(Problem) -> RecordPage {
    do throws(StoreError) {
      return try await store.records(RecordQuery(Account.kind), after: last, limit: limit)
    } catch {
      throw .store(error)
    }
  }

  private static func account(of record: PlatformRecord) throws(Problem) -> Account {
    do throws(StoreError) { return try Account(record) } catch { throw .store(error) }
  }

  func check(_ order: AccountOrder) throws(Problem) {
    let letters = Set("abcdefghijklmnopqrstuvwxyz0123456789.-")
    let isID =
      (2...32).contains(order.id.count) && order.id.allSatisfy(letters.contains)
      && order.id.first?.isLetter == true && ![Actor.operator.id, "nobody"].contains(order.id)
    guard isID else { throw Self.malformed(order.id) }
    guard !order.roles.isEmpty else { throw unknownRole("") }
    try check(roles: order.roles, regions: order.regions)
    guard !order.name.isEmpty, order.name.count <= 60,
      !order.name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else { throw Self.nameless(order.id) }
    if let agency = order.agency { try check(agency: agency, of: order.id) }
  }

  private func check(agency: String, of id: String) throws(Problem) {
    let isName =
      (1...60).contains(agency.count)
      && !agency.unicodeScalars.contains { $0.properties.generalCategory == .control }
    guard isName else { throw Self.agencyUnnamed(id) }
  }

  func checkRegion(_ region: String) throws(Problem) {
    let isPrefix = (2...12).contains(region.utf8.count) && region.allSatisfy(\.isNumber)
    guard isPrefix else { throw Self.notARegion(region) }
  }
}
