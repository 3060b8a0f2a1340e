import Foundation
import KarezCore
import KarezCrypto
import KarezRules

/// The files of one pack, read once, in order of their paths.
struct PackFolder {
  struct File {
    /// Relative to the folder of all packs: `three-lines/rules/farmland.yaml`.
    let path: String
    let bytes: [UInt8]
  }

  /// How many names a path in the folder of packs may have.
  static let deepest = 4

  let name: String
  let files: [File]

  /// The names of the folders and files directly in a folder, sorted, without hidden ones.
  static func list(_ folder: String) -> [String]? {
    try? FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { !$0.hasPrefix(".") }.sorted()
  }

  static func isFolder(_ path: String) -> Bool {
    var isDirectory = ObjCBool(false)
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
      && isDirectory.boolValue
  }

  static func read(_ path: String, named name: String) throws(PackFault) -> File {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw PackFault(PackOrigin(file: name, line: 1), .fileUnreadable)
    }
    return File(path: name, bytes: Array(data))
  }

  /// Reads a folder of packs' folder, at most four levels deep.
  init(_ name: String, in root: String) throws(PackFault) {
    self.name = name
    var files: [File] = []
    var waiting = [name]
    while let folder = waiting.popLast() {
      guard let names = Self.list(root + "/" + folder) else {
        throw PackFault(PackOrigin(file: folder, line: 1), .fileUnreadable)
      }
      for entry in names {
        let path = folder + "/" + entry
        if Self.isFolder(root + "/" + path) {
          guard path.split(separator: "/").count <= Self.deepest else {
            throw PackFault(PackOrigin(file: path, line: 1), .fileUnexpected)
          }
          waiting.append(path)
        } else {
          files.append(try Self.read(root + "/" + path, named: path))
        }
      }
    }
    self.files = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// The files directly in a sub-folder, or the pack's own with an empty name.
  func files(in folder: String, suffix: String) -> [File] {
    let start = folder.isEmpty ? name + "/" : name + "/" + folder + "/"
    return files.filter {
      $0.path.hasPrefix(start) && $0.path.hasSuffix(suffix)
        && !$0.path.dropFirst(start.count).contains("/")
    }
  }

  /// SM3 over the sorted lines `path⇥sm3 of file`, with paths relative to the pack.
  var sm3: String {
    var hash = SM3()
    for file in files {
      let path = file.path.dropFirst(name.count + 1)
      hash.update("\(path)\t\(SM3.digest(file.bytes))\n")
    }
    return hash.finish().description
  }
}
