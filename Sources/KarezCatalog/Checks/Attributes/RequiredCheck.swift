import KarezCore

/// Attributes that every row must state.
final class RequiredCheck: GateCheck {
  private let attributes: [(attribute: Attribute, place: AttributePlace)]

  init(_ schema: DatasetSchema) {
    // A missing identifier is told of where the row is mapped.
    attributes = schema.attributes.filter { $0.isRequired && $0.name != schema.identifier }
      .map { ($0, AttributePlace($0.name, in: schema)) }
  }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    for index in attributes.indices where row.isEmpty(attributes[index].place) {
      report.note(.required(attributes[index].attribute, row))
    }
  }
}
