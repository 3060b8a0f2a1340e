import KarezGeometry

/// Walks over a VCT file once, to know what it holds and where.
struct VCTSurvey {
  private(set) var layout = VCTLayout()
  private let source: any ByteSource
  private var lines: VCTLines
  /// Which class an object belongs to, by its kind and code.
  private var numbers: [VCTObjects.Kind: [String: Int]] = [:]
  /// Texts that are not ASCII, by which the encoding is found.
  private var texts: [UInt8] = []
  private var hasMark = false
  private var sections: Set<String> = []

  private static let mostClasses = 10_000
  private static let mostFields = 2_000
  private static let mostTexts = 1 << 20

  /// 独立面线对象: the code of lines that only draw polygons, which no file lists.
  private static let borderCode = "1099000000"

  init(_ source: any ByteSource) throws(ReadingError) {
    self.source = source
    hasMark = try source.read(at: 0, count: 3) == [0xEF, 0xBB, 0xBF]
    lines = VCTLines(source, from: hasMark ? 3 : 0)
    while try lines.next() { try takeSection() }
    for name in ["Head", "FeatureCode", "TableStructure"]
    where !sections.contains(name.lowercased()) {
      throw .vct(.sectionMissing(name))
    }
    let hasTables = layout.classes.contains { $0.kind != nil && !$0.table.isEmpty }
    guard !hasTables || sections.contains("attribute") else {
      throw .vct(.sectionMissing("Attribute"))
    }
    layout.lines.finish()
    layout.encoding = encoding
    layout.sample = try sample()
  }

  private mutating func takeSection() throws(ReadingError) {
    let begin = lines.content
    guard begin.count > 5, VCTText.isSame(begin.suffix(5), Array("Begin".utf8)),
      lines.beginsWithLetter
    else { throw unexpected("") }
    let name = String(decoding: begin.dropLast(5).prefix(40), as: UTF8.self)
    let key = name.lowercased()
    guard key == "head" || sections.contains("head") else { throw unexpected("Head") }
    sections.insert(key)
    switch key {
    case "head": try takeHead()
    case "featurecode": try takeClasses()
    case "tablestructure": try takeTables()
    case "point": try takeObjects(.point)
    case "line": try takeObjects(.line)
    case "polygon": try takeObjects(.polygon)
    case "attribute": try takeRows()
    default: try pass(name)
    }
  }

  /// What stands there, or that the file ends in the middle of a line.
  private func unexpected(_ section: String) -> ReadingError {
    if lines.isCut {
      let shown = section.isEmpty ? lines.shown : section
      return .vct(.endsTooSoon(line: lines.number, section: shown))
    }
    return .vct(.unexpected(line: lines.number, section: section, found: lines.shown))
  }

  /// The next line of a section; false at its end.
  private mutating func inside(_ section: StaticString, _ end: StaticString) throws(ReadingError)
    -> Bool
  {
    guard try lines.next() else {
      throw .vct(.endsTooSoon(line: lines.number, section: section.description))
    }
    return !lines.isWord(end)
  }

  // MARK: Head, classes and tables

  private mutating func takeHead() throws(ReadingError) {
    lines.keepsTabs = true
    while try inside("Head", "HeadEnd") {
      note(lines.content)
      layout.head.add(lines.content)
    }
    if let edition = layout.head.olderEdition { throw .vct(.edition(edition)) }
    layout.coordinates = try layout.head.coordinates()
    lines.keepsTabs = layout.coordinates.separator == 0x09
  }

  private mutating func takeClasses() throws(ReadingError) {
    while try inside("FeatureCode", "FeatureCodeEnd") {
      note(lines.content)
      guard let found = VCTClass(lines.content, separator: layout.coordinates.separator) else {
        throw unexpected("FeatureCode")
      }
      guard layout.classes.count < Self.mostClasses else {
        throw .vct(
          .tooMany(kind: "FeatureCode", line: lines.number, limit: Int64(Self.mostClasses)))
      }
      guard let kind = found.kind else {
        layout.classes.append(found)
        continue
      }
      // A code may be listed for two tables; its objects belong to the first.
      if numbers[kind]?[found.code] == nil {
        numbers[kind, default: [:]][found.code] = layout.classes.count
      }
      layout.classes.append(found)
    }
  }

