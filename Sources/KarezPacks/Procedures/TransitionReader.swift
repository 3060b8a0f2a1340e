import KarezCore
import KarezRules
import KarezWorkflow

/// Reads the transitions of a procedure.
struct TransitionReader {
  let facts: [DeclaredFact]

  mutating func transition(_ node: PackNode, _ parent: inout PackFields) -> Transition? {
    var fields = PackFields(node)
    let id = fields.text("id")
    let title = fields.localized("title")
    let trigger = trigger(&fields)
    let origin = origin(&fields)
    let to = fields.texts("to")
    if to.isEmpty { fields.add(.keyMissing("to")) }
    let clears = fields.boolean("clears", default: false)
    let documents = fields.texts("documents")
    let needed = fields.texts("facts").map { FactID($0) }
    let conditions = conditions(&fields)
    let starts = fields.texts("starts")
    let stops = fields.texts("stops")
    let beginning = beginning(&fields)
    let effects = effects(&fields)
    let notBy = fields.texts("notBy")
    let paid = fields.texts("paid")
    if let id, !PackName.isPath(id) { fields.add(.notID(id)) }
    parent.add(fields.finish())
    guard let id, let title, let trigger, let origin else { return nil }
    return Transition(
      id: id, title: title, trigger: trigger, origin: origin, to: to, clears: clears,
      documents: documents, facts: needed, conditions: conditions, starts: starts, stops: stops,
      beginning: beginning, effects: effects, notBy: notBy, paid: paid)
  }

  /// One of `by`, `automatic: true` and `onDue`.
  private func trigger(_ fields: inout PackFields) -> Transition.Trigger? {
    let by = fields.texts("by")
    let isAutomatic = fields.boolean("automatic", default: false)
    let clock = fields.optionalText("onDue")
    switch (by.isEmpty, isAutomatic, clock) {
    case (false, false, nil): return .person(by)
    case (true, true, nil): return .automatic
    case (true, false, .some(let clock)): return .due(clock: clock)
    default:
      fields.add(.keyMissing("by"))
      return nil
    }
  }

  /// One of `from`, all of which must be held, and `fromAny`.
  private func origin(_ fields: inout PackFields) -> Transition.Origin? {
    let all = fields.texts("from")
    let any = fields.texts("fromAny")
    guard all.isEmpty != any.isEmpty else {
      fields.add(.keyMissing("from"))
      return nil
    }
    return any.isEmpty ? .all(all) : .any(any)
  }

  private func beginning(_ fields: inout PackFields) -> Transition.Beginning {
    let first = fields.optionalText("countsFromBeginning")
    let last = fields.optionalText("countsFromDue")
    if let first { return .beginning(of: first) }
    return last.map { .due(of: $0) } ?? .day
  }

  private func conditions(_ parent: inout PackFields) -> [Transition.Condition] {
    parent.list("when").compactMap { node in
      var fields = PackFields(node)
      let id = fields.text("fact").map { FactID($0) }
      let declared = id.flatMap { id in facts.first { $0.id == id } }
      var value: FactValue?
      if declared?.kind == .boolean {
        if fields.required("is") != nil { value = .boolean(fields.boolean("is", default: true)) }
      } else {
        value = fields.text("is").map { .text($0) }
      }
      if let id, let declared, declared.kind != .boolean, declared.kind != .text {
        fields.add(.valueOfWrongType(fact: id.text))
      }
      parent.add(fields.finish())
      guard let id, let value else { return nil }
      return Transition.Condition(fact: id, value: value)
    }
  }

  private func effects(_ parent: inout PackFields) -> [CaseEffect] {
    parent.list("effects").compactMap { node in
      var fields = PackFields(node)
      let kind = fields.choice("kind", of: CaseEffect.Kind.self)
      let of = fields.text("of")
      let establishes = fields.optionalText("establishes").map { FactID($0) }
      // Whether a fee is settled the case says itself: nothing waits for a fact of it.
      if kind == .fee, establishes != nil { fields.add(.keyUnknown("establishes")) }
      parent.add(fields.finish())
      guard let kind, let of else { return nil }
      return CaseEffect(kind: kind, of: of, establishes: establishes)
    }
  }
}
