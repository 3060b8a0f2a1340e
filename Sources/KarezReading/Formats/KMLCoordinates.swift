import KarezGeometry

/// The coordinates of a KML document, checked before the library reads them.
///
/// The library leaves out a vertex it cannot read and goes on with a ring that is another one.
/// - Shape: in each element `coordinates`, tuples of two or three plain numbers, parted by commas,
///   and nothing else: no comment, reference, marked section or element.
/// - Source: OGC 12-007r2, 9.7 and 10.6.
package struct KMLCoordinates {
  private var bytes: ByteWalk

  /// No three numbers are longer.
  private static let mostBytes = 200

  /// Walks the whole document.
  ///
  /// - Errors: `text`, with the line, at the first tuple that is none.
  package static func check(_ source: any ByteSource) throws(ReadingError) {
    var walk = KMLCoordinates(bytes: ByteWalk(source))
    while let byte = try walk.bytes.next() {
      if byte == UInt8(ascii: "<"), try walk.opensCoordinates() { try walk.checkTuples() }
    }
  }

  // MARK: Markup

  /// Steps over what begins with `<`; true for the start of an element of coordinates.
  private mutating func opensCoordinates() throws(ReadingError) -> Bool {
    guard let first = try bytes.next() else { return false }
    switch first {
    case UInt8(ascii: "!"):
      try skipDeclaration()
      return false
    case UInt8(ascii: "?"):
      try skip(past: Array("?>".utf8))
      return false
    case UInt8(ascii: "/"):
      try skip(past: Array(">".utf8))
      return false
    default: return try startTag(from: first)
    }
  }

  private mutating func startTag(from first: UInt8) throws(ReadingError) -> Bool {
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
        let local = name.split(separator: UInt8(ascii: ":")).last ?? []
        return last != UInt8(ascii: "/") && local.elementsEqual("coordinates".utf8)
      }
      if Self.isSpace(byte) || byte == UInt8(ascii: "/") { isName = false }
      if isName, name.count < 100 { name.append(byte) }
      last = byte
    }
    return false
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

  /// Reads tuples until the element ends.
  private mutating func checkTuples() throws(ReadingError) {
    var tuple: [UInt8] = []
    var start = bytes.place
    while let byte = try bytes.next() {
      if Self.isSpace(byte) || byte == UInt8(ascii: "<") {
        try Self.check(tuple, at: start)
        tuple.removeAll(keepingCapacity: true)
      } else {
        if tuple.isEmpty { start = bytes.place }
        tuple.append(byte)
        if tuple.count > Self.mostBytes { try Self.check(tuple, at: start) }
      }
      if byte == UInt8(ascii: "<") {
        let markup = bytes.place
        let following = try bytes.next()
        guard following == UInt8(ascii: "/") else {
          throw Self.fault([byte] + (following.map { [$0] } ?? []), at: markup)
        }
        return try skip(past: Array(">".utf8))
      }
    }
  }

  private static func check(_ tuple: [UInt8], at place: InputPlace) throws(ReadingError) {
    guard !tuple.isEmpty else { return }
    let parts = tuple.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), parts.allSatisfy({ NumberText.value(of: $0) != nil })
    else { throw fault(tuple, at: place) }
  }

  private static func fault(_ found: [UInt8], at place: InputPlace) -> ReadingError {
    .text(.kml, found: found, expected: .coordinateTuple, at: place)
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }
}
