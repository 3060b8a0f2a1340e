import Foundation
import KarezCore
import KarezCrypto
import KarezPacks
import TestSupport
import Testing

@testable import KarezService
@testable import KarezStore

/// Making checkpoints, and refusing to vouch for a log that is not the one that was witnessed.
@Suite struct CheckpointerTests {
  static let key = PrivateKey()

  static func checkpointer(
    _ store: any OneMapStore, _ folder: URL, _ watch: EvidenceWatch? = nil
  ) -> Checkpointer {
    Checkpointer(
      store: store, witness: WitnessFolder(folder), signer: key,
      clock: WallClock { Timestamp(millisecondsSince1970: 1_750_000_000_000) }, watch: watch)
  }

  static func note(_ store: any OneMapStore, _ count: Int = 1) async throws {
    for number in 0..<count {
      try await store.record(
        kind: "note", body: .object(["n": .integer(Int64(number))]), by: .operator)
    }
  }

  @Test func `a checkpoint is made when there is something new, by whichever process`() async throws
  {
    try await Places.withTemporaryFolder { folder in
      let witness = folder.appending(path: "witness")
      try FileManager.default.createDirectory(at: witness, withIntermediateDirectories: true)
      let store = try SQLiteStore(
        folder: folder.appending(path: "map"), clock: { "2025-03-01T08:00:00.000Z" })
      let first = Self.checkpointer(store, witness)
      #expect(try await first.run() == nil, "an empty log needs no checkpoint")
      try await Self.note(store, 3)
      #expect(try await first.run()?.size == 3)
      #expect(try await first.run() == nil)
      try await Self.note(store, 2)
      let second = Self.checkpointer(store, witness)
      #expect(try await second.run()?.size == 5)
      try await Self.note(store)
      let made = try #require(try await first.run())
      #expect(made.size == 6 && made.previous?.size == 5, "it goes on from the other's")
      let chain = try CheckpointChain.read(
        WitnessFolder(witness), keys: [Self.key.publicKey])
      let found = try await store.verifyLog(against: chain) { _ in }
      #expect(found.faults == [] && found.covered == 6 && found.checkpoints == 3)
    }
  }

  @Test func `a log that was replaced is not signed`() async throws {
    try await Places.withTemporaryFolder { folder in
      let witness = folder.appending(path: "witness")
      try FileManager.default.createDirectory(at: witness, withIntermediateDirectories: true)
      let store = try SQLiteStore(
        folder: folder.appending(path: "map"), clock: { "2025-03-01T08:00:00.000Z" })
      try await Self.note(store, 4)
      _ = try await Self.checkpointer(store, witness).run()
      let other = try SQLiteStore(
        folder: folder.appending(path: "other"), clock: { "2025-03-01T08:00:00.001Z" })
      try await Self.note(other, 9)
      for replaced in [
        other,
        try SQLiteStore(
          folder: folder.appending(path: "empty"), clock: { "2025-03-01T08:00:00.000Z" }),
      ] {
        do throws(Problem) {
          _ = try await Self.checkpointer(replaced, witness).run()
          Issue.record("signed")
        } catch {
          #expect(error.code == "log-differs" && error.exitStatus == 4)
        }
      }
      #expect(try WitnessFolder(witness).names().count == 1)
    }
  }

  @Test func `a log that is cut while it is watched is not signed, however long it becomes again`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let witness = folder.appending(path: "witness")
      try FileManager.default.createDirectory(at: witness, withIntermediateDirectories: true)
      let store = try SQLiteStore(
        folder: folder.appending(path: "map"), clock: { "2025-03-01T08:00:00.000Z" })
      let checkpointer = Self.checkpointer(store, witness)
      try await Self.note(store, 6)
      #expect(try await checkpointer.run()?.size == 6)
      try await store.writing("cut") { session in
        try session.script(
          "DROP TRIGGER karez_log_is_not_cut; DELETE FROM karez_log WHERE number > 3")
      }
      for added in [0, 2, 5] {
        try await Self.note(store, added)
        do throws(Problem) {
          _ = try await checkpointer.run()
          Issue.record("signed after a cut, with \(added) more")
        } catch {
          #expect(["log-differs", "store-corrupt"].contains(error.code), "\(error)")
        }
      }
      #expect(try await store.logEntries(after: 0, limit: 100).count == 10)
      #expect(try WitnessFolder(witness).names().count == 1)
    }
  }

  @Test func `a zone that asks for a witness is not served without one`() async throws {
    try await Places.withTemporaryFolder { folder in
      let map = try await OneMap.initialise(
        data: folder.appending(path: "data"),
        installation: Installation(home: Places.repository, programs: Program.folder),
        by: .operator)
      // One that has not said where it stands goes on, as a demonstration does.
      try await map.requireWitness()
      for (zone, isAsked) in [(NetworkZone.public, false), (.internal, true), (.classified, true)] {
        #expect(try map.evidencePolicy().witnessIn.contains(zone) == isAsked)
      }
      try await map.stand(in: .internal, by: .operator)
      do throws(Problem) {
        try await map.requireWitness()
        Issue.record("served")
      } catch {
        #expect(error.code == "witness-missing" && error.exitStatus == 3)
      }
    }
  }

  @Test func `a witness that is gone is a problem that says so`() async throws {
    try await Places.withTemporaryFolder { folder in
      let store = try SQLiteStore(
        folder: folder.appending(path: "map"), clock: { "2025-03-01T08:00:00.000Z" })
      try await Self.note(store)
      do throws(Problem) {
        _ = try await Self.checkpointer(store, folder.appending(path: "gone")).run()
        Issue.record("written")
      } catch {
        #expect(error.code == "witness-unreachable" && error.exitStatus == 5)
      }
    }
  }

  @Test func `a key is made once, for its owner only`() async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "checkpoint.pem")
      let made = try KeyFile.make(file, passPhrase: nil)
      #expect(try KeyFile.signer(file, passPhrase: nil).publicKey == made)
      #expect(try KeyFile.publicKey(folder.appending(path: "checkpoint.pem.pub")) == made)
      let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions]
      #expect(mode as? Int == 0o600)
      #expect(throws: Problem.self) { try KeyFile.make(file, passPhrase: nil) }
      #expect(throws: Problem.self) {
        try KeyFile.publicKey(folder.appending(path: "none.pub"))
      }
    }
  }
}
