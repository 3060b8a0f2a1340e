import KarezCore
import KarezPacks
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// What nobody does alone: proposed by one, agreed to by another, in effect together with that.
@Suite struct TwoPersonTests {
  typealias Room = AccountTests.Room

  /// The three administrators and a reader, each with a password of their own.
  struct Staff {
    let system: Principal
    let security: Principal
    let audit: Principal
  }

  static func withStaff(_ body: (Room, TwoPersons, Staff) async throws -> Void) async throws {
    try await AccountTests.withAccounts { room in
      let accounts = room.accounts
      func order(_ id: String, _ role: String) -> AccountOrder {
        AccountOrder(id: id, name: id, roles: [role])
      }
      _ = try await accounts.bootstrap([
        order("sys", "operator"), order("sec", "security"), order("aud", "auditor"),
      ])
      func principal(_ id: String) async throws -> Principal {
        try await accounts.account(id).principal(in: accounts.offices)
      }
      try await body(
        room, room.twoPersons,
        Staff(
          system: try await principal("sys"), security: try await principal("sec"),
          audit: try await principal("aud")))
    }
  }

  @Test func `a new account has no rights until a second person agrees to them`() async throws {
    try await Self.withStaff { room, twoPersons, staff in
      let accounts = room.accounts
      let order = AccountOrder(
        id: "li", name: "李", roles: ["submitter"], regions: ["6531"], ceiling: .restricted)
      let secret = try await accounts.add(order, by: staff.system)
      let bare = try await accounts.account("li").principal(in: accounts.offices)
      #expect(bare.permissions.isEmpty && bare.scope.regionPrefixes == [])
      let token = try await accounts.signIn("li", password: secret)
      let waiting = try await twoPersons.waiting(for: staff.security)
      #expect(waiting.map(\.act) == [.roleGrant] && waiting[0].proposer == "sys")
      #expect(twoPersons.words(waiting[0]).zh.contains("汇交员"))
      let done = try await twoPersons.approve(waiting[0].id, because: "", by: staff.security)
      #expect(done.state == .done && done.decision?.by == "sec")
      let li = try await accounts.account("li").principal(in: accounts.offices)
      #expect(li.permissions == [.view, .submit])
      #expect(li.scope == Scope(ceiling: .restricted, regionPrefixes: ["6531"]))
      #expect(try await accounts.signedIn(token) == nil, "rights begin with a fresh sign-in")
      #expect(try await twoPersons.waiting(for: staff.security).isEmpty)
      let kinds = try await room.store.logEntries(after: 0, limit: 100).map(\.kind)
      #expect(kinds.contains("account-added") && kinds.contains("proposal-approved"))
    }
  }

