import KarezCore
import KarezCrypto

/// An entry as its columns are kept: the body is text, and is only read where it is asked for.
struct KeptEntry {
  let number: Int64
  let at: String
  let actor: String
  let kind: String
  let body: String
  let previous: String
  let sm3: String
}

extension KeptEntry {
  /// Nil where somebody put something else into a column.
  init?(_ row: any SQLRow) {
    guard let number = row.integer(0), let at = row.text(1), let actor = row.text(2),
      let kind = row.text(3), let body = row.text(4), let previous = row.text(5),
      let sm3 = row.text(6)
    else { return nil }
    self.init(
      number: number, at: at, actor: actor, kind: kind, body: body, previous: previous, sm3: sm3)
  }

  /// The entry with its body read; nil where the body is no JSON.
  var read: LogEntry? {
    guard let body = try? JSONValue(parsing: body) else { return nil }
    return LogEntry(
      number: number, at: at, actor: Actor(id: actor), kind: kind, body: body,
      previous: previous, sm3: sm3)
  }

  /// Whether the body may speak of records, found without reading it.
  var mentionsRecords: Bool { Self.mark.isFound(in: body) }

  private static let mark = ByteMark("\"records\":")
}

/// Digests of entries, made without reading their bodies again.
///
/// - Shape: both are over canonical JSON (RFC 8785). The chain's digest covers everything but
///   itself. The leaf of the tree leaves out number and predecessor too: the tree binds the place,
///   and whoever alters one entry and chains the rest anew changes one leaf.
/// - Complexity: as many bytes as the entry has; a body is canonical as it is kept, and one that
///   is not has another digest.
struct EntryHasher: ~Copyable {
  private var hash = SM3()
  private var tree = MerkleHasher()
  private var bytes: [UInt8] = []

  mutating func digest(_ entry: KeptEntry) -> String {
    begin(entry)
    bytes.append(contentsOf: #","number":"#.utf8)
    bytes.append(contentsOf: String(entry.number).utf8)
    bytes.append(contentsOf: #","previous":"#.utf8)
    quote(entry.previous)
    bytes.append(UInt8(ascii: "}"))
    hash.update(bytes)
    return Hexadecimal.text(hash.finishAndRestart())
  }

  mutating func leaf(_ entry: KeptEntry) -> [UInt8] {
    begin(entry)
    bytes.append(UInt8(ascii: "}"))
    return tree.leaf(bytes)
  }

  private mutating func begin(_ entry: KeptEntry) {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(contentsOf: #"{"actor":"#.utf8)
    quote(entry.actor)
    bytes.append(contentsOf: #","at":"#.utf8)
    quote(entry.at)
    bytes.append(contentsOf: #","body":"#.utf8)
    bytes.append(contentsOf: entry.body.utf8)
    bytes.append(contentsOf: #","kind":"#.utf8)
    quote(entry.kind)
  }

  private mutating func quote(_ text: String) {
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }
    guard isPlain else {
      bytes.append(contentsOf: JSONValue.string(text).canonicalText.utf8)
      return
    }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: text.utf8)
    bytes.append(UInt8(ascii: "\""))
  }
}

/// A run of bytes to look for.
struct ByteMark: Sendable {
  private let bytes: [UInt8]

  init(_ text: String) { bytes = Array(text.utf8) }

  func isFound(in text: String) -> Bool {
    guard let first = bytes.first else { return true }
    var text = text
    return text.withUTF8 { buffer in
      guard buffer.count >= bytes.count else { return false }
      return (0...buffer.count - bytes.count).contains { start in
        buffer[start] == first
          && bytes.indices.allSatisfy { buffer[start + $0] == bytes[$0] }
      }
    }
  }
}
