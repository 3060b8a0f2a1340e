import Foundation

/// A data folder held by one program at a time, while it makes what has to be there once.
///
/// Whoever holds it lets go of it by ending, in whatever way.
final class FolderLock {
  private let descriptor: CInt

  /// The lock, or nil while another holds it.
  ///
  /// - Errors: `StoreError.unavailable` where the folder cannot be opened.
  private init?(of folder: URL) throws(StoreError) {
    descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .unavailable(reason: String(cString: strerror(errno)))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let error = errno
      // Here nothing is let go of by itself: the object is not made.
      close(descriptor)
      guard error == EWOULDBLOCK || error == EINTR else {
        throw .unavailable(reason: String(cString: strerror(error)))
      }
      return nil
    }
  }

  deinit { close(descriptor) }

  /// Waits for the lock, and works under it; blocks its thread.
  static func holding<Result>(
    _ folder: URL, _ body: () throws -> Result
  ) throws -> Result {
    while true {
      if let lock = try FolderLock(of: folder) {
        return try withExtendedLifetime(lock, body)
      }
      usleep(20_000)
    }
  }

  /// Waits for the lock, and works under it; its thread is free meanwhile.
  static func holding<Result>(
    _ folder: URL, _ body: () async throws(StoreError) -> Result
  ) async throws(StoreError) -> Result {
    while true {
      if let lock = try FolderLock(of: folder) {
        defer { withExtendedLifetime(lock) {} }
        return try await body()
      }
      do {
        try await Task.sleep(for: .milliseconds(20))
      } catch {
        throw .unavailable(reason: "cancelled")
      }
    }
  }
}
