import KarezCore

/// A schema as the store keeps it: one JSON object, read back strictly.
///
/// What was not in the first form is written only where it says something, so that definitions
/// recorded before keep their text and their digest.
enum SchemaJSON {
  static func value(of schema: DatasetSchema) -> JSONValue {
    var members: [String: JSONValue] = [
      "id": .string(schema.id.text),
      "title": text(schema.title),
      "steward": text(schema.steward),
      "theme": .string(schema.theme),
      "classification": .string(schema.classification.rawValue),
      "geometry": .string(schema.geometry.rawValue),
      "isCoverage": .boolean(schema.isCoverage),
      "identifier": .string(schema.identifier),
      "region": .optional(schema.region),
      "isOpen": .boolean(schema.isOpen),
      "attributes": .array(schema.attributes.map(value)),
    ]
    if let entry = schema.entry {
      members["summary"] = text(entry.summary)
      members["cycle"] = .string(entry.cycle.rawValue)
      members["basis"] = .array(
        entry.basis.map { .object(["law": .string($0.law), "article": .string($0.article)]) })
    }
    if schema.retiresIdentifiers { members["retiresIdentifiers"] = .boolean(true) }
    if let coding = schema.coding {
      members["coding"] = .object([
        "series": .integer(Int64(coding.series)), "digits": .integer(Int64(coding.digits)),
      ])
    }
    return .object(members)
  }

  private static func value(of attribute: Attribute) -> JSONValue {
    var members: [String: JSONValue] = [
      "name": .string(attribute.name),
      "title": text(attribute.title),
      "type": .string(attribute.type.rawValue),
      "isRequired": .boolean(attribute.isRequired),
      "isUnique": .boolean(attribute.isUnique),
      "codes": .optional(attribute.codes),
      "format": .optional(attribute.format),
      "unit": .optional(attribute.unit),
      "classification": .string(attribute.classification.rawValue),
      "source": .optional(attribute.source),
      "aliases": .array(attribute.aliases.map(JSONValue.string)),
    ]
    if let length = attribute.limits.length { members["length"] = .integer(Int64(length)) }
    if let minimum = attribute.limits.minimum { members["minimum"] = .number(minimum) }
    if let maximum = attribute.limits.maximum { members["maximum"] = .number(maximum) }
    if let reference = attribute.references {
      var parts = ["dataset": JSONValue.string(reference.dataset.text)]
      if let digits = reference.digits { parts["digits"] = .integer(Int64(digits)) }
      members["references"] = .object(parts)
    }
    return .object(members)
  }

  private static func text(_ text: LocalizedText) -> JSONValue {
    var members = ["zh": JSONValue.string(text.zh), "en": .string(text.en)]
    if let ug = text.ug { members["ug"] = .string(ug) }
    return .object(members)
  }

  static func schema(parsing json: String) throws(StoreError) -> DatasetSchema {
    let value: JSONValue
    do { value = try JSONValue(parsing: json) } catch {
      throw .corrupt(what: "dataset definition")
    }
    guard let schema = schema(of: value) else { throw .corrupt(what: "dataset definition") }
    return schema
  }

  private static func schema(of value: JSONValue) -> DatasetSchema? {
    guard let id = value["id"]?.string.flatMap({ DatasetID($0) }),
      let title = text(of: value["title"]), let steward = text(of: value["steward"]),
      let theme = value["theme"]?.string, let identifier = value["identifier"]?.string,
      let classification = value["classification"]?.string
        .flatMap({ Classification(rawValue: $0) }),
      let geometry = value["geometry"]?.string.flatMap({ GeometryKind(rawValue: $0) }),
      case .boolean(let isCoverage)? = value["isCoverage"],
      case .boolean(let isOpen)? = value["isOpen"], let listed = value["attributes"]?.array
    else { return nil }
    let attributes = listed.compactMap(attribute)
    let entry = entry(of: value)
    let coding = value["coding"].flatMap(coding)
    guard attributes.count == listed.count, (entry == nil) == (value["cycle"] == nil),
      (coding == nil) == (value["coding"] == nil)
    else { return nil }
    return DatasetSchema(
      id: id, title: title, steward: steward, theme: theme, classification: classification,
      geometry: geometry, isCoverage: isCoverage, identifier: identifier,
      region: value["region"]?.string, attributes: attributes, isOpen: isOpen,
      entry: entry, retiresIdentifiers: value["retiresIdentifiers"] == .boolean(true),
      coding: coding)
  }

  private static func coding(of value: JSONValue) -> CodeRule? {
    guard let series = value["series"]?.integer, let digits = value["digits"]?.integer else {
      return nil
    }
    return CodeRule(series: Int(series), digits: Int(digits))
  }

  private static func entry(of value: JSONValue) -> CatalogueEntry? {
    guard let summary = text(of: value["summary"]),
      let cycle = value["cycle"]?.string.flatMap({ UpdateCycle(rawValue: $0) }),
      let listed = value["basis"]?.array
    else { return nil }
    let basis = listed.compactMap { item -> LegalBasis? in
      guard let law = item["law"]?.string, let article = item["article"]?.string else {
        return nil
      }
      return LegalBasis(law: law, article: article)
    }
    guard basis.count == listed.count else { return nil }
    return CatalogueEntry(summary: summary, cycle: cycle, basis: basis)
  }

  private static func attribute(of value: JSONValue) -> Attribute? {
    guard let name = value["name"]?.string, let title = text(of: value["title"]),
      let type = value["type"]?.string.flatMap({ AttributeType(rawValue: $0) }),
      case .boolean(let isRequired)? = value["isRequired"],
      case .boolean(let isUnique)? = value["isUnique"],
      let classification = value["classification"]?.string
        .flatMap({ Classification(rawValue: $0) })
    else { return nil }
    return Attribute(
      name: name, title: title, type: type, isRequired: isRequired, isUnique: isUnique,
      codes: value["codes"]?.string, format: value["format"]?.string,
      unit: value["unit"]?.string, classification: classification,
      source: value["source"]?.string,
      aliases: value["aliases"]?.array?.compactMap(\.string) ?? [],
      limits: AttributeLimits(
        length: value["length"]?.integer.map { Int($0) }, minimum: value["minimum"]?.double,
        maximum: value["maximum"]?.double),
      references: reference(of: value["references"]))
  }

  private static func reference(of value: JSONValue?) -> FeatureReference? {
    guard let dataset = value?["dataset"]?.string.flatMap({ DatasetID($0) }) else { return nil }
    return FeatureReference(dataset: dataset, digits: value?["digits"]?.integer.map { Int($0) })
  }

  private static func text(of value: JSONValue?) -> LocalizedText? {
    guard let zh = value?["zh"]?.string, let en = value?["en"]?.string else { return nil }
    return LocalizedText(zh: zh, en: en, ug: value?["ug"]?.string)
  }
}
