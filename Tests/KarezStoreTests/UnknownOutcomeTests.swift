import Foundation
import KarezCore
import KarezStore
import TestSupport
import Testing

/// A connection that ends with the COMMIT: neither success nor failure, until it is asked again.
@Suite(
  .enabled(if: PostgreSQLServer.isInstalled, "PostgreSQL is not installed: its engine is untested"))
struct UnknownOutcomeTests {
  @Test(arguments: [CuttingProxy.Cut.before, .after])
  func `a commit whose answer is lost is unknown, and is made once when it is repeated`(
    cut: CuttingProxy.Cut
  ) async throws {
    try await CuttingProxy.withStore { store, proxy in
      let dataset = try Fixture.dataset("land-patches")
      try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
      for number in 1...3 {
        let plan = DraftPlan(
          dataset: dataset, mode: .changes,
          validity: try #require(Validity(from: Fixture.day(0))), lineage: Fixture.lineage)
        let draft = try await store.openDraft(plan, by: .operator, in: .all)
        let row = DraftRow(row: 1, feature: try Fixture.feature("f\(number)", number))
        try await store.append([row], to: draft)
        let order = CommitOrder(reason: "r", idempotencyKey: "k\(number)")
        proxy.arm(cut)
        await #expect(throws: StoreError.unknownOutcome(idempotencyKey: "k\(number)")) {
          try await store.commit(draft, order, by: .operator, in: .all)
        }
        #expect(proxy.cutCount == number)
        let receipt = try await store.commit(draft, order, by: .operator, in: .all)
        #expect(receipt.commit?.value == number && receipt.inserted == 1)
        #expect(try await store.commits(of: dataset, in: .all).count == number)
      }
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: [CuttingProxy.Cut.before, .after])
  func `an answer whose keeping is unknown is kept once when it is repeated`(
    cut: CuttingProxy.Cut
  ) async throws {
    try await CuttingProxy.withStore { store, proxy in
      proxy.arm(cut)
      await #expect(throws: StoreError.unknownOutcome(idempotencyKey: "answer a")) {
        try await store.keepAnswer(id: "a", digest: "sm3:0", json: "{}", by: .operator, in: .all)
      }
      try await store.keepAnswer(id: "a", digest: "sm3:0", json: "{}", by: .operator, in: .all)
      #expect(try await store.logEntries(after: 0, limit: 9).map(\.kind) == ["answer"])
    }
  }
}
