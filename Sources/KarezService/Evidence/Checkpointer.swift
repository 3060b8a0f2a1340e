public import KarezCore
import KarezCrypto
public import KarezStore

/// Makes checkpoints: signs what the log has become, and gives it to the witness.
///
/// - Shape: never signs a log that is not the continuation of the newest checkpoint in the folder;
///   whoever replaced the log cannot have the new one vouched for. The whole log is held against
///   the newest checkpoint when one that this did not make is taken up; afterwards, each time, the
///   last entry it covers. Earlier ones changed meanwhile change nothing of what is signed: the
///   tree is that of the entries as they were, and a verification names them.
public actor Checkpointer {
  private static let page = 5_000

  private let store: any OneMapStore
  private let witness: WitnessFolder
  private let signer: any Signer
  private let clock: WallClock
  private let watch: EvidenceWatch?

  /// The tree as the newest checkpoint has it; nil before it was compared with the log.
  private var frontier: MerkleFrontier?
  private var newest: Checkpoint.Link?

  init(
    store: any OneMapStore, witness: WitnessFolder, signer: any Signer, clock: WallClock,
    watch: EvidenceWatch?
  ) {
    self.store = store
    self.witness = witness
    self.signer = signer
    self.clock = clock
    self.watch = watch
  }

  /// Covers every entry there is; answers the newest checkpoint made, nil where none was needed.
  ///
  /// - Errors: `Problem` where the witness or the signer cannot be reached, or the log is not the
  ///   one that was witnessed.
  public func run() async throws(Problem) -> Checkpoint? {
    try await takeUp()
    var made: Checkpoint?
    while let checkpoint = try await next() { made = checkpoint }
    return made
  }

  /// Compares the log with the newest checkpoint, where that is another than the last one made.
  private func takeUp() async throws(Problem) {
    let last: Checkpoint?
    do throws(WitnessFolder.Failure) { last = try witness.newest() } catch {
      throw .witness(error)
    }
    if let frontier, frontier.size == last?.size ?? 0, newest?.sm3 == last?.sm3 {
      return try await refuseCut(below: last)
    }
    if let last, last.standing(among: [signer.publicKey]) == .badSignature {
      throw .witness(.unreadable(last.fileName))
    }
    var hasher = MerkleHasher()
    var tree = MerkleFrontier()
    while let last, tree.size < last.size {
      let leaves = try await leaves(after: tree.size, limit: Int(last.size - tree.size))
      if leaves.isEmpty { break }
      for leaf in leaves { tree.append(leaf, &hasher) }
    }
    if let last, tree.size != last.size || tree.root(&hasher) != last.root {
      throw .logDiffers(from: last)
    }
    frontier = tree
    newest = last.map { Checkpoint.Link(size: $0.size, sm3: $0.sm3) }
    watch?.note(EvidenceWatch.Reach(size: tree.size, leaf: last?.leaves.last))
  }

  /// Refuses a log that was cut since, however long it has become again.
  private func refuseCut(below last: Checkpoint?) async throws(Problem) {
    guard let last else { return }
    let found = try await leaves(after: last.size - 1, limit: 1)
    guard found.first == last.leaves.last else { throw .logDiffers(from: last) }
  }

  private func next() async throws(Problem) -> Checkpoint? {
    guard var tree = frontier else { return nil }
    var hasher = MerkleHasher()
    var added: [[UInt8]] = []
    while added.count < Checkpoint.mostLeaves {
      let leaves = try await leaves(
        after: tree.size, limit: Checkpoint.mostLeaves - added.count)
      if leaves.isEmpty { break }
      for leaf in leaves { tree.append(leaf, &hasher) }
      added += leaves
    }
    guard !added.isEmpty else { return nil }
    let checkpoint: Checkpoint
    do throws(CryptoError) {
      checkpoint = try .signed(
        MerkleHead(size: tree.size, root: tree.root(&hasher)), adding: added, after: newest,
        at: clock.now().description, by: signer)
    } catch {
      throw .crypto(error)
    }
    do throws(WitnessFolder.Failure) { try witness.add(checkpoint) } catch {
      throw .witness(error)
    }
    frontier = tree
    newest = Checkpoint.Link(size: checkpoint.size, sm3: checkpoint.sm3)
    watch?.note(EvidenceWatch.Reach(size: tree.size, leaf: added.last))
    return checkpoint
  }

  private func leaves(after number: Int64, limit: Int) async throws(Problem) -> [[UInt8]] {
    do throws(StoreError) {
      return try await store.logLeaves(after: number, limit: min(limit, Self.page))
    } catch {
      throw .store(error)
    }
  }
}

/// The background service that keeps making checkpoints.
public struct CheckpointService: Sendable {
  let checkpointer: Checkpointer
  /// The longest an entry may wait.
  let seconds: Int
  /// Hears what an operator must mend.
  let notice: @Sendable (Problem) -> Void

  /// Works until the task is cancelled; a failure is told and tried again.
  public func run() async {
    while !Task.isCancelled {
      do throws(Problem) {
        _ = try await checkpointer.run()
      } catch {
        notice(error)
      }
      // Half the span, so that what came just after one checkpoint is in time for the next.
      try? await Task.sleep(for: .milliseconds(max(1, seconds) * 500))
    }
  }
}
