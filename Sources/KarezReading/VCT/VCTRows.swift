import KarezCore
import KarezGeometry

/// The rows of one attribute table, found by the identifier of their object.
final class VCTRows {
  private let table: VCTTable?
  private let kinds: [AttributeType?]
  private let fields: [SourceField]
  private let separator: UInt8
  private let decoder: TextDecoder
  private let source: any ByteSource
  /// Where rows stand; those whose identifier is none have 0.
  private var index = VCTIndex()
  /// A bit for every row an object has taken.
  private var isTaken: [UInt64] = []
  private var takenCount = 0
  private var cursor: VCTLines
  /// The walk over what is left, and the pieces still to come.
  private var rest: VCTLines?
  private var pieces: ArraySlice<VCTPlace>
  /// Whether the first value of a row is its identifier and a field as well.
  private let isIdentifierField: Bool

  init(
    _ layer: VCTFile.Layer, _ layout: VCTLayout, _ source: any ByteSource, _ decoder: TextDecoder
  ) throws(ReadingError) {
    let table = layer.table.map { layout.tables[$0] }
    self.table = table
    fields = layer.fields
    kinds = (table?.fields ?? []).map(\.type)
    separator = layout.coordinates.separator
    self.decoder = decoder
    self.source = source
    cursor = VCTLines(
      CachedBytes(source), window: 1 << 14, keepsTabs: layout.coordinates.separator == 0x09)
    pieces = (table?.pieces ?? [])[...]
    isIdentifierField =
      try Self.firstRow(table, source).map {
        VCTText.parts(
          of: $0, layout.coordinates.separator, isGB18030: decoder.encoding == "GB18030"
        ).count == table?.fields.count
      } ?? false
    if layer.kind != nil { try readIndex() }
  }

  private static func firstRow(
    _ table: VCTTable?, _ source: any ByteSource
  ) throws(ReadingError) -> ArraySlice<UInt8>? {
    for piece in table?.pieces ?? [] {
      var lines = VCTLines(
        source, from: piece.offset, after: piece.line, window: 1 << 14, keepsTabs: true)
      if try lines.next(), !isEnd(lines) { return lines.content }
    }
    return nil
  }

  private static func isEnd(_ lines: VCTLines) -> Bool {
    lines.isWord("TableEnd") || lines.isWord("AttributeEnd")
  }

  private func readIndex() throws(ReadingError) {
    for piece in table?.pieces ?? [] {
      var lines = VCTLines(
        source, from: piece.offset, after: piece.line, keepsTabs: separator == 0x09)
      while try lines.next(), !Self.isEnd(lines) {
        guard index.add(identifier(of: lines.content), at: lines.offset) else {
          throw .vct(
            .tooMany(kind: "Attribute", line: lines.number, limit: Int64(VCTIndex.most)))
        }
      }
    }
    index.finish()
    isTaken = Array(repeating: 0, count: index.count / 64 + 1)
  }

  private func identifier(of row: ArraySlice<UInt8>) -> Int64 {
    let first = VCTText.trimmed(row.prefix { $0 != separator })
    return max(0, VCTNumbers.integer(first) ?? 0)
  }

  // MARK: For an object

  /// Gives a feature the attributes of its object.
  func fill(_ feature: inout SourceFeature, of object: VCTObject) throws(ReadingError) {
    guard let table else { return }
    func note(_ kind: VCTObjectFault.Kind, found: String = "") {
      let fault = VCTObjectFault(kind, line: object.line, object: object.identifier, found: found)
      feature.fault = feature.fault ?? .vct(fault)
    }
    switch index.find(object.identifier) {
    case .missing: note(.rowMissing, found: decoder.decode(table.name) ?? "")
    case .twice: note(.rowTwice)
    case .at(let number, let offset):
      let bit = UInt64(1) << UInt64(number % 64)
      if isTaken[number / 64] & bit == 0 {
        isTaken[number / 64] |= bit
        takenCount += 1
      } else {
        note(.identifierTwice)
      }
      cursor.move(to: VCTPlace(offset: offset, line: 0))
      guard try cursor.next() else { return }
      if let width = read(cursor.content, into: &feature) { note(.rowWidth, found: width) }
    }
  }

  // MARK: For nobody

  /// A row to which no object belongs.
  struct Left {
    let rows: VCTRows
    let content: ArraySlice<UInt8>
    let identifier: Int64
    let line: Int64
    let fault: VCTObjectFault.Kind

