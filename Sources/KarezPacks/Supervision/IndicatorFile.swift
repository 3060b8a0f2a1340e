import KarezCore
import KarezIndicators
import KarezRules

/// Reads `indicators/*.yaml`: series, indicators, and from which deviation on it warns.
struct IndicatorFile {
  let schemas: [DatasetSchema]
  private(set) var series: [SeriesDefinition] = []
  private(set) var definitions: [IndicatorDefinition] = []
  private(set) var places: [String: PackOrigin] = [:]
  private(set) var scale: WarningScale?
  private(set) var faults: [PackFault] = []

  init(schemas: [DatasetSchema]) {
    self.schemas = schemas
  }

  mutating func read(_ node: PackNode) {
    var fields = PackFields(node)
    let version = fields.text("version")
    if let version, PackManifest.numbers(of: version) == nil { fields.add(.notVersion(version)) }
    if let warnings = fields.optional("warnings") { readScale(warnings) }
    for item in fields.list("series") { if let one = readSeries(item) { series.append(one) } }
    for item in fields.list("indicators") {
      guard let one = readIndicator(item) else { continue }
      definitions.append(one)
      places[one.id] = item.origin
    }
    faults += fields.finish()
  }

  private mutating func readScale(_ node: PackNode) {
    var fields = PackFields(node)
    let raised = fields.texts("raisedAt").compactMap { Quantity($0) }
    let hysteresis = fields.quantity("hysteresis")
    _ = fields.choice("certainty", of: Certainty.self)
    let isShares = (raised + [hysteresis].compactMap { $0 }).allSatisfy { $0.dimension == .share }
    let found = hysteresis.flatMap { fall in
      WarningScale(raisedAt: raised.map { $0.value / 100 }, hysteresis: fall.value / 100)
    }
    if found == nil || !isShares { fields.add(.limitsCross) }
    scale = found
    faults += fields.finish()
  }

  private mutating func readSeries(_ node: PackNode) -> SeriesDefinition? {
    var fields = PackFields(node)
    let name = fields.text("name")
    let title = fields.localized("title")
    let unit = fields.planUnit("unit")
    let year = fields.optionalCount("year")
    let ledger = fields.optionalText("ledger")
    let tally = readTally(&fields)
    if let name, !Self.isName(name) { fields.add(.notID(name)) }
    if ledger != nil, tally != nil { fields.add(.keyUnknown("ledger")) }
    faults += fields.finish()
    guard let name, let title, let unit else { return nil }
    return SeriesDefinition(
      name: FactID(name), title: title, unit: unit,
      source: tally.map { .map($0) } ?? ledger.map { .ledger(kind: $0) } ?? .external, year: year)
  }

  private func readTally(_ fields: inout PackFields) -> MapTally? {
    guard let name = fields.optionalText("dataset") else {
      return nil
    }
    let measure = fields.choice("measure", of: MapTally.Measure.self)
    let attribute = fields.optionalText("attribute")
    let codes = fields.texts("codes")
    guard let id = DatasetID(name), let schema = schemas.first(where: { $0.id == id }) else {
      fields.add(.datasetUnknown(name))
      return nil
    }
    if let attribute, !schema.attributes.contains(where: { $0.name == attribute }) {
      fields.add(.attributeUnknown(attribute))
    }
    if attribute == nil, !codes.isEmpty { fields.add(.keyMissing("attribute")) }
    if measure == .area, schema.geometry != .polygon { fields.add(.datasetHasNoArea(name)) }
    guard let measure else { return nil }
    return MapTally(dataset: id, attribute: attribute, prefixes: codes, measure: measure)
  }

  private mutating func readIndicator(_ node: PackNode) -> IndicatorDefinition? {
    var fields = PackFields(node)
    let id = fields.text("id")
    let title = fields.localized("title")
    let group = fields.localized("group")
    let unit = fields.planUnit("unit")
    let decimals = fields.text("decimals")
    let nature = fields.choice("nature", of: IndicatorDefinition.Nature.self)
    let direction = fields.choice("direction", of: IndicatorDefinition.Direction.self)
    let formula = fields.text("formula")
    let isAdditive = fields.boolean("additive", default: false)
    let note = fields.optionalLocalized("note")
    let source = fields.localized("source")
    let certainty = fields.choice("certainty", of: Certainty.self)
    if let id, DatasetID(id) == nil { fields.add(.notID(id)) }
    let places = decimals.flatMap { Int($0) }.flatMap { (0...6).contains($0) ? $0 : nil }
    if let decimals, places == nil { fields.add(.notNumber(key: "decimals", text: decimals)) }
    let expression = formula.flatMap { Self.expression($0, &fields) }
    faults += fields.finish()
    guard let id, let title, let group, let unit, let places, let nature, let direction,
      let formula, let expression, let source, let certainty
    else { return nil }
    return IndicatorDefinition(
      id: id, title: title, group: group, unit: unit, decimals: places, nature: nature,
      direction: direction, formula: formula, expression: expression, isAdditive: isAdditive,
      note: note, source: source, certainty: certainty)
  }

  private static func expression(_ text: String, _ fields: inout PackFields) -> Expression? {
    do throws(ExpressionError) {
      return try ExpressionParser.expression(from: text)
    } catch {
      fields.add(.expression(error, text: text))
      return nil
    }
  }

  private static func isName(_ text: String) -> Bool {
    text.utf8.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
    }
  }
}

extension PackFields {
  /// A unit as plans write it.
  mutating func planUnit(_ key: String) -> PlanUnit? {
    text(key).flatMap { planUnit(of: $0) }
  }

  mutating func optionalPlanUnit(_ key: String) -> PlanUnit? {
    optionalText(key).flatMap { planUnit(of: $0) }
  }

  private mutating func planUnit(of text: String) -> PlanUnit? {
    guard let unit = PlanUnit(named: text) else {
      add(.planUnitUnknown(text))
      return nil
    }
    return unit
  }
}
