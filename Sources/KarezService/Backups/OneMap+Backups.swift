public import Foundation
public import KarezCore
import KarezStore

extension OneMap {
  /// Copies the whole map into a new folder while it is in use, and records that in the log.
  ///
  /// `progress` hears megabytes.
  public func backUp(
    to folder: URL, by actor: Actor, progress: @escaping @Sendable (Int, Int?) -> Void
  ) async throws(Problem) -> BackupReceipt {
    guard let source = (store as? RelationalStore)?.backupSource else { throw .backupOfServer }
    let job = BackupJob(data: data, source: source, target: folder.standardizedFileURL)
    let receipt = try await job.run(at: Clock.timestamp(), progress: progress)
    try await asked { store throws(StoreError) in
      try await store.record(kind: "backup", body: receipt.json, by: actor)
    }
    return receipt
  }

  /// A data folder out of a backup: verified whole, or not there at all.
  ///
  /// `manifestSM3` is what `backUp` told, kept elsewhere; with it a backup altered together with
  /// its manifest is refused. `progress` hears the step (`copy`, `verify`) and how far it is.
  public static func restore(
    _ backup: URL, to data: URL, manifestSM3: String? = nil,
    progress: @escaping @Sendable (String, Int) -> Void
  ) async throws(Problem) -> BackupReceipt {
    try await RestoreJob(
      backup: backup.standardizedFileURL, target: data.standardizedFileURL, expected: manifestSM3
    ).run(progress: progress)
  }
}
