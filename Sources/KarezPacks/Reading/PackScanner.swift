/// Reads what stands on one line: text in quotes, words, and lists and mappings in brackets.
struct PackScanner {
  let bytes: [UInt8]
  let origin: PackOrigin
  var offset = 0

  init(bytes: [UInt8], origin: PackOrigin) {
    self.bytes = bytes
    self.origin = origin
  }

  /// A byte a plain word may have.
  static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "."): true
    default: false
    }
  }

  private func fault(_ what: PackFault.What) -> PackFault { PackFault(origin, what) }

  private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipSpace() {
    while current == 0x20 { offset += 1 }
  }

  mutating func value(depth: Int) throws(PackFault) -> PackNode {
    guard depth < PackReader.depthMax else {
      throw fault(.tooDeep(allowed: PackReader.depthMax))
    }
    switch current {
    case UInt8(ascii: "\""): return PackNode(.text(try quoted()), at: origin)
    case UInt8(ascii: "["): return try list(depth: depth)
    case UInt8(ascii: "{"): return try map(depth: depth)
    case UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "!"): throw fault(.anchorOrTag)
    case UInt8(ascii: "|"), UInt8(ascii: ">"): throw fault(.blockText)
    case nil: throw fault(.valueMissing)
    default: return try plain()
    }
  }

  /// A plain word; what YAML could read as a number, a date or a boolean must be quoted.
  private mutating func plain() throws(PackFault) -> PackNode {
    let word = self.word()
    if let current, current != 0x20, !Self.isDelimiter(current) {
      throw fault(.quotesMissing(String(decoding: bytes, as: UTF8.self)))
    }
    switch word {
    case "null": return PackNode(.null, at: origin)
    case "true": return PackNode(.boolean(true), at: origin)
    case "false": return PackNode(.boolean(false), at: origin)
    default: break
    }
    if let first = word.utf8.first, (0x30...0x39).contains(first) || "-.".utf8.contains(first) {
      throw fault(.bareNumber(word))
    }
    let isLikeABoolean = ["yes", "no", "on", "off", "y", "n", "true", "false", "null"]
      .contains(word.lowercased())
    guard !word.isEmpty, !isLikeABoolean else {
      throw fault(.quotesMissing(String(decoding: bytes, as: UTF8.self)))
    }
    return PackNode(.text(word), at: origin)
  }

  private static func isDelimiter(_ byte: UInt8) -> Bool { ",]}".utf8.contains(byte) }

  mutating func word() -> String {
    let start = offset
    while let byte = current, Self.isWord(byte) { offset += 1 }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  /// A key: a word that begins with a letter or text in quotes.
  mutating func key() throws(PackFault) -> String {
    if current == UInt8(ascii: "\"") { return try quoted() }
    let word = self.word()
    guard let first = word.utf8.first, !(0x30...0x39).contains(first), first != 0x2D else {
      throw fault(.bareNumber(word))
    }
    return word
  }

  mutating func quoted() throws(PackFault) -> String {
    offset += 1
    var text: [UInt8] = []
    while let byte = current {
      offset += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text.append(try escaped())
      default: text.append(byte)
      }
    }
    throw fault(.quoteNotClosed)
  }

  private mutating func escaped() throws(PackFault) -> UInt8 {
    guard let byte = current else { throw fault(.quoteNotClosed) }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): return byte
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "t"): return 0x09
    default: throw fault(.unknownEscape(String(decoding: [byte], as: UTF8.self)))
    }
  }

  private mutating func list(depth: Int) throws(PackFault) -> PackNode {
    offset += 1
    var nodes: [PackNode] = []
    skipSpace()
    if current == UInt8(ascii: "]") {
      offset += 1
      return PackNode(.list([]), at: origin)
    }
    repeat {
      skipSpace()
      nodes.append(try value(depth: depth + 1))
    } while try goesOn(until: UInt8(ascii: "]"))
    return PackNode(.list(nodes), at: origin)
  }

  private mutating func map(depth: Int) throws(PackFault) -> PackNode {
    offset += 1
    var entries: [PackEntry] = []
    skipSpace()
    if current == UInt8(ascii: "}") {
      offset += 1
      return PackNode(.map([]), at: origin)
    }
    repeat {
      skipSpace()
      let key = try key()
      guard current == UInt8(ascii: ":") else { throw fault(.keyExpected) }
      offset += 1
      guard current == 0x20 else { throw fault(.keyExpected) }
      skipSpace()
      let value = try value(depth: depth + 1)
      guard !entries.contains(where: { $0.key == key }) else { throw fault(.keyTwice(key)) }
      entries.append(PackEntry(key: key, origin: origin, value: value))
    } while try goesOn(until: UInt8(ascii: "}"))
    return PackNode(.map(entries), at: origin)
  }

  /// Whether a comma follows; steps over it or over the closing bracket.
  private mutating func goesOn(until closer: UInt8) throws(PackFault) -> Bool {
    skipSpace()
    guard let byte = current else { throw fault(.bracketNotClosed) }
    offset += 1
    if byte == UInt8(ascii: ",") { return true }
    if byte == closer { return false }
    throw fault(.bracketNotClosed)
  }
}
