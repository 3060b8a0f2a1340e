public import Foundation
public import KarezCore
public import KarezCrypto
public import KarezStore

extension OneMap {
  /// Copies the whole map into a new folder while it is in use, and records that in the log.
  ///
  /// `progress` hears megabytes. Without the keys of `keys/` whoever has the backup can neither open
  /// the secrets of authenticators nor make integrity codes; then they are kept by other means.
  public func backUp(
    to folder: URL, withKeys: Bool = true, by actor: Actor,
    progress: @escaping @Sendable (Int, Int?) -> Void
  ) async throws(Problem) -> BackupReceipt {
    guard let source = (store as? RelationalStore)?.backupSource else { throw .backupOfServer }
    let job = BackupJob(
      data: data, source: source, target: folder.standardizedFileURL, hasKeys: withKeys)
    let receipt = try await job.run(at: Clock.timestamp(), progress: progress)
    try await asked { store throws(StoreError) in
      try await store.record(kind: "backup", body: receipt.json, by: actor)
    }
    return receipt
  }

  /// A data folder out of a backup: verified whole, or not there at all.
  ///
  /// `manifestSM3` is what `backUp` told, kept elsewhere; with it a backup altered together with
  /// its manifest is refused. With `witness`, checkpoints kept elsewhere and the keys of who signs
  /// them, so is one whose log is not the one they vouch for. `progress` hears the step (`copy`, `verify`) and how far it is.
  public static func restore(
    _ backup: URL, to data: URL, manifestSM3: String? = nil,
    witness: (folder: WitnessFolder, keys: [PublicKey])? = nil,
    progress: @escaping @Sendable (String, Int) -> Void
  ) async throws(Problem) -> BackupReceipt {
    try await RestoreJob(
      backup: backup.standardizedFileURL, target: data.standardizedFileURL, expected: manifestSM3,
      witness: witness
    ).run(progress: progress)
  }
}
