import Foundation

/// A file of settings that may hold a secret: only its owner may read it.
enum OwnerFile {
  case missing
  case openToOthers
  /// Empty where it could not be read.
  case text(String)

  static func read(_ file: URL) -> OwnerFile {
    guard FileManager.default.fileExists(atPath: file.path) else { return .missing }
    let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
    let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue ?? 0o777
    guard mode & 0o077 == 0 else { return .openToOthers }
    let bytes = FileManager.default.contents(atPath: file.path) ?? Data()
    return .text(String(decoding: bytes, as: UTF8.self))
  }
}

/// Something nobody is to read in a log: it describes itself as dots.
struct HiddenText: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
  let plain: String

  init(_ plain: String) { self.plain = plain }

  var description: String { "…" }
  var customMirror: Mirror { Mirror(self, children: []) }
}
