import Foundation
import KarezCore
import KarezPacks
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// 伪造的权利: whoever may write the database and the log, and has not got the key, makes rows that
/// are right in every other way; each is refused where it would be used, and named.
@Suite struct ForgedRightsTests {
  private static func refused(
    _ kind: String, _ use: () async throws -> Void
  ) async {
    do {
      try await use()
      Issue.record("\(kind): believed")
    } catch {
      let problem = error as? Problem
      #expect(problem?.code == "integrity-broken", "\(kind): \(error)")
      #expect(problem?.place.hasPrefix("record/\(kind)/") == true, "\(kind)")
    }
  }

  @Test func `a right that was put into the database by hand is refused where it is used`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let data = folder.appending(path: "data")
      let map = try await OneMap.initialise(
        data: data, installation: Installation(home: Places.repository, programs: Program.folder),
        by: .operator)
      let accounts = map.accounts
      let secret = try await accounts.add(
        AccountOrder(id: "chief", name: "王", roles: ["approver"]), by: .operator)
      try await accounts.changePassword(
        of: "chief", from: secret, to: "Salt-and-water-7", keeping: nil)
      let chief = try await accounts.account("chief")
      // The same database, written to without the key.
      let bare = try SQLiteStore(folder: data, clock: Clock.timestamp)
      func forge(_ changes: RecordChange...) async throws {
        try await bare.put(
          RecordBatch(changes, entry: RecordBatch.Entry(kind: "note", body: [:])),
          relabelling: nil, by: .operator)
      }
      let now = map.clock.now()
      let (token, bearer) = ServiceToken.issue(
        TokenOrder(
          title: "t", permissions: [.view], ceiling: .internal, regions: nil, days: 9),
        for: "chief", at: now)
      try await forge(token.change)
      await Self.refused("service-token") { _ = try await accounts.bearer(bearer) }
      let (session, cookie) = Session.begin(for: "chief", by: ["password"], at: now, longest: 600)
      try await forge(.write(session.record))
      await Self.refused("transient/session") { _ = try await accounts.signedIn(cookie) }
      let (pending, step) = PendingSignIn.begin(for: chief, at: now, within: 300)
      try await forge(pending)
      await Self.refused("transient/sign-in") {
        _ = try await accounts.finish(step.ticket, code: "000000")
      }
      let act = try #require(map.acts[.accessRestoration])
      let subject = AccessRestoration.password.subject("chief")
      var agreed = try await accounts.proposal(act, subject, because: "x", by: .operator)
      agreed.state = .agreed
      try await forge(agreed.change)
      await Self.refused("proposal") {
        _ = try await map.twoPersons.spending(agreed.id, for: .accessRestoration, subject)
      }
      let mandate = Mandate(
        id: "m", principal: "a20250001", agent: "a20250002", services: ["x"],
        lastDay: try #require(LegalDate("2030-01-01")),
        givenOn: try #require(LegalDate("2026-01-01")))
      try await forge(mandate.change)
      await Self.refused("mandate") {
        _ = try await map.applicants.records(RecordQuery(Mandate.kind, owner: "a20250002"))
      }
      // The log agrees with all of it; the codes do not.
      let faults = try await map.verifyLog { _ in }.faults
      #expect(Set(faults.map(\.kind)) == ["code-missing"] && faults.count == 5)
    }
  }
}
