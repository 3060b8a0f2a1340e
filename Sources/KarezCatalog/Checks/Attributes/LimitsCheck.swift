import KarezCore

/// Texts longer and numbers other than the schema allows.
final class LimitsCheck: GateCheck {
  private let limited: [Attribute]

  init(_ schema: DatasetSchema) { limited = schema.attributes.filter { $0.limits != .none } }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    for attribute in limited {
      switch row.attributes[attribute.name] {
      case .text(let text)?: examine(text, of: attribute, row, &report)
      case .integer(let number)?: examine(Double(number), of: attribute, row, &report)
      case .decimal(let number)?: examine(number, of: attribute, row, &report)
      default: continue
      }
    }
  }

  private func examine(
    _ text: String, of attribute: Attribute, _ row: ExaminedRow, _ report: inout GateReport
  ) {
    // A text has no more characters than bytes, and bytes are counted at once.
    guard let most = attribute.limits.length, text.utf8.count > most,
      case let length = text.unicodeScalars.count, length > most
    else { return }
    report.note(.tooLong(attribute, length: length, most: most, row))
  }

  private func examine(
    _ number: Double, of attribute: Attribute, _ row: ExaminedRow, _ report: inout GateReport
  ) {
    let limits = attribute.limits
    guard number < limits.minimum ?? number || number > limits.maximum ?? number else { return }
    report.note(.outOfRange(attribute, number, row))
  }
}
