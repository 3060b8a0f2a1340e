import KarezCore

/// Values that must be codes of their table on the draft's day.
final class CodeCheck: GateCheck {
  private let checked: [(attribute: Attribute, codes: Set<String>)]
  private let missing: [Attribute]

  init(_ schema: DatasetSchema, _ setting: Gate.Setting) {
    let coded = schema.attributes.filter { $0.codes != nil }
    checked = coded.compactMap { attribute in
      attribute.codes.flatMap { setting.tables[$0] }
        .map { (attribute, $0.codes(on: setting.day)) }
    }
    missing = coded.filter { attribute in
      attribute.codes.flatMap { setting.tables[$0] } == nil
    }
  }

  func prepare(_ recorded: RecordedMap, _ report: inout GateReport) {
    for attribute in missing { report.note(.tableMissing(attribute)) }
  }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    for (attribute, codes) in checked {
      guard case .text(let code)? = row.attributes[attribute.name], !codes.contains(code) else {
        continue
      }
      report.note(.codeUnknown(attribute, code, row))
    }
  }
}
