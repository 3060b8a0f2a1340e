import Foundation
import KarezCore
import KarezCrypto
import KarezPacks
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Accounts over a real store, with a clock set by hand and passwords that are cheap to hash.
@Suite struct AccountTests {
  /// The room of one test.
  struct Room: Sendable {
    let accounts: Accounts
    let clock: HandClock
    let store: any OneMapStore

    /// An account with a password of its own.
    func member(
      _ id: String, roles: [String] = ["submitter"], regions: [String]? = nil,
      ceiling: Classification = .internal, password: String = "Salt-and-water-7"
    ) async throws -> Principal {
      let secret = try await accounts.add(
        AccountOrder(id: id, name: "张\(id)", roles: roles, regions: regions, ceiling: ceiling),
        by: .operator)
      try await accounts.changePassword(of: id, from: secret, to: password, keeping: nil)
      return try await accounts.account(id).principal(in: accounts.offices)
    }
  }

  static func withAccounts(
    in zone: String = "internal", _ body: (Room) async throws -> Void
  ) async throws {
    try await Places.withTemporaryFolder { folder in
      let clock = HandClock()
      let store = try SQLiteStore(folder: folder, clock: { clock.now.description })
      let packs = Places.repository.appending(path: "Packs").path
      let offices = try #require(try Offices.load(from: packs).standing(in: zone))
      let acts = try TwoPersonActs.load(from: packs, datasets: controlLines)
      let cost = PasswordHash.Cost(memoryKiB: 64, passes: 1, lanes: 1)
      let accounts = Accounts(
        store: store, offices: offices, acts: acts, desk: PasswordDesk(cost: cost),
        clock: clock.clock, vault: FactorVault([.fresh()]))
      try await body(Room(accounts: accounts, clock: clock, store: store))
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  static let controlLines: Set<String> = [
    "permanent-basic-farmland", "ecological-red-line", "urban-development-boundary",
    "nature-reserve-core",
  ]

  @Test func `there are no accounts until one is made, and its first secret must be changed`()
    async throws
  {
    try await Self.withAccounts { room in
      let accounts = room.accounts
      #expect(try await accounts.isEmpty())
      let secret = try await accounts.add(
        AccountOrder(id: "li.na", name: "李娜", roles: ["operator"]), by: .operator)
      #expect(try await !accounts.isEmpty())
      let token = try await accounts.signIn("li.na", password: secret)
      #expect(try await accounts.signedIn(token)?.mustChangePassword == true)
      await #expect(throws: Problem.self) {
        try await accounts.principal("li.na", password: secret)
      }
      let weak = await #expect(throws: Problem.self) {
        try await accounts.changePassword(of: "li.na", from: secret, to: "short1A", keeping: token)
      }
      #expect(weak?.code == "password-weak")
      try await accounts.changePassword(
        of: "li.na", from: secret, to: "Salt-and-water-7", keeping: token)
      #expect(try await accounts.signedIn(token)?.mustChangePassword == false)
      #expect(try await accounts.signedIn(token)?.principal.may(.manageAccounts) == true)
    }
  }

  @Test(arguments: [
    ("short-1A", false), ("alllowercaseletters", false), ("Only-letters-here", true),
    ("UPPER lower 1", true), ("lower1234567890", false), ("lower-1234567890", true),
    ("Li.na-has-a-name-7", false), ("一二三四五六七八九十", false), ("Abc1234567", true),
    (String(repeating: "Ab1-", count: 65), false),
  ])
  func `a password is long, of several kinds, and without the account's name`(
    password: String, isGood: Bool
  ) throws {
    let offices = try Offices.load(from: Places.repository.appending(path: "Packs").path)
    do {
      try offices.policy.refuseWeak(password, of: "li.na")
      #expect(isGood, "\(password)")
    } catch { #expect(!isGood, "\(password)") }
  }

  @Test func `after five failures even the right password is refused, until the lock ends`()
    async throws
  {
    try await Self.withAccounts { room in
      _ = try await room.member("li")
      for _ in 0..<5 { try await room.isRefused("li", "wrong") }
      try await room.isRefused("li", "Salt-and-water-7")
      room.clock.pass(seconds: 30 * 60 - 1)
      try await room.isRefused("li", "Salt-and-water-7")
      room.clock.pass(seconds: 1)
      _ = try await room.accounts.signIn("li", password: "Salt-and-water-7")
      // A success begins the count anew.
      for _ in 0..<4 { try await room.isRefused("li", "wrong") }
      _ = try await room.accounts.signIn("li", password: "Salt-and-water-7")
      for _ in 0..<4 { try await room.isRefused("li", "wrong") }
      _ = try await room.accounts.signIn("li", password: "Salt-and-water-7")
      let kinds = try await room.store.logEntries(after: 0, limit: 100).map(\.kind)
      #expect(kinds.count { $0 == "account-locked" } == 1)
      #expect(kinds.count { $0 == "sign-in-failed" } == 12)
    }
  }

  @Test func `of twenty wrong tries at once, each is counted and the sixth never gets in`()
    async throws
  {
    try await Self.withAccounts { room in
      _ = try await room.member("li")
      let accounts = room.accounts
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<20 {
          group.addTask { _ = try? await accounts.signIn("li", password: "wrong") }
        }
      }
      try await room.isRefused("li", "Salt-and-water-7")
      let kinds = try await room.store.logEntries(after: 0, limit: 100).map(\.kind)
      #expect(kinds.count { $0 == "sign-in-failed" } == 4)
      #expect(kinds.count { $0 == "account-locked" } == 1)
    }
  }

