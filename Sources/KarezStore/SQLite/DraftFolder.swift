import Foundation
import KarezCore
import Synchronization

/// Where this process keeps the drafts it is reading, apart from what is recorded.
///
/// Each process has a folder of its own and holds a lock in it; a folder whose lock is free
/// belonged to a process that is gone, and is removed. The lock ends with its process, however
/// that ended.
final class DraftFolder: Sendable {
  private let folder: URL
  private let lock: Int32
  private let lastDraft = Mutex<Int64>(0)

  init(in data: URL) throws {
    let all = data.appending(path: "drafts")
    try FileManager.default.createDirectory(
      at: all, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    Self.removeAbandoned(in: all)
    var template = Array((all.path + "/session-" + String(repeating: "X", count: 6)).utf8CString)
    guard mkdtemp(&template) != nil else { throw Self.failure() }
    let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    folder = URL(filePath: path)
    lock = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 else { throw Self.failure() }
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
    close(lock)
  }

  func next() -> (id: DraftID, file: URL) {
    let number = lastDraft.withLock {
      $0 += 1
      return $0
    }
    return (DraftID(value: number), folder.appending(path: "draft-\(number).db"))
  }

  private static func removeAbandoned(in all: URL) {
    let sessions = try? FileManager.default.contentsOfDirectory(
      at: all, includingPropertiesForKeys: nil)
    for session in sessions ?? [] where session.lastPathComponent.hasPrefix("session-") {
      let descriptor = open(session.appending(path: "lock").path, O_RDWR | O_CLOEXEC)
      // A folder without a lock yet is one that another process is just making.
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
        try? FileManager.default.removeItem(at: session)
      }
      close(descriptor)
    }
  }

  private static func failure() -> StoreError {
    .unavailable(reason: String(cString: strerror(errno)))
  }
}
