import KarezCore

/// Attributes that every row must state.
final class RequiredCheck: GateCheck {
  private let attributes: [Attribute]

  init(_ schema: DatasetSchema) {
    // A missing identifier is told of where the row is mapped.
    attributes = schema.attributes.filter { $0.isRequired && $0.name != schema.identifier }
  }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    for attribute in attributes where row.isEmpty(attribute.name) {
      report.note(.required(attribute, row))
    }
  }
}
