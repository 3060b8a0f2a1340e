/// Why a body is not `multipart/form-data` we accept.
public enum MultipartError: Error, Hashable, Sendable {
  case noBoundary
  case headersTooLong(part: Int)
  case headersMalformed(part: Int)
  case tooManyParts
  case duplicateName(String)
  case endsTooSoon

  /// Which part is at fault, from 1; empty where none is.
  var place: String {
    switch self {
    case .headersTooLong(let part), .headersMalformed(let part): "part \(part)"
    case .duplicateName(let name): name
    case .noBoundary, .tooManyParts, .endsTooSoon: ""
    }
  }
}

/// Takes a form apart while it arrives; holds no more of it than a line and a chunk.
///
/// - Shape: at most `maximumParts` parts, each with at most 8 kB of headers and a name no other
///   part has; a file's name is kept for its ending only, without any folder.
/// - Source: RFC 7578, RFC 2046 §5.1.
struct MultipartParser {
  struct PartHead: Hashable, Sendable {
    let name: String
    /// Last component of the name the sender gave, without control characters.
    let fileName: String?
  }

  enum Event: Hashable, Sendable {
    case part(PartHead)
    case data([UInt8])
    case partEnd
    case end
  }

  private enum State {
    case preamble
    case headers
    case data
    case end
  }

  static let maximumParts = 24
  static let maximumHeaderBytes = 8_192

  private let delimiter: [UInt8]
  private var state = State.preamble
  private var buffer: [UInt8]
  private var parts = 0
  private var names: Set<String> = []
  /// Names that files have; only those may stand again, and only where several files may come.
  private var fileNames: Set<String> = []
  private let mostFiles: Int

