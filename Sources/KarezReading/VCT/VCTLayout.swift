import KarezCore
import KarezGeometry

/// 要素类型: one line between FeatureCodeBegin and FeatureCodeEnd.
struct VCTClass {
  let code: String
  let title: [UInt8]
  let kind: VCTObjects.Kind?
  /// The attribute table's name; empty for a class without attributes.
  let table: [UInt8]
  /// How many objects of it there are.
  var count: Int64 = 0

  /// The class a line describes; nil where it is none.
  init?(_ line: ArraySlice<UInt8>, separator: UInt8) {
    let parts = VCTText.parts(of: line, separator)
    guard parts.count >= 3, !parts[0].isEmpty, parts[0].count <= 64 else { return nil }
    code = String(decoding: parts[0], as: UTF8.self)
    title = Array(parts[1])
    switch String(decoding: parts[2], as: UTF8.self).lowercased() {
    case "point": kind = .point
    case "line": kind = .line
    case "polygon": kind = .polygon
    case "annotation", "solid", "aggregation", "image", "raster": kind = nil
    default: return nil
    }
    table = parts.count > 3 ? Array(parts[3]) : []
  }
}

/// 属性项: one field of a table.
struct VCTField {
  let name: [UInt8]
  /// nil for what is not kept: binary values.
  let type: AttributeType?

  /// The field a line describes; nil where it is none.
  init?(_ line: ArraySlice<UInt8>, separator: UInt8) {
    let parts = VCTText.parts(of: line, separator)
    guard parts.count >= 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    name = Array(parts[0])
    let word = String(decoding: parts[1], as: UTF8.self).lowercased().prefix { $0.isLetter }
    switch word {
    case "int", "integer", "smallint", "long", "short": type = .integer
    case "float", "double", "numeric", "decimal": type = .decimal
    case "date": type = .date
    case "boolean", "bool": type = .boolean
    case "varbin", "blob", "binary": type = nil
    default: type = .text
    }
  }
}

/// 属性数据结构: one table and its fields.
struct VCTTable {
  let name: [UInt8]
  /// NoneGeometry: rows of their own, to which no object belongs.
  let hasNoGeometry: Bool
  var fields: [VCTField] = []
  /// Where its rows begin, and on which line; one table may stand in several pieces.
  var pieces: [VCTPlace] = []
  var rowCount: Int64 = 0
}

/// Where something begins: the byte and the line before it.
struct VCTPlace {
  let offset: Int64
  let line: Int64
}

/// A geometry section.
struct VCTSectionPlace {
  let kind: VCTObjects.Kind
  let place: VCTPlace
}

/// What a first walk over a VCT file finds.
struct VCTLayout {
  var head = VCTHead()
  var coordinates = VCTCoordinates()
  var classes: [VCTClass] = []
  var tables: [VCTTable] = []
  var sections: [VCTSectionPlace] = []
  /// Lines, by which polygons are drawn.
  var lines = VCTIndex()
  var refersToPolygons = false
  var encoding = SourceEncoding(name: "UTF-8", reason: .ascii)
  /// The first position of the file, as it is written.
  var sample: Position?
  var notices = VCTNotices()

  func table(named name: some Collection<UInt8>) -> Int? {
    tables.firstIndex { VCTText.isSame($0.name, name) }
  }
}

/// What is told of a file that is read all the same.
struct VCTNotices {
  /// Sections nothing is kept of, with how many objects they have, where that is known.
  var skipped: [String: Int64] = [:]
  /// Objects whose class is not listed, and the line of the first of them.
  var undeclared: [String: (count: Int64, line: Int64)] = [:]
  /// Tables with rows but without a structure.
  var unknownTables: [String] = []

  mutating func addUndeclared(_ kind: VCTObjects.Kind, line: Int64) {
    undeclared[kind.rawValue, default: (0, line)].count += 1
  }
}

/// Bytes of text and their parts.
enum VCTText {
  /// The parts of a row of attributes, in an encoding whose characters may end in letters or not.
  ///
  /// The second byte of GBK is never below 0x40 and the others of GB18030 are digits, so only
  /// separators like `|` need to be told from the middle of a character.
  static func parts(
    of row: ArraySlice<UInt8>, _ separator: UInt8, isGB18030: Bool
  ) -> [ArraySlice<UInt8>] {
    guard isGB18030, separator >= 0x40, row.contains(where: { $0 >= 0x80 }) else {
      return row.split(separator: separator, omittingEmptySubsequences: false).map(trimmed)
    }
    var parts: [ArraySlice<UInt8>] = []
    var start = row.startIndex
    var index = row.startIndex
    while index < row.endIndex {
      if row[index] >= 0x81 {
        let second = index + 1 < row.endIndex ? row[index + 1] : 0
        index += (0x30...0x39).contains(second) ? 4 : 2
        continue
      }
      if row[index] == separator {
        parts.append(trimmed(row[start..<index]))
        start = index + 1
      }
      index += 1
    }
    return parts + [trimmed(row[start...])]
  }

  /// The parts where quotation marks hold separators together; a doubled mark stands for itself.
  static func quotedParts(of row: ArraySlice<UInt8>, _ separator: UInt8) -> [[UInt8]] {
    var parts: [[UInt8]] = [[]]
    var isQuoted = false
    var previous: UInt8 = 0
    for byte in row {
      if byte == UInt8(ascii: "\"") {
        if !isQuoted, previous == byte, !parts[parts.count - 1].isEmpty {
          parts[parts.count - 1].append(byte)
        }
        isQuoted.toggle()
      } else if byte == separator, !isQuoted {
        parts.append([])
      } else {
        parts[parts.count - 1].append(byte)
      }
      previous = byte
    }
    return parts.map { Array(trimmed($0[...])) }
  }

  /// The parts between separators; a comma separates where the separator does not occur.
  static func parts(of line: ArraySlice<UInt8>, _ separator: UInt8) -> [ArraySlice<UInt8>] {
    let used = line.contains(separator) ? separator : UInt8(ascii: ",")
    return line.split(separator: used, omittingEmptySubsequences: false).map(trimmed)
  }

  static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var rest = bytes
    while let first = rest.first, first == 0x20 || first == 0x09 { rest = rest.dropFirst() }
    while let last = rest.last, last == 0x20 || last == 0x09 { rest = rest.dropLast() }
    return rest
  }

  /// Whether two names are the same, whatever the case of their letters.
  static func isSame(_ one: some Collection<UInt8>, _ other: some Collection<UInt8>) -> Bool {
    one.count == other.count && zip(one, other).allSatisfy { lower($0) == lower($1) }
  }

  private static func lower(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
  }
}