  private mutating func takeTables() throws(ReadingError) {
    while try inside("TableStructure", "TableStructureEnd") {
      if lines.isZero { continue }
      note(lines.content)
      let parts = VCTText.parts(of: lines.content, layout.coordinates.separator)
      guard parts.count >= 2, !parts[0].isEmpty, let count = VCTNumbers.integer(parts[1]),
        (0...Int64(Self.mostFields)).contains(count), layout.table(named: parts[0]) == nil
      else { throw unexpected("TableStructure") }
      guard layout.tables.count < Self.mostClasses else {
        throw .vct(
          .tooMany(kind: "TableStructure", line: lines.number, limit: Int64(Self.mostClasses)))
      }
      let hasNoGeometry = parts.count > 2 && VCTText.isSame(parts[2], Array("NoneGeometry".utf8))
      var table = VCTTable(name: Array(parts[0]), hasNoGeometry: hasNoGeometry)
      for _ in 0..<count {
        guard try inside("TableStructure", "TableStructureEnd"),
          let field = VCTField(lines.content, separator: layout.coordinates.separator)
        else { throw unexpected("TableStructure") }
        note(lines.content)
        table.fields.append(field)
      }
      layout.tables.append(table)
    }
  }

  // MARK: Objects and rows

  private mutating func takeObjects(_ kind: VCTObjects.Kind) throws(ReadingError) {
    layout.sections.append(VCTSectionPlace(kind: kind, place: lines.place))
    if kind == .line { layout.lines.reserve(bytes: source.size) }
    let numbers = numbers[kind] ?? [:]
    var objects = VCTObjects(kind, lines, layout.coordinates, isPassing: true)
    while let object = try objects.next() {
      if kind == .line, object.identifier > 0 {
        guard layout.lines.add(object.identifier, at: object.offset) else {
          throw .vct(.tooMany(kind: "Line", line: object.line, limit: Int64(VCTIndex.most)))
        }
      }
      if object.refersToPolygons { layout.refersToPolygons = true }
      if let number = numbers[object.code] {
        layout.classes[number].count += 1
      } else if kind != .line || object.code != Self.borderCode {
        layout.notices.addUndeclared(kind, line: object.line)
      }
    }
    lines = objects.lines
  }

  private mutating func takeRows() throws(ReadingError) {
    while try inside("Attribute", "AttributeEnd") {
      let name = Array(lines.content.prefix(200))
      note(lines.content)
      let table = layout.table(named: name)
      if let table { layout.tables[table].pieces.append(lines.place) }
      var count: Int64 = 0
      var isOver = false
      while try inside("Attribute", "TableEnd") {
        if lines.isWord("AttributeEnd") {
          isOver = true
          break
        }
        note(lines.content)
        count += 1
      }
      if let table {
        layout.tables[table].rowCount += count
      } else if layout.notices.unknownTables.count < 100 {
        layout.notices.unknownTables.append(String(decoding: name, as: UTF8.self))
      }
      if isOver { return }
    }
  }

  /// Passes over a section nothing is kept of; each of its objects ends with a lone zero.
  private mutating func pass(_ name: String) throws(ReadingError) {
    let end = Array((name + "End").utf8)
    var count: Int64 = 0
    repeat {
      guard try lines.next() else {
        throw .vct(.endsTooSoon(line: lines.number, section: name))
      }
      if lines.isZero { count += 1 }
    } while !VCTText.isSame(lines.content, end)
    layout.notices.skipped[name, default: 0] += count
  }

  // MARK: What follows from it

  private mutating func note(_ text: ArraySlice<UInt8>) {
    guard texts.count < Self.mostTexts, text.contains(where: { $0 >= 0x80 }) else { return }
    texts += text
    texts.append(0x0A)
  }

  /// UTF-8 where the texts are, and GB18030, of which GBK and GB2312 are parts, where not.
  private var encoding: SourceEncoding {
    if hasMark { return SourceEncoding(name: "UTF-8", reason: .bytes) }
    if texts.isEmpty { return SourceEncoding(name: "UTF-8", reason: .ascii) }
    let isUnicode = TableEncoding.guess(texts)?.name == "UTF-8"
    return SourceEncoding(name: isUnicode ? "UTF-8" : "GB18030", reason: .bytes)
  }

  private func sample() throws(ReadingError) -> Position? {
    for section in layout.sections {
      let from = VCTLines(
        source, from: section.place.offset, after: section.place.line, window: 1 << 16)
      var objects = VCTObjects(section.kind, from, layout.coordinates, isPassing: false)
      for _ in 0..<10 {
        guard let object = try objects.next() else { break }
        switch object.figure {
        case .points(let positions): if let first = positions.first { return first }
        case .parts(let parts):
          if let first = parts.first?.first { return first }
        case .lines, .members, .unread: continue
        }
      }
    }
    return nil
  }
}
