import KarezCore
import KarezPacks
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Tokens of programs: narrower than their owner, for a time, and ended at once.
@Suite struct TokenTests {
  static func order(
    _ permissions: Set<Permission> = [.view], ceiling: Classification = .internal,
    regions: [String]? = nil, days: Int = 30
  ) -> TokenOrder {
    TokenOrder(
      title: "夜间取数", permissions: permissions, ceiling: ceiling, regions: regions, days: days)
  }

  @Test func `a token speaks for its owner, within its own bounds and the owner's`() async throws {
    try await AccountTests.withAccounts { room in
      let accounts = room.accounts
      let li = try await room.member("li", regions: ["6531"], ceiling: .restricted)
      let (_, text) = try await accounts.issueToken(
        Self.order(ceiling: .confidential, regions: ["653101", "6532"]), for: "li", by: li)
      let program = try #require(try await accounts.bearer(text))
      #expect(program.actor == li.actor && program.permissions == [.view])
      #expect(program.scope == Scope(ceiling: .restricted, regionPrefixes: ["653101"]))
      let (_, wide) = try await accounts.issueToken(
        Self.order([.view, .submit], ceiling: .public, regions: ["65"]), for: "li", by: li)
      let other = try #require(try await accounts.bearer(wide))
      #expect(other.scope == Scope(ceiling: .public, regionPrefixes: ["6531"]))
      #expect(other.permissions == [.view, .submit])
    }
  }

  @Test func `what tokens may no longer be given, one that was given it holds no more`()
    async throws
  {
    try await AccountTests.withAccounts { room in
      let li = try await room.member("li")
      let (token, _) = try await room.accounts.issueToken(
        Self.order([.view, .submit]), for: "li", by: li)
      #expect(token.principal(of: li, within: [.view]).permissions == [.view])
      #expect(token.principal(of: li, within: [.view, .submit]).permissions == [.view, .submit])
      #expect(token.principal(of: li, within: [.submit]).token == token.id)
    }
  }

  @Test func `a token is refused when it is expired, revoked, altered, or its owner is gone`()
    async throws
  {
    try await AccountTests.withAccounts { room in
      let accounts = room.accounts
      let li = try await room.member("li")
      let boss = try await room.member("boss", roles: ["operator"])
      let (token, text) = try await accounts.issueToken(
        Self.order(days: 1), for: "li", by: li)
      #expect(try await accounts.bearer(text) != nil)
      for wrong in [
        "", "krz", text + "0", "x" + text, text.uppercased(),
        "krz_\(token.id)_" + String(repeating: "0", count: 64),
        "krz_0000000000000000_" + text.suffix(64),
      ] {
        #expect(try await accounts.bearer(wrong) == nil, "\(wrong)")
      }
      room.clock.pass(seconds: 86_400 - 1)
      #expect(try await accounts.bearer(text) != nil)
      room.clock.pass(seconds: 1)
      #expect(try await accounts.bearer(text) == nil)
      let (second, next) = try await accounts.issueToken(Self.order(), for: "li", by: li)
      try await accounts.revokeToken(second.id, by: li)
      #expect(try await accounts.bearer(next) == nil)
      let (_, last) = try await accounts.issueToken(Self.order(), for: "li", by: li)
      try await accounts.disable("li", by: boss)
      #expect(try await accounts.bearer(last) == nil)
      #expect(try await accounts.tokens(of: "li").count == 3)
    }
  }

  @Test func `nobody issues more than they have, for longer, for others, or by a token`()
    async throws
  {
    try await AccountTests.withAccounts { room in
      let accounts = room.accounts
      let li = try await room.member("li", roles: ["viewer"])
      let wang = try await room.member("wang", roles: ["approver"])
      let secret = try await accounts.enrol("wang", password: FactorTests.password).secret
      _ = try await accounts.confirm("wang", code: try room.code(secret))
      func code(_ order: TokenOrder, _ id: String, _ principal: Principal) async -> String? {
        do {
          _ = try await accounts.issueToken(order, for: id, by: principal)
          return nil
        } catch { return error.code }
      }
      #expect(await code(Self.order([.view, .submit]), "li", li) == "token-too-wide")
      #expect(await code(Self.order([]), "li", li) == "token-too-wide")
      #expect(await code(Self.order([.view, .signOff]), "wang", wang) == "token-too-wide")
      #expect(await code(Self.order(days: 366), "li", li) == "token-too-long")
      #expect(await code(Self.order(days: 0), "li", li) == "token-too-long")
      #expect(await code(Self.order(regions: ["x"]), "li", li) == "region-malformed")
      #expect(await code(Self.order(), "li", wang) == "account-unknown")
      let boss = try await room.member("boss", roles: ["operator"])
      #expect(await code(Self.order(), "boss", boss) == "second-factor-to-enrol")
      let (_, text) = try await accounts.issueToken(Self.order(), for: "li", by: li)
      let program = try #require(try await accounts.bearer(text))
      #expect(await code(Self.order(), "li", program) == "in-person")
      for _ in 1..<accounts.offices.tokens.most {
        #expect(await code(Self.order(), "li", li) == nil)
      }
      #expect(await code(Self.order(), "li", li) == "tokens-too-many")
    }
  }

  @Test func `what is kept of a token is its SM3 and not the token`() async throws {
    try await AccountTests.withAccounts { room in
      let li = try await room.member("li")
      let (token, text) = try await room.accounts.issueToken(Self.order(), for: "li", by: li)
      let secret = String(text.suffix(64))
      let record = try await room.store.record(ServiceToken.kind, token.id)
      #expect(record?.body["sm3"]?.string?.utf8.count == 64)
      #expect(record?.body.canonicalText.contains(secret) == false)
      let log = try await room.store.logEntries(after: 0, limit: 50).map(\.body.canonicalText)
      #expect(!log.joined().contains(secret) && !log.joined().contains("夜间"))
      #expect(!token.json.canonicalText.contains(token.sm3))
    }
  }
}
