/// Reads the YAML subset, a line at a time; nesting is limited, so no file can exhaust the stack.
struct PackReader {
  /// Deeper than any pack needs, shallow enough for any thread.
  static let depthMax = 16
  static let bytesMax = 4_000_000

  struct Line {
    let number: Int
    let indent: Int
    let content: [UInt8]
  }

  let file: String
  private var lines: [Line] = []
  private var position = 0

  init(bytes: [UInt8], file: String) throws(PackFault) {
    self.file = file
    let start = PackOrigin(file: file, line: 1)
    guard bytes.count <= Self.bytesMax else {
      throw PackFault(start, .tooLarge(bytes: bytes.count, allowed: Self.bytesMax))
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw PackFault(start, .notUTF8)
    }
    let rows = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
    guard let first = rows.first, Self.isChineseComment(Substring(first)) else {
      throw PackFault(start, .noChineseComment)
    }
    for (index, row) in rows.enumerated() {
      if let line = try Self.line(Array(row), at: PackOrigin(file: file, line: index + 1)) {
        lines.append(line)
      }
    }
  }

  mutating func document() throws(PackFault) -> PackNode {
    guard let first = lines.first else {
      throw PackFault(PackOrigin(file: file, line: 1), .empty)
    }
    guard first.indent == 0 else { throw fault(first, .wrongIndent) }
    let node = try block(indent: 0, depth: 0)
    if position < lines.count { throw fault(lines[position], .wrongIndent) }
    return node
  }

  // MARK: Lines

  private static func isChineseComment(_ line: Substring) -> Bool {
    line.hasPrefix("#") && line.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
  }

  private static func line(_ row: [UInt8], at origin: PackOrigin) throws(PackFault) -> Line? {
    if row.contains(0x0D) { throw PackFault(origin, .carriageReturn) }
    let indent = row.prefix { $0 == 0x20 }.count
    if let control = row.first(where: { $0 < 0x20 }) {
      throw PackFault(origin, .controlCharacter(code: Int(control)))
    }
    guard indent < row.count, row[indent] != UInt8(ascii: "#") else { return nil }
    guard indent.isMultiple(of: 2) else { throw PackFault(origin, .wrongIndent) }
    let content = withoutComment(row[indent...])
    if indent == 0, content == Array("---".utf8) || content == Array("...".utf8) {
      throw PackFault(origin, .secondDocument)
    }
    return Line(number: origin.line, indent: indent, content: content)
  }

  /// The line without the comment after a space and `#` outside quotes, and trailing spaces.
  private static func withoutComment(_ row: ArraySlice<UInt8>) -> [UInt8] {
    var isQuoted = false
    var isEscaped = false
    var end = row.endIndex
    for index in row.indices {
      let byte = row[index]
      if isQuoted {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isQuoted = false
        }
      } else if byte == UInt8(ascii: "\"") {
        isQuoted = true
      } else if byte == UInt8(ascii: "#"), index > row.startIndex, row[index - 1] == 0x20 {
        end = index
        break
      }
    }
    while end > row.startIndex, row[end - 1] == 0x20 { end -= 1 }
    return Array(row[row.startIndex..<end])
  }

  // MARK: Blocks

  private func fault(_ line: Line, _ what: PackFault.What) -> PackFault {
    PackFault(origin(of: line), what)
  }

  private static func isItem(_ content: [UInt8]) -> Bool {
    content.first == UInt8(ascii: "-") && (content.count == 1 || content[1] == 0x20)
  }

  private mutating func block(indent: Int, depth: Int) throws(PackFault) -> PackNode {
    let line = lines[position]
    guard depth < Self.depthMax else { throw fault(line, .tooDeep(allowed: Self.depthMax)) }
    guard line.indent == indent else { throw fault(line, .wrongIndent) }
    return Self.isItem(line.content)
      ? try list(indent: indent, depth: depth) : try map(indent: indent, depth: depth)
  }

  private mutating func list(indent: Int, depth: Int) throws(PackFault) -> PackNode {
    let start = origin(of: lines[position])
    var nodes: [PackNode] = []
    while position < lines.count, lines[position].indent == indent,
      Self.isItem(lines[position].content)
    {
      let line = lines[position]
      let rest = Array(line.content.dropFirst(2))
      guard rest.first != 0x20 else { throw fault(line, .wrongIndent) }
      if rest.isEmpty {
        nodes.append(try nested(under: line, depth: depth))
      } else if try Self.keyLength(rest, at: origin(of: line)) != nil {
        lines[position] = Line(number: line.number, indent: indent + 2, content: rest)
        nodes.append(try block(indent: indent + 2, depth: depth + 1))
      } else {
        nodes.append(try flow(rest, of: line))
        position += 1
      }
    }
    return PackNode(.list(nodes), at: start)
  }

  private mutating func map(indent: Int, depth: Int) throws(PackFault) -> PackNode {
    let start = origin(of: lines[position])
    var entries: [PackEntry] = []
    var keys: Set<String> = []
    while position < lines.count, lines[position].indent == indent,
      !Self.isItem(lines[position].content)
    {
      let line = lines[position]
      let place = origin(of: line)
      guard let length = try Self.keyLength(line.content, at: place) else {
        throw fault(line, .keyExpected)
      }
      var scanner = PackScanner(bytes: line.content, origin: place)
      let key = try scanner.key()
      guard keys.insert(key).inserted else { throw fault(line, .keyTwice(key)) }
      let rest = Array(line.content.dropFirst(length + 1).drop { $0 == 0x20 })
      let value: PackNode
      if rest.isEmpty {
        value = try nested(under: line, depth: depth)
      } else {
        value = try flow(rest, of: line)
        position += 1
      }
      entries.append(PackEntry(key: key, origin: place, value: value))
    }
    return PackNode(.map(entries), at: start)
  }

  /// The block below a line that ends after its key or dash.
  private mutating func nested(under line: Line, depth: Int) throws(PackFault) -> PackNode {
    position += 1
    guard position < lines.count, lines[position].indent > line.indent else {
      throw fault(line, .valueMissing)
    }
    return try block(indent: line.indent + 2, depth: depth + 1)
  }

  private func origin(of line: Line) -> PackOrigin {
    PackOrigin(file: file, line: line.number)
  }

  /// How many bytes the key at the start has, if a colon and a space or nothing follow it.
  private static func keyLength(
    _ content: [UInt8], at origin: PackOrigin
  ) throws(PackFault) -> Int? {
    guard let first = content.first, first == UInt8(ascii: "\"") || PackScanner.isWord(first)
    else { return nil }
    var scanner = PackScanner(bytes: content, origin: origin)
    if first == UInt8(ascii: "\"") {
      _ = try scanner.quoted()
    } else {
      _ = scanner.word()
    }
    let length = scanner.offset
    guard length < content.count, content[length] == UInt8(ascii: ":") else { return nil }
    guard length + 1 == content.count || content[length + 1] == 0x20 else { return nil }
    return length
  }

  private func flow(_ content: [UInt8], of line: Line) throws(PackFault) -> PackNode {
    var scanner = PackScanner(bytes: content, origin: origin(of: line))
    let node = try scanner.value(depth: 0)
    guard scanner.offset == content.count else { throw fault(line, .trailing) }
    return node
  }
}
