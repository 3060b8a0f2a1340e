import KarezCore
import KarezRules

/// Reads `profiles/<dataset>.yaml`, and `profiles/every-dataset.yaml`.
struct ProfileFile {
  static let everyDataset = "every-dataset"

  let schemas: [DatasetSchema]
  let tables: [CodeTable]
  let parameters: [Parameter]
  private(set) var profiles: [RuleProfile] = []
  /// Where each rule is written.
  private(set) var places: [String: PackOrigin] = [:]
  private(set) var faults: [PackFault] = []

  init(schemas: [DatasetSchema], tables: [CodeTable], parameters: [Parameter]) {
    self.schemas = schemas
    self.tables = tables
    self.parameters = parameters
  }

  mutating func read(_ node: PackNode) {
    var fields = PackFields(node)
    let id = fields.text("id")
    let version = fields.text("version")
    let title = fields.localized("title")
    let schema = schemas.first { $0.id.text == id }
    if let version, PackManifest.numbers(of: version) == nil { fields.add(.notVersion(version)) }
    if let id {
      if schema == nil, id != Self.everyDataset { fields.add(.datasetUnknown(id)) }
      if profiles.contains(where: { $0.id == id }) { fields.add(.idTwice(id)) }
      if !node.origin.file.hasSuffix("/profiles/\(id).yaml") { fields.add(.notID(id)) }
    }
    let isForAll = id == Self.everyDataset
    var tolerance: GateTolerance?
    if isForAll, let node = fields.required("tolerance") { tolerance = readTolerance(node) }
    let severities = readSeverities(fields.optional("severities"))
    var checks: [ProfileCheck] = []
    for item in fields.list("checks") {
      if let check = readCheck(item, of: id ?? "", on: schema) { checks.append(check) }
    }
    faults += fields.finish()
    guard let id, let version, let title else { return }
    profiles.append(
      RuleProfile(
        id: id, version: version, title: title, dataset: schema?.id, tolerance: tolerance,
        severities: severities, checks: checks))
  }

  private mutating func readTolerance(_ node: PackNode) -> GateTolerance? {
    var fields = PackFields(node)
    let area = fields.quantity("area", of: .area)
    let source = fields.text("source")
    let certainty = fields.choice("certainty", of: Certainty.self)
    faults += fields.finish()
    guard let area, let source, let certainty else { return nil }
    return GateTolerance(
      area: .squareMetres(area.value), certainty: certainty, source: source)
  }

  private mutating func readSeverities(_ node: PackNode?) -> [String: GateSeverity] {
    guard let node else { return [:] }
    var found: [String: GateSeverity] = [:]
    if node.entries == nil { faults.append(PackFault(node.origin, .notMap(key: "severities"))) }
    for entry in node.entries ?? [] {
      guard let text = entry.value.text, let severity = GateSeverity(rawValue: text) else {
        let allowed = GateSeverity.allCases.map(\.rawValue)
        let text = entry.value.text ?? ""
        faults.append(
          PackFault(entry.origin, .notOneOf(key: entry.key, text: text, allowed: allowed)))
        continue
      }
      if GateRule(rawValue: entry.key) == nil {
        faults.append(PackFault(entry.origin, .ruleUnknown(entry.key)))
      }
      found[entry.key] = severity
    }
    return found
  }

  private mutating func readCheck(
    _ node: PackNode, of profile: String, on schema: DatasetSchema?
  ) -> ProfileCheck? {
    var fields = PackFields(node)
    let id = fields.text("id")
    if let id {
      let isOwn = id.hasPrefix(profile + "/") && PackName.isPath(id)
      if !isOwn { fields.add(.notID(id)) }
      if places[id] != nil { fields.add(.idTwice(id)) }
      places[id] = node.origin
    }
    let title = fields.localized("title")
    let severity = fields.choice("severity", of: GateSeverity.self)
    let source = fields.text("source")
    let certainty = fields.choice("certainty", of: Certainty.self)
    let reader = ProfileTestReader(
      schema: schema, schemas: schemas,
      vocabulary: schema.map {
        RowVocabulary.vocabulary(
          of: $0, tables: tables, parameters: parameters, functions: NativeFunctions.all)
      })
    let condition = reader.condition("when", &fields)
    let remedy = fields.optionalLocalized("remedy")
    let test = reader.test(&fields)
    faults += fields.finish()
    guard let id, let title, let severity, let source, let certainty, let test else { return nil }
    return ProfileCheck(
      id: id, title: title, severity: severity, source: source, certainty: certainty,
      condition: condition, test: test, remedy: remedy)
  }
}