  /// A parser for the boundary, which is 1 to 70 characters of RFC 2046.
  init(boundary: String, mostFiles: Int = 1) throws(MultipartError) {
    self.mostFiles = mostFiles
    let bytes = Array(boundary.utf8)
    let isPlain = bytes.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: Array("'()+_,-./:=? ".utf8).contains(byte)
      }
    }
    guard (1...70).contains(bytes.count), isPlain, bytes.last != 0x20 else { throw .noBoundary }
    delimiter = Array("\r\n--".utf8) + bytes
    // A body may begin with the delimiter itself, without the line break before it.
    buffer = [0x0D, 0x0A]
  }

  /// The boundary named in a content type, if it is a form's.
  static func boundary(ofContentType text: String) -> String? {
    let parts = text.split(separator: ";", omittingEmptySubsequences: false).map(trimmed)
    guard parts.first?.lowercased() == "multipart/form-data" else { return nil }
    for part in parts.dropFirst() {
      guard let equals = part.firstIndex(of: "="),
        trimmed(part[..<equals]).lowercased() == "boundary"
      else { continue }
      let value = trimmed(part[part.index(after: equals)...])
      guard value.hasPrefix("\""), value.hasSuffix("\""), value.count >= 2 else { return value }
      return String(value.dropFirst().dropLast())
    }
    return nil
  }

  /// What a further chunk of the body completes.
  mutating func feed(_ chunk: some Sequence<UInt8>) throws(MultipartError) -> [Event] {
    guard state != .end else { return [] }
    buffer.append(contentsOf: chunk)
    var events: [Event] = []
    while try step(into: &events) {}
    return events
  }

  /// Says that nothing follows.
  func finish() throws(MultipartError) {
    guard state == .end else { throw .endsTooSoon }
  }

  private mutating func step(into events: inout [Event]) throws(MultipartError) -> Bool {
    switch state {
    case .preamble: return try skipPreamble(into: &events)
    case .headers: return try readHeaders(into: &events)
    case .data: return try readData(into: &events)
    case .end: return false
    }
  }

  private mutating func skipPreamble(into events: inout [Event]) throws(MultipartError) -> Bool {
    guard let found = Self.first(delimiter, in: buffer) else {
      // Nothing before the first delimiter counts; keep what may be its beginning.
      let kept = min(buffer.count, delimiter.count - 1)
      buffer.removeFirst(buffer.count - kept)
      return false
    }
    return try passDelimiter(at: found, into: &events)
  }

  private mutating func readData(into events: inout [Event]) throws(MultipartError) -> Bool {
    guard let found = Self.first(delimiter, in: buffer) else {
      let ready = buffer.count - (delimiter.count - 1)
      if ready > 0 {
        events.append(.data(Array(buffer[..<ready])))
        buffer.removeFirst(ready)
      }
      return false
    }
    let after = found + delimiter.count
    guard buffer.count >= after + 2 else { return false }
    if found > 0 { events.append(.data(Array(buffer[..<found]))) }
    events.append(.partEnd)
    buffer.removeFirst(found)
    return try passDelimiter(at: 0, into: &events)
  }

  /// Steps over a delimiter: `--` ends the form, a line break begins a part.
  private mutating func passDelimiter(
    at found: Int, into events: inout [Event]
  ) throws(MultipartError) -> Bool {
    let after = found + delimiter.count
    guard buffer.count >= after + 2 else { return false }
    switch (buffer[after], buffer[after + 1]) {
    case (0x2D, 0x2D):
      state = .end
      buffer = []
      events.append(.end)
      return false
    case (0x0D, 0x0A):
      parts += 1
      guard parts < Self.maximumParts + mostFiles else { throw .tooManyParts }
      buffer.removeFirst(after + 2)
      state = .headers
      return true
    default: throw .headersMalformed(part: parts + 1)
    }
  }

  private mutating func readHeaders(into events: inout [Event]) throws(MultipartError) -> Bool {
    guard let found = Self.first([0x0D, 0x0A, 0x0D, 0x0A], in: buffer) else {
      guard buffer.count <= Self.maximumHeaderBytes else { throw .headersTooLong(part: parts) }
      return false
    }
    guard found <= Self.maximumHeaderBytes else { throw .headersTooLong(part: parts) }
    guard let text = String(validating: buffer[..<found], as: UTF8.self) else {
      throw .headersMalformed(part: parts)
    }
    let head = try Self.head(of: text, part: parts)
    let isFile = mostFiles > 1 && head.fileName != nil
    guard names.insert(head.name).inserted || isFile && fileNames.contains(head.name) else {
      throw .duplicateName(head.name)
    }
    if isFile { fileNames.insert(head.name) }
    buffer.removeFirst(found + 4)
    events.append(.part(head))
    state = .data
    return true
  }

  private static func head(of text: String, part: Int) throws(MultipartError) -> PartHead {
    for line in text.split(whereSeparator: \.isNewline) {
      guard let colon = line.firstIndex(of: ":"),
        trimmed(line[..<colon]).lowercased() == "content-disposition"
      else { continue }
      let fields = parameters(of: String(line[line.index(after: colon)...]))
      guard let name = fields["name"], !name.isEmpty, name.utf8.count <= 64 else {
        throw .headersMalformed(part: part)
      }
      return PartHead(name: name, fileName: fields["filename"].map(plainFileName))
    }
    throw .headersMalformed(part: part)
  }

  /// `key="value"` pairs; a quoted value may hold semicolons and escaped quotes.
  private static func parameters(of text: String) -> [String: String] {
    var fields: [String: String] = [:]
    var key = ""
    var value = ""
    var isValue = false
    var isQuoted = false
    var isEscaped = false
    func store() {
      let name = trimmed(key).lowercased()
      if isValue, !name.isEmpty, fields[name] == nil { fields[name] = value }
    }
    for character in text {
      if isEscaped {
        // A browser writes a quote as %22; a backslash before anything else is part of a path.
        if character != "\"" { value.append("\\") }
        value.append(character)
        isEscaped = false
      } else if isQuoted, character == "\\" {
        isEscaped = true
      } else if isValue, character == "\"" {
        isQuoted.toggle()
      } else if !isQuoted, character == ";" {
        store()
        (key, value, isValue) = ("", "", false)
      } else if !isValue, character == "=" {
        isValue = true
      } else if isValue {
        value.append(character)
      } else {
        key.append(character)
      }
    }
    store()
    return fields
  }

  private static func plainFileName(_ text: String) -> String {
    let last = text.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
    let kept = last.unicodeScalars.filter { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator: false
      default: true
      }
    }
    let name = String(String.UnicodeScalarView(kept))
    return name == "." || name == ".." ? "" : String(name.suffix(120))
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    let end = text.lastIndex { !isSpace($0) }
    guard let end else { return "" }
    return String(text[...end].drop(while: isSpace))
  }

  /// Where a pattern first begins, looking for its first byte before comparing the rest.
  private static func first(_ pattern: [UInt8], in bytes: [UInt8]) -> Int? {
    guard let head = pattern.first, bytes.count >= pattern.count else { return nil }
    var index = 0
    let last = bytes.count - pattern.count
    while index <= last {
      guard let candidate = bytes[index...last].firstIndex(of: head) else { return nil }
      if bytes[candidate..<candidate + pattern.count].elementsEqual(pattern) { return candidate }
      index = candidate + 1
    }
    return nil
  }
}
