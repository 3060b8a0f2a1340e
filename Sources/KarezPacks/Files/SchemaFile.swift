import KarezCore

/// Reads `schemas/<dataset>.yaml`.
enum SchemaFile {
  static let formats = ["administrative-code", "parcel-code", "real-estate-unit-code"]

  static func schema(from node: PackNode) -> (schema: DatasetSchema?, faults: [PackFault]) {
    var fields = PackFields(node)
    let id = fields.text("id")
    let title = fields.localized("title")
    let steward = fields.localized("steward")
    let theme = fields.text("theme")
    let classification = fields.choice("classification", of: Classification.self)
    let geometry = fields.choice("geometry", of: GeometryKind.self)
    let isCoverage = fields.boolean("coverage", default: false)
    let identifier = fields.text("identifier")
    let region = fields.optionalText("region")
    let isOpen = fields.boolean("open", default: false)
    let entry = entry(&fields)
    let retires = fields.boolean("retires", default: false)
    let coding = fields.optional("coding").flatMap { codeRule($0, &fields) }
    var attributes: [Attribute] = []
    for item in fields.list("attributes") {
      let (attribute, faults) = attribute(from: item, within: classification ?? .internal)
      fields.add(faults)
      guard let attribute else { continue }
      if attributes.contains(where: { $0.name == attribute.name }) {
        fields.add(.idTwice(attribute.name), at: item.origin)
      }
      attributes.append(attribute)
    }
    for name in [identifier, region].compactMap(\.self)
    where !attributes.contains(where: { $0.name == name }) {
      fields.add(.attributeUnknown(name))
    }
    let datasetID = id.flatMap { DatasetID($0) }
    if let id, datasetID == nil { fields.add(.notID(id)) }
    let faults = fields.finish()
    guard let datasetID, let title, let steward, let theme, let classification, let geometry,
      let identifier
    else { return (nil, faults) }
    let schema = DatasetSchema(
      id: datasetID, title: title, steward: steward, theme: theme,
      classification: classification, geometry: geometry, isCoverage: isCoverage,
      identifier: identifier, region: region, attributes: attributes, isOpen: isOpen,
      entry: entry, retiresIdentifiers: retires, coding: coding)
    return (schema, faults)
  }

  /// `{ series: "12", digits: "5" }`.
  private static func codeRule(_ node: PackNode, _ parent: inout PackFields) -> CodeRule? {
    var fields = PackFields(node)
    if fields.optional("series") == nil { fields.add(.keyMissing("series")) }
    if fields.optional("digits") == nil { fields.add(.keyMissing("digits")) }
    let series = fields.optionalCount("series")
    let digits = fields.optionalCount("digits")
    parent.add(fields.finish())
    guard let series, let digits else { return nil }
    return CodeRule(series: series, digits: digits)
  }

  private static func entry(_ fields: inout PackFields) -> CatalogueEntry? {
    let summary = fields.localized("summary")
    let cycle = fields.choice("cycle", of: UpdateCycle.self)
    // It must be written, if only as an empty list: a dataset without a law is a rarity.
    if fields.optional("basis") == nil { fields.add(.keyMissing("basis")) }
    var basis: [LegalBasis] = []
    for node in fields.list("basis") {
      var item = PackFields(node)
      let law = item.text("law")
      let article = item.text("article")
      fields.add(item.finish())
      if let law, let article { basis.append(LegalBasis(law: law, article: article)) }
    }
    guard let summary, let cycle else { return nil }
    return CatalogueEntry(summary: summary, cycle: cycle, basis: basis)
  }

  private static func attribute(
    from node: PackNode, within classification: Classification
  ) -> (Attribute?, [PackFault]) {
    var fields = PackFields(node)
    let name = fields.text("name")
    let title = fields.localized("title")
    let type = fields.choice("type", of: AttributeType.self)
    let isRequired = fields.boolean("required", default: false)
    let isUnique = fields.boolean("unique", default: false)
    let codes = fields.optionalText("codes")
    let format = fields.optionalText("format")
    let unit = fields.optionalText("unit")
    let own =
      fields.optional("classification") == nil
      ? classification : fields.choice("classification", of: Classification.self)
    let source = fields.optionalText("source")
    let aliases = fields.texts("aliases")
    let limits = limits(&fields, on: type)
    let references = fields.optional("references").flatMap { reference($0, &fields) }
    if let format, !formats.contains(format) {
      fields.add(.notOneOf(key: "format", text: format, allowed: formats))
    }
    if let unit, Unit(rawValue: unit) == nil {
      let allowed = Unit.allCases.map(\.rawValue)
      fields.add(.notOneOf(key: "unit", text: unit, allowed: allowed))
    }
    if let name, !PackName.isSnake(name) { fields.add(.notID(name)) }
    let faults = fields.finish()
    guard let name, let title, let type, let own else { return (nil, faults) }
    let attribute = Attribute(
      name: name, title: title, type: type, isRequired: isRequired, isUnique: isUnique,
      codes: codes, format: format, unit: unit, classification: own, source: source,
      aliases: aliases, limits: limits, references: references)
    return (attribute, faults)
  }

  private static func limits(
    _ fields: inout PackFields, on type: AttributeType?
  ) -> AttributeLimits {
    let limits = AttributeLimits(
      length: fields.optionalCount("length"), minimum: fields.optionalDecimal("minimum"),
      maximum: fields.optionalDecimal("maximum"))
    guard let type else { return limits }
    let isNumber = type == .integer || type == .decimal
    if limits.length != nil, type != .text {
      fields.add(.limitOnWrongType(key: "length", type: type.rawValue))
    }
    for (key, limit) in [("minimum", limits.minimum), ("maximum", limits.maximum)]
    where limit != nil && !isNumber {
      fields.add(.limitOnWrongType(key: key, type: type.rawValue))
    }
    if let minimum = limits.minimum, let maximum = limits.maximum, minimum > maximum {
      fields.add(.limitsCross)
    }
    return limits
  }

  private static func reference(
    _ node: PackNode, _ parent: inout PackFields
  ) -> FeatureReference? {
    var fields = PackFields(node)
    let name = fields.text("dataset")
    let digits = fields.optionalCount("digits")
    let dataset = name.flatMap { DatasetID($0) }
    if let name, dataset == nil { fields.add(.notID(name)) }
    parent.add(fields.finish())
    return dataset.map { FeatureReference(dataset: $0, digits: digits) }
  }
}
