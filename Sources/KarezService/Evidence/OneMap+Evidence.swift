public import Foundation
public import KarezCore
public import KarezCrypto
public import KarezPacks
public import KarezStore

extension OneMap {
  /// How often the log is vouched for, as the packs state it.
  public func evidencePolicy() throws(Problem) -> EvidencePolicy {
    try refuseUnpublished("evidence.yaml")
    return try Self.loadEvidencePolicy(installation)
  }

  /// Refuses to go on without a witness where the zone the map stands in asks for one.
  public func requireWitness() async throws(Problem) {
    let zone: NetworkZone?
    do throws(StoreError) { zone = try await (store as? RelationalStore)?.statedZone() } catch {
      throw .store(error)
    }
    guard let zone, try evidencePolicy().witnessIn.contains(zone) else { return }
    throw .witnessMissing(zone)
  }

  /// Has writes stopped when the newest checkpoint in the folder gets too old, or the log is not
  /// the one it vouches for.
  ///
  /// Without keys a checkpoint's form is judged, and its last leaf.
  /// Nightly verification holds the log against its checkpoints that are signed by these keys.
  @discardableResult
  public func watch(
    _ witness: WitnessFolder, trusting keys: [PublicKey] = []
  ) throws(Problem) -> EvidenceWatch {
    let policy = try Self.loadEvidencePolicy(installation)
    let watch = EvidenceWatch(limitSeconds: policy.stopSeconds) {
      try? witness.reach(trusting: keys)
    }
    (store as? RelationalStore)?.watch(watch, of: witness, trusting: keys)
    return watch
  }

  /// Makes checkpoints into a witness folder; writes stop when it no longer can.
  public func checkpointer(
    into witness: WitnessFolder, by signer: any Signer, trusting keys: [PublicKey] = []
  ) throws(Problem) -> Checkpointer {
    let watch = try watch(witness, trusting: [signer.publicKey] + keys)
    return Checkpointer(
      store: store, witness: witness, signer: signer, clock: clock, watch: watch)
  }

  /// The checkpoints of the witness folder; nil where this process knows none, or no key of theirs.
  func witnessedChain() throws(Problem) -> CheckpointChain? {
    guard let known = (store as? RelationalStore)?.witness, !known.keys.isEmpty else { return nil }
    return try EvidenceVerification.checkpoints(at: known.folder.folder, keys: known.keys)
  }

  /// The service that makes a checkpoint whenever there is something new.
  public func checkpointService(
    into witness: WitnessFolder, by signer: any Signer, trusting keys: [PublicKey] = [],
    notice: @escaping @Sendable (Problem) -> Void
  ) throws(Problem) -> CheckpointService {
    CheckpointService(
      checkpointer: try checkpointer(into: witness, by: signer, trusting: keys),
      seconds: try evidencePolicy().checkpointSeconds, notice: notice)
  }

  /// Recomputes the log, and holds it against checkpoints kept elsewhere.
  public func verifyLog(
    against checkpoints: CheckpointChain?, progress: @Sendable (Int) -> Void
  ) async throws(Problem) -> LogVerification {
    try await asked { store throws(StoreError) in
      try await store.verifyLog(against: checkpoints, progress: progress)
    }
  }

  /// Writes what a verifier needs into a folder that is not there yet.
  public func exportLog(
    to folder: URL, progress: @escaping @Sendable (Int) -> Void
  ) async throws(Problem) {
    guard let source = store as? RelationalStore else { return }
    guard !FileManager.default.fileExists(atPath: folder.path) else {
      throw .exportTaken(folder.lastPathComponent)
    }
    let part = folder.deletingLastPathComponent()
      .appending(path: ".\(folder.lastPathComponent).\(UUID().uuidString).part")
    let way = part.appending(path: "way")
    defer { try? FileManager.default.removeItem(at: part) }
    do {
      try FileManager.default.createDirectory(
        at: way, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try await source.exportEvidence(
        to: part.appending(path: RelationalStore.evidenceFile), by: way, progress: progress)
      try FileManager.default.removeItem(at: way)
      try DurableNames.sync(part)
      guard rename(part.path, folder.path) == 0 else {
        throw POSIXError(.init(rawValue: errno) ?? .EIO)
      }
      try DurableNames.sync(folder.deletingLastPathComponent())
    } catch {
      throw Problem.backup(error, at: folder.lastPathComponent)
    }
  }
}

/// Verifying without the database: an exported copy, checkpoints and public keys are all it takes.
public enum EvidenceVerification {
  /// The checkpoints of a folder, or of one file.
  public static func checkpoints(
    at place: URL, keys: [PublicKey]
  ) throws(Problem) -> CheckpointChain {
    do throws(WitnessFolder.Failure) {
      guard place.hasDirectoryPath || isFolder(place) else {
        let folder = WitnessFolder(place.deletingLastPathComponent())
        let name = place.lastPathComponent
        return CheckpointChain(files: [(name, try folder.bytes(of: name))], keys: keys)
      }
      return try CheckpointChain.read(WitnessFolder(place), keys: keys)
    } catch {
      throw .witness(error)
    }
  }

  /// Recomputes an exported copy.
  public static func verify(
    export folder: URL, against checkpoints: CheckpointChain?,
    progress: @Sendable (Int) -> Void
  ) async throws(Problem) -> LogVerification {
    let file =
      isFolder(folder) ? folder.appending(path: RelationalStore.evidenceFile) : folder
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw .unreadableFile(file.lastPathComponent)
    }
    do throws(StoreError) {
      let store = try RelationalStore.evidence(in: file)
      return try await store.verifyLog(against: checkpoints, progress: progress)
    } catch {
      throw .store(error)
    }
  }

  private static func isFolder(_ place: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder)
      && isFolder.boolValue
  }
}

extension Problem {
  static func exportTaken(_ name: String) -> Problem {
    Wording(
      "export-taken", "导出的文件夹已存在", "the folder for the export is there already",
      do: "另择一个尚不存在的路径", "name a path that is not there yet"
    ).problem(.conflict, at: name)
  }
}
