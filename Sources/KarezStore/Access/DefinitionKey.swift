/// A dataset's definition as a key of what is known of it.
///
/// It is told apart by its bytes: as text its kilobytes would be normalised, letter by letter, each
/// time it is looked for, and every read of every dataset looks for it.
struct DefinitionKey: Hashable {
  private let text: String

  init(_ definition: String) {
    var text = definition
    text.makeContiguousUTF8()
    self.text = text
  }

  static func == (one: DefinitionKey, other: DefinitionKey) -> Bool {
    one.text.utf8.count == other.text.utf8.count && one.text.utf8.elementsEqual(other.text.utf8)
  }

  func hash(into hasher: inout Hasher) {
    // Safe because the bytes are read while the closure runs, and no longer.
    text.utf8.withContiguousStorageIfAvailable { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
