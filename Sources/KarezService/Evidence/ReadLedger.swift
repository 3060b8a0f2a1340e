public import KarezCore
import KarezPacks
import KarezStore

/// Who reads, for the use cases that have to say so.
public enum Reader {
  /// Set around a request; what runs outside any is the operator's doing.
  @TaskLocal public static var actor = Actor.operator
  /// What it is for, as a code; nil where it was not said.
  @TaskLocal public static var purpose: String?
}

/// 查阅留痕: reads of what is not public, on their way into the log.
///
/// - Shape: one entry of kind `read` for an account, a dataset and a purpose, with how many
///   features were read and, up to a limit, which. A server gathers reads for a while, so that a
///   map that is dragged about is one entry and not fifty; a process that ends soon writes each
///   at once. What waits is bounded in number and time, and when it cannot be written, reading
///   stops at the bound: nothing restricted is shown that the log will not know of.
public actor ReadLedger {
  private struct Key: Hashable {
    let actor: String
    let dataset: String
    let purpose: String?
  }

  private struct Waiting {
    let since: Timestamp
    var reads = 0
    var features = 0
    var named: Set<String> = []
  }

  private let store: any OneMapStore
  private let policy: EvidencePolicy
  private let clock: WallClock
  private var waiting: [Key: Waiting] = [:]
  private var gathered = 0
  private var isGathering = false

  init(store: any OneMapStore, policy: EvidencePolicy, clock: WallClock) {
    self.store = store
    self.policy = policy
    self.clock = clock
  }

  /// From now on reads wait for `flush`, which `gather` calls in time.
  func beginGathering() { isGathering = true }

  /// Takes note of features that are about to be shown: all of them, or `count` of which some are
  /// named.
  ///
  /// - Errors: `Problem` where the log cannot take it and too many wait already.
  func note(
    _ dataset: DatasetID, features: [String], count: Int? = nil
  ) async throws(Problem) {
    let key = Key(actor: Reader.actor.id, dataset: dataset.text, purpose: Reader.purpose)
    var entry = waiting[key] ?? Waiting(since: clock.now())
    entry.reads += 1
    entry.features += count ?? features.count
    for id in features where entry.named.count < policy.mostNamed { entry.named.insert(id) }
    waiting[key] = entry
    gathered += 1
    if !isGathering || gathered >= policy.mostGathered { try await flush() }
  }

  /// Writes what waits; what cannot be written goes on waiting.
  func flush() async throws(Problem) {
    let taken = waiting
    waiting = [:]
    var left = taken
    let order = taken.sorted {
      ($0.value.since, $0.key.actor, $0.key.dataset)
        < ($1.value.since, $1.key.actor, $1.key.dataset)
    }
    do throws(StoreError) {
      for (key, entry) in order {
        try await store.record(
          kind: "read", body: Self.body(key, entry), by: Actor(id: key.actor))
        left[key] = nil
      }
    } catch {
      for (key, entry) in left { merge(entry, into: key) }
      throw .store(error)
    }
    gathered = waiting.values.reduce(0) { $0 + $1.reads }
  }

  private func merge(_ entry: Waiting, into key: Key) {
    guard let newer = waiting[key] else {
      waiting[key] = entry
      return
    }
    var merged = Waiting(since: entry.since)
    merged.reads = entry.reads + newer.reads
    merged.features = entry.features + newer.features
    merged.named = Set(entry.named.union(newer.named).sorted().prefix(policy.mostNamed))
    waiting[key] = merged
  }

  private static func body(_ key: Key, _ entry: Waiting) -> JSONValue {
    var members: [String: JSONValue] = [
      "dataset": .string(key.dataset), "since": .string(entry.since.description),
      "reads": .integer(Int64(entry.reads)), "count": .integer(Int64(entry.features)),
      "features": .array(entry.named.sorted().map(JSONValue.string)),
    ]
    if let purpose = key.purpose { members["purpose"] = .string(purpose) }
    return .object(members)
  }
}

extension OneMap {
  /// Takes note of features that are about to be shown, unless everything about them is public.
  func noteRead(
    of schema: DatasetSchema, features: [String], count: Int? = nil
  ) async throws(Problem) {
    let isRestricted =
      schema.classification > .public
      || schema.attributes.contains { $0.classification > .public }
    guard isRestricted, !features.isEmpty else { return }
    try await reads.note(schema.id, features: features, count: count)
  }

  func noteRead(
    of dataset: DatasetID, features: [String], in scope: Scope
  ) async throws(Problem) {
    guard !features.isEmpty else { return }
    try await noteRead(of: try await schema(of: dataset.text, in: scope), features: features)
  }

  /// Gathers reads until the task is cancelled, then writes what waits.
  public func gatherReads(notice: @escaping @Sendable (Problem) -> Void) async {
    guard let policy = try? evidencePolicy() else { return }
    await reads.beginGathering()
    while !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(policy.gatherSeconds * 500))
      await flushReads(notice: notice)
    }
  }

  public func flushReads(notice: @Sendable (Problem) -> Void = { _ in }) async {
    do throws(Problem) { try await reads.flush() } catch { notice(error) }
    do throws(Problem) { try await flushAccesses() } catch { notice(error) }
  }
}
