import KarezCore

/// An element of a query written in XML, without its namespaces.
///
/// Reads what a query may be made of and nothing else: elements, attributes, text, comments, and the
/// five entities and characters by number. A declaration of a document type is refused, and with it
/// every entity that could be declared.
///
/// - Source: XML 1.0, fifth edition.
struct QueryElement: Hashable {
  static let mostBytes = 8_192
  static let mostDepth = 24
  static let mostElements = 400

  /// Without a prefix.
  let name: String
  /// Without prefixes.
  let attributes: [String: String]
  fileprivate(set) var children: [QueryElement] = []
  /// Everything between the tags that is no element.
  fileprivate(set) var text = ""

  /// - Errors: `malformed` with the byte, `tooLarge`.
  static func root(of text: String) throws(QueryFault) -> QueryElement {
    let bytes = Array(text.utf8)
    guard bytes.count <= mostBytes else { throw .tooLarge(.bytes) }
    var reader = ElementReader(bytes)
    return try reader.document()
  }

  /// The text without the space around it.
  var trimmed: String {
    let space: (Character) -> Bool = { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "\r" }
    var rest = text[...].drop(while: space)
    while let last = rest.last, space(last) { rest.removeLast() }
    return String(rest)
  }
}

/// Takes XML apart, byte by byte.
private struct ElementReader {
  private let bytes: [UInt8]
  private var offset = 0
  private var elements = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private var malformed: QueryFault { .malformed(byte: offset) }

  mutating func document() throws(QueryFault) -> QueryElement {
    skipSpace()
    if take("<?xml") {
      while !take("?>") {
        guard offset < bytes.count else { throw malformed }
        offset += 1
      }
    }
    try skipRemarks()
    guard take("<") else { throw malformed }
    let root = try element(depth: 1)
    try skipRemarks()
    guard offset == bytes.count else { throw malformed }
    return root
  }

  /// An element after its `<`.
  private mutating func element(depth: Int) throws(QueryFault) -> QueryElement {
    guard depth <= QueryElement.mostDepth else { throw .tooLarge(.depth) }
    elements += 1
    guard elements <= QueryElement.mostElements else { throw .tooLarge(.nodes) }
    let whole = try name()
    var found = QueryElement(name: Self.local(whole), attributes: try attributes())
    if take("/>") { return found }
    guard take(">") else { throw malformed }
    while true {
      if take("</") {
        guard try name() == whole else { throw malformed }
        skipSpace()
        guard take(">") else { throw malformed }
        return found
      }
      if take("<!--") {
        try skipComment()
      } else if take("<") {
        found.children.append(try element(depth: depth + 1))
      } else {
        found.text += try characters(until: UInt8(ascii: "<"))
      }
    }
  }

  private mutating func attributes() throws(QueryFault) -> [String: String] {
    var found: [String: String] = [:]
    var names: Set<String> = []
    while true {
      let start = offset
      skipSpace()
      guard offset < bytes.count else { throw malformed }
      if bytes[offset] == UInt8(ascii: ">") || bytes[offset] == UInt8(ascii: "/") { return found }
      // Space stands before every attribute.
      guard offset > start else { throw malformed }
      let whole = try name()
      skipSpace()
      guard take("=") else { throw malformed }
      skipSpace()
      guard offset < bytes.count, [0x22, 0x27].contains(bytes[offset]) else { throw malformed }
      let mark = bytes[offset]
      offset += 1
      let value = try characters(until: mark)
      offset += 1
      guard names.insert(whole).inserted else { throw malformed }
      if !whole.hasPrefix("xmlns") { found[Self.local(whole)] = value }
    }
  }

  /// Text up to a byte, its entities resolved; the byte is there.
  private mutating func characters(until end: UInt8) throws(QueryFault) -> String {
    var found: [UInt8] = []
    while offset < bytes.count, bytes[offset] != end {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "&") {
        found += String(try entity()).utf8
        continue
      }
      guard byte != UInt8(ascii: "<"), byte >= 0x20 || [0x09, 0x0A, 0x0D].contains(byte) else {
        throw malformed
      }
      found.append(byte)
      offset += 1
    }
    guard offset < bytes.count else { throw malformed }
    return String(decoding: found, as: UTF8.self)
  }

  private mutating func entity() throws(QueryFault) -> Character {
    for (name, character) in [
      ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"), ("&quot;", "\""), ("&apos;", "'"),
    ] as [(String, Character)] where take(name) { return character }
    let start = offset
    guard take("&#") else { throw malformed }
    let radix = take("x") ? 16 : 10
    let first = offset
    while offset < bytes.count, bytes[offset] != UInt8(ascii: ";") {
      guard offset - first < 8 else { throw .malformed(byte: start) }
      offset += 1
    }
    let digits = String(decoding: bytes[first..<offset], as: UTF8.self)
    guard take(";"), digits.utf8.allSatisfy({ $0 != 0x2B && $0 != 0x2D }),
      let value = UInt32(digits, radix: radix), value >= 0x20,
      let scalar = Unicode.Scalar(value)
    else { throw .malformed(byte: start) }
    return Character(scalar)
  }

  // MARK: Marks

  private static func local(_ name: String) -> String {
    name.split(separator: ":", omittingEmptySubsequences: false).last.map(String.init) ?? name
  }

  private mutating func name() throws(QueryFault) -> String {
    let start = offset
    while offset < bytes.count {
      let byte = bytes[offset]
      let isLetter = (0x41...0x5A).contains(byte & 0xDF) || byte == 0x5F || byte >= 0x80
      let isLater = (0x30...0x3A).contains(byte) || byte == 0x2D || byte == 0x2E
      guard isLetter || (isLater && offset > start) else { break }
      offset += 1
    }
    guard offset > start else { throw malformed }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func skipSpace() {
    while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
  }

  private mutating func skipRemarks() throws(QueryFault) {
    skipSpace()
    while take("<!--") {
      try skipComment()
      skipSpace()
    }
  }

  private mutating func skipComment() throws(QueryFault) {
    while !take("-->") {
      guard offset < bytes.count else { throw malformed }
      offset += 1
    }
  }

  private mutating func take(_ sign: String) -> Bool {
    guard bytes[offset...].starts(with: sign.utf8) else { return false }
    offset += sign.utf8.count
    return true
  }
}
