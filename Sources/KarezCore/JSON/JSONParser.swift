/// Why a text is not JSON we accept; `offset` counts bytes from the start.
public enum JSONError: Error, Hashable, Sendable {
  case unexpected(offset: Int)
  case endsTooSoon
  case tooDeep(offset: Int)
  case duplicateKey(String, offset: Int)
  case numberOutOfRange(offset: Int)
  case invalidText(offset: Int)
  case trailing(offset: Int)
}

extension JSONValue {
  /// Reads JSON from outside: strict, at most `maximumDepth` levels, no key twice in an object.
  ///
  /// - Source: RFC 8259; the limits are those of the upload rules.
  public init(parsing bytes: [UInt8], maximumDepth: Int = 64) throws(JSONError) {
    var parser = JSONParser(bytes: bytes, maximumDepth: maximumDepth)
    self = try parser.document()
  }

  public init(parsing text: String) throws(JSONError) { try self.init(parsing: Array(text.utf8)) }
}

private struct JSONParser {
  let bytes: [UInt8]
  let maximumDepth: Int
  var offset = 0

  init(bytes: [UInt8], maximumDepth: Int) {
    self.bytes = bytes
    self.maximumDepth = maximumDepth
  }

  mutating func document() throws(JSONError) -> JSONValue {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    let value = try self.value(depth: 0)
    skipSpace()
    guard offset == bytes.count else { throw .trailing(offset: offset) }
    return value
  }

  private mutating func skipSpace() {
    while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
  }

  private func peek() throws(JSONError) -> UInt8 {
    guard offset < bytes.count else { throw .endsTooSoon }
    return bytes[offset]
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    guard depth <= maximumDepth else { throw .tooDeep(offset: offset) }
    skipSpace()
    switch try peek() {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ text: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
    guard bytes[offset...].starts(with: text.utf8) else { throw .unexpected(offset: offset) }
    offset += text.utf8.count
    return value
  }

  /// Whether a list goes on after one of its elements; steps over the comma or the closer.
  private mutating func goesOn(until closer: UInt8) throws(JSONError) -> Bool {
    skipSpace()
    let byte = try peek()
    guard byte == closer || byte == UInt8(ascii: ",") else { throw .unexpected(offset: offset) }
    offset += 1
    return byte != closer
  }

  private mutating func opensEmpty(closer: UInt8) throws(JSONError) -> Bool {
    offset += 1
    skipSpace()
    guard try peek() == closer else { return false }
    offset += 1
    return true
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
    var elements: [JSONValue] = []
    if try opensEmpty(closer: UInt8(ascii: "]")) { return .array(elements) }
    repeat {
      elements.append(try value(depth: depth + 1))
    } while try goesOn(until: UInt8(ascii: "]"))
    return .array(elements)
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
    var members: [String: JSONValue] = [:]
    if try opensEmpty(closer: UInt8(ascii: "}")) { return .object(members) }
    repeat {
      skipSpace()
      let keyOffset = offset
      guard try peek() == UInt8(ascii: "\"") else { throw .unexpected(offset: offset) }
      let key = try string()
      skipSpace()
      guard try peek() == UInt8(ascii: ":") else { throw .unexpected(offset: offset) }
      offset += 1
      let member = try value(depth: depth + 1)
      guard members.updateValue(member, forKey: key) == nil else {
        throw .duplicateKey(key, offset: keyOffset)
      }
    } while try goesOn(until: UInt8(ascii: "}"))
    return .object(members)
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = offset
    if try peek() == UInt8(ascii: "-") { offset += 1 }
    let firstDigit = offset
    let wholeCount = skipDigits()
    guard wholeCount > 0 else { throw .unexpected(offset: start) }
    guard wholeCount == 1 || bytes[firstDigit] != UInt8(ascii: "0") else {
      throw .unexpected(offset: start)
    }
    var isInteger = true
    if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
      isInteger = false
      offset += 1
      guard skipDigits() > 0 else { throw .unexpected(offset: offset) }
    }
    if offset < bytes.count, [0x65, 0x45].contains(bytes[offset]) {
      isInteger = false
      offset += 1
      if offset < bytes.count, [0x2B, 0x2D].contains(bytes[offset]) { offset += 1 }
      guard skipDigits() > 0 else { throw .unexpected(offset: offset) }
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    if isInteger, let value = Int64(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw .numberOutOfRange(offset: start) }
    return .number(value)
  }

  private mutating func skipDigits() -> Int {
    let start = offset
    while offset < bytes.count, (0x30...0x39).contains(bytes[offset]) { offset += 1 }
    return offset - start
  }

  private mutating func string() throws(JSONError) -> String {
    let start = offset
    offset += 1
    // Nearly every text is plain to its end, and is then taken in one piece.
    while offset < bytes.count, bytes[offset] >= 0x20, bytes[offset] != UInt8(ascii: "\\"),
      bytes[offset] != UInt8(ascii: "\"")
    {
      offset += 1
    }
    var units = Array(bytes[(start + 1)..<offset])
    while true {
      let byte = try peek()
      offset += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: units, as: UTF8.self) else {
          throw .invalidText(offset: start)
        }
        return text
      case UInt8(ascii: "\\"): units.append(contentsOf: String(try escape()).utf8)
      case 0..<0x20: throw .unexpected(offset: offset - 1)
      default: units.append(byte)
      }
    }
  }

  private mutating func escape() throws(JSONError) -> Character {
    let byte = try peek()
    offset += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return Character(try unicodeEscape())
    default: throw .unexpected(offset: offset - 1)
    }
  }

  private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let first = try fourHexDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard (0xD800..<0xDC00).contains(first), bytes[offset...].starts(with: [0x5C, 0x75]) else {
      throw .invalidText(offset: offset)
    }
    offset += 2
    let second = try fourHexDigits()
    let isLow = (0xDC00..<0xE000).contains(second)
    let value = 0x10000 + ((first - 0xD800) << 10) + (isLow ? second - 0xDC00 : 0)
    guard isLow, let scalar = Unicode.Scalar(value) else { throw .invalidText(offset: offset) }
    return scalar
  }

  private mutating func fourHexDigits() throws(JSONError) -> UInt32 {
    guard bytes.count - offset >= 4 else { throw .endsTooSoon }
    var value: UInt32 = 0
    for byte in bytes[offset..<offset + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw .unexpected(offset: offset)
      }
      value = value << 4 | UInt32(digit)
    }
    offset += 4
    return value
  }
}
