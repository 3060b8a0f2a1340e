import Foundation
import KarezCore
import KarezCrypto
import KarezStore

/// 恢复: a data folder out of a backup, believed only after everything in it was recomputed.
///
/// - Shape: files are compared with the manifest while they are copied, nothing may be missing
///   or added; then the copy is opened, its log, rows and registers are verified, and its state
///   is compared with the manifest's. Only then has the folder its name; before, it is removed.
struct RestoreJob {
  let backup: URL
  let target: URL
  /// The manifest's SM3 as its owner has kept it; nil takes the manifest as it is.
  let expected: String?
  /// Checkpoints kept elsewhere, and who signs them; nil where the backup vouches for itself.
  let witness: (folder: WitnessFolder, keys: [PublicKey])?

  /// `progress` hears the step (`copy`, `verify`) and how far it is.
  func run(
    progress: @escaping @Sendable (String, Int) -> Void
  ) async throws(Problem) -> BackupReceipt {
    let (manifest, sm3) = try readManifest()
    try refuseTarget()
    let part = target.deletingLastPathComponent()
      .appending(path: ".\(target.lastPathComponent).\(UUID().uuidString).part")
    do {
      try copy(manifest, to: part, progress: progress)
      try await verify(part, against: manifest, progress: progress)
      try DurableNames.sync(part, downTo: manifest.files.map(\.path))
      guard rename(part.path, target.path) == 0 else {
        throw POSIXError(.init(rawValue: errno) ?? .EIO)
      }
      try DurableNames.sync(target.deletingLastPathComponent())
    } catch {
      try? FileManager.default.removeItem(at: part)
      throw Problem.backup(error, at: target.lastPathComponent)
    }
    return BackupReceipt(manifest, sm3: sm3)
  }

  private func readManifest() throws(Problem) -> (BackupManifest, sm3: String) {
    let file = backup.appending(path: BackupManifest.fileName)
    guard let text = try? Data(contentsOf: file) else {
      throw .notABackup(backup.lastPathComponent)
    }
    let sm3 = SM3.digest(text).description
    if let expected, expected.lowercased() != sm3 {
      throw .backupDamaged(BackupManifest.fileName)
    }
    guard let manifest = BackupManifest(parsing: Array(text)),
      manifest.files.contains(where: { $0.path == BackupJob.mapFile })
    else { throw .backupDamaged(BackupManifest.fileName) }
    return (manifest, sm3)
  }

  private func refuseTarget() throws(Problem) {
    let manager = FileManager.default
    let inside = try? manager.contentsOfDirectory(atPath: target.path)
    guard inside?.isEmpty ?? !manager.fileExists(atPath: target.path) else {
      throw .restoreTargetTaken(target.lastPathComponent)
    }
  }

  private func copy(
    _ manifest: BackupManifest, to part: URL, progress: @escaping (String, Int) -> Void
  ) throws {
    let there = try FolderContent.paths(below: backup, leavingOut: [BackupManifest.fileName])
    let listed = Set(manifest.files.map(\.path))
    if let stray = Set(there).symmetricDifference(listed).min() {
      throw Problem.backupDamaged(stray)
    }
    try FileManager.default.createDirectory(
      at: part, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    var done: Int64 = 0
    let copy = HashedCopy { bytes in
      done += bytes
      progress("copy", Int(clamping: done >> 20))
    }
    for file in manifest.files {
      let found = try copy.copy(
        backup.appending(path: file.path), to: part.appending(path: file.path))
      guard found == (file.bytes, file.sm3) else { throw Problem.backupDamaged(file.path) }
    }
  }

  /// The checkpoints that are no newer than the backup.
  ///
  /// - Errors: refused where there is none: then nothing was held against anything.
  private func checkpoints(of state: RecordedState) throws(Problem) -> CheckpointChain? {
    guard let witness else { return nil }
    let chain: CheckpointChain
    do throws(WitnessFolder.Failure) {
      chain = try .read(witness.folder, keys: witness.keys, upTo: state.logEntries)
    } catch {
      throw .witness(error)
    }
    guard chain.size > 0 else { throw .backupNotWitnessed(target.lastPathComponent) }
    return chain
  }

  private func verify(
    _ part: URL, against manifest: BackupManifest,
    progress: @escaping @Sendable (String, Int) -> Void
  ) async throws {
    let store = try SQLiteStore(folder: part, clock: Clock.timestamp)
    let verification = try await store.verifyLog(
      against: try checkpoints(of: manifest.state)
    ) { progress("verify", $0) }
    if let fault = verification.faults.first {
      throw Problem.backupFault(fault, more: verification.faults.count - 1)
    }
    guard try await store.recordedState() == manifest.state else {
      throw Problem.backupDamaged(BackupJob.mapFile)
    }
  }
}
