import Foundation
import KarezCore
import KarezCrypto
import TestSupport
import Testing

@testable import KarezService
@testable import KarezStore

/// The nightly verification, which holds the log against what is kept elsewhere.
@Suite struct NightlyTests {
  static func result(_ map: OneMap, _ name: String) async throws -> JSONValue {
    let job = Job(
      VerifyHandler.name, of: name, subject: .object([:]), by: .operator, at: map.clock.now())
    try await map.jobs.enqueue(job, by: .operator)
    try await Workers(map: map) { _, _ in }.runDue()
    return try #require(try await map.jobs.job(job.id)?.result)
  }

  @Test func `a log cut at its end together with its rows is found by night`() async throws {
    try await TimeFixture.with { fixture in
      let map = fixture.map
      let key = PrivateKey()
      let witness = fixture.folder.appending(path: "witness")
      try FileManager.default.createDirectory(at: witness, withIntermediateDirectories: true)
      let checkpointer = try map.checkpointer(into: WitnessFolder(witness), by: key)
      for number in 0..<5 {
        try await map.store.record(
          kind: "note", body: .object(["n": .integer(Int64(number))]), by: .operator)
      }
      let last = try #require(try await checkpointer.run()).size
      let whole = try await Self.result(map, "1")
      #expect(whole["faultCount"]?.integer == 0)
      #expect(whole["checkpoints"]?.integer == 1 && whole["covered"]?.integer == last)
      // The end goes with all it spoke of; the rest is a whole chain.
      let store = try #require(map.store as? RelationalStore)
      try await store.writing("cut") { session in
        try session.script(
          """
          DROP TRIGGER karez_log_is_not_cut; DELETE FROM karez_log WHERE number > \(last - 3);
          DELETE FROM karez_record WHERE kind LIKE 'job%';
          """)
      }
      #expect(try await map.verifyLog { _ in }.faults == [], "the map alone does not tell")
      await #expect(throws: StoreError.witnessedOtherwise(entry: last)) {
        try await map.store.keepAnswer(
          id: "cut", digest: "sm3:00", json: "{}", by: .operator, in: .all)
      }
      // A server that knows of no time to stop still looks by night.
      store.watch(
        EvidenceWatch(limitSeconds: 1_000_000_000) { nil }, of: WitnessFolder(witness),
        trusting: [key.publicKey])
      let cut = try await Self.result(map, "2")
      #expect((cut["faultCount"]?.integer ?? 0) > 0)
      let places = cut["faults"]?.array?.compactMap { $0["entry"]?.integer } ?? []
      #expect(places.contains(last - 2), "\(cut)")
    }
  }

  @Test func `a witness that cannot be read is not passed over`() async throws {
    try await TimeFixture.with { fixture in
      let map = fixture.map
      let witness = fixture.folder.appending(path: "none")
      try map.watch(WitnessFolder(witness), trusting: [PrivateKey().publicKey])
      #expect(throws: Problem.self) { try map.witnessedChain() }
    }
  }
}
