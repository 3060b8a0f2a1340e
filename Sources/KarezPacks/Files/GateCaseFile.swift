import KarezCore
import KarezRules

/// Reads `profiles/good/*.yaml` and `profiles/bad/*.yaml` of one pack.
struct GateCaseFile {
  let pack: String
  let isGood: Bool
  let schemas: [DatasetSchema]
  let rules: Set<String>
  private(set) var cases: [GateCase] = []
  private(set) var faults: [PackFault] = []

  init(pack: String, isGood: Bool, schemas: [DatasetSchema], profiles: [RuleProfile]) {
    self.pack = pack
    self.isGood = isGood
    self.schemas = schemas
    rules = Set(GateRule.allCases.map(\.rawValue) + profiles.flatMap(\.checks).map(\.id))
  }

  mutating func read(_ node: PackNode) {
    guard let items = node.list else {
      faults.append(PackFault(node.origin, .notList(key: "")))
      return
    }
    for item in items { readCase(item) }
  }

  private mutating func readCase(_ node: PackNode) {
    var fields = PackFields(node)
    let name = fields.text("name")
    let schema = schema(&fields)
    let day = fields.date("on")
    let rows = rows(&fields, of: schema)
    if rows.isEmpty { fields.add(.keyMissing("rows")) }
    let recorded = fields.list("recorded").compactMap { state($0, &fields) }
    let silent = fields.texts("silent")
    let expectations = fields.list("expect").compactMap { expectation($0, &fields) }
    if isGood ? silent.isEmpty || !expectations.isEmpty : expectations.isEmpty {
      fields.add(.expectationMissing)
    }
    for rule in silent + expectations.map(\.rule) where !rules.contains(rule) {
      fields.add(.ruleUnknown(rule))
    }
    if let name, cases.contains(where: { $0.name == name && $0.place.file == node.origin.file }) {
      fields.add(.idTwice(name))
    }
    faults += fields.finish()
    guard let name, let schema, let day else { return }
    cases.append(
      GateCase(
        pack: pack, place: node.origin, name: name, dataset: schema.id, day: day, rows: rows,
        recorded: recorded, silent: silent, expectations: expectations))
  }

  private func schema(_ fields: inout PackFields) -> DatasetSchema? {
    guard let name = fields.text("dataset") else { return nil }
    let schema = schemas.first { $0.id.text == name }
    if schema == nil { fields.add(.datasetUnknown(name)) }
    return schema
  }

  private func state(_ node: PackNode, _ parent: inout PackFields) -> GateCase.State? {
    var fields = PackFields(node)
    let schema = schema(&fields)
    let from = fields.date("from")
    let rows = rows(&fields, of: schema)
    parent.add(fields.finish())
    guard let schema, let from else { return nil }
    return GateCase.State(dataset: schema.id, from: from, rows: rows)
  }

  private func rows(
    _ parent: inout PackFields, of schema: DatasetSchema?
  ) -> [GateCase.Row] {
    parent.list("rows").map { node in
      var fields = PackFields(node)
      var shape: GateCase.Shape?
      if let text = fields.optionalText("shape") {
        shape = GateCase.Shape(text)
        if shape == nil { fields.add(.notQuantity(key: "shape", text: text)) }
      }
      var values: [String: String] = [:]
      for entry in node.entries ?? [] where entry.key != "shape" {
        values[entry.key] = fields.optionalText(entry.key)
        if let schema, !schema.attributes.contains(where: { $0.name == entry.key }) {
          fields.add(.attributeUnknown(entry.key), at: entry.origin)
        }
      }
      parent.add(fields.finish())
      return GateCase.Row(values: values, shape: shape)
    }
  }

  private func expectation(
    _ node: PackNode, _ parent: inout PackFields
  ) -> GateCase.Expectation? {
    var fields = PackFields(node)
    let rule = fields.text("because")
    let row = fields.optionalCount("row")
    let message = fields.text("message")
    parent.add(fields.finish())
    guard let rule, let message else { return nil }
    return GateCase.Expectation(rule, row: row, message: message)
  }
}