    /// The feature it becomes; where the table has no objects at all, that is no fault.
    func feature(_ row: Int64, isAlone: Bool) -> SourceFeature {
      var feature = SourceFeature(
        row: row, fid: identifier > 0 ? String(identifier) : String(row))
      let width = rows.read(content, into: &feature)
      if let width {
        feature.fault = .vct(
          VCTObjectFault(.rowWidth, line: line, object: identifier, found: width))
      }
      if !isAlone {
        feature.fault = .vct(VCTObjectFault(fault, line: line, object: identifier))
      }
      return feature
    }
  }

  /// The next row that no object has taken, in the order of the file.
  func nextLeft() throws(ReadingError) -> Left? {
    if index.count > 0, takenCount == index.count { return nil }
    while true {
      if rest == nil {
        guard let piece = pieces.popFirst() else { return nil }
        rest = VCTLines(
          source, from: piece.offset, after: piece.line, keepsTabs: separator == 0x09)
      }
      guard var lines = rest else { return nil }
      let isThere = try lines.next()
      guard isThere, !Self.isEnd(lines) else {
        rest = nil
        continue
      }
      rest = lines
      let identifier = identifier(of: lines.content)
      var fault = VCTObjectFault.Kind.figureMissing
      switch index.find(identifier) {
      case .at(let number, _) where isTaken[number / 64] >> UInt64(number % 64) & 1 == 1: continue
      case .twice where identifier > 0: fault = .rowTwice
      case .at, .missing, .twice: break
      }
      if identifier == 0 { fault = .identifier }
      return Left(
        rows: self, content: lines.content, identifier: identifier, line: lines.number,
        fault: fault)
    }
  }

  // MARK: Values

  /// Reads a row's values; if it has another width, what it has and what it should have.
  private func read(_ row: ArraySlice<UInt8>, into feature: inout SourceFeature) -> String? {
    let width = kinds.count + (isIdentifierField ? 0 : 1)
    var parts = VCTText.parts(of: row, separator, isGB18030: decoder.encoding == "GB18030")
    if parts.count != width, row.contains(UInt8(ascii: "\"")) {
      parts = VCTText.quotedParts(of: row, separator).map { $0[...] }
    }
    guard parts.count == width else { return "\(parts.count)/\(width)" }
    var place = isIdentifierField ? 0 : 1
    var field = 0
    for kind in kinds {
      defer { place += 1 }
      guard let kind else { continue }
      feature.attributes[fields[field].name] = value(
        parts[place], kind, fields[field].name, &feature.fault)
      field += 1
    }
    return nil
  }

  /// A value of a field's type; as text where it is none, so that the gate can say what it is.
  private func value(
    _ bytes: ArraySlice<UInt8>, _ type: AttributeType, _ field: String,
    _ fault: inout SourceFault?
  ) -> AttributeValue {
    if bytes.isEmpty { return .null }
    switch type {
    case .integer: if let number = VCTNumbers.integer(bytes) { return .integer(number) }
    case .decimal: if let number = NumberText.value(of: bytes) { return .decimal(number) }
    case .date: if let day = Self.day(bytes) { return .date(day) }
    case .boolean: if let flag = Self.flag(bytes) { return .boolean(flag) }
    case .text: break
    }
    guard let text = decoder.decode(Array(bytes)) else {
      fault = fault ?? .textUndecodable(field: field)
      return .null
    }
    if let scalar = text.forbiddenScalar {
      fault = fault ?? .textForbidden(field: field, scalar: scalar)
      return .null
    }
    return .text(text)
  }

  /// 20091231, 2009-12-31 or 2009/12/31.
  private static func day(_ bytes: ArraySlice<UInt8>) -> LegalDate? {
    let parts = bytes.split { $0 == 0x2D || $0 == 0x2F }
    let numbers = parts.compactMap { VCTNumbers.integer($0) }
    if numbers.count == 1, parts.count == 1, bytes.count == 8 {
      let number = Int(numbers[0])
      return LegalDate(year: number / 10_000, month: number / 100 % 100, day: number % 100)
    }
    guard parts.count == 3, numbers.count == 3, parts[0].count == 4 else { return nil }
    return LegalDate(year: Int(numbers[0]), month: Int(numbers[1]), day: Int(numbers[2]))
  }

  private static func flag(_ bytes: ArraySlice<UInt8>) -> Bool? {
    switch String(decoding: bytes, as: UTF8.self).lowercased() {
    case "1", "t", "true", "y": true
    case "0", "f", "false", "n": false
    default: nil
    }
  }
}
