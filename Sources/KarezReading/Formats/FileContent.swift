/// What the first bytes of a file say it is; its name says nothing.
package enum FileContent: Hashable, Sendable {
  case zip
  case shapefile
  case sqlite
  case flatGeobuf
  case json
  /// XML with the name of its root element, without prefix.
  case xml(root: String)
  case dxf
  case vct
  /// XML of the namespace of GML.
  case gml
  /// A table with a column of WKT.
  case csv
  case text

  static let shapefileMagic: [UInt8] = [0x00, 0x00, 0x27, 0x0A]
  /// How much of a file is looked at.
  package static let headSize = 65_536

  /// What the head of a file shows.
  ///
  /// - Errors: `emptyFile`; `documentTypeDeclared` for any XML with a DOCTYPE, because entities can
  ///   grow without bound and name other files; `drawingBinary` for a drawing of AutoCAD's own
  ///   format; `unknownFormat` for all else.
  package init(head: [UInt8]) throws(ReadingError) {
    guard !head.isEmpty else { throw .emptyFile }
    if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) || head.starts(with: [0x50, 0x4B, 0x05, 0x06]) {
      self = .zip
    } else if head.starts(with: Self.shapefileMagic) {
      self = .shapefile
    } else if head.starts(with: Array("SQLite format 3\0".utf8)) {
      self = .sqlite
    } else if head.starts(with: [0x66, 0x67, 0x62, 0x03, 0x66, 0x67, 0x62]) {
      self = .flatGeobuf
    } else if let version = Self.drawingVersion(head) {
      throw .drawingBinary(version: version)
    } else {
      self = try Self.textual(head)
    }
  }

  /// The version AutoCAD's own format begins with, such as AC1032, and then a zero.
  private static func drawingVersion(_ head: [UInt8]) -> String? {
    let mark = head.prefix(6)
    let digits = mark.dropFirst(2).filter { $0 != UInt8(ascii: ".") }
    guard head.count > 6, head[6] == 0, mark.starts(with: Array("AC".utf8)), digits.count >= 3,
      digits.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return String(decoding: mark, as: UTF8.self)
  }

  private static func textual(_ head: [UInt8]) throws(ReadingError) -> FileContent {
    if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) { return .text }
    let start = head.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let text = head[start...].drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    guard let first = text.first, !head.contains(0) else {
      throw .unknownFormat(magic: hexadecimal(head.prefix(8)))
    }
    if first == UInt8(ascii: "{") { return .json }
    if first == UInt8(ascii: "<") {
      var prolog = XMLProlog(text)
      let root = try prolog.root()
      let isGML =
        String(decoding: text.prefix(8_192), as: UTF8.self)
        .range(of: "http://www.opengis.net/gml") != nil
      return root != "kml" && isGML ? .gml : .xml(root: root)
    }
    let words = text.prefix(200).split { [0x20, 0x09, 0x0A, 0x0D].contains($0) }.prefix(4)
    if isDXF(words.map { Array($0) }) { return .dxf }
    if isVCT(text) { return .vct }
    if CSVHeading(head: head) != nil { return .csv }
    return .text
  }

  /// A DXF begins with the group `0 SECTION`, perhaps after comments (group 999).
  private static func isDXF(_ words: [[UInt8]]) -> Bool {
    guard words.count >= 2 else { return false }
    return words[0] == Array("999".utf8)
      || (words[0] == Array("0".utf8) && words[1] == Array("SECTION".utf8))
  }

  /// A VCT file begins with its head, perhaps after comments.
  private static func isVCT(_ text: ArraySlice<UInt8>) -> Bool {
    func begins(_ line: ArraySlice<UInt8>, _ word: String) -> Bool {
      String(decoding: line.prefix(20), as: UTF8.self).lowercased()
        .prefix { $0.isLetter } == word
    }
    var isComment = false
    for line in text.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      let content = line.drop { $0 == 0x20 || $0 == 0x09 }
      if isComment {
        isComment = !begins(content, "commentend")
      } else if begins(content, "commentbegin") {
        isComment = true
      } else if !content.isEmpty {
        return begins(content, "headbegin")
      }
    }
    return false
  }

  package static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}

/// The part of an XML document before its root element.
struct XMLProlog {
  private var rest: ArraySlice<UInt8>

  init(_ text: ArraySlice<UInt8>) { rest = text }

  /// The root's name without prefix.
  ///
  /// - Errors: `documentTypeDeclared`; `unknownFormat` when no element comes within the head, or the
  ///   encoding is not one in which ASCII is ASCII.
  mutating func root() throws(ReadingError) -> String {
    while true {
      rest = rest.drop { $0 != UInt8(ascii: "<") }
      if rest.starts(with: Array("<!--".utf8)) {
        skip(past: "-->")
      } else if rest.starts(with: Array("<?".utf8)) {
        try checkEncoding()
        skip(past: "?>")
      } else if rest.starts(with: Array("<!".utf8)) {
        throw .documentTypeDeclared
      } else {
        return try name()
      }
    }
  }

  private mutating func name() throws(ReadingError) -> String {
    let name = rest.dropFirst().prefix { byte in
      ![0x20, 0x09, 0x0A, 0x0D, 0x2F, 0x3E].contains(byte)
    }
    guard !name.isEmpty, name.count < 100 else {
      throw .unknownFormat(magic: FileContent.hexadecimal(rest.prefix(8)))
    }
    let text = String(decoding: name, as: UTF8.self)
    return text.split(separator: ":").last.map(String.init) ?? text
  }

  private func checkEncoding() throws(ReadingError) {
    let declaration = rest.prefix { $0 != UInt8(ascii: ">") }
    let text = String(decoding: declaration, as: UTF8.self).lowercased()
    guard let found = text.range(of: "encoding=") else { return }
    let name = text[found.upperBound...].dropFirst().prefix { $0 != "\"" && $0 != "'" }
    guard ["utf-8", "us-ascii", "ascii", "gbk", "gb2312", "gb18030"].contains(name) else {
      throw .encodingUnknown(name: String(name.prefix(40)))
    }
  }

  private mutating func skip(past end: String) {
    let end = Array(end.utf8)
    while !rest.isEmpty {
      if rest.starts(with: end) {
        rest = rest.dropFirst(end.count)
        return
      }
      rest = rest.dropFirst()
    }
  }
}

extension String {
  /// Where the text occurs first.
  func range(of needle: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(needle) {
        return start..<index(start, offsetBy: needle.count)
      }
      start = index(after: start)
    }
    return nil
  }
}
