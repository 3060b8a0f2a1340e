import Foundation
import KarezCore
import KarezCrypto
import KarezStore
import TestSupport
import Testing

@testable import KarezService

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
