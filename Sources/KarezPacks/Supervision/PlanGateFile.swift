import KarezCore
import KarezIndicators

/// Reads `plan/gate.yaml`: the sentences, names and tolerances that checks of a plan's text take.
struct PlanGateFile {
  private(set) var rules = PlanGateRules()
  private(set) var faults: [PackFault] = []

  mutating func read(_ node: PackNode) {
    var fields = PackFields(node)
    let version = fields.text("version")
    if let version, PackManifest.numbers(of: version) == nil { fields.add(.notVersion(version)) }
    rules.agreement = share("agreement", &fields) ?? rules.agreement
    rules.tolerance = share("tolerance", &fields) ?? rules.tolerance
    rules.fewest = fields.optionalCount("fewest") ?? rules.fewest
    rules.projectHeading = fields.text("projectHeading") ?? ""
    rules.scales = Set(fields.texts("scales").compactMap { Double($0) })
    rules.countyWords = fields.texts("countyWords")
    rules.townshipEnds = fields.texts("townshipEnds")
    rules.agencyEnds = fields.texts("agencyEnds")
    rules.agencyNames = fields.texts("agencyNames")
    rules.boxTitleEnds = fields.texts("boxTitleEnds")
    rules.amounts = patterns("amounts", &fields)
    for item in fields.list("prices") { readPrice(item) }
    for item in fields.list("ratios") { readRatio(item) }
    for item in fields.list("rows") { readRows(item) }
    for item in fields.list("fits") { readFit(item) }
    for item in fields.list("concepts") { readConcept(item) }
    faults += fields.finish()
  }

  private func share(_ key: String, _ fields: inout PackFields) -> Double? {
    guard let quantity = fields.quantity(key) else { return nil }
    guard quantity.dimension == .share else {
      fields.add(.dimensionsDiffer)
      return nil
    }
    return quantity.value / 100
  }

  private func pattern(_ text: String?, _ fields: inout PackFields) -> PlanPattern? {
    guard let text else { return nil }
    guard let pattern = PlanPattern(pattern: text) else {
      fields.add(.patternWrong(text))
      return nil
    }
    return pattern
  }

  private func patterns(_ key: String, _ fields: inout PackFields) -> [PlanPattern] {
    fields.texts(key).compactMap { pattern($0, &fields) }
  }

  private mutating func readPrice(_ node: PackNode) {
    var fields = PackFields(node)
    let title = fields.localized("title")
    let count = fields.text("count")
    let patterns = patterns("patterns", &fields)
    faults += fields.finish()
    guard let title, let count else { return }
    rules.prices.append(.init(title: title, patterns: patterns, count: count))
  }

  private mutating func readRatio(_ node: PackNode) {
    var fields = PackFields(node)
    let title = fields.localized("title")
    let (of, to, unit) = (fields.text("of"), fields.text("to"), fields.text("unit"))
    let patterns = patterns("patterns", &fields)
    let bare = self.patterns("bare", &fields)
    faults += fields.finish()
    guard let title, let of, let to, let unit else { return }
    rules.ratios.append(
      .init(title: title, patterns: patterns, bare: bare, of: of, to: to, unit: unit))
  }

  private mutating func readRows(_ node: PackNode) {
    var fields = PackFields(node)
    let pattern = pattern(fields.text("pattern"), &fields)
    let (count, subcategory) = (fields.text("count"), fields.text("subcategory"))
    faults += fields.finish()
    guard let pattern, let count, let subcategory else { return }
    rules.rows.append(.init(pattern: pattern, count: count, subcategory: subcategory))
  }

  private mutating func readFit(_ node: PackNode) {
    var fields = PackFields(node)
    let suffix = fields.text("suffix")
    let dimensions = fields.choices("dimensions", of: Dimension.self)
    faults += fields.finish()
    guard let suffix else { return }
    rules.fits.append(.init(suffix: suffix, dimensions: dimensions))
  }

  private mutating func readConcept(_ node: PackNode) {
    var fields = PackFields(node)
    let title = fields.localized("title")
    let pattern = pattern(fields.text("pattern"), &fields)
    let unit = fields.planUnit("unit")
    let indicator = fields.optionalText("indicator")
    let other = self.pattern(fields.optionalText("other"), &fields)
    let otherUnit = fields.optionalPlanUnit("otherUnit")
    if (indicator == nil) == (other == nil) { fields.add(.keyMissing("indicator")) }
    if (other == nil) != (otherUnit == nil) { fields.add(.keyMissing("otherUnit")) }
    faults += fields.finish()
    guard let title, let pattern, let unit else { return }
    rules.concepts.append(
      .init(
        title: title, pattern: pattern, unit: unit, indicator: indicator, other: other,
        otherUnit: otherUnit))
  }
}
