public import KarezCore
public import KarezStore

/// 可查询项: what a reader may ask a dataset's features about.
public struct Queryable: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case value(FilterProperty, AttributeType)
    case geometry
  }

  public let name: String
  public let title: LocalizedText
  public let kind: Kind
  /// Nil for what every feature has.
  public let attribute: Attribute?

  /// All there is to ask about, of a schema as the reader may know it.
  ///
  /// - Shape: attributes in the schema's order, then the geometry, the times and the area.
  public static func all(of schema: DatasetSchema) -> [Queryable] {
    let attributes = schema.attributes.map { attribute in
      Queryable(
        name: attribute.name, title: attribute.title,
        kind: .value(.attribute(attribute.name), attribute.type), attribute: attribute)
    }
    func fact(_ name: String, _ zh: String, _ en: String, _ ug: String, _ kind: Kind) -> Queryable {
      Queryable(
        name: name, title: LocalizedText(zh: zh, en: en, ug: ug), kind: kind, attribute: nil)
    }
    var facts = [
      fact("validFrom", "生效日", "valid from", "كۈچكە ئىگە بولغان كۈن", .value(.validFrom, .date)),
      fact("validUntil", "失效日", "valid until", "كۈچتىن قالغان كۈن", .value(.validUntil, .date)),
      fact(
        "recordedFrom", "记录提交号", "commit that recorded it", "خاتىرىلەنگەن تاپشۇرۇش نومۇرى",
        .value(.recordedFrom, .integer)),
    ]
    if schema.geometry == .polygon {
      facts.append(
        fact(
          "statutoryAreaM2", "椭球面积（平方米）", "statutory area (m²)", "قانۇنىي كۆلەم (m²)",
          .value(.statutoryArea, .decimal)))
    }
    if schema.geometry != .none {
      facts.insert(fact("geometry", "几何", "geometry", "گېئومېتىرىيە", .geometry), at: 0)
    }
    let taken = Set(facts.map(\.name))
    return attributes.filter { !taken.contains($0.name) } + facts
  }

  /// The type of every value there is to ask about, by its name.
  static func types(of schema: DatasetSchema) -> [String: AttributeType] {
    var types: [String: AttributeType] = [:]
    for queryable in all(of: schema) {
      if case .value(_, let type) = queryable.kind { types[queryable.name] = type }
    }
    return types
  }
}
