import KarezCore
import KarezPacks
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// 恢复登录: one person gives nobody's password anew where another could agree.
@Suite struct AccessRestoringTests {
  static func secret(_ restored: TwoPersons.Restored) -> String? {
    guard case .done(let secret) = restored else { return nil }
    return secret
  }

  @Test func `a first secret comes out once another agreed, once, to whoever asked`() async throws {
    try await TwoPersonTests.withStaff { room, twoPersons, staff in
      let twoPersons = room.restoring
      guard
        case .proposed(let proposal) = try await twoPersons.restore(
          .password, of: "aud", because: "忘记", by: staff.system)
      else {
        Issue.record("it does not wait")
        return
      }
      func code(_ principal: Principal) async -> String? {
        await SubmissionTests.code {
          _ = try await twoPersons.restore(.password, of: "aud", because: "x", by: principal)
        }
      }
      #expect(await code(staff.system) == "proposal-waits")
      #expect(await code(staff.audit) == "not-permitted")
      _ = try await twoPersons.approve(proposal.id, because: "", by: staff.security)
      // Agreed for who proposed it: another administrator has to propose, too.
      guard
        case .proposed = try await twoPersons.restore(
          .password, of: "aud", because: "x", by: .operator)
      else {
        Issue.record("another carried it out")
        return
      }
      let restored = try await twoPersons.restore(
        .password, of: "aud", because: "", by: staff.system)
      let secret = try #require(Self.secret(restored))
      _ = try await room.accounts.signIn("aud", password: secret)
      #expect(await code(staff.system) == "proposal-waits", "an agreement is spent by its use")
    }
  }

  @Test func `an agreement is to one thing, and lapses`() async throws {
    try await TwoPersonTests.withStaff { room, _, staff in
      let twoPersons = room.restoring
      guard
        case .proposed(let proposal) = try await twoPersons.restore(
          .factors, of: "aud", because: "遗失", by: staff.system)
      else {
        Issue.record("it does not wait")
        return
      }
      _ = try await twoPersons.approve(proposal.id, because: "", by: staff.security)
      guard
        case .proposed(let other) = try await twoPersons.restore(
          .password, of: "aud", because: "x", by: staff.system)
      else {
        Issue.record("the agreement was to something else")
        return
      }
      _ = try await twoPersons.withdraw(other.id, by: staff.system)
      let act = try #require(twoPersons.acts[.accessRestoration])
      room.clock.pass(seconds: act.lapseSeconds)
      guard
        case .proposed = try await twoPersons.restore(
          .factors, of: "aud", because: "x", by: staff.system)
      else {
        Issue.record("it has lapsed")
        return
      }
    }
  }

  private static func linking(_ subject: String) -> AccessRestoration {
    .directory(subject: subject, issuer: "https://id.example")
  }

  @Test func `nobody alone makes a subject of the directory another's account`() async throws {
    try await TwoPersonTests.withStaff { room, _, staff in
      let twoPersons = room.restoring
      func subjects() async throws -> [String] {
        try await room.accounts.account("aud").factors.subjects
      }
      guard
        case .proposed(let proposal) = try await twoPersons.restore(
          Self.linking("mine"), of: "aud", because: "统一认证", by: staff.system)
      else {
        Issue.record("one administrator linked a subject of theirs to somebody else")
        return
      }
      #expect(try await subjects() == [])
      #expect(twoPersons.words(proposal).zh.contains("https://id.example mine"))
      func code(_ what: AccessRestoration, _ id: String, _ who: Principal) async -> String? {
        await SubmissionTests.code {
          _ = try await twoPersons.restore(what, of: id, because: "x", by: who)
        }
      }
      #expect(await code(Self.linking("mine"), "aud", staff.system) == "proposal-waits")
      #expect(await code(Self.linking("mine"), "sys", staff.system) == "account-own")
      #expect(await code(Self.linking(""), "aud", staff.system) == "directory-refused")
      #expect(await code(Self.linking("a\u{7}"), "aud", staff.system) == "directory-refused")
      #expect(await code(Self.linking("mine"), "aud", staff.audit) == "not-permitted")
      _ = try await twoPersons.approve(proposal.id, because: "", by: staff.security)
      // Agreed to was this subject, and no other.
      guard
        case .proposed(let other) = try await twoPersons.restore(
          Self.linking("other"), of: "aud", because: "x", by: staff.system)
      else {
        Issue.record("the agreement was to another subject")
        return
      }
      _ = try await twoPersons.withdraw(other.id, by: staff.system)
      guard
        case .done = try await twoPersons.restore(
          Self.linking("mine"), of: "aud", because: "", by: staff.system)
      else {
        Issue.record("it was agreed to")
        return
      }
      #expect(try await subjects() == ["https://id.example mine"])
      #expect(await code(Self.linking("mine"), "sec", staff.system) == "account-taken")
      let entries = try await room.accounts.store.logEntries(after: 0, limit: 1_000)
      #expect(entries.contains { $0.kind == "directory-linked" })
      let told = entries.map(\.body.canonicalText).joined()
      #expect(!told.contains("id.example"), "the log names nobody as the directory does")
      // To end a link lets nobody in.
      try await room.accounts.unlink("aud", by: staff.system)
      #expect(try await subjects() == [])
    }
  }

