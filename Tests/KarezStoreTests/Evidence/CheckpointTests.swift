import Foundation
import KarezCore
import KarezCrypto
import KarezStore
import TestSupport
import Testing

/// Checkpoints: what they say, who believes them, and where they are kept.
@Suite struct CheckpointTests {
  static func leaves(_ count: Int) -> [[UInt8]] {
    var hasher = MerkleHasher()
    return (0..<count).map { hasher.leaf(Array("\($0)".utf8)) }
  }

  /// Checkpoints over made-up leaves, three at a time.
  static func made(_ count: Int, by key: PrivateKey = Witnessed.key) throws -> [Checkpoint] {
    let leaves = leaves(count)
    var made: [Checkpoint] = []
    for start in stride(from: 0, to: count, by: 3) {
      let end = min(start + 3, count)
      made.append(
        try .signed(
          MerkleHead(size: Int64(end), root: MerkleTree(leaves: leaves).root(of: end)),
          adding: Array(leaves[start..<end]),
          after: made.last.map { Checkpoint.Link(size: $0.size, sm3: $0.sm3) },
          at: "2025-03-01T08:00:00Z", by: key))
    }
    return made
  }

  @Test func `a checkpoint reads back from its own text only`() throws {
    let checkpoint = try #require(try Self.made(4).last)
    #expect(Checkpoint(parsing: checkpoint.text) == checkpoint)
    #expect(checkpoint.fileName == "checkpoint-0000000000000004.json")
    #expect(checkpoint.standing(among: [Witnessed.key.publicKey]) == .signed)
    #expect(checkpoint.standing(among: [PrivateKey().publicKey]) == .unknownSigner)
    let json = try JSONValue(parsing: checkpoint.text)
    #expect(json["algorithm"]?.string == "sm2-sm3" && json["size"]?.integer == 4)
    #expect(json["previous"]?["size"]?.integer == 3 && json["leaves"]?.array?.count == 1)
    #expect(Checkpoint(parsing: checkpoint.text + [0x20]) == nil)
    #expect(Checkpoint(parsing: []) == nil && Checkpoint(parsing: Array("{}".utf8)) == nil)
  }

  @Test func `no byte of a checkpoint can be changed and still be believed`() throws {
    let checkpoint = try #require(try Self.made(4).last)
    for index in checkpoint.text.indices {
      var text = checkpoint.text
      text[index] ^= 1
      let standing = Checkpoint(parsing: text)?.standing(among: [Witnessed.key.publicKey])
      #expect(standing != .signed, "byte \(index)")
    }
  }

  @Test func `checkpoints vouch for their leaves, and for none that were cut out`() throws {
    let made = try Self.made(10)
    let whole = Witnessed.chain(made)
    #expect(whole.faults == [] && whole.size == 10 && whole.leaves == Self.leaves(10))
    #expect(whole.faults(of: Self.leaves(10)) == [] && whole.faults(of: Self.leaves(12)) == [])
    var gapped = made
    gapped.remove(at: 1)
    let gap = Witnessed.chain(gapped)
    #expect(gap.faults.map(\.kind) == ["checkpoint-missing"] && gap.faults.first?.entry == 4)
    let tail = Witnessed.chain(Array(made.suffix(2)))
    #expect(tail.faults == [] && tail.start == 6 && tail.size == 10)
    #expect(tail.faults(of: Self.leaves(10)) == [])
    var forged = Self.leaves(10)
    forged[1] = forged[5]
    #expect(tail.faults(of: forged).map(\.kind) == ["altered"], "the roots hold what is before")
    #expect(tail.faults(of: Self.leaves(4)).map(\.kind) == ["missing"])
  }

  @Test func `a stranger's checkpoint and a fork are told of`() throws {
    let made = try Self.made(6)
    let strange = Witnessed.chain(try Self.made(6, by: PrivateKey()))
    #expect(strange.faults.map(\.kind) == Array(repeating: "checkpoint-unknown-signer", count: 2))
    #expect(strange.checkpoints == [])
    let other = try Checkpoint.signed(
      MerkleHead(size: 5, root: made[0].root), adding: Array(Self.leaves(2)),
      after: Checkpoint.Link(size: 3, sm3: String(repeating: "0", count: 64)),
      at: "2025-03-01T08:00:00Z", by: Witnessed.key)
    let forked = Witnessed.chain([made[0], other, made[1]])
    #expect(forked.faults.map(\.kind) == ["checkpoint-forked"] && forked.size == 6)
  }

  @Test(arguments: [
    ("altered", [0, 1, 20, 3, 4, 5], 3), ("missing", [0, 1, 3, 4, 5], 3),
    ("inserted", [0, 1, 20, 2, 3, 4, 5], 3), ("reordered", [0, 1, 3, 2, 4, 5], 3),
    ("missing", [0, 1, 2, 3], 5), ("missing", [], 1), ("reordered", [5, 1, 2, 3, 4, 0], 1),
  ])
  func `what happened to an entry is told by its place`(
    kind: String, order: [Int], entry: Int64
  ) throws {
    let leaves = Self.leaves(21)
    let chain = Witnessed.chain(try Self.made(6))
    let faults = chain.faults(of: order.map { leaves[$0] })
    #expect(faults.first?.kind == kind && faults.first?.entry == entry, "\(faults)")
  }

  @Test func `a witness folder takes a checkpoint once, and gives it back`() async throws {
    try await Places.withTemporaryFolder { folder in
      let witness = WitnessFolder(folder)
      let made = try Self.made(7)
      for checkpoint in made { try witness.add(checkpoint) }
      #expect(try witness.names() == made.map(\.fileName))
      let keys = [Witnessed.key.publicKey]
      let reach = try witness.reach(trusting: keys)
      #expect(try witness.newest() == made.last && reach.size == 7)
      #expect(reach.leaf == made.last?.leaves.last)
      #expect(throws: WitnessFolder.Failure.self, "signed by nobody who is known") {
        try witness.reach(trusting: [PrivateKey().publicKey])
      }
      #expect(throws: WitnessFolder.Failure.taken(made[0].fileName)) { try witness.add(made[0]) }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(names.count == made.count, "nothing unfinished is left")
      // A name alone, or a text nobody signed, vouches for nothing.
      let promised = folder.appending(path: "checkpoint-9999999999999999.json")
      for text in [Data(), Data("{}".utf8), Data(made[0].text)] {
        try text.write(to: promised)
        for keys in [keys, []] {
          #expect(throws: WitnessFolder.Failure.unreadable(promised.lastPathComponent)) {
            try witness.reach(trusting: keys)
          }
        }
      }
      try FileManager.default.removeItem(at: promised)
      #expect(
        try CheckpointChain.read(witness, keys: [Witnessed.key.publicKey]).size == 7)
      try FileManager.default.removeItem(at: folder)
      #expect(throws: WitnessFolder.Failure.self) { try witness.add(made[0]) }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a log agrees with its checkpoints as it grows`(engine: StoreEngine) async throws {
    try await engine.withStore { store in
      try await Witnessed.fill(store, rounds: 2)
      let chain = Witnessed.chain(try await Witnessed.checkpoints(of: store, every: 4))
      let found = try await store.verifyLog(against: chain) { _ in }
      #expect(found.faults == [] && found.covered == 13 && found.checkpoints == 4)
      try await store.record(kind: "note", body: .object([:]), by: .operator)
      let later = try await store.verifyLog(against: chain) { _ in }
      #expect(later.faults == [] && later.entries == 14 && later.covered == 13)
    }
  }
}
