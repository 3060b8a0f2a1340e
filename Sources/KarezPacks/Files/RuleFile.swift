import KarezCore
import KarezRules

/// Reads `rules/*.yaml` of one pack.
struct RuleFile {
  let pack: String
  let vocabulary: Vocabulary
  let citations: CitationReader
  /// Where each rule's first version is written.
  private(set) var places: [String: PackOrigin] = [:]
  private(set) var rules: [Rule] = []
  private(set) var faults: [PackFault] = []

  init(pack: String, vocabulary: Vocabulary, citations: CitationReader) {
    self.pack = pack
    self.vocabulary = vocabulary
    self.citations = citations
  }

  mutating func read(_ node: PackNode) {
    guard let items = node.list else {
      faults.append(PackFault(node.origin, .notList(key: "")))
      return
    }
    var previous: [String: [Validity]] = [:]
    for item in items {
      guard let rule = rule(item) else { continue }
      if let place = places[rule.id], place.file != item.origin.file {
        faults.append(PackFault(item.origin, .idTwice(rule.id)))
      }
      if places[rule.id] == nil { places[rule.id] = item.origin }
      var fields = PackFields(PackNode(.map([]), at: item.origin))
      let periods = previous[rule.id, default: []].suffix(1) + [rule.validity]
      ValiditySequence.check(Array(periods), of: rule.id, &fields)
      faults += fields.finish()
      previous[rule.id, default: []].append(rule.validity)
      rules.append(rule)
    }
  }

  private mutating func rule(_ node: PackNode) -> Rule? {
    var fields = PackFields(node)
    let id = fields.text("id")
    let title = fields.localized("title")
    let validity = fields.validity("inForce")
    let certainty = fields.choice("certainty", of: Certainty.self)
    let condition = condition(&fields)
    let consequence = consequence(&fields)
    let cited = citations.citations(&fields)
    if let id, !id.hasPrefix(pack + "/") || !PackName.isPath(id) { fields.add(.notID(id)) }
    if let validity {
      checkParameters(of: condition?.expression, during: validity, &fields)
      checkLaws(cited, during: validity, &fields)
    }
    faults += fields.finish()
    guard let id, let title, let validity, let certainty, let condition, let consequence,
      !cited.isEmpty
    else { return nil }
    return Rule(
      id: id, title: title, validity: validity, certainty: certainty, condition: condition,
      consequence: consequence, citations: cited)
  }

  /// A parameter must have a value on every day the rule is in force.
  private func checkParameters(
    of expression: KarezRules.Expression?, during period: Validity, _ fields: inout PackFields
  ) {
    for name in expression?.parameters ?? [] {
      guard let versions = vocabulary.parameters[name]?.versions,
        let oldest = versions.last?.validity, let newest = versions.first?.validity
      else { continue }
      guard let whole = Validity(from: oldest.from, until: newest.until), whole.covers(period)
      else {
        fields.add(.parameterNotInForce(name))
        continue
      }
    }
  }

  /// A law must be in force as long as the rule that rests on it.
  private func checkLaws(
    _ cited: [Citation], during period: Validity, _ fields: inout PackFields
  ) {
    for citation in cited {
      guard let law = citations.laws[citation.law], !law.validity.covers(period) else { continue }
      fields.add(.lawNotInForce(citation.law))
    }
  }

  private func condition(
    _ fields: inout PackFields
  ) -> (expression: KarezRules.Expression, text: String)? {
    guard let text = fields.text("when") else { return nil }
    do throws(ExpressionError) {
      let expression = try ExpressionParser.expression(from: text)
      let type = try vocabulary.type(of: expression)
      guard type == .boolean else {
        throw .typeMismatch(found: type, expected: .boolean, offset: 0)
      }
      return (expression, text)
    } catch {
      fields.add(.expression(error, text: text))
      return nil
    }
  }

  private func consequence(_ fields: inout PackFields) -> Rule.Consequence? {
    let severity = fields.choice("severity", of: Severity.self)
    let message = fields.localized("message")
    let area = fields.optionalText("area").map { FactID($0) }
    var then = fields.required("then").map { PackFields($0) }
    let outcome = then?.text("finding")
    let approver = then?.optionalText("approver")
    let documents = then?.texts("documents") ?? []
    for code in documents { check(code, in: "documents", &fields) }
    if let approver { check(approver, in: "approvers", &fields) }
    fields.add(then?.finish() ?? [])
    // A verdict stays open only while a document is missing: what is required must be a document.
    if severity == .requires, documents.isEmpty { fields.add(.keyMissing("documents")) }
    if let outcome, !PackName.isPath(outcome) { fields.add(.notID(outcome)) }
    if let area { checkArea(area, &fields) }
    if let message {
      for id in MessageText.placeholders(in: message)
      where vocabulary.facts[id] == nil && vocabulary.parameters[id.text] == nil {
        fields.add(.factUnknown(id.text))
      }
    }
    guard let severity, let message, let outcome else { return nil }
    return Rule.Consequence(
      severity: severity, outcome: outcome, message: message, documents: documents,
      approver: approver, areaFact: area)
  }

  private func check(_ code: String, in table: String, _ fields: inout PackFields) {
    if vocabulary.tables[table]?.contains(code) != true {
      fields.add(.codeUnknown(table: table, code: code))
    }
  }

  private func checkArea(_ id: FactID, _ fields: inout PackFields) {
    guard let fact = vocabulary.facts[id] else {
      fields.add(.factUnknown(id.text))
      return
    }
    // A count or a list of codes has a place on the map too: the pieces it was counted on.
    guard case .map = fact.source else {
      fields.add(.factHasNoPlace(id.text))
      return
    }
  }
}

extension Validity {
  /// Whether every day of another period is one of its own.
  fileprivate func covers(_ other: Validity) -> Bool {
    guard from <= other.from else { return false }
    guard let until else { return true }
    guard let otherUntil = other.until else { return false }
    return otherUntil <= until
  }
}
