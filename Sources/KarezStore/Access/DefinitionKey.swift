import Foundation

/// A dataset's definition as a key of what is known of it.
///
/// It is told apart by its bytes, of which few are hashed: as text its kilobytes would be normalised,
/// letter by letter, each time it is looked for, and every read of every dataset looks for it.
struct DefinitionKey: Hashable {
  /// Bytes hashed at either end; definitions begin with their attributes and end with their title.
  private static let hashed = 64

  private let text: String

  init(_ definition: String) {
    var text = definition
    text.makeContiguousUTF8()
    self.text = text
  }

  static func == (one: DefinitionKey, other: DefinitionKey) -> Bool {
    let (one, other) = (one.text.utf8, other.text.utf8)
    guard one.count == other.count else { return false }
    // Safe because both are as long as was just seen, and are read while the closures run.
    let isSame = one.withContiguousStorageIfAvailable { one in
      other.withContiguousStorageIfAvailable { other in
        guard let start = one.baseAddress, let same = other.baseAddress else { return true }
        return memcmp(start, same, one.count) == 0
      }
    }
    return (isSame ?? nil) ?? one.elementsEqual(other)
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(text.utf8.count)
    for byte in text.utf8.prefix(Self.hashed) { hasher.combine(byte) }
    for byte in text.utf8.suffix(Self.hashed) { hasher.combine(byte) }
  }
}
