import Foundation
public import KarezCore
import KarezCrypto
public import KarezStore

/// 备份: one consistent copy of a data folder, made while others read and write it.
///
/// - Shape: the map's file by the engine's own copy, at one moment; then whatever else the folder
///   keeps (blobs are added before the map speaks of them, and never changed). Caches, drafts,
///   uploads and results are left out: they are made again, or belong to a process. The folder has its name
///   only when it is whole and durable.
struct BackupJob {
  static let mapFile = "karez.gpkg"
  /// What a data folder can do without.
  private var leftOut: Set<String> {
    let made: Set = [
      Self.mapFile, Self.mapFile + "-wal", Self.mapFile + "-shm", "snapshots", "drafts", "uploads",
      "results", RealNameFolder.name,
    ]
    return hasKeys ? made : made.union(["keys"])
  }

  let data: URL
  let source: any BackupSource
  let target: URL
  let hasKeys: Bool

  func run(
    at time: String, progress: @escaping @Sendable (Int, Int?) -> Void
  ) async throws(Problem) -> BackupReceipt {
    let part = try makePart()
    do {
      let manifest = try await fill(part, at: time, progress: progress)
      let text = Array(manifest.json.canonicalText.utf8)
      try writeDurably(text, to: part.appending(path: BackupManifest.fileName))
      try DurableNames.sync(part, downTo: manifest.files.map(\.path))
      guard rename(part.path, target.path) == 0 else {
        throw POSIXError(.init(rawValue: errno) ?? .EIO)
      }
      try DurableNames.sync(target.deletingLastPathComponent())
      return BackupReceipt(manifest, sm3: SM3.digest(text).description)
    } catch {
      try? FileManager.default.removeItem(at: part)
      throw Problem.backup(error, at: target.lastPathComponent)
    }
  }

  /// The unfinished folder, beside its place.
  private func makePart() throws(Problem) -> URL {
    let manager = FileManager.default
    let inside = try? manager.contentsOfDirectory(atPath: target.path)
    guard inside?.isEmpty ?? !manager.fileExists(atPath: target.path) else {
      throw .backupTargetTaken(target.lastPathComponent)
    }
    let part = target.deletingLastPathComponent()
      .appending(path: ".\(target.lastPathComponent).\(UUID().uuidString).part")
    do {
      try manager.createDirectory(
        at: part, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw .backup(error, at: target.lastPathComponent)
    }
    return part
  }

  private func fill(
    _ part: URL, at time: String, progress: @escaping @Sendable (Int, Int?) -> Void
  ) async throws -> BackupManifest {
    let map = part.appending(path: Self.mapFile)
    let state = try await source.copyRecorded(to: map) { done, total in
      progress(Int(clamping: done >> 20), Int(clamping: total >> 20))
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: map.path)
    let copy = HashedCopy { _ in }
    let (bytes, sm3) = try copy.digest(of: map)
    try synchronise(file: map)
    var files = [BackupManifest.File(path: Self.mapFile, bytes: bytes, sm3: sm3)]
    for path in try FolderContent.paths(below: data, leavingOut: leftOut) {
      let (bytes, sm3) = try copy.copy(data.appending(path: path), to: part.appending(path: path))
      files.append(BackupManifest.File(path: path, bytes: bytes, sm3: sm3))
    }
    return BackupManifest(madeAt: time, state: state, files: files.sorted { $0.path < $1.path })
  }

  private func synchronise(file: URL) throws {
    let handle = try FileHandle(forUpdating: file)
    try handle.synchronize()
    try handle.close()
  }

  private func writeDurably(_ bytes: [UInt8], to file: URL) throws {
    try Data(bytes).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    try synchronise(file: file)
  }
}

/// What a backup, or a restored folder, holds.
public struct BackupReceipt: Sendable {
  public let state: RecordedState
  public let files: Int
  public let bytes: Int64
  /// SM3 of the manifest; who keeps it elsewhere can hold the backup against it.
  public let manifestSM3: String

  init(_ manifest: BackupManifest, sm3: String) {
    state = manifest.state
    files = manifest.files.count
    bytes = manifest.bytes
    manifestSM3 = sm3
  }

  public var json: JSONValue {
    .object([
      "commit": .integer(Int64(state.commit.value)),
      "logEntries": .integer(state.logEntries),
      "logSM3": .string(state.logSM3),
      "files": .integer(Int64(files)),
      "bytes": .integer(bytes),
      "manifestSM3": .string(manifestSM3),
    ])
  }
}
