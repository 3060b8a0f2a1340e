import KarezGeometry

/// The coordinates of a KML or GML document, checked before the library reads them.
///
/// The library leaves out a vertex it cannot read, or takes it for 0, and goes on with a ring that
/// is another one.
/// - Shape: in each element `coordinates`, tuples of two or three plain numbers, parted by commas;
///   in each `pos` and `posList` of GML, as many plain numbers as make whole positions; and nothing
///   else: no comment, reference, marked section or element.
/// - Source: OGC 12-007r2, 9.7 and 10.6; OGC 07-036r1 (GML 3.2.1), 10.1.4.
package struct MarkupCoordinates {
  private let format: SourceFormat
  private var bytes: ByteWalk

  /// What an element holds between its tags.
  private enum Content {
    case other
    case tuples
    case numbers
  }

  /// No three numbers are longer.
  private static let mostBytes = 200

  /// Walks the whole document.
  ///
  /// - Errors: `text`, with the line, at the first tuple that is none.
  package static func check(
    _ source: any ByteSource, of format: SourceFormat
  ) throws(ReadingError) {
    var walk = MarkupCoordinates(format: format, bytes: ByteWalk(source))
    while let byte = try walk.bytes.next() {
      guard byte == UInt8(ascii: "<") else { continue }
      let content = try walk.opened()
      if content != .other { try walk.check(content) }
    }
  }

  // MARK: Markup

  /// Steps over what begins with `<`, and says what follows it.
  private mutating func opened() throws(ReadingError) -> Content {
    guard let first = try bytes.next() else { return .other }
    switch first {
    case UInt8(ascii: "!"):
      try skipDeclaration()
      return .other
    case UInt8(ascii: "?"):
      try skip(past: Array("?>".utf8))
      return .other
    case UInt8(ascii: "/"):
      try skip(past: Array(">".utf8))
      return .other
    default: return try startTag(from: first)
    }
  }

  private mutating func startTag(from first: UInt8) throws(ReadingError) -> Content {
    var name = [first]
    var isName = true
    var quote: UInt8?
    var last = first
    while let byte = try bytes.next() {
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        return last == UInt8(ascii: "/") ? .other : content(of: name)
      }
      if Self.isSpace(byte) || byte == UInt8(ascii: "/") { isName = false }
      if isName, name.count < 100 { name.append(byte) }
      last = byte
    }
    return .other
  }

  private func content(of name: [UInt8]) -> Content {
    switch String(decoding: name.split(separator: UInt8(ascii: ":")).last ?? [], as: UTF8.self) {
    case "coordinates": .tuples
    case "pos" where format == .gml, "posList" where format == .gml: .numbers
    default: .other
    }
  }

  /// Steps over a comment or a marked section.
  private mutating func skipDeclaration() throws(ReadingError) {
    switch try bytes.next() {
    case UInt8(ascii: "-"):
      _ = try bytes.next()
      try skip(past: Array("-->".utf8))
    case UInt8(ascii: "["): try skip(past: Array("]]>".utf8))
    default: try skip(past: Array(">".utf8))
    }
  }

  private mutating func skip(past end: [UInt8]) throws(ReadingError) {
    var tail: [UInt8] = []
    while let byte = try bytes.next() {
      if tail.count == end.count { tail.removeFirst() }
      tail.append(byte)
      if tail == end { return }
    }
  }

  // MARK: Tuples

  /// Reads tuples or numbers until the element ends.
  private mutating func check(_ content: Content) throws(ReadingError) {
    var tuple: [UInt8] = []
    var start = bytes.place
    var count = 0
    while let byte = try bytes.next() {
      if Self.isSpace(byte) || byte == UInt8(ascii: "<") {
        try check(tuple, content, at: start)
        if !tuple.isEmpty { count += 1 }
        tuple.removeAll(keepingCapacity: true)
      } else {
        if tuple.isEmpty { start = bytes.place }
        tuple.append(byte)
        if tuple.count > Self.mostBytes { try check(tuple, content, at: start) }
      }
      if byte == UInt8(ascii: "<") {
        let markup = bytes.place
        let following = try bytes.next()
        guard following == UInt8(ascii: "/") else {
          throw fault([byte] + (following.map { [$0] } ?? []), content, at: markup)
        }
        // Positions have two or three numbers; one that lacks would shift all that follow.
        if content == .numbers, count % 2 != 0, count % 3 != 0 {
          throw fault(Array("\(count)".utf8), content, at: start)
        }
        return try skip(past: Array(">".utf8))
      }
    }
  }

  private func check(
    _ tuple: [UInt8], _ content: Content, at place: InputPlace
  ) throws(ReadingError) {
    guard !tuple.isEmpty else { return }
    if content == .numbers {
      guard NumberText.value(of: tuple) != nil else { throw fault(tuple, content, at: place) }
      return
    }
    let parts = tuple.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), parts.allSatisfy({ NumberText.value(of: $0) != nil })
    else { throw fault(tuple, content, at: place) }
  }

  private func fault(
    _ found: [UInt8], _ content: Content, at place: InputPlace
  ) -> ReadingError {
    let expected = content == .numbers ? ExpectedInput.wholePositions : .coordinateTuple
    return .text(format, found: found, expected: expected, at: place)
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }
}
