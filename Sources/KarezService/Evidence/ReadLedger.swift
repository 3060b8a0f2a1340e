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

/// 查阅对象: of what somebody reads pieces.
enum ReadSubject: Hashable {
  /// Features of a dataset.
  case dataset(DatasetID)
  /// Documents, letters and certificates of a case.
  case papers(of: String)
  /// Compliance answers somebody else asked for.
  case answers
  /// Accounts of the ledger.
  case accounts

  /// What an entry says of it; pieces are named by their ids.
  func members(naming pieces: [JSONValue]) -> [String: JSONValue] {
    switch self {
    case .dataset(let id): ["dataset": .string(id.text), "features": .array(pieces)]
    case .papers(let number): ["case": .string(number), "papers": .array(pieces)]
    case .answers: ["answers": .array(pieces)]
    case .accounts: ["accounts": .array(pieces)]
    }
  }
}

/// 查阅留痕: reads of what is not public, on their way into the log.
///
/// - Shape: one entry of kind `read` for an account, a subject and a purpose, with how many
///   pieces were read and, up to a limit, which; a piece that was read by itself is always named,
///   so that reading others first hides nothing. A server gathers reads for a while, so that a
///   map that is dragged about is one entry and not fifty; a process that ends soon writes each
///   at once. What waits is bounded in number and time, and when it cannot be written, reading
///   stops at the bound: nothing restricted is shown that the log will not know of.
public actor ReadLedger {
  private struct Key: Hashable {
    let actor: String
    let subject: ReadSubject
    let purpose: String?
  }

  private struct Waiting {
    let since: Timestamp
    var reads = 0
    var pieces = 0
    /// Some of those that were read with others.
    var named: Set<String> = []
    /// All that were read by themselves: no more than reads may wait.
    var single: Set<String> = []
  }

  private let store: any OneMapStore
  private let policy: EvidencePolicy
  private let clock: WallClock
  private var waiting: [Key: Waiting] = [:]
  private var gathered = 0
  private var isGathering = false
  /// Whose some of the answers are that were worked out last, so that nobody is told on for looking
  /// at their own; of an older one it is not known, and it is noted.
  private var owners: [String: String] = [:]
  private static let mostOwners = 10_000

  init(store: any OneMapStore, policy: EvidencePolicy, clock: WallClock) {
    self.store = store
    self.policy = policy
    self.clock = clock
  }

  /// From now on reads wait for `flush`, which `gather` calls in time.
  func beginGathering() { isGathering = true }

  /// Takes note of pieces that are about to be shown: all of them, or `count` of which some are
  /// named.
  ///
  /// - Errors: `Problem` where the log cannot take it and too many wait already.
  func note(
    _ subject: ReadSubject, _ pieces: [String], count: Int? = nil
  ) async throws(Problem) {
    let key = Key(actor: Reader.actor.id, subject: subject, purpose: Reader.purpose)
    var entry = waiting[key] ?? Waiting(since: clock.now())
    entry.reads += 1
    entry.pieces += count ?? pieces.count
    if pieces.count == 1, (count ?? 1) == 1 {
      entry.single.formUnion(pieces)
    } else {
      for id in pieces where entry.named.count < policy.mostNamed { entry.named.insert(id) }
    }
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
      ($0.value.since, $0.key.actor, "\($0.key.subject)")
        < ($1.value.since, $1.key.actor, "\($1.key.subject)")
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
    merged.pieces = entry.pieces + newer.pieces
    merged.named = Set(entry.named.union(newer.named).sorted().prefix(policy.mostNamed))
    merged.single = entry.single.union(newer.single)
    waiting[key] = merged
  }

  private static func body(_ key: Key, _ entry: Waiting) -> JSONValue {
    let named = entry.named.union(entry.single).sorted()
    var members = key.subject.members(naming: named.map(JSONValue.string))
    members["since"] = .string(entry.since.description)
    members["reads"] = .integer(Int64(entry.reads))
    members["count"] = .integer(Int64(entry.pieces))
    if let purpose = key.purpose { members["purpose"] = .string(purpose) }
    return .object(members)
  }

  // MARK: Whose answers are

  /// Takes note of who asked for an answer.
  func remember(answer id: String, of actor: Actor) {
    if owners.count >= Self.mostOwners { owners.removeAll(keepingCapacity: true) }
    owners[id] = actor.id
  }

  func isOwn(answer id: String) -> Bool { owners[id] == Reader.actor.id }
}

extension LogEntry {
  /// How many features of a dataset were read or taken away together, where the entry names fewer.
  ///
  /// Any feature of the dataset may have been among them.
  func among(_ dataset: String) -> Int64? {
    guard body["dataset"]?.string == dataset else { return nil }
    switch kind {
    case "read":
      guard let count = body["count"]?.integer, let named = body["features"]?.array,
        // Figures alone, as those of statistics, name nothing and show nobody's land.
        !named.isEmpty, count > Int64(named.count)
      else { return nil }
      return count
    case "export": return body["features"]?.integer.flatMap { $0 > 0 ? $0 : nil }
    default: return nil
    }
  }
}

extension DatasetSchema {
  /// Whether anything about it is not public.
  var isRestricted: Bool {
    classification > .public || attributes.contains { $0.classification > .public }
  }
}

extension OneMap {
  /// Takes note of features that are about to be shown, unless everything about them is public.
  func noteRead(
    of schema: DatasetSchema, features: [String], count: Int? = nil
  ) async throws(Problem) {
    guard schema.isRestricted, !features.isEmpty else { return }
    try await reads.note(.dataset(schema.id), features, count: count)
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
