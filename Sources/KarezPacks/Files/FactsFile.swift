import KarezCore
import KarezRules

/// Reads `facts.yaml`.
struct FactsFile {
  enum Kind: String, CaseIterable {
    case area
    case count
    case values
    case least
    case greatest
    case daysSince = "days-since"
  }

  enum Source: String, CaseIterable {
    case map
    case boundaryArea = "boundary-area"
    case purpose
    case documents
    case proposal
  }

  let schemas: [DatasetSchema]
  let tables: [String: CodeTable]
  private(set) var version: String?
  private(set) var sliverTolerance: SliverTolerance?
  private(set) var facts: [FactDeclaration] = []
  private(set) var tableOfFact: [FactID: String] = [:]
  private(set) var faults: [PackFault] = []

  init(schemas: [DatasetSchema], tables: [String: CodeTable]) {
    self.schemas = schemas
    self.tables = tables
  }

  mutating func read(_ node: PackNode) {
    var fields = PackFields(node)
    version = fields.text("version")
    if let version, PackManifest.numbers(of: version) == nil { fields.add(.notVersion(version)) }
    if let node = fields.optional("sliverTolerance") { readTolerance(node) }
    for item in fields.list("facts") { readFact(item) }
    faults += fields.finish()
  }

  private mutating func readTolerance(_ node: PackNode) {
    var fields = PackFields(node)
    let value = fields.quantity("value")
    let certainty = fields.choice("certainty", of: Certainty.self)
    let source = fields.localized("source")
    if let value, value.dimension != .area { fields.add(.dimensionsDiffer) }
    faults += fields.finish()
    guard let value, value.dimension == .area, let certainty, let source else { return }
    sliverTolerance = SliverTolerance(
      area: .squareMetres(value.value), certainty: certainty, source: source)
  }

  private mutating func readFact(_ node: PackNode) {
    var fields = PackFields(node)
    let id = fields.text("id")
    let title = fields.localized("title")
    let source = fields.choice("source", of: Source.self)
    if let id, !PackName.isSnake(id) { fields.add(.notID(id)) }
    let fact = FactID(id ?? "")
    var found: (FactType, FactSource)?
    switch source {
    case .map: found = measure(fact, &fields)
    case .boundaryArea: found = (.quantity(.area), .boundaryArea)
    case .purpose:
      found = (.text, .purpose)
      tableOfFact[fact] = "purposes"
    case .documents:
      found = (.codes, .documents)
      tableOfFact[fact] = "documents"
    case .proposal:
      let unit = fields.choice("unit", of: Unit.self)
      found = unit.map { (.quantity($0.dimension), .proposal($0)) }
    case nil: break
    }
    if facts.contains(where: { $0.id == fact }) { fields.add(.idTwice(fact.text)) }
    faults += fields.finish()
    guard id != nil, let title, let (type, source) = found else { return }
    facts.append(FactDeclaration(id: fact, title: title, type: type, source: source))
  }

  private mutating func measure(
    _ fact: FactID, _ fields: inout PackFields
  ) -> (FactType, FactSource)? {
    let schema = fields.text("dataset").flatMap { dataset(named: $0, &fields) }
    var filters: [AttributeFilter] = []
    for item in fields.list("where") {
      guard let schema, let filter = filter(item, on: schema, &fields) else { continue }
      filters.append(filter)
    }
    let within = distance(&fields)
    let inside = fields.texts("inside").compactMap { area(named: $0, &fields)?.id }
    let outside = fields.texts("outside").compactMap { area(named: $0, &fields)?.id }
    let kind = fields.choice("measure", of: Kind.self)
    let attribute = kind == .area || kind == .count ? nil : fields.text("of")
    guard let schema, let kind,
      let (measure, type) = measure(kind, of: attribute, in: schema, fact, &fields)
    else { return nil }
    // The land around points and lines has an area, they themselves have none.
    if kind == .area, within == nil, schema.geometry != .polygon {
      fields.add(.datasetHasNoArea(schema.id.text))
    }
    let map = MapMeasure(
      dataset: schema.id, filters: filters, within: within, inside: inside, outside: outside,
      measure: measure)
    return (type, .map(map))
  }

  /// What is measured and the type of the result; numbers have the unit of their attribute.
  private mutating func measure(
    _ kind: Kind, of attribute: String?, in schema: DatasetSchema, _ fact: FactID,
    _ fields: inout PackFields
  ) -> (MapMeasure.Measure, FactType)? {
    if kind == .area { return (.area, .quantity(.area)) }
    if kind == .count { return (.count, .quantity(.count)) }
    guard let attribute else { return nil }
    guard let declared = schema.attributes.first(where: { $0.name == attribute }) else {
      fields.add(.attributeUnknown(attribute))
      return nil
    }
    let unit = declared.unit.map { Unit(rawValue: $0) } ?? .one
    let isNumber = declared.type == .decimal || declared.type == .integer
    switch kind {
    case .daysSince where declared.type == .date:
      return (.days(since: attribute), .quantity(.days))
    case .least where isNumber:
      if let unit { return (.least(of: attribute, in: unit), .quantity(unit.dimension)) }
    case .greatest where isNumber:
      if let unit { return (.greatest(of: attribute, in: unit), .quantity(unit.dimension)) }
    case .values:
      tableOfFact[fact] = declared.codes
      return (.values(of: attribute), .codes)
    default: break
    }
    fields.add(.valueOfWrongType(fact: fact.text))
    return nil
  }

  /// `within: "500 m"`; a length, and more than nothing.
  private func distance(_ fields: inout PackFields) -> Quantity? {
    guard let distance = fields.optionalQuantity("within") else { return nil }
    guard distance.dimension == .length, distance.value > 0 else {
      fields.add(.notDistance(key: "within"))
      return nil
    }
    return distance
  }

  /// A dataset that ground can be inside or outside of.
  private func area(named name: String, _ fields: inout PackFields) -> DatasetSchema? {
    guard let schema = dataset(named: name, &fields) else { return nil }
    if schema.geometry != .polygon { fields.add(.datasetHasNoArea(name)) }
    return schema
  }

  private func dataset(named name: String, _ fields: inout PackFields) -> DatasetSchema? {
    guard let schema = schemas.first(where: { $0.id.text == name }) else {
      fields.add(.datasetUnknown(name))
      return nil
    }
    return schema
  }

  private func filter(
    _ node: PackNode, on schema: DatasetSchema, _ parent: inout PackFields
  ) -> AttributeFilter? {
    var fields = PackFields(node)
    let name = fields.text("attribute")
    let begins = fields.texts("begins")
    let excluded = fields.texts("not")
    if begins.isEmpty, excluded.isEmpty { fields.add(.keyMissing("begins")) }
    defer { parent.add(fields.finish()) }
    guard let name else { return nil }
    guard let attribute = schema.attributes.first(where: { $0.name == name }) else {
      fields.add(.attributeUnknown(name))
      return nil
    }
    if let table = attribute.codes.flatMap({ tables[$0] }) {
      for prefix in begins + excluded
      where !table.rows.contains(where: { $0.code.hasPrefix(prefix) }) {
        fields.add(.codeUnknown(table: table.id, code: prefix))
      }
    }
    return AttributeFilter(
      attribute: name, prefixes: begins.isEmpty ? [""] : begins, excludedPrefixes: excluded)
  }
}
