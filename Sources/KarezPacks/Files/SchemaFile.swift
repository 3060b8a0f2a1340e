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
      identifier: identifier, region: region, attributes: attributes, isOpen: isOpen)
    return (schema, faults)
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
      aliases: aliases)
    return (attribute, faults)
  }
}

/// The two forms of names in packs.
enum PackName {
  /// `land_class`: lower-case letters, digits and single underscores, beginning with a letter.
  static func isSnake(_ text: String) -> Bool { isName(text, joint: 0x5F, allowing: []) }

  /// `three-lines/farmland/any`: lower-case letters, digits, single hyphens and slashes.
  static func isPath(_ text: String) -> Bool { isName(text, joint: 0x2D, allowing: [0x2F]) }

  private static func isName(_ text: String, joint: UInt8, allowing others: [UInt8]) -> Bool {
    guard let first = text.utf8.first, (0x61...0x7A).contains(first), text.utf8.count <= 120
    else { return false }
    var previous: UInt8 = 0
    for byte in text.utf8 {
      let isJoint = byte == joint || others.contains(byte)
      switch byte {
      case 0x61...0x7A, 0x30...0x39: break
      default:
        guard isJoint, previous != joint, !others.contains(previous) else { return false }
      }
      previous = byte
    }
    return previous != joint && !others.contains(previous)
  }
}
