import KarezCrypto
import Synchronization

/// The libraries read last, by what every file of their folders says.
///
/// Parsing and linking take a hundred times as long as reading the bytes, and a process opens the
/// same packs again and again.
enum PackMemory {
  private static let most = 4
  private static let known = Mutex<[(digest: SM3Digest, library: PackLibrary)]>([])

  /// The library of a folder, read by `read` unless the same files were read before.
  static func library(
    of folder: String, _ read: () throws(RulePackError) -> PackLibrary
  ) throws(RulePackError) -> PackLibrary {
    guard let digest = digest(of: folder) else { return try read() }
    if let library = known.withLock({ $0.first { $0.digest == digest }?.library }) {
      return library
    }
    let library = try read()
    // A file that changed in between was read in an unknown state.
    guard Self.digest(of: folder) == digest else { return library }
    known.withLock { known in
      known.append((digest, library))
      if known.count > most { known.removeFirst() }
    }
    return library
  }

  /// SM3 over the paths and bytes of all files; nil where one cannot be read.
  private static func digest(of root: String) -> SM3Digest? {
    var hash = SM3()
    var waiting = [""]
    while let folder = waiting.popLast() {
      guard let names = PackFolder.list(root + folder) else { return nil }
      for name in names where !folder.isEmpty || !PackLoader.otherFolders.contains(name) {
        let path = folder + "/" + name
        if PackFolder.isFolder(root + path) {
          guard path.split(separator: "/").count <= PackFolder.deepest else { return nil }
          waiting.append(path)
          continue
        }
        guard let file = try? PackFolder.read(root + path, named: path) else { return nil }
        hash.update("\(path)\t\(SM3.digest(file.bytes))\n")
      }
    }
    return hash.finish()
  }
}
