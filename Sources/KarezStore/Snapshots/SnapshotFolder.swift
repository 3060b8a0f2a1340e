import Foundation
import KarezCore
import KarezGeometry

/// Layer files of a data folder: `snapshots/<dataset>/<commit>.layer`, for their owner only.
///
/// A file is sealed when it is whole: its time of change is set to the second that its stamp
/// names. Whoever writes to it afterwards breaks the seal.
struct SnapshotFolder: Sendable {
  private static let ending = ".layer"
  /// Changes when rows are laid out in another way.
  private static let layout: UInt64 = 1

  private let data: URL
  private let folder: URL

  init(in data: URL) {
    self.data = data
    folder = data.appending(path: "snapshots")
  }

  /// What a file must be made of to be used.
  struct Identity: Hashable {
    let commit: Int
    /// The last row there was at the commit.
    let lastRow: Int64
    /// Of the dataset's definition and its commits.
    let digest: UInt64
  }

  /// A layer file held open, with what it was when it was opened.
  struct File: Sendable {
    let layer: Layer
    let commit: Int
    let lastRow: Int64
    /// The dataset's definition that it was made after.
    let definition: String
    fileprivate let path: String
    fileprivate let seal: Seal

    /// Whether nobody has cut the file short or written to it since.
    ///
    /// A file that is gone, or has another in its place, is still mapped as it was.
    var isTrusted: Bool {
      guard layer.isWhole else { return false }
      guard let now = Seal(path), now.inode == seal.inode else { return true }
      return now == seal
    }
  }

  fileprivate struct Seal: Hashable {
    let inode: UInt64
    let seconds: Int
    let nanoseconds: Int

    init?(_ path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      inode = UInt64(status.st_ino)
      seconds = Int(status.st_mtim.tv_sec)
      nanoseconds = Int(status.st_mtim.tv_nsec)
    }
  }

  /// Where what is not in a file of a dataset's own is spooled.
  var spool: String { data.path }

  func folder(of dataset: DatasetID) -> String { folder.appending(path: dataset.text).path }

  private func path(_ dataset: DatasetID, _ commit: Int) -> String {
    folder(of: dataset) + "/\(commit)" + Self.ending
  }

  func makeFolder(of dataset: DatasetID) throws {
    for path in [folder.path, folder(of: dataset)] {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    }
  }

  /// Commits there is a file of, newest first.
  func commits(of dataset: DatasetID) -> [Int] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder(of: dataset))
    return (names ?? []).filter { $0.hasSuffix(Self.ending) }
      .compactMap { Int($0.dropLast(Self.ending.count)) }.sorted(by: >)
  }

  /// Opens a file if it is sealed and is what `identity` says.
  ///
  /// - Errors: `damaged` and others of `LayerError`, for a file that is of no use.
  func open(
    _ dataset: DatasetID, _ identity: Identity, of definition: String
  ) throws(LayerError) -> File {
    let path = path(dataset, identity.commit)
    guard let seal = Seal(path) else { throw .unreadable(path: path, errno: errno) }
    let layer = try Layer(at: path)
    let stamp = Self.stamp(of: identity, seconds: seal.seconds)
    guard layer.stamp == stamp, seal.nanoseconds == 0 else {
      throw .damaged(path: path, what: "seal")
    }
    return File(
      layer: layer, commit: identity.commit, lastRow: identity.lastRow, definition: definition,
      path: path, seal: seal)
  }

  private static func stamp(of identity: Identity, seconds: Int) -> [UInt64] {
    [
      layout << 48 | UInt64(truncatingIfNeeded: seconds) & 0xFFFF_FFFF_FFFF,
      UInt64(identity.commit), UInt64(bitPattern: identity.lastRow), identity.digest,
    ]
  }

  /// Makes the file of a commit and takes older ones away; their readers keep what they hold.
  func write(
    _ writer: LayerWriter, of dataset: DatasetID, _ identity: Identity
  ) throws(LayerError) -> Layer {
    try write(of: dataset, identity) { path, stamp throws(LayerError) in
      try writer.finish(at: path, stamp: stamp)
    }
  }

  /// Makes the file of a commit of a layer that is what its rows give.
  func write(
    _ layer: Layer, of dataset: DatasetID, _ identity: Identity
  ) throws(LayerError) -> Layer {
    try write(of: dataset, identity) { path, stamp throws(LayerError) in
      try layer.write(to: path, stamp: stamp)
    }
  }

  private func write(
    of dataset: DatasetID, _ identity: Identity,
    _ make: (_ path: String, _ stamp: [UInt64]) throws(LayerError) -> Layer
  ) throws(LayerError) -> Layer {
    let path = path(dataset, identity.commit)
    let seconds = Int(time(nil))
    let layer = try make(path, Self.stamp(of: identity, seconds: seconds))
    let sealed = timespec(tv_sec: seconds, tv_nsec: 0)
    guard utimensat(AT_FDCWD, path, [sealed, sealed], 0) == 0 else {
      throw .unwritable(path: path, errno: errno)
    }
    for older in commits(of: dataset) where older < identity.commit { remove(dataset, older) }
    return layer
  }

  /// A layer of the writer's polygons in a file without a name, which goes when it is let go.
  func nameless(_ writer: LayerWriter, of dataset: DatasetID) throws(LayerError) -> Layer {
    let name = "/state-\(UUID().uuidString).\(getpid())" + LayerFile.unfinished
    let path = folder(of: dataset) + name
    defer { unlink(path) }
    return try writer.finish(at: path)
  }

  func remove(_ dataset: DatasetID, _ commit: Int) { unlink(path(dataset, commit)) }

  /// Takes away what processes that are gone were writing.
  func removeUnfinished() {
    let datasets = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    for dataset in datasets ?? [] {
      let inside = folder.appending(path: dataset)
      let names = try? FileManager.default.contentsOfDirectory(atPath: inside.path)
      for name in names ?? [] where name.hasSuffix(LayerFile.unfinished) {
        let writer = name.dropLast(LayerFile.unfinished.count).split(separator: ".").last
        if let writer = writer.flatMap({ pid_t($0) }), writer == getpid() || kill(writer, 0) == 0 {
          continue
        }
        unlink(inside.appending(path: name).path)
      }
    }
  }
}
