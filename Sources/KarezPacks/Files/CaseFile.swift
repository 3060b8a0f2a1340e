import KarezCore
import KarezRules

/// Reads `cases/good/*.yaml`, `cases/bad/*.yaml` and `failure/*.yaml` of one pack.
struct CaseFile {
  let pack: String
  let kind: RuleCase.Kind
  let book: RuleBook
  private(set) var cases: [RuleCase] = []
  private(set) var faults: [PackFault] = []

  init(pack: String, kind: RuleCase.Kind, book: RuleBook) {
    self.pack = pack
    self.kind = kind
    self.book = book
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
    let day = fields.date("on")
    let facts = facts(fields.required("given"), unknown: fields.texts("unknown"), &fields)
    let silent = fields.texts("silent")
    if kind == .failure, fields.text("issue") == nil { fields.add(.keyMissing("issue")) }
    var expectations: [RuleCase.Expectation] = []
    for item in fields.list("expect") {
      guard let expectation = expectation(item, &fields) else { continue }
      expectations.append(expectation)
    }
    switch kind {
    case .good:
      if silent.isEmpty || !expectations.isEmpty { fields.add(.expectationMissing) }
    case .bad:
      if expectations.isEmpty { fields.add(.expectationMissing) }
    case .failure:
      if silent.isEmpty && expectations.isEmpty { fields.add(.expectationMissing) }
    }
    for rule in silent + expectations.map(\.rule)
    where !book.rules.contains(where: { $0.id == rule }) {
      fields.add(.ruleUnknown(rule))
    }
    if let name, cases.contains(where: { $0.name == name && $0.place.file == node.origin.file }) {
      fields.add(.idTwice(name))
    }
    faults += fields.finish()
    guard let name, let day else { return }
    cases.append(
      RuleCase(
        pack: pack, place: node.origin, kind: kind, name: name, day: day, facts: facts,
        silent: silent, expectations: expectations))
  }

  private func expectation(
    _ node: PackNode, _ parent: inout PackFields
  ) -> RuleCase.Expectation? {
    var fields = PackFields(node)
    let rule = fields.text("because")
    let outcome = fields.text("finding")
    let message = fields.text("message")
    let severity =
      fields.optional("severity") == nil ? nil : fields.choice("severity", of: Severity.self)
    let certainty =
      fields.optional("certainty") == nil ? nil : fields.choice("certainty", of: Certainty.self)
    let approver = fields.optionalText("approver")
    let documents = fields.optional("missing") == nil ? nil : fields.texts("missing")
    parent.add(fields.finish())
    guard let rule, let outcome, let message else { return nil }
    return RuleCase.Expectation(
      rule: rule, outcome: outcome, message: message, severity: severity, certainty: certainty,
      approver: approver, missingDocuments: documents)
  }

  /// The facts given; what is neither given nor unknown is nothing: no area, no count, no code.
  private func facts(
    _ node: PackNode?, unknown: [String], _ parent: inout PackFields
  ) -> Facts {
    var values: [FactID: FactValue] = [:]
    for fact in book.facts where !unknown.contains(fact.id.text) {
      switch fact.type {
      case .quantity(let dimension):
        let unit = Unit.allCases.first { $0.dimension == dimension } ?? .one
        values[fact.id] = .quantity(Quantity(0, unit))
      case .codes: values[fact.id] = .codes([])
      case .boolean: values[fact.id] = .boolean(false)
      case .text: break
      }
    }
    for name in unknown where !book.facts.contains(where: { $0.id.text == name }) {
      parent.add(.factUnknown(name))
    }
    if let node, node.entries == nil { parent.add(.notMap(key: "given"), at: node.origin) }
    for entry in node?.entries ?? [] {
      guard let fact = book.facts.first(where: { $0.id.text == entry.key }) else {
        parent.add(.factUnknown(entry.key), at: entry.origin)
        continue
      }
      guard let value = Self.value(entry.value, as: fact.type) else {
        parent.add(.valueOfWrongType(fact: entry.key), at: entry.origin)
        continue
      }
      checkCodes(value, of: fact.id, at: entry.origin, &parent)
      values[fact.id] = value
    }
    return Facts(values)
  }

  private func checkCodes(
    _ value: FactValue, of fact: FactID, at place: PackOrigin, _ parent: inout PackFields
  ) {
    let vocabulary = book.vocabulary
    guard let table = vocabulary.tableOfFact[fact].flatMap({ vocabulary.tables[$0] }) else {
      return
    }
    let codes: [String] =
      switch value {
      case .text(let code): [code]
      case .codes(let codes): codes
      case .quantity, .boolean: []
      }
    for code in codes where !table.contains(code) {
      parent.add(.codeUnknown(table: table.id, code: code), at: place)
    }
  }

  private static func value(_ node: PackNode, as type: FactType) -> FactValue? {
    switch (type, node.kind) {
    case (.quantity(let dimension), .text(let text)):
      guard let quantity = Quantity(text), quantity.dimension == dimension else { return nil }
      return .quantity(quantity)
    case (.text, .text(let text)): return .text(text)
    case (.boolean, .boolean(let value)): return .boolean(value)
    case (.codes, .list(let nodes)):
      let codes = nodes.compactMap(\.text)
      return codes.count == nodes.count ? .codes(codes.sorted()) : nil
    default: return nil
    }
  }
}