  @Test func `where nobody else could agree it is done at the machine, and by no account`()
    async throws
  {
    try await TwoPersonTests.withStaff { room, _, staff in
      let twoPersons = room.restoring
      // The only one who could agree is the one it is about: whoever had it done would be both.
      for what in [AccessRestoration.password, .factors, Self.linking("mine")] {
        let code = await SubmissionTests.code {
          _ = try await twoPersons.restore(what, of: "sec", because: "", by: staff.system)
        }
        #expect(code == "nobody-could-agree", "\(what)")
      }
      let own = try await twoPersons.restore(.password, of: "sec", because: "", by: .operator)
      #expect(Self.secret(own) != nil)
      let act = try #require(twoPersons.acts[.accessRestoration])
      #expect(try await room.accounts.couldAgree(to: act, besides: ["aud"]))
      try await room.accounts.disable("sec", by: .operator)
      let code = await SubmissionTests.code {
        _ = try await twoPersons.restore(.password, of: "aud", because: "", by: staff.system)
      }
      #expect(code == "nobody-could-agree")
      let other = try await twoPersons.restore(.password, of: "aud", because: "", by: .operator)
      #expect(Self.secret(other) != nil)
    }
  }

  @Test func `no account ends the last that could agree, nor lets in again whom one ended`()
    async throws
  {
    try await TwoPersonTests.withStaff { room, _, staff in
      let accounts = room.accounts
      func code(_ act: () async throws -> Void) async -> String? {
        await SubmissionTests.code { try await act() }
      }
      #expect(
        await code { try await accounts.disable("sec", by: staff.system) }
          == "account-last-approver")
      // A second one by the ways of two persons, so that the first may go.
      _ = try await accounts.add(
        AccountOrder(id: "sec2", name: "二", roles: ["security"]), by: staff.system)
      let twoPersons = room.twoPersons
      let grant = try #require(try await twoPersons.waiting(for: staff.security).first)
      _ = try await twoPersons.approve(grant.id, because: "", by: staff.security)
      try await accounts.disable("sec", by: staff.system)
      #expect(
        await code { try await accounts.disable("sec2", by: staff.system) }
          == "account-last-approver")
      #expect(
        await code { _ = try await accounts.reset("sec", by: staff.system) } == "account-disabled")
      #expect(
        await code {
          _ = try await room.restoring.restore(
            .password, of: "sec", because: "x", by: staff.system)
        } == "account-disabled", "said before a second person is asked")
      #expect(try await !accounts.account("sec").isActive)
      _ = try await accounts.reset("sec", by: .operator)
      #expect(try await accounts.account("sec").isActive, "the machine's own way")
      // Nobody's agreement hangs on a reader.
      _ = try await accounts.disable("aud", by: staff.system)
    }
  }
}

extension AccountTests.Room {
  var restoring: TwoPersons {
    TwoPersons(
      acts: accounts.acts, accounts: accounts, effects: [AccessRestoring(accounts: accounts)])
  }
}
