import KarezCore
import KarezCrypto
import KarezPacks
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// The second factor: how it is set up, what it takes, and what it refuses.
@Suite struct FactorTests {
  typealias Room = AccountTests.Room

  static let password = "Salt-and-water-7"

  @Test func `once an authenticator is confirmed, a password alone opens nothing`() async throws {
    try await AccountTests.withAccounts { room in
      _ = try await room.member("li")
      let accounts = room.accounts
      await #expect(throws: Accounts.refused) {
        _ = try await accounts.enrol("li", password: "wrong")
      }
      let enrolment = try await accounts.enrol("li", password: Self.password)
      #expect(enrolment.address.hasPrefix("otpauth://totp/Karez:li?secret=\(enrolment.secret)&"))
      #expect(try await accounts.enrolment(of: "li") == enrolment)
      // Before it is confirmed it counts for nothing.
      _ = try await accounts.signIn("li", password: Self.password)
      await #expect(throws: Accounts.codeRefused) {
        _ = try await accounts.confirm("li", code: "000000")
      }
      let codes = try await accounts.confirm("li", code: try room.code(enrolment.secret))
      #expect(codes.count == accounts.offices.secondFactor.recoveryCodes)
      #expect(Set(codes).count == codes.count)
      #expect(try await accounts.enrolment(of: "li") == nil)
      await #expect(throws: Accounts.codeMissing("li")) {
        _ = try await accounts.signIn("li", password: Self.password)
      }
      room.clock.pass(seconds: 30)
      let code = try room.code(enrolment.secret)
      let token = try await accounts.signIn("li", password: Self.password, code: code)
      #expect(try await accounts.signedIn(token)?.principal.actor.id == "li")
      let session = try await accounts.sessions(of: "li", asking: token).first
      #expect(session?.methods == ["password", "code"] && session?.isThis == true)
    }
  }

  @Test func `a code is spent by its use, in a session and at the machine alike`() async throws {
    try await AccountTests.withAccounts { room in
      let secret = try await room.enrolled("li").secret
      let accounts = room.accounts
      let code = try room.code(secret)
      _ = try await accounts.signIn("li", password: Self.password, code: code)
      await #expect(throws: Accounts.codeRefused) {
        _ = try await accounts.signIn("li", password: Self.password, code: code)
      }
      await #expect(throws: Accounts.codeRefused) {
        _ = try await accounts.principal("li", password: Self.password, code: code)
      }
      room.clock.pass(seconds: 30)
      let next = try room.code(secret)
      _ = try await accounts.principal("li", password: Self.password, code: next)
      await #expect(throws: Accounts.codeRefused) {
        _ = try await accounts.signIn("li", password: Self.password, code: next)
      }
      // A clock a step behind is forgiven, two steps are not.
      room.clock.pass(seconds: 120)
      let early = try room.code(secret)
      room.clock.pass(seconds: 60)
      await #expect(throws: Accounts.codeRefused) {
        _ = try await accounts.signIn("li", password: Self.password, code: early)
      }
      let late = try room.code(secret)
      room.clock.pass(seconds: 30)
      _ = try await accounts.signIn("li", password: Self.password, code: late)
    }
  }

  @Test func `of twenty uses of one code at once, one gets in`() async throws {
    try await AccountTests.withAccounts(in: "public") { room in
      let secret = try await room.enrolled("li").secret
      let accounts = room.accounts
      let code = try room.code(secret)
      var tickets: [String] = []
      for _ in 0..<6 {
        let step = try await room.secondStep("li")
        tickets.append(step.ticket)
      }
      let opened = await withTaskGroup(of: Bool.self) { group in
        for ticket in tickets {
          group.addTask { (try? await accounts.finish(ticket, code: code)) != nil }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(opened == 1)
    }
  }

  @Test func `wrong codes count toward the lock, and the right password does not forgive them`()
    async throws
  {
    try await AccountTests.withAccounts { room in
      let secret = try await room.enrolled("li").secret
      let accounts = room.accounts
      for _ in 0..<5 {
        let step = try await room.secondStep("li")
        await #expect(throws: Accounts.codeRefused) {
          _ = try await accounts.finish(step.ticket, code: "000000")
        }
      }
      try await room.isRefused("li", Self.password)
      room.clock.pass(seconds: accounts.offices.policy.lockSeconds)
      _ = try await accounts.signIn(
        "li", password: Self.password, code: try room.code(secret))
    }
  }

  @Test func `a sign-in that has begun is over after its time, and after its end`() async throws {
    try await AccountTests.withAccounts { room in
      let secret = try await room.enrolled("li").secret
      let accounts = room.accounts
      func begin() async throws -> String {
        let step = try await room.secondStep("li")
        #expect(step.takesCode && !step.takesKey)
        return step.ticket
      }
      let late = try await begin()
      room.clock.pass(seconds: accounts.offices.secondFactor.withinSeconds)
      #expect(try await accounts.secondStep(late) == nil)
      await #expect(throws: Accounts.signInOver) {
        _ = try await accounts.finish(late, code: try room.code(secret))
      }
      let used = try await begin()
      _ = try await accounts.finish(used, code: try room.code(secret))
      room.clock.pass(seconds: 30)
      await #expect(throws: Accounts.signInOver) {
        _ = try await accounts.finish(used, code: try room.code(secret))
      }
      for ticket in ["", "x", String(repeating: "0", count: 64)] {
        await #expect(throws: Accounts.signInOver) {
          _ = try await accounts.finish(ticket, code: "000000")
        }
      }
    }
  }

  @Test func `each recovery code opens once, and the log and the record hold none of them`()
    async throws
  {
    try await AccountTests.withAccounts(in: "public") { room in
      let (secret, codes) = try await room.enrolled("li")
      let accounts = room.accounts
      for code in codes {
        _ = try await accounts.signIn("li", password: Self.password, code: code.uppercased())
      }
      await #expect(throws: Accounts.codeRefused) {
        _ = try await accounts.signIn("li", password: Self.password, code: codes[0])
      }
      let fresh = try await accounts.renewRecovery("li", password: Self.password)
      #expect(Set(fresh).isDisjoint(with: codes))
      _ = try await accounts.signIn("li", password: Self.password, code: fresh[0])
      let log = try await room.store.logEntries(after: 0, limit: 100).map(\.body.canonicalText)
      let record = try await room.store.record(Account.kind, "li")?.body.canonicalText ?? ""
      for text in codes + fresh {
        #expect(!log.joined().contains(text) && !record.contains(text))
      }
      #expect(!log.joined().contains(secret))
    }
  }

  @Test func `a role that needs a second factor opens nothing until there is one, nor loses it`()
    async throws
  {
    try await AccountTests.withAccounts { room in
      let accounts = room.accounts
      _ = try await room.member("boss", roles: ["operator"])
      let token = try await accounts.signIn("boss", password: Self.password)
      #expect(try await accounts.signedIn(token)?.mustEnrol == true)
      await #expect(throws: Accounts.toEnrol("boss")) {
        _ = try await accounts.principal("boss", password: Self.password)
      }
      let secret = try await accounts.enrol("boss", password: Self.password).secret
      _ = try await accounts.confirm("boss", code: try room.code(secret))
      #expect(try await accounts.signedIn(token)?.mustEnrol == false)
      let kept = await #expect(throws: Problem.self) {
        try await accounts.removeFactor(nil, of: "boss", password: Self.password)
      }
      #expect(kept?.code == "factor-needed")
      let li = try await room.enrolled("li")
      try await accounts.removeFactor(nil, of: "li", password: Self.password)
      _ = try await accounts.signIn("li", password: Self.password)
      await #expect(throws: Problem.self) {
        _ = try await accounts.confirm("li", code: try room.code(li.secret))
      }
    }
  }

  @Test func `somebody else takes lost factors away, and nobody their own`() async throws {
    try await AccountTests.withAccounts { room in
      let accounts = room.accounts
      let boss = try await room.member("boss", roles: ["operator"])
      let viewer = try await room.member("wang", roles: ["viewer"])
      _ = try await room.enrolled("li")
      await #expect(throws: Problem.self) { try await accounts.clearFactors("li", by: viewer) }
      await #expect(throws: Problem.self) { try await accounts.clearFactors("boss", by: boss) }
      try await accounts.clearFactors("li", by: boss)
      _ = try await accounts.signIn("li", password: Self.password)
    }
  }
}

extension AccountTests.Room {
  /// The code an authenticator with this secret shows now.
  func code(_ secret: String) throws -> String {
    let password = OneTimePassword(secret: try #require(Base32.bytes(of: secret)))
    return password.code(
      step: OneTimePassword.step(atSeconds: clock.now.millisecondsSince1970 / 1_000))
  }

  /// What a sign-in waits for whose password was right.
  func secondStep(_ id: String) async throws -> SecondStep {
    guard case .second(let step) = try await accounts.begin(id, password: FactorTests.password)
    else { throw Accounts.refused }
    return step
  }

  /// A member with an authenticator, half a minute after it was set up.
  func enrolled(_ id: String) async throws -> (secret: String, codes: [String]) {
    _ = try await member(id)
    let secret = try await accounts.enrol(id, password: FactorTests.password).secret
    let codes = try await accounts.confirm(id, code: try code(secret))
    clock.pass(seconds: 30)
    return (secret, codes)
  }
}
