import Foundation
public import KarezCore
import KarezCrypto
import KarezStore

/// `bench log`: how fast a verifier goes through a log and its checkpoints, in a folder of its own.
public struct LogBenchmark: Sendable {
  let entries: Int

  public init(entries: Int) { self.entries = entries }

  public func run() async throws(Problem) -> JSONValue {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "karez-bench-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let witness = folder.appending(path: "witness")
    do {
      try FileManager.default.createDirectory(at: witness, withIntermediateDirectories: true)
      let store = try RelationalStore(
        folder: folder.appending(path: "map"), clock: Clock.timestamp)
      try await store.fillLog(with: entries, by: .operator)
      let key = PrivateKey()
      _ = try await Checkpointer(
        store: store, witness: WitnessFolder(witness), signer: key, clock: .system, watch: nil
      ).run()
      let before = ResourceUse.now()
      let chain = try CheckpointChain.read(WitnessFolder(witness), keys: [key.publicKey])
      let read = ResourceUse.now()
      let found = try await store.verifyLog(against: chain) { _ in }
      let after = ResourceUse.now()
      let seconds = after.wallSeconds - read.wallSeconds
      return .object([
        "job": .string("log"), "wallS": .number(after.wallSeconds - before.wallSeconds),
        "result": .object([
          "entries": .integer(Int64(found.entries)), "covered": .integer(found.covered),
          "faults": .integer(Int64(found.faults.count)),
          "readCheckpointsS": .number(read.wallSeconds - before.wallSeconds),
          "verifyS": .number(seconds),
          "entriesPerSecond": .number((Double(found.entries) / max(seconds, 1e-9)).rounded()),
        ]),
      ])
    } catch {
      throw Problem.backup(error, at: "bench")
    }
  }
}
