package import Foundation

/// Makes the names in a folder as durable as the files they name.
///
/// Syncing a file says nothing of its name: until its folder was synced, a loss of power may take
/// what was made there, or give back what was renamed or removed.
package enum DurableNames {
  /// - Errors: `POSIXError` where the folder cannot be opened or synced.
  package static func sync(_ folder: URL) throws(POSIXError) {
    let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    defer { close(descriptor) }
    // Some file systems keep names durable by themselves and refuse the call.
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw POSIXError(.init(rawValue: errno) ?? .EIO)
    }
  }

  /// Syncs every folder on the ways from a folder to files below it, itself included.
  package static func sync(_ folder: URL, downTo files: [String]) throws(POSIXError) {
    var folders: Set<String> = [""]
    for file in files {
      var path = file[...]
      while let slash = path.lastIndex(of: "/") {
        path = path[..<slash]
        folders.insert(String(path))
      }
    }
    for path in folders.sorted() { try sync(path.isEmpty ? folder : folder.appending(path: path)) }
  }
}
