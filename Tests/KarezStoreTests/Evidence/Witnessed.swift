import Foundation
import KarezCore
import KarezCrypto
import KarezStore
import Testing

/// A map with something of everything, and the checkpoints a witness has of it.
enum Witnessed {
  static let key = PrivateKey()
  static let dataset = DatasetID("land-patches")

  /// A schema, commits, answers, records and notes, in an order told by their numbers.
  static func fill(_ store: any OneMapStore, rounds: Int = 8) async throws {
    let dataset = try #require(dataset)
    try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
    for round in 0..<rounds {
      let rows = try (0..<4).map { number in
        DraftRow(
          row: Int64(number + 1), feature: try Fixture.feature("f\(round)-\(number)", number))
      }
      try await store.importing(
        rows, into: dataset, .changes, from: Fixture.day(round % 4), key: "c\(round)")
      try await store.keepAnswer(
        id: "a\(round)", digest: "sm3:0\(round)", json: "{\"a\":\(round)}", by: .operator, in: .all)
      try await store.put(
        RecordContractTests.batch(.write(RecordContractTests.record("r\(round)"))), by: .operator)
      for note in 0..<3 {
        try await store.record(
          kind: "note", body: .object(["round": .integer(Int64(round * 3 + note))]),
          by: Actor(id: "clerk-\(note)"))
      }
    }
  }

  /// As `fill`, after cases, postings and parcels that became others.
  static func fillAll(_ store: any OneMapStore) async throws {
    try await CaseContractTests.fill(store)
    try await LedgerEvidenceTests.fill(store)
    _ = try await SuccessionContractTests.prepared(store)
    try await fill(store)
  }

  /// Checkpoints over all there is, each of so many entries.
  static func checkpoints(
    of store: any OneMapStore, every count: Int = 10, by signer: any Signer = key
  ) async throws -> [Checkpoint] {
    let leaves = try await store.logLeaves(after: 0, limit: 100_000)
    var made: [Checkpoint] = []
    var hasher = MerkleHasher()
    var tree = MerkleFrontier()
    for start in stride(from: 0, to: leaves.count, by: count) {
      let some = Array(leaves[start..<min(start + count, leaves.count)])
      for leaf in some { tree.append(leaf, &hasher) }
      made.append(
        try .signed(
          MerkleHead(size: tree.size, root: tree.root(&hasher)), adding: some,
          after: made.last.map { Checkpoint.Link(size: $0.size, sm3: $0.sm3) },
          at: "2025-03-01T08:00:00Z", by: signer))
    }
    return made
  }

  static func chain(
    _ checkpoints: [Checkpoint], keys: [PublicKey] = [key.publicKey]
  ) -> CheckpointChain {
    CheckpointChain(files: checkpoints.map { ($0.fileName, $0.text) }, keys: keys)
  }
}
