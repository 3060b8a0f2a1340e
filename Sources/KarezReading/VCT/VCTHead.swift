import KarezGeometry

/// 文件头: the keys and values between HeadBegin and HeadEnd.
struct VCTHead {
  private var values: [String: [UInt8]] = [:]
  /// Keys that nothing is done with, as the file spells them.
  private(set) var unknownKeys: [String] = []

  /// Keys that are understood, or known to say nothing about what is read.
  private static let known: Set<String> = [
    "datamark", "version", "coordinatesystemtype", "dim", "xaxisdirection", "yaxisdirection",
    "xyunit", "zunit", "spheroid", "primemeridian", "projection", "parameters", "verticaldatum",
    "temporalreferencesystem", "extentmin", "extentmax", "mapscale", "scale", "offset", "date",
    "separator",
  ]
  /// Keys only older editions have.
  private static let older: Set<String> = [
    "unit", "topo", "coordinate", "scalem", "minx", "coordsystype",
  ]

  /// Takes one line of the section; what has no colon is kept as an unknown key.
  mutating func add(_ line: ArraySlice<UInt8>) {
    let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
    let shown = String(decoding: line[..<colon].prefix(60), as: UTF8.self)
    let key = shown.lowercased().filter { $0 != " " && $0 != "\t" }
    let value = Array(line[colon...].dropFirst())
    if Self.known.contains(key) || Self.older.contains(key) {
      if values[key] == nil { values[key] = value }
    } else if unknownKeys.count < 100 {
      unknownKeys.append(shown)
    }
  }

  /// A value as bytes, without blanks at its ends.
  func bytes(_ key: String) -> [UInt8] {
    let value = (values[key] ?? []).drop { $0 == 0x20 || $0 == 0x09 }
    return value.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed()
  }

  /// A value of which only ASCII matters.
  func text(_ key: String) -> String { String(decoding: bytes(key), as: UTF8.self) }

  // MARK: What the values say

  /// The edition's name, if it is one that is written differently.
  var olderEdition: String? {
    let version = text("version").filter { $0 != " " }
    if version.contains("17798-2007") || version.contains("17798—2007") { return nil }
    if version.contains("17798-1999") { return version }
    if let number = Double(version) { return number < 3 ? "VCT " + version : nil }
    let isOlder = Self.older.contains { values[$0] != nil }
    return isOlder ? "VCT " + (version.isEmpty ? "1.0 / 2.0" : String(version.prefix(40))) : nil
  }

  /// 属性字段分隔符; a comma where the head names none.
  func separator() throws(ReadingError) -> UInt8 {
    let value = (values["separator"] ?? []).filter { $0 != 0x20 }
    guard let byte = value.first else { return UInt8(ascii: ",") }
    guard value.count == 1, byte < 0x80, !(0x30...0x39).contains(byte), byte != 0x2D, byte != 0x2E
    else { throw .vct(.headValue(key: "Separator", value: text("separator"))) }
    return byte
  }

  /// How coordinates are to be taken.
  ///
  /// - Errors: `headValue` for axes that do not point north and east, and for units that are
  ///   neither metres nor degrees.
  func coordinates() throws(ReadingError) -> VCTCoordinates {
    var coordinates = VCTCoordinates()
    coordinates.separator = try separator()
    switch (text("xaxisdirection").uppercased(), text("yaxisdirection").uppercased()) {
    case ("E", "N"), ("", ""), ("E", ""), ("", "N"): break
    case ("N", "E"): coordinates.isNorthFirst = true
    case (let x, let y): throw .vct(.headValue(key: "XAxisDirection", value: x + " " + y))
    }
    guard ["", "M", "D", "METER", "METRE", "DEGREE"].contains(text("xyunit").uppercased()) else {
      throw .vct(.headValue(key: "XYUnit", value: text("xyunit")))
    }
    guard ["", "2", "3"].contains(text("dim")) else {
      throw .vct(.headValue(key: "Dim", value: text("dim")))
    }
    let offset = bytes("offset").split(separator: 0x2C).map {
      NumberText.value(of: Self.trimmed($0))
    }
    if let x = offset.first, let x, offset.count > 1, let y = offset[1] {
      coordinates.shift = Position(x: x, y: y)
    }
    return coordinates
  }

  var hasHeights: Bool { text("dim") == "3" }

  /// The numbers of a value, in their places.
  func numbers(_ key: String) -> [Double?] {
    bytes(key).split(separator: 0x2C, omittingEmptySubsequences: false)
      .map { NumberText.value(of: Self.trimmed($0)) }
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let start = bytes.drop { $0 == 0x20 || $0 == 0x09 }
    return start[
      ..<(start.lastIndex { $0 != 0x20 && $0 != 0x09 }.map { $0 + 1 } ?? start.startIndex)]
  }
}
