import Foundation
import KarezCore
import KarezCrypto

/// Copies files and tells the SM3 of the bytes that were written.
struct HashedCopy {
  private static let chunk = 1 << 20

  /// Hears how many bytes were copied since the last call.
  let progress: (Int64) -> Void

  /// Copies a file to a place that is free, readable by its owner only, and makes it durable.
  func copy(_ source: URL, to target: URL) throws -> (bytes: Int64, sm3: String) {
    let reading = try FileHandle(forReadingFrom: source)
    defer { try? reading.close() }
    try FileManager.default.createDirectory(
      at: target.deletingLastPathComponent(), withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    let descriptor = open(target.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    let writing = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    let found = try digest(of: reading) { try writing.write(contentsOf: $0) }
    try writing.synchronize()
    try writing.close()
    return found
  }

  /// The size and SM3 of a file as it is.
  func digest(of file: URL) throws -> (bytes: Int64, sm3: String) {
    let reading = try FileHandle(forReadingFrom: file)
    defer { try? reading.close() }
    return try digest(of: reading) { _ in }
  }

  private func digest(
    of reading: FileHandle, _ take: (Data) throws -> Void
  ) throws -> (bytes: Int64, sm3: String) {
    var hash = SM3()
    var bytes: Int64 = 0
    while let data = try reading.read(upToCount: Self.chunk), !data.isEmpty {
      hash.update(data)
      try take(data)
      bytes += Int64(data.count)
      progress(Int64(data.count))
    }
    return (bytes, hash.finish().description)
  }
}

/// The regular files below a folder, by their paths in it, sorted.
///
/// Links are not followed, and what is hidden is left out: it belongs to other programs.
enum FolderContent {
  static func paths(below folder: URL, leavingOut left: Set<String> = []) throws -> [String] {
    var found: [String] = []
    try collect(folder, "", left, &found)
    return found.sorted()
  }

  private static func collect(
    _ folder: URL, _ prefix: String, _ left: Set<String>, _ found: inout [String]
  ) throws {
    let keys: Set<URLResourceKey> = [.isDirectoryKey, .isRegularFileKey]
    let inside = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: Array(keys), options: .skipsHiddenFiles)
    for file in inside {
      let path = prefix + file.lastPathComponent
      if left.contains(path) { continue }
      let values = try file.resourceValues(forKeys: keys)
      if values.isDirectory == true { try collect(file, path + "/", left, &found) }
      if values.isRegularFile == true { found.append(path) }
    }
  }
}
