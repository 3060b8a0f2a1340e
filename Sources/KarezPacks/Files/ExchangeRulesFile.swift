import KarezCore

/// Reads `exchange.yaml`.
struct ExchangeRulesFile {
  private(set) var rules: ExchangeRules?
  private(set) var faults: [PackFault] = []
  private let schemas: [DatasetID: DatasetSchema]

  init(schemas: [DatasetSchema]) {
    self.schemas = Dictionary(schemas.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  mutating func read(_ node: PackNode, sm3: String) {
    var fields = PackFields(node)
    let version = fields.text("version")
    if let version, PackManifest.numbers(of: version) == nil { fields.add(.notVersion(version)) }
    let lasts = fields.required("bundles").flatMap { readBundles($0) }
    let meter = fields.required("meter").flatMap { readMeter($0) }
    var editions: [EditionRule] = []
    for item in fields.list("editions") {
      guard let edition = readEdition(item) else { continue }
      if editions.contains(where: { $0.id == edition.id }) {
        fields.add(.idTwice(edition.id), at: item.origin)
      }
      editions.append(edition)
    }
    faults += fields.finish()
    guard faults.isEmpty, let version, let lasts, let meter else { return }
    rules = ExchangeRules(
      version: version, sm3: sm3, lastsSeconds: lasts, meter: meter, editions: editions)
  }

  private mutating func readBundles(_ node: PackNode) -> Int? {
    var fields = PackFields(node)
    let lasts = fields.seconds("lasts")
    faults += fields.finish()
    return lasts
  }

  // MARK: Meter

  private mutating func readMeter(_ node: PackNode) -> MeterRule? {
    var fields = PackFields(node)
    let limit = fields.measure("limit", .area)
    let largerThan = fields.count("largerThan")
    let joins = fields.measure("joinsWithin", .length)
    let reach = fields.measure("reach", .length)
    var stops: Set<NetworkZone> = []
    for text in fields.texts("stops") {
      guard let zone = NetworkZone(rawValue: text) else {
        let allowed = NetworkZone.allCases.map(\.rawValue)
        fields.add(.notOneOf(key: "stops", text: text, allowed: allowed))
        continue
      }
      stops.insert(zone)
    }
    let certainty = fields.choice("certainty", of: Certainty.self)
    let source = fields.localized("source")
    var scales: [DatasetID: Int] = [:]
    for item in fields.list("scales") {
      guard let (dataset, scale) = readScale(item) else { continue }
      if scales.updateValue(scale, forKey: dataset) != nil {
        fields.add(.idTwice(dataset.text), at: item.origin)
      }
    }
    let unscaled = readUnscaled(besides: scales, &fields)
    faults += fields.finish()
    guard let limit, let largerThan, let joins, let reach, let certainty, let source else {
      return nil
    }
    return MeterRule(
      limit: .squareMetres(limit), largerThan: largerThan, joinsWithinMetres: joins,
      reachMetres: reach, stops: stops, scales: scales, unscaled: unscaled, certainty: certainty,
      source: source)
  }

  /// Datasets that are said not to count, and those without ground of their own.
  ///
  /// Each dataset of polygons is spoken of, so that one that is new does not leave uncounted because
  /// nobody thought of it.
  private func readUnscaled(
    besides scales: [DatasetID: Int], _ fields: inout PackFields
  ) -> Set<DatasetID> {
    var unscaled: Set<DatasetID> = []
    for name in fields.texts("notCounted") {
      guard let id = DatasetID(name), schemas[id] != nil else {
        fields.add(.datasetUnknown(name))
        continue
      }
      if scales[id] != nil || !unscaled.insert(id).inserted { fields.add(.idTwice(name)) }
    }
    for schema in schemas.values.sorted(by: { $0.id.text < $1.id.text })
    where scales[schema.id] == nil && !unscaled.contains(schema.id) {
      if schema.geometry == .polygon { fields.add(.scaleMissing(schema.id.text)) }
      unscaled.insert(schema.id)
    }
    return unscaled
  }

  private mutating func readScale(_ node: PackNode) -> (DatasetID, Int)? {
    var fields = PackFields(node)
    let schema = dataset("dataset", in: &fields)
    let scale = fields.count("scale")
    faults += fields.finish()
    guard let schema, let scale else { return nil }
    return (schema.id, scale)
  }

  // MARK: Editions

  private mutating func readEdition(_ node: PackNode) -> EditionRule? {
    var fields = PackFields(node)
    let id = fields.text("id")
    let title = fields.localized("title")
    let zone = fields.choice("zone", of: NetworkZone.self)
    let needsMapApproval = fields.boolean("mapApproval", default: false)
    let accuracy = fields.optionalMeasure("accuracy", .length)
    let grid = fields.optionalMeasure("grid", .length)
    let simplify = fields.optionalMeasure("simplify", .length)
    // What is moved to the nearest point of a grid is off by the grid over √6 on the average; a
    // finer one would let out more than the accuracy stated.
    if let accuracy, (grid ?? 0) < accuracy * 6.0.squareRoot() {
      fields.add(.gridTooFine(grid: grid ?? 0, accuracy: accuracy))
    }
    let certainty = fields.choice("certainty", of: Certainty.self)
    let source = fields.localized("source")
    var parts: [EditionRule.Part]?
    if fields.optional("datasets") != nil, let zone {
      parts = fields.list("datasets").compactMap { readPart($0, for: zone) }
    }
    faults += fields.finish()
    guard let id, let title, let zone, let certainty, let source else { return nil }
    return EditionRule(
      id: id, title: title, zone: zone, needsMapApproval: needsMapApproval,
      accuracyMetres: accuracy, gridMetres: grid, simplifyMetres: simplify, certainty: certainty,
      source: source, datasets: parts)
  }

  private mutating func readPart(_ node: PackNode, for zone: NetworkZone) -> EditionRule.Part? {
    var fields = PackFields(node)
    let schema = dataset("dataset", in: &fields)
    let target = fields.optional("into") == nil ? schema : dataset("into", in: &fields)
    let keeps = fields.optional("keep") == nil ? nil : Set(fields.texts("keep"))
    if let schema, let target {
      check(keeps, of: schema, in: target, for: zone, &fields)
    }
    faults += fields.finish()
    guard let schema, let target else { return nil }
    return EditionRule.Part(dataset: schema.id, into: target.id, keeps: keeps)
  }

  /// What stays must be there on both sides, be all the other side needs, and be for the zone.
  private func check(
    _ keeps: Set<String>?, of schema: DatasetSchema, in target: DatasetSchema,
    for zone: NetworkZone, _ fields: inout PackFields
  ) {
    guard target.classification <= zone.ceiling else {
      fields.add(.aboveZone(target.id.text, zone: zone.rawValue))
      return
    }
    for name in (keeps ?? []).sorted()
    where !schema.attributes.contains(where: { $0.name == name }) {
      fields.add(.attributeUnknown(name))
    }
    for attribute in target.attributes {
      let stays = keeps?.contains(attribute.name) ?? (attribute.classification <= zone.ceiling)
      let isNeeded = attribute.isRequired || attribute.name == target.identifier
      if isNeeded, !stays { fields.add(.keyMissing(attribute.name)) }
      if stays, attribute.classification > zone.ceiling {
        fields.add(.aboveZone(attribute.name, zone: zone.rawValue))
      }
    }
    for name in keeps ?? [] where !target.attributes.contains(where: { $0.name == name }) {
      fields.add(.attributeUnknown("\(target.id)/\(name)"))
    }
  }

  private func dataset(_ key: String, in fields: inout PackFields) -> DatasetSchema? {
    guard let text = fields.text(key) else { return nil }
    guard let schema = DatasetID(text).flatMap({ schemas[$0] }) else {
      fields.add(.datasetUnknown(text))
      return nil
    }
    return schema
  }
}

extension PackFields {
  /// A positive quantity of a dimension, in its base unit.
  fileprivate mutating func measure(_ key: String, _ dimension: Dimension) -> Double? {
    checked(quantity(key), dimension)
  }

  fileprivate mutating func optionalMeasure(_ key: String, _ dimension: Dimension) -> Double? {
    checked(optionalQuantity(key), dimension)
  }

  private mutating func checked(_ quantity: Quantity?, _ dimension: Dimension) -> Double? {
    guard let quantity else { return nil }
    guard quantity.dimension == dimension, quantity.value >= 0 else {
      add(.dimensionsDiffer)
      return nil
    }
    return quantity.value
  }
}
