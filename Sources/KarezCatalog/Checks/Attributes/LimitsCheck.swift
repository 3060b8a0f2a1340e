import KarezCore

/// Texts longer and numbers other than the schema allows.
final class LimitsCheck: GateCheck {
  private let limited: [(attribute: Attribute, place: AttributePlace, limits: AttributeLimits)]

  init(_ schema: DatasetSchema) {
    limited = schema.attributes.filter { $0.limits != .none }
      .map { ($0, AttributePlace($0.name, in: schema), $0.limits) }
  }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    for index in limited.indices {
      switch row[limited[index].place] {
      case .text(let text)?: examine(text, of: index, row, &report)
      case .integer(let number)?: examine(Double(number), of: index, row, &report)
      case .decimal(let number)?: examine(number, of: index, row, &report)
      default: continue
      }
    }
  }

  private func examine(
    _ text: String, of index: Int, _ row: ExaminedRow, _ report: inout GateReport
  ) {
    // A text has no more characters than bytes, and bytes are counted at once.
    guard let most = limited[index].limits.length, text.utf8.count > most,
      case let length = text.unicodeScalars.count, length > most
    else { return }
    report.note(.tooLong(limited[index].attribute, length: length, most: most, row))
  }

  private func examine(
    _ number: Double, of index: Int, _ row: ExaminedRow, _ report: inout GateReport
  ) {
    let limits = limited[index].limits
    guard number < limits.minimum ?? number || number > limits.maximum ?? number else { return }
    report.note(.outOfRange(limited[index].attribute, number, row))
  }
}
