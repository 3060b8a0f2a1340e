import KarezCore

/// Values that must be codes of their table on the draft's day.
///
/// A code that only another edition of the table has is told as such. Where a file has one, the
/// codes whose number means something else in that edition are told of too: nobody can see by the
/// number alone which is meant.
final class CodeCheck: GateCheck {
  private var checked: [CodedAttribute]
  private let missing: [Attribute]

  init(_ schema: DatasetSchema, _ setting: Gate.Setting) {
    let coded = schema.attributes.filter { $0.codes != nil }
    checked = coded.compactMap { attribute in
      attribute.codes.flatMap { setting.tables[$0] }.map {
        CodedAttribute(attribute, in: schema, $0, among: setting.tables, on: setting.day)
      }
    }
    missing = coded.filter { attribute in
      attribute.codes.flatMap { setting.tables[$0] } == nil
    }
  }

  func prepare(_ recorded: RecordedMap, _ report: inout GateReport) {
    for attribute in missing { report.note(.tableMissing(attribute)) }
  }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    for index in checked.indices {
      guard case .text(let code)? = row[checked[index].place] else { continue }
      if let finding = checked[index].finding(code, row) { report.note(finding) }
    }
  }

  func conclude(_ draft: ExaminedDraft, _ report: inout GateReport) {
    for coded in checked {
      for finding in coded.doubts() { report.note(finding) }
    }
  }
}

/// An attribute with its table, and what was seen of other editions.
private struct CodedAttribute {
  let attribute: Attribute
  let place: AttributePlace
  private let editions: CodeEditions
  private let codes: Set<String>
  /// Codes of the table whose number means something else in another edition.
  private let ambiguous: Set<String>
  /// Codes seen before of which there is nothing to tell.
  private var sound = ShortAnswers()
  /// The rows that have one of them: the first, and how many.
  private var reused: [String: (row: Int64, feature: String, count: Int)] = [:]
  /// Other editions the file has codes of.
  private var seen: Set<String> = []

  init(
    _ attribute: Attribute, in schema: DatasetSchema, _ table: CodeTable,
    among tables: [String: CodeTable], on day: LegalDate
  ) {
    self.attribute = attribute
    place = AttributePlace(attribute.name, in: schema)
    editions = CodeEditions(of: table, among: tables)
    codes = table.codes(on: day)
    ambiguous = editions.reusedCodes
  }

  mutating func finding(_ code: String, _ row: ExaminedRow) -> GateFinding? {
    let key = ShortAnswers.key(of: .text(code)).map { SIMD2($0, 0) }
    if let key, sound[key] != nil { return nil }
    if codes.contains(code) {
      if ambiguous.contains(code) {
        reused[code, default: (row.row, row.id, 0)].count += 1
      } else if let key {
        sound[key] = ShortAnswers.Answer(answer: true)
      }
      return nil
    }
    guard let other = editions.edition(with: code) else {
      return .codeUnknown(attribute, code, row)
    }
    seen.insert(other.id)
    return .ofOtherEdition(attribute, code, other, editions, row)
  }

  /// What is in doubt because the file has codes of another edition, a finding a code.
  func doubts() -> [GateFinding] {
    editions.others.filter { seen.contains($0.id) }.flatMap { other in
      reused.sorted { $0.key < $1.key }.compactMap { code, rows in
        guard editions.isReused(code, by: other) else { return nil }
        return .reused(
          attribute, code, by: other, editions, row: rows.row, feature: rows.feature,
          count: rows.count)
      }
    }
  }
}
