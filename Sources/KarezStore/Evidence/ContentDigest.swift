import KarezCore
import KarezCrypto

/// The digest of a dataset's content: what is recorded of every feature, and of which days.
///
/// - Shape: SM3 over id, validity and content digest of each version, ordered by the bytes of the
///   id and then by the first day; versions that say the same and touch are one. Rows, commits
///   and areas are left out, so that two installations that say the same have the same digest,
///   however they came to it.
struct ContentDigest: ~Copyable {
  private struct Version {
    let id: String
    let from: String
    var until: String?
    let content: [UInt8]
  }

  /// A digest as it is told, in hexadecimal.
  static func text(_ bytes: [UInt8]) -> String { Hexadecimal.text(bytes) }

  private var hash = SM3()
  private var last: Version?

  mutating func add(
    id: String, from: String, until: String?, content: some Collection<UInt8>
  ) {
    if let last, last.id == id, last.until == from, last.content.elementsEqual(content) {
      self.last?.until = until
      return
    }
    settle()
    last = Version(id: id, from: from, until: until, content: Array(content))
  }

  private mutating func settle() {
    guard let last else { return }
    var bytes: [UInt8] = []
    for text in [last.id, last.from, last.until ?? ""] {
      withUnsafeBytes(of: UInt32(clamping: text.utf8.count).littleEndian) {
        bytes.append(contentsOf: $0)
      }
      bytes.append(contentsOf: text.utf8)
    }
    hash.update(bytes + last.content)
  }

  consuming func finish() -> String {
    settle()
    return hash.finish().description
  }
}
