public import KarezCore

/// What a condition on rows may name: the attributes of the dataset, and what is measured of the
/// geometry.
public enum RowVocabulary {
  /// 椭球面积 of the polygon, as if it were an attribute.
  public static let statutoryArea = "statutory_area"

  public static func vocabulary(
    of schema: DatasetSchema, tables: [CodeTable], parameters: [Parameter] = [],
    functions: [NativeFunction] = []
  ) -> Vocabulary {
    var facts: [FactDeclaration] = []
    var tableOfFact: [FactID: String] = [:]
    for attribute in schema.attributes {
      guard let type = type(of: attribute) else { continue }
      let id = FactID(attribute.name)
      facts.append(
        FactDeclaration(id: id, title: attribute.title, type: type, source: .attribute))
      tableOfFact[id] = attribute.codes
    }
    if schema.geometry == .polygon {
      facts.append(
        FactDeclaration(
          id: FactID(statutoryArea), title: LocalizedText(zh: "椭球面积", en: "statutory area"),
          type: .quantity(.area), source: .attribute))
    }
    return Vocabulary(
      facts: facts, tableOfFact: tableOfFact, parameters: parameters, tables: tables,
      functions: functions)
  }

  /// The type of an attribute in conditions; dates have none, time belongs to other rules.
  private static func type(of attribute: Attribute) -> FactType? {
    switch attribute.type {
    case .text: .text
    case .boolean: .boolean
    case .integer, .decimal: .quantity(unit(of: attribute).dimension)
    case .date: nil
    }
  }

  /// The unit an attribute's numbers are in.
  public static func unit(of attribute: Attribute) -> Unit {
    attribute.unit.flatMap { Unit(rawValue: $0) } ?? .one
  }

  /// The value of an attribute as conditions see it; nil where there is none.
  public static func value(_ value: AttributeValue?, in unit: Unit) -> FactValue? {
    switch value {
    case .text(let text)?: .text(text)
    case .boolean(let flag)?: .boolean(flag)
    case .integer(let number)?: .quantity(Quantity(Double(number), unit))
    case .decimal(let number)?: .quantity(Quantity(number, unit))
    case .date?, .null?, nil: nil
    }
  }
}
