public import Foundation
public import KarezCrypto

/// 见证文件夹: where checkpoints are kept, out of the reach of whoever can write the database.
///
/// - Shape: a file a checkpoint, `checkpoint-<size>.json`, never written again; each has its name
///   only when it is whole and durable.
public struct WitnessFolder: Sendable {
  public let folder: URL

  public init(_ folder: URL) { self.folder = folder }

  public enum Failure: Error, Hashable, Sendable {
    case unreachable(reason: String)
    /// Another checkpoint of this size is there.
    case taken(String)
    case unreadable(String)
  }

  /// Names of the files, in the order of their sizes.
  public func names() throws(Failure) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder.path)
        .filter { Self.size(of: $0) != nil }.sorted()
    } catch {
      throw .unreachable(reason: folder.lastPathComponent)
    }
  }

  /// How many entries a file of this name covers; nil where it is no checkpoint's.
  static func size(of name: String) -> Int64? {
    guard name.utf8.count == 32, name.hasPrefix("checkpoint-"), name.hasSuffix(".json") else {
      return nil
    }
    let size = Int64(name.dropFirst(11).dropLast(5))
    return size.map { Checkpoint.fileName(size: $0) == name } == true ? size : nil
  }

  /// How far the newest checkpoint vouches for the log.
  ///
  /// What a file is called says nothing: it is read, and signed by one of these keys. Without keys
  /// its form is judged alone, and by whoever compares its leaf with the log.
  public func reach(trusting keys: [PublicKey]) throws(Failure) -> EvidenceWatch.Reach {
    guard let newest = try newest() else { return .none }
    guard keys.isEmpty || newest.standing(among: keys) == .signed else {
      throw .unreadable(newest.fileName)
    }
    return EvidenceWatch.Reach(size: newest.size, leaf: newest.leaves.last)
  }

  public func bytes(of name: String) throws(Failure) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: folder.appending(path: name).path)
    else { throw .unreadable(name) }
    return Array(data)
  }

  public func newest() throws(Failure) -> Checkpoint? {
    guard let name = try names().last else { return nil }
    guard let checkpoint = Checkpoint(parsing: try bytes(of: name)), checkpoint.fileName == name
    else { throw .unreadable(name) }
    return checkpoint
  }

  /// Adds a checkpoint; when this returns it is there after a loss of power too.
  public func add(_ checkpoint: Checkpoint) throws(Failure) {
    let part = folder.appending(path: ".\(checkpoint.fileName).\(UUID().uuidString).part")
    let target = folder.appending(path: checkpoint.fileName)
    defer { unlink(part.path) }
    do {
      let descriptor = open(part.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o444)
      guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
      let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
      try handle.write(contentsOf: Data(checkpoint.text))
      try handle.synchronize()
      try handle.close()
    } catch {
      throw .unreachable(reason: folder.lastPathComponent)
    }
    // A link, unlike a rename, never takes the place of a file that is there.
    guard link(part.path, target.path) == 0 else {
      if errno == EEXIST { throw .taken(checkpoint.fileName) }
      throw .unreachable(reason: folder.lastPathComponent)
    }
    do {
      try DurableNames.sync(folder)
    } catch {
      throw .unreachable(reason: folder.lastPathComponent)
    }
  }
}
