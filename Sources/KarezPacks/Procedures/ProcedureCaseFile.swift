import KarezCore
import KarezRules
import KarezWorkflow

/// Reads `workflows/cases/*.yaml`.
struct ProcedureCaseFile {
  let procedures: [WorkflowDefinition]
  private(set) var cases: [ProcedureCase] = []
  private(set) var faults: [PackFault] = []

  init(procedures: [WorkflowDefinition]) { self.procedures = procedures }

  mutating func read(_ node: PackNode) {
    guard let items = node.list else {
      faults.append(PackFault(node.origin, .notList(key: "")))
      return
    }
    for item in items {
      var fields = PackFields(item)
      let name = fields.text("name")
      let procedure = fields.text("procedure")
      let version = fields.optionalText("version")
      let region = fields.text("region")
      let definition = procedures.first {
        $0.id == procedure && (version == nil || $0.version == version)
      }
      if let procedure, definition == nil { fields.add(.procedureUnknown(procedure)) }
      let steps = fields.list("steps").compactMap { step($0, definition, &fields) }
      if steps.isEmpty { fields.add(.keyMissing("steps")) }
      faults += fields.finish()
      guard let name, let procedure, let region else { continue }
      cases.append(
        ProcedureCase(
          place: item.origin, name: name, procedure: procedure, version: version,
          region: region, steps: steps))
    }
  }

  private func step(
    _ node: PackNode, _ definition: WorkflowDefinition?, _ parent: inout PackFields
  ) -> ProcedureCase.Step? {
    var fields = PackFields(node)
    let day = fields.date("on")
    let roles = fields.texts("as")
    let act = act(&fields)
    let documents = fields.texts("documents")
    let facts = facts(&fields, definition)
    let expectation = expectation(&fields)
    parent.add(fields.finish())
    guard let day, let act else { return nil }
    return ProcedureCase.Step(
      place: node.origin, on: day, roles: roles, act: act, documents: documents, facts: facts,
      expectation: expectation)
  }

  private func act(_ fields: inout PackFields) -> ProcedureCase.Step.Act? {
    var acts: [ProcedureCase.Step.Act] = []
    if fields.boolean("open", default: false) { acts.append(.open) }
    if fields.boolean("tick", default: false) { acts.append(.act(.tick)) }
    if fields.boolean("bring", default: false) { acts.append(.act(.establish)) }
    if let id = fields.optionalText("make") { acts.append(.act(.make(transition: id))) }
    if let id = fields.optionalText("pause") { acts.append(.act(.pause(reason: id))) }
    if let id = fields.optionalText("resume") { acts.append(.act(.resume(reason: id))) }
    if let id = fields.optionalText("extend") {
      acts.append(.act(.extend(clock: id, note: "case")))
    }
    if let id = fields.optionalText("reject") {
      acts.append(.act(.review(document: id, isAccepted: false, note: "case")))
    }
    guard acts.count == 1, let act = acts.first else {
      fields.add(.keyMissing("make"))
      return nil
    }
    return act
  }

  private func facts(
    _ fields: inout PackFields, _ definition: WorkflowDefinition?
  ) -> [FactID: FactValue] {
    var facts: [FactID: FactValue] = [:]
    for entry in fields.optional("facts")?.entries ?? [] {
      let id = FactID(entry.key)
      let declared = definition?.facts.first { $0.id == id }
      switch (declared?.kind, entry.value.kind) {
      case (.boolean, .boolean(let value)): facts[id] = .boolean(value)
      case (.text, .text(let text)): facts[id] = .text(text)
      case (.area, .text(let text)), (.money, .text(let text)):
        if let quantity = Quantity(text) { facts[id] = .quantity(quantity) }
      case (nil, _): fields.add(.factUnknown(entry.key), at: entry.origin)
      default: fields.add(.valueOfWrongType(fact: entry.key), at: entry.origin)
      }
    }
    return facts
  }

  private func expectation(_ parent: inout PackFields) -> ProcedureCase.Expectation {
    guard let node = parent.optional("expect") else {
      return ProcedureCase.Expectation(states: nil, due: [:], idle: [], effects: [], refused: nil)
    }
    var fields = PackFields(node)
    let states = fields.texts("states")
    var due: [String: LegalDate] = [:]
    for entry in fields.optional("due")?.entries ?? [] {
      guard let day = entry.value.text.flatMap({ LegalDate($0) }) else {
        fields.add(.notDate(key: entry.key, text: entry.value.text ?? ""), at: entry.origin)
        continue
      }
      due[entry.key] = day
    }
    let idle = fields.texts("idle")
    let effects = fields.texts("effects")
    let refused = fields.optionalText("refused")
    parent.add(fields.finish())
    return ProcedureCase.Expectation(
      states: states.isEmpty ? nil : states.sorted(), due: due, idle: idle, effects: effects,
      refused: refused)
  }
}