  @Test func `a wrong name, a wrong password, a locked and a disabled account answer alike`()
    async throws
  {
    try await Self.withAccounts { room in
      let boss = try await room.member("boss", roles: ["operator"])
      _ = try await room.member("li")
      _ = try await room.member("wang")
      try await room.accounts.disable("wang", by: boss)
      for _ in 0..<5 { try await room.isRefused("li", "wrong") }
      for id in ["li", "wang", "nobody", "", "li\u{0}", "LI"] {
        try await room.isRefused(id, "Salt-and-water-7")
      }
    }
  }

  @Test func `a session ends when it is idle, when it is old, and when it is ended`()
    async throws
  {
    try await Self.withAccounts(in: "public") { room in
      let boss = try await room.member("boss", roles: ["operator"])
      _ = try await room.member("li")
      let accounts = room.accounts
      let policy = accounts.offices.policy
      func open() async throws -> String {
        try await accounts.signIn("li", password: "Salt-and-water-7")
      }
      let idle = try await open()
      room.clock.pass(seconds: policy.idleSeconds - 1)
      #expect(try await accounts.signedIn(idle) != nil)
      room.clock.pass(seconds: policy.idleSeconds - 1)
      #expect(try await accounts.signedIn(idle) != nil, "the last use counts")
      room.clock.pass(seconds: policy.idleSeconds)
      #expect(try await accounts.signedIn(idle) == nil)

      let old = try await open()
      for _ in 0..<(policy.longestSeconds / 600 - 1) {
        room.clock.pass(seconds: 600)
        #expect(try await accounts.signedIn(old) != nil)
      }
      room.clock.pass(seconds: 600)
      #expect(try await accounts.signedIn(old) == nil)

      let (one, two) = (try await open(), try await open())
      #expect(one != two)
      try await accounts.signOut(one)
      #expect(try await accounts.signedIn(one) == nil)
      #expect(try await accounts.signedIn(two) != nil)
      try await accounts.changePassword(
        of: "li", from: "Salt-and-water-7", to: "Other-water-88", keeping: nil)
      #expect(try await accounts.signedIn(two) == nil)
      let last = try await accounts.signIn("li", password: "Other-water-88")
      try await accounts.disable("li", by: boss)
      #expect(try await accounts.signedIn(last) == nil)
      for token in ["", "x", String(repeating: "0", count: 64)] {
        #expect(try await accounts.signedIn(token) == nil)
      }
    }
  }

  @Test func `neither the log nor a session's record holds what signs in`() async throws {
    try await Self.withAccounts { room in
      _ = try await room.member("li")
      let token = try await room.accounts.signIn("li", password: "Salt-and-water-7")
      let log = try await room.store.logEntries(after: 0, limit: 100).map(\.body.canonicalText)
      for secret in [token, "Salt-and-water-7", "张li", "argon2"] {
        #expect(!log.joined().contains(secret), "\(secret)")
      }
      let sessions = try await room.store.records(
        RecordQuery(Session.kind), after: nil, limit: 10)
      #expect(sessions.records.count == 1)
      #expect(!sessions.records.map(\.body.canonicalText).joined().contains(token))
      #expect(sessions.records.first?.key != token)
    }
  }

  @Test func `roles that must be apart, unknown ones, and malformed accounts are refused`()
    async throws
  {
    try await Self.withAccounts { room in
      func code(_ order: AccountOrder, by principal: Principal = .operator) async -> String? {
        do {
          _ = try await room.accounts.add(order, by: principal)
          return nil
        } catch { return error.code }
      }
      let name = "李"
      #expect(
        await code(AccountOrder(id: "li", name: name, roles: ["auditor", "operator"]))
          == "roles-apart")
      #expect(await code(AccountOrder(id: "li", name: name, roles: ["king"])) == "role-unknown")
      #expect(await code(AccountOrder(id: "li", name: name, roles: [])) == "role-unknown")
      for id in ["", "l", "Li", "1li", "li na", "li/na", "operator", "nobody", "李娜", "l\u{0}i"] {
        #expect(
          await code(AccountOrder(id: id, name: name, roles: ["viewer"])) == "account-malformed")
      }
      for region in ["", "6", "65312x", "6531251052011", "-1"] {
        let order = AccountOrder(id: "li", name: name, roles: ["viewer"], regions: [region])
        #expect(await code(order) == "region-malformed", "\(region)")
      }
      #expect(await code(AccountOrder(id: "li", name: "", roles: ["viewer"])) == "account-nameless")
      let viewer = try await room.member("wang", roles: ["viewer"])
      #expect(
        await code(AccountOrder(id: "li", name: name, roles: ["viewer"]), by: viewer)
          == "not-permitted")
      #expect(
        await code(AccountOrder(id: "wang", name: name, roles: ["viewer"])) == "account-taken")
    }
  }

  @Test func `a principal reaches no further than the account and its highest role`()
    async throws
  {
    try await Self.withAccounts { room in
      let confined = try await room.member(
        "li", roles: ["viewer"], regions: ["6531"], ceiling: .confidential)
      #expect(confined.scope == Scope(ceiling: .internal, regionPrefixes: ["6531"]))
      let low = try await room.member("wang", roles: ["auditor"], ceiling: .public)
      #expect(low.scope == Scope(ceiling: .public))
      #expect(low.permissions == [.view, .readLog])
      let none = try await room.member("wu", regions: [])
      #expect(none.scope.regionPrefixes == [])
    }
  }
}

extension AccountTests.Room {
  func isRefused(_ id: String, _ password: String) async throws {
    do {
      _ = try await accounts.signIn(id, password: password)
      Issue.record("\(id) got in")
    } catch {
      #expect(error == Accounts.refused)
    }
  }
}
