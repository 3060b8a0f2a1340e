import Foundation
import KarezCore
import KarezCrypto
import KarezPacks
import TestSupport
import Testing

@testable import KarezService
@testable import KarezStore

/// What is refused at the door costs the same whoever knocks.
///
/// Nobody learns from the time it takes which accounts there are, or which are locked. Work is
/// counted here, not time.
@Suite struct SignInWorkTests {
  @Test func `a refusal is as much work for an account there is, is not, or is locked`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let clock = HandClock()
      let engine = CountingEngine(try SQLiteEngine(in: folder))
      let store = RelationalStore(
        on: engine, cache: folder, clock: { clock.now.description },
        snapshots: SnapshotPolicy(), notify: { _ in })
      let packs = Places.repository.appending(path: "Packs").path
      let offices = try #require(try Offices.load(from: packs).standing(in: "internal"))
      let desk = PasswordDesk(cost: PasswordHash.Cost(memoryKiB: 64, passes: 1, lanes: 1))
      let accounts = Accounts(
        store: store, offices: offices,
        acts: try TwoPersonActs.load(from: packs, datasets: AccountTests.controlLines),
        desk: desk, clock: clock.clock, vault: FactorVault([.fresh()]))
      let room = AccountTests.Room(accounts: accounts, clock: clock, store: store)
      let password = "Salt-and-water-7"
      for id in ["li", "gone", "locked"] { _ = try await room.member(id, password: password) }
      try await accounts.disable("gone", by: .operator)
      for _ in 0..<offices.policy.failuresBeforeLock {
        _ = try? await accounts.begin("locked", password: "wrong")
      }
      var entries = try await store.logEntries(after: 0, limit: 1_000).count
      for (id, typed, counted) in [
        ("li", "wrong", 1), ("nobody.here", "wrong", 0), ("locked", "wrong", 0),
        ("locked", password, 0), ("gone", "wrong", 0), ("gone", password, 0),
        ("", "wrong", 0), ("NOT AN ID\u{7}", password, 0),
      ] {
        let (written, compared) = (engine.written, await desk.compared)
        let problem = await #expect(throws: Problem.self) {
          _ = try await accounts.begin(id, password: typed)
        }
        #expect(problem?.code == "sign-in-refused", "\(id)")
        #expect(engine.written - written == 1, "\(id) \(typed): one thing is recorded")
        #expect(await desk.compared - compared == 1, "\(id) \(typed): one password is compared")
        let now = try await store.logEntries(after: 0, limit: 1_000).count
        #expect(now - entries == counted, "\(id): what strangers try is not in the log")
        entries = now
      }
      // However many names strangers try, what is kept of them does not grow.
      for number in 0..<60 { _ = try? await accounts.begin("x\(number)", password: "wrong") }
      let kept = try await store.records(RecordQuery(Accounts.nobodyKind), after: nil, limit: 100)
      #expect(kept.records.count <= 16)
      #expect(!kept.records.contains { $0.body.canonicalText.contains("x1") })
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `strangers who knock together are each refused once`() async throws {
    try await AccountTests.withAccounts { room in
      _ = try await room.member("li")
      let refused = await withTaskGroup(of: Int.self) { group in
        for number in 0..<20 {
          group.addTask {
            let code = await SubmissionTests.code {
              _ = try await room.accounts.begin("x\(number)", password: "wrong")
            }
            return code == "sign-in-refused" ? 1 : 0
          }
        }
        return await group.reduce(0, +)
      }
      #expect(refused == 20)
    }
  }
}
