import Foundation
public import KarezCore
public import KarezCrypto
import Synchronization

/// The One Map in relational tables, the same on every engine.
///
/// - Shape: what is recorded, in the engine; drafts, in a room of the engine's that is the
///   process's own; layer files, in a folder of the machine's, made again when they are missed.
public final class RelationalStore: OneMapStore {
  let engine: any Engine
  let clock: @Sendable () -> String
  let snapshots: SnapshotFolder
  let shelf = SnapshotShelf()
  let memory = ReadMemory()
  let policy: SnapshotPolicy
  let notify: @Sendable (StoreNotice) -> Void
  let access: AccessRule
  private let cache: URL
  private let watching = Mutex<EvidenceWatch?>(nil)
  private let witnesses = Mutex<(folder: WitnessFolder, keys: [PublicKey])?>(nil)
  private let openDrafts = Mutex<[DraftID: OpenDraft]>([:])
  let counts = Mutex<[CountKey: Int]>([:])
  /// Schemas by the text they were read from, since every call needs one.
  private let parsed = Mutex<[DefinitionKey: DatasetSchema]>([:])
  /// Definitions whose code was found to be theirs.
  private let proved = Mutex<Set<DefinitionKey>>([])

  init(
    on engine: any Engine, cache folder: URL, clock: @escaping @Sendable () -> String,
    snapshots policy: SnapshotPolicy, notify: @escaping @Sendable (StoreNotice) -> Void,
    access: AccessRule = AccessRule()
  ) {
    self.engine = engine
    self.clock = clock
    self.policy = policy
    self.notify = notify
    self.access = access
    cache = folder
    snapshots = SnapshotFolder(in: folder)
    snapshots.removeUnfinished()
  }

  /// The same map under another rule of access; only drafts and caches are its own.
  func under(_ access: AccessRule) -> RelationalStore {
    RelationalStore(
      on: engine, cache: cache, clock: clock, snapshots: policy, notify: notify, access: access)
  }

  /// What makes and proves the codes of permissions and labels; nil for a map opened without.
  var integrity: (any IntegrityProvider)? { access.integrity }

  /// The same map, its permissions and labels held to the codes of a key.
  func holding(_ integrity: any IntegrityProvider) -> RelationalStore {
    var access = access
    access.integrity = integrity
    return under(access)
  }

  /// The same map in a zone: nobody reaches what is above it.
  public func within(_ zone: NetworkZone) -> RelationalStore {
    var access = access
    access.zone = zone
    return under(access)
  }

  /// Reads registers; on a server the rows of datasets are out of reach (see `Reader`).
  func reading<Result: Sendable>(
    _ body: @Sendable (any Session) throws -> Result
  ) async throws(StoreError) -> Result {
    do { return try await engine.reading(body) } catch { throw StoreError(error) }
  }

  /// `key` is what the caller may try again with when it is not known how the writing ended.
  ///
  /// What only adds evidence goes on where other writes are stopped for want of it.
  func writing<Result: Sendable>(
    _ key: String, isEvidence: Bool = false,
    _ body: @Sendable (any Session) throws -> Result
  ) async throws(StoreError) -> Result {
    do {
      return try await engine.writing(key) { session in
        if !isEvidence { try refuseUnwitnessed(session) }
        return try body(session)
      }
    } catch {
      throw StoreError(error)
    }
  }

  /// Has writes stopped once nobody has vouched for the log for too long.
  ///
  /// `keys` are those whose checkpoints in the folder are believed.
  public func watch(
    _ watch: EvidenceWatch, of witness: WitnessFolder? = nil, trusting keys: [PublicKey] = []
  ) {
    watching.withLock { $0 = watch }
    witnesses.withLock { $0 = witness.map { ($0, keys) } }
  }

  /// Where checkpoints go, and whose are believed, if this process knows.
  public var witness: (folder: WitnessFolder, keys: [PublicKey])? { witnesses.withLock(\.self) }

  func refuseUnwitnessed(_ session: any Session) throws {
    guard let watch = watching.withLock({ $0 }) else { return }
    try watch.check(clock(), session)
  }

  /// The time of what the caller's transaction records.
  func moment(_ session: any Session) throws -> String { try LogTime.now(clock, session) }

  /// The schema of a definition whose label is the one it was given.
  func schema(proving definition: String, _ session: any Session) throws -> DatasetSchema {
    let key = DefinitionKey(definition)
    let schema = try schema(parsing: definition, as: key)
    guard let seals = seals(session), !proved.withLock({ $0.contains(key) }) else {
      return schema
    }
    try seals.check(Sealed(label: definition, of: schema.id))
    proved.withLock { _ = $0.insert(key) }
    return schema
  }

  func schema(parsing definition: String) throws(StoreError) -> DatasetSchema {
    try schema(parsing: definition, as: DefinitionKey(definition))
  }

  private func schema(
    parsing definition: String, as key: DefinitionKey
  ) throws(StoreError) -> DatasetSchema {
    if let known = parsed.withLock({ $0[key] }) { return known }
    let schema = try SchemaJSON.schema(parsing: definition)
    parsed.withLock { $0[key] = schema }
    return schema
  }

  static func lastCommit(_ session: any Session) throws -> CommitNumber {
    let last = try session.integer("SELECT max(number) FROM karez_commit") ?? 0
    return CommitNumber(Int(last)) ?? .none
  }

  func draft(_ id: DraftID) throws(StoreError) -> OpenDraft {
    guard let draft = openDrafts.withLock({ $0[id] }) else { throw .noSuchDraft(id) }
    return draft
  }

  func keep(_ draft: OpenDraft) { openDrafts.withLock { $0[draft.id] = draft } }
  func forget(_ id: DraftID) -> OpenDraft? { openDrafts.withLock { $0.removeValue(forKey: id) } }
}
