import KarezCore
import KarezPacks
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// What each zone asks of passwords and sessions, as the pack states it.
@Suite struct PolicyTests {
  static let password = "Salt-and-water-7"

  @Test func `the public zone takes a long plain password, and refuses a common one`()
    async throws
  {
    try await AccountTests.withAccounts(in: "public") { room in
      let policy = room.accounts.offices.policy
      #expect(policy.passwordSeconds == nil && policy.remembered == 0 && !policy.hasOneSession)
      try policy.refuseWeak("saltwater", of: "li")
      for (password, code) in [
        ("saltwat", "password-weak"), ("iloveyou", "password-common"),
        ("1Q2w3e4r5T", "password-common"),
      ] {
        let refused = #expect(throws: Problem.self) { try policy.refuseWeak(password, of: "li") }
        #expect(refused?.code == code, "\(password)")
      }
    }
  }

  @Test func `in the business zone a password ends after its days, and opens only the change`()
    async throws
  {
    try await AccountTests.withAccounts { room in
      let accounts = room.accounts
      _ = try await room.member("li")
      let lasts = try #require(accounts.offices.policy.passwordSeconds)
      #expect(lasts == 90 * 86_400)
      room.clock.pass(seconds: lasts - 1)
      let token = try await accounts.signIn("li", password: Self.password)
      #expect(try await accounts.signedIn(token)?.mustChangePassword == false)
      room.clock.pass(seconds: 1)
      #expect(try await accounts.signedIn(token)?.mustChangePassword == true)
      await #expect(throws: Accounts.toChange("li")) {
        _ = try await accounts.principal("li", password: Self.password)
      }
      try await accounts.changePassword(
        of: "li", from: Self.password, to: "Other-water-88", keeping: token)
      #expect(try await accounts.signedIn(token)?.mustChangePassword == false)
    }
  }

  @Test func `none of the last five passwords is taken again, the sixth before is`() async throws {
    try await AccountTests.withAccounts { room in
      let accounts = room.accounts
      _ = try await room.member("li")
      var present = Self.password
      func change(to next: String) async throws {
        try await accounts.changePassword(of: "li", from: present, to: next, keeping: nil)
        present = next
      }
      for number in 1...4 { try await change(to: "Water-number-\(number)") }
      for old in [Self.password, "Water-number-1", "Water-number-3"] {
        let refused = await #expect(throws: Problem.self) { try await change(to: old) }
        #expect(refused?.code == "password-remembered", "\(old)")
      }
      try await change(to: "Water-number-5")
      try await change(to: Self.password)
    }
  }

  @Test func `in the business zone a new session ends the one before it`() async throws {
    try await AccountTests.withAccounts { room in
      let accounts = room.accounts
      _ = try await room.member("li")
      let one = try await accounts.signIn("li", password: Self.password)
      let two = try await accounts.signIn("li", password: Self.password)
      #expect(try await accounts.signedIn(one) == nil)
      #expect(try await accounts.signedIn(two) != nil)
      // Acting at the machine is no session.
      _ = try await accounts.principal("li", password: Self.password)
      #expect(try await accounts.signedIn(two) != nil)
    }
  }

  @Test func `a reader sees and ends each of their own sessions, and no one else's`()
    async throws
  {
    try await AccountTests.withAccounts(in: "public") { room in
      let accounts = room.accounts
      _ = try await room.member("li")
      _ = try await room.member("wang")
      let one = try await accounts.signIn("li", password: Self.password)
      room.clock.pass(seconds: 1)
      let two = try await accounts.signIn("li", password: Self.password)
      let other = try await accounts.signIn("wang", password: Self.password)
      let listed = try await accounts.sessions(of: "li", asking: two)
      #expect(listed.map(\.isThis) == [true, false])
      #expect(!listed.contains { two.contains($0.id) || one.contains($0.id) })
      let foreign = try await accounts.sessions(of: "wang", asking: nil)
      for id in [foreign[0].id, "", "0000000000000000"] {
        await #expect(throws: Problem.self) { try await accounts.endSession(id, of: "li") }
      }
      try await accounts.endSession(listed[1].id, of: "li")
      #expect(try await accounts.signedIn(one) == nil)
      #expect(try await accounts.signedIn(two) != nil)
      _ = try await accounts.signIn("li", password: Self.password)
      try await accounts.endSessions(of: "li", but: two)
      #expect(try await accounts.sessions(of: "li", asking: two).count == 1)
      #expect(try await accounts.signedIn(other) != nil)
    }
  }

  @Test func `what nobody ended is cleared away once its time is over, and nothing before`()
    async throws
  {
    try await AccountTests.withAccounts(in: "public") { room in
      let accounts = room.accounts
      _ = try await room.enrolled("li")
      _ = try await room.member("wang")
      let step = try await room.secondStep("li")
      let token = try await accounts.signIn("wang", password: Self.password)
      func left() async throws -> [Int] {
        var counts: [Int] = []
        for kind in [Session.kind, PendingSignIn.kind] {
          let page = try await room.store.records(RecordQuery(kind), after: nil, limit: 10)
          counts.append(page.records.count)
        }
        return counts
      }
      try await accounts.sweep()
      #expect(try await left() == [1, 1])
      room.clock.pass(seconds: accounts.offices.secondFactor.withinSeconds)
      try await accounts.sweep()
      #expect(try await left() == [1, 0])
      #expect(try await accounts.secondStep(step.ticket) == nil)
      #expect(try await accounts.signedIn(token) != nil)
      room.clock.pass(seconds: accounts.offices.policy.longestSeconds)
      try await accounts.sweep()
      #expect(try await left() == [0, 0])
    }
  }

  @Test func `an account that came to hold two separate offices can do nothing with either`()
    async throws
  {
    try await AccountTests.withAccounts { room in
      let accounts = room.accounts
      _ = try await room.member("li", roles: ["auditor"])
      let token = try await accounts.signIn("li", password: Self.password)
      // As whoever writes into the store could have it.
      var account = try await accounts.account("li")
      account.roles = ["auditor", "operator"]
      try await accounts.put([account.change], "tampered", [:], by: .operator)
      #expect(account.principal(in: accounts.offices).permissions.isEmpty)
      #expect(account.principal(in: accounts.offices).scope.regionPrefixes == [])
      #expect(try await accounts.signedIn(token) == nil)
      let refused = await #expect(throws: Problem.self) {
        _ = try await accounts.signIn("li", password: Self.password)
      }
      #expect(refused?.code == "roles-apart")
    }
  }

  @Test func `the three offices are filled once, each by somebody else, each with a first secret`()
    async throws
  {
    try await AccountTests.withAccounts { room in
      let accounts = room.accounts
      func order(_ id: String, _ role: String) -> AccountOrder {
        AccountOrder(id: id, name: id, roles: [role])
      }
      let three = [order("sys", "operator"), order("sec", "security"), order("aud", "auditor")]
      await #expect(throws: Problem.self) {
        _ = try await accounts.bootstrap([three[0], order("sys", "security")])
      }
      #expect(try await accounts.isEmpty())
      let secrets = try await accounts.bootstrap(three)
      #expect(Set(secrets).count == 3)
      let token = try await accounts.signIn("sec", password: secrets[1])
      #expect(try await accounts.signedIn(token)?.mustChangePassword == true)
      let again = await #expect(throws: Problem.self) {
        _ = try await accounts.bootstrap([order("new", "operator")])
      }
      #expect(again?.code == "not-first")
      for (one, other) in [
        ("operator", "security"), ("operator", "auditor"), ("auditor", "security"),
      ] {
        #expect(accounts.offices.conflict(among: [one, other]) != nil)
      }
    }
  }
}
