public import KarezCore
import KarezCrypto
import KarezPacks
import KarezStore

extension Accounts {
  /// Issues a token of an account; what is returned beside it is shown once and never again.
  ///
  /// - Errors: `Problem` of kind forbidden for more than the owner or the offices allow, and for
  ///   anybody but the owner, in person, or whoever is at the machine.
  public func issueToken(
    _ order: TokenOrder, for id: String, by principal: Principal
  ) async throws(Problem) -> (token: ServiceToken, text: String) {
    try owns(principal, id)
    let now = clock.now()
    let account = try await account(id)
    guard account.isActive else { throw Self.unknown(id) }
    guard !mustEnrol(account) else { throw Self.toEnrol(id) }
    let owner = account.principal(in: offices)
    try check(order, of: owner)
    let inForce = try await tokens(of: id).count { $0.isInForce(at: now) }
    guard inForce < offices.tokens.most else { throw Self.tooManyTokens(offices.tokens.most) }
    let (token, text) = ServiceToken.issue(order, for: id, at: now)
    try await put(
      [token.change], "token-issued",
      [
        "account": .string(id), "token": .string(token.id),
        "may": .texts(token.permissions.map(\.rawValue).sorted()),
        "expiresAt": .string(token.expiresAt.description),
      ], by: principal.actor)
    return (token, text)
  }

  /// Every token an account was ever given, by its id.
  public func tokens(of id: String) async throws(Problem) -> [ServiceToken] {
    do throws(StoreError) {
      var tokens: [ServiceToken] = []
      var last: PlatformRecord?
      repeat {
        let page = try await store.records(
          RecordQuery(ServiceToken.kind, owner: id), after: last, limit: 500)
        for record in page.records { tokens.append(try ServiceToken(record)) }
        last = page.next
      } while last != nil
      return tokens
    } catch {
      throw .store(error)
    }
  }

  /// Ends a token, at once; its owner may, and whoever looks after accounts.
  public func revokeToken(_ token: String, by principal: Principal) async throws(Problem) {
    guard var found = try await find(token: token) else { throw Self.tokenUnknown(token) }
    try principal.requireInPerson()
    guard found.account == principal.actor.id || principal.may(.manageAccounts) else {
      throw Self.tokenUnknown(token)
    }
    guard !found.isRevoked else { return }
    found.isRevoked = true
    try await put(
      [found.change], "token-revoked",
      ["account": .string(found.account), "token": .string(token)], by: principal.actor)
  }

  /// Who a program is that brings a token; nil where it opens nothing, whatever the reason.
  public func bearer(_ text: String) async throws(Problem) -> Principal? {
    let parts = text.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, parts[0] == ServiceToken.prefix, parts[1].utf8.count == 16,
      parts[2].utf8.count == 64, let found = try await find(token: parts[1])
    else { return nil }
    let isSame = Secret.isSame(SM3.digest(parts[2]).description, found.sm3)
    guard isSame, found.isInForce(at: clock.now()), let account = try await find(found.account),
      account.isActive, !account.mustChangePassword, !mustEnrol(account),
      offices.conflict(among: account.roles) == nil
    else { return nil }
    return found.principal(
      of: account.principal(in: offices), within: offices.tokens.permissions)
  }

  // MARK: Parts

  private func find(token id: String) async throws(Problem) -> ServiceToken? {
    do throws(StoreError) {
      return try await store.record(ServiceToken.kind, id).map { record throws(StoreError) in
        try ServiceToken(record)
      }
    } catch {
      throw .store(error)
    }
  }

  /// Refuses everybody but the account's owner, in person, and whoever is at the machine.
  func owns(_ principal: Principal, _ id: String) throws(Problem) {
    try principal.requireInPerson()
    guard principal.actor.id == id || principal.actor == .operator else {
      throw Self.unknown(id)
    }
  }

  private func check(_ order: TokenOrder, of owner: Principal) throws(Problem) {
    guard !order.title.isEmpty, order.title.count <= 60,
      !order.title.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else { throw Self.tokenUntitled }
    let allowed = owner.permissions.intersection(offices.tokens.permissions)
    let excess = order.permissions.subtracting(allowed).map(\.rawValue).sorted()
    guard excess.isEmpty, !order.permissions.isEmpty else {
      throw Self.tokenTooWide(excess, allowed.map(\.rawValue).sorted())
    }
    for region in order.regions ?? [] { try checkRegion(region) }
    guard (1...offices.tokens.longestSeconds).contains(order.seconds) else {
      throw Self.tokenTooLong(days: offices.tokens.longestSeconds / 86_400)
    }
  }

  private static let tokenUntitled = Wording(
    "token-untitled", "没有写明令牌的用途，或超过 60 字", "the token does not say what it is for, or too much",
    do: "用几个字写明用途", "say in a few words what it is for"
  ).problem(.usage, at: "title")

  private static func tokenTooWide(_ excess: [String], _ allowed: [String]) -> Problem {
    let list = allowed.joined(separator: ", ")
    return Wording(
      "token-too-wide", "令牌的权限为空，或超出账户与规定所允许的",
      "the token is given nothing, or more than its owner and the rules allow",
      do: "可选：\(list)", "choose from \(list)"
    ).problem(.forbidden, at: excess.joined(separator: ", "))
  }

  private static func tokenTooLong(days: Int) -> Problem {
    Wording(
      "token-too-long", "令牌的有效期不在 1 到 \(days) 日之内", "the token is not for 1 to \(days) days",
      do: "写明较短的有效期", "give fewer days"
    ).problem(.usage, at: "days")
  }

  private static func tooManyTokens(_ most: Int) -> Problem {
    Wording(
      "tokens-too-many", "有效令牌已达 \(most) 个", "there are \(most) tokens in force",
      do: "先撤销不用的令牌", "revoke those not in use first"
    ).problem(.conflict, at: "")
  }

  private static func tokenUnknown(_ id: String) -> Problem {
    Wording(
      "token-unknown", "没有这个令牌", "there is no such token",
      do: "用 karez user tokens 查看", "see karez user tokens"
    ).problem(.notFound, at: id)
  }
}