  @Test func `who proposed does not agree, nor whom it is about, nor who lacks the right`()
    async throws
  {
    try await Self.withStaff { room, twoPersons, staff in
      _ = try await room.accounts.add(
        AccountOrder(id: "li", name: "李", roles: ["viewer"]), by: .operator)
      let waiting = try await twoPersons.waiting(for: staff.security)
      let id = try #require(waiting.first?.id)
      #expect(
        waiting.first?.proposer == Actor.operator.id, "the machine does not grant alone any more")
      func code(_ principal: Principal, _ id: String) async -> String? {
        await SubmissionTests.code {
          _ = try await twoPersons.approve(id, because: "", by: principal)
        }
      }
      #expect(await code(staff.system, id) == "not-permitted")
      #expect(await code(staff.audit, id) == "not-permitted")
      var program = staff.security
      program.token = "0123456789abcdef"
      #expect(await code(program, id) == "in-person")
      // Somebody who may do both still is one person.
      let both = Principal(
        actor: Actor(id: "both"), name: "both", roles: [],
        permissions: [.manageAccounts, .approveGrants], scope: .all)
      let own = try await twoPersons.propose(
        .roleGrant, RoleGrant.subject(try await room.order("li", ["submitter"]), instead: nil),
        because: "trial", by: both)
      #expect(await code(both, own.id) == "second-person")
      let mine = try await twoPersons.propose(
        .roleGrant,
        RoleGrant.subject(
          try await room.order("sec", ["auditor"]), instead: try await room.accounts.account("sec")),
        because: "trial", by: staff.system)
      #expect(await code(staff.security, mine.id) == "own-rights")
      let self1 = await #expect(throws: Problem.self) {
        _ = try await twoPersons.propose(
          .roleGrant, RoleGrant.subject(try await room.order("sys", ["auditor"]), instead: nil),
          because: "trial", by: staff.system)
      }
      #expect(self1?.code == "own-rights")
      #expect(try await room.accounts.account("li").roles == [])
    }
  }

  @Test func `no grant joins two offices that are apart, neither proposed nor agreed to`()
    async throws
  {
    try await Self.withStaff { room, twoPersons, staff in
      let order = try await room.order("aud", ["auditor", "security"])
      let refused = await #expect(throws: Problem.self) {
        _ = try await twoPersons.propose(
          .roleGrant, RoleGrant.subject(order, instead: try await room.accounts.account("aud")),
          because: "trial", by: staff.system)
      }
      #expect(refused?.code == "roles-apart")
      #expect(try await twoPersons.waiting(for: staff.security).isEmpty)
    }
  }

  @Test func `a proposal is refused with a reason, taken back by its author, or lapses`()
    async throws
  {
    try await Self.withStaff { room, twoPersons, staff in
      for id in ["li", "wang", "wu"] {
        _ = try await room.accounts.add(
          AccountOrder(id: id, name: id, roles: ["viewer"]), by: staff.system)
      }
      let ids = try await twoPersons.waiting(for: staff.system).map(\.id)
      try #require(ids.count == 3)
      let silent = await #expect(throws: Problem.self) {
        _ = try await twoPersons.refuse(ids[0], because: "", by: staff.security)
      }
      #expect(silent?.code == "reason-missing")
      let refused = try await twoPersons.refuse(ids[0], because: "未见任命", by: staff.security)
      #expect(refused.state == .refused && refused.decision?.reason == "未见任命")
      let foreign = await #expect(throws: Problem.self) {
        _ = try await twoPersons.withdraw(ids[1], by: staff.security)
      }
      #expect(foreign?.code == "proposal-not-yours")
      _ = try await twoPersons.withdraw(ids[1], by: staff.system)
      let act = try #require(twoPersons.acts[.roleGrant])
      room.clock.pass(seconds: act.lapseSeconds)
      for id in ids {
        let over = await #expect(throws: Problem.self) {
          _ = try await twoPersons.approve(id, because: "", by: staff.security)
        }
        #expect(over?.code == "proposal-state", "\(id)")
      }
      #expect(try await twoPersons.waiting(for: staff.security).isEmpty)
      #expect(try await twoPersons.all(for: staff.audit).count == 3, "the auditor sees them all")
      let viewer = try await room.member("zhao")
      #expect(try await twoPersons.all(for: viewer).isEmpty)
    }
  }

  @Test func `of two who agree at once one does, and what has changed since is a conflict`()
    async throws
  {
    try await Self.withStaff { room, twoPersons, staff in
      _ = try await room.accounts.add(
        AccountOrder(id: "li", name: "李", roles: ["viewer"]), by: staff.system)
      let first = try #require(try await twoPersons.waiting(for: staff.security).first?.id)
      let second = try await twoPersons.propose(
        .roleGrant, RoleGrant.subject(try await room.order("li", ["submitter"]), instead: nil),
        because: "trial", by: staff.system)
      let agreed = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<5 {
          group.addTask {
            (try? await twoPersons.approve(first, because: "", by: staff.security)) != nil
          }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(agreed == 1)
      let outdated = await #expect(throws: Problem.self) {
        _ = try await twoPersons.approve(second.id, because: "", by: staff.security)
      }
      #expect(outdated?.code == "proposal-outdated")
      #expect(try await room.accounts.account("li").roles == ["viewer"])
    }
  }

  @Test func `an agreement without an effect of its own is spent once, for what was proposed`()
    async throws
  {
    try await Self.withStaff { room, twoPersons, staff in
      let author = Principal(
        actor: Actor(id: "wang"), name: nil, roles: [], permissions: [.signOff], scope: .all)
      let subject = JSONValue.object(["pack": .string("three-lines"), "version": .string("2.0.0")])
      let other = JSONValue.object(["pack": .string("three-lines"), "version": .string("2.0.1")])
      let proposal = try await twoPersons.propose(
        .packPublication, subject, because: "修订", by: author)
      func spend(_ subject: JSONValue) async throws {
        let change = try await twoPersons.spending(proposal.id, for: .packPublication, subject)
        try await room.accounts.put([change], "pack-published", [:], by: author.actor)
      }
      await #expect(throws: Problem.self) { try await spend(subject) }
      let agreed = try await twoPersons.approve(proposal.id, because: "", by: staff.security)
      #expect(agreed.state == .agreed)
      await #expect(throws: Problem.self) { try await spend(other) }
      try await spend(subject)
      await #expect(throws: Problem.self) { try await spend(subject) }
    }
  }
}

extension AccountTests.Room {
  var twoPersons: TwoPersons {
    TwoPersons(
      acts: accounts.acts, accounts: accounts, effects: [RoleGrant(accounts: accounts)])
  }

  func order(_ id: String, _ roles: [String]) async throws -> AccountOrder {
    AccountOrder(id: id, name: "", roles: roles)
  }
}
