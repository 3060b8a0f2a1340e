import KarezCore
import KarezRules
import KarezWorkflow

/// Reads `workflows/*.yaml`: the versions of one procedure each, newest first.
struct WorkflowFile {
  let pack: String
  let terms: [String: Term]
  let roles: Set<String>
  let citations: CitationReader
  let effects: EffectFormReader
  private(set) var definitions: [WorkflowDefinition] = []
  private(set) var faults: [PackFault] = []

  init(
    pack: String, terms: [String: Term], roles: Set<String>, citations: CitationReader,
    effects: EffectFormReader
  ) {
    self.pack = pack
    self.terms = terms
    self.roles = roles
    self.citations = citations
    self.effects = effects
  }

  mutating func read(_ node: PackNode) {
    guard let items = node.list else {
      faults.append(PackFault(node.origin, .notList(key: "")))
      return
    }
    for item in items {
      guard let definition = definition(item) else { continue }
      if definitions.contains(where: {
        $0.id == definition.id
          && ($0.version == definition.version || $0.validity.overlaps(definition.validity))
      }) {
        faults.append(PackFault(item.origin, .idTwice(definition.id)))
      }
      for fault in WorkflowCheck.faults(of: definition, roles: roles) {
        faults.append(PackFault(item.origin, .procedure(fault)))
      }
      definitions.append(definition)
    }
  }

  private mutating func definition(_ node: PackNode) -> WorkflowDefinition? {
    var fields = PackFields(node)
    let id = fields.text("id")
    let version = fields.text("version")
    let title = fields.localized("title")
    let validity = fields.validity("inForce")
    let cited = citations.citations(&fields)
    let numbering = fields.numbering("number")
    let opening = opening(&fields)
    let documents = documents(&fields)
    let facts = facts(&fields)
    let clocks = clocks(&fields)
    let pauses = pauses(&fields)
    let states = states(&fields)
    var reader = TransitionReader(facts: facts)
    let transitions = fields.list("transitions").compactMap { reader.transition($0, &fields) }
    let migrations = migrations(&fields)
    let boundary = fields.optionalText("boundary")
    var effects = effects
    effects.citations = citations
    let forms = fields.list("effects").compactMap { effects.form($0, &fields) }
    let letter = effects.letter(&fields)
    let service = ServiceFile.service(&fields)
    if let id, !id.hasPrefix(pack + "/") || !PackName.isPath(id) { fields.add(.notID(id)) }
    if let version, PackManifest.numbers(of: version) == nil { fields.add(.notVersion(version)) }
    let ids: [[String]] = [
      states.map(\.id), transitions.map(\.id), documents.map(\.id), clocks.map(\.id),
      facts.map(\.id.text), pauses.map(\.id), forms.map { "\($0.kind.rawValue)/\($0.of)" },
    ]
    for list in ids { refuseTwice(list, &fields) }
    let own = fields.finish()
    faults += own
    guard own.isEmpty, let id, let version, let title, let validity, let numbering, let opening
    else { return nil }
    return WorkflowDefinition(
      id: id, version: version, title: title, validity: validity, citations: cited,
      numbering: numbering, opening: opening, documents: documents, facts: facts, clocks: clocks,
      pauses: pauses, states: states, transitions: transitions, migrations: migrations,
      boundary: boundary, forms: forms + effects.shared(transitions, besides: forms),
      letter: letter, service: service)
  }

  private func refuseTwice(_ ids: [String], _ fields: inout PackFields) {
    var seen: Set<String> = []
    for id in ids where !seen.insert(id).inserted { fields.add(.idTwice(id)) }
  }

  private func opening(_ parent: inout PackFields) -> Opening? {
    guard let node = parent.required("opening") else { return nil }
    var fields = PackFields(node)
    let opening = Opening(
      by: fields.texts("by"), documents: fields.texts("documents"),
      starts: fields.texts("starts"))
    parent.add(fields.finish())
    return opening
  }

  private func documents(_ parent: inout PackFields) -> [RequiredDocument] {
    parent.list("documents").compactMap { node in
      var fields = PackFields(node)
      let id = fields.text("id")
      let title = fields.localized("title")
      let isReused = fields.boolean("reused", default: false)
      parent.add(fields.finish())
      guard let id, let title else { return nil }
      return RequiredDocument(id: id, title: title, isReused: isReused)
    }
  }

  private func facts(_ parent: inout PackFields) -> [DeclaredFact] {
    parent.list("facts").compactMap { node in
      var fields = PackFields(node)
      let id = fields.text("id")
      let title = fields.localized("title")
      let kind = fields.choice("type", of: DeclaredFact.Kind.self)
      if let id, !PackName.isSnake(id) { fields.add(.notID(id)) }
      parent.add(fields.finish())
      guard let id, let title, let kind else { return nil }
      return DeclaredFact(id: FactID(id), title: title, kind: kind)
    }
  }

  private func clocks(_ parent: inout PackFields) -> [DeclaredClock] {
    parent.list("clocks").compactMap { node in
      var fields = PackFields(node)
      let id = fields.text("id")
      let name = fields.text("term")
      let promised = fields.optionalCount("promised")
      let term = name.flatMap { terms[$0] }
      if let name, term == nil { fields.add(.termUnknown(name)) }
      parent.add(fields.finish())
      guard let id, let term else { return nil }
      return DeclaredClock(id: id, term: term, promised: promised)
    }
  }

  private func pauses(_ parent: inout PackFields) -> [PauseReason] {
    parent.list("pauses").compactMap { node in
      var fields = PackFields(node)
      let id = fields.text("id")
      let title = fields.localized("title")
      let clocks = fields.texts("clocks")
      let by = fields.texts("by")
      let cited = citations.citations(&fields)
      parent.add(fields.finish())
      guard let id, let title else { return nil }
      return PauseReason(id: id, title: title, clocks: clocks, by: by, citations: cited)
    }
  }

  private func states(_ parent: inout PackFields) -> [CaseStage] {
    parent.list("states").compactMap { node in
      var fields = PackFields(node)
      let id = fields.text("id")
      let title = fields.localized("title")
      let kind =
        fields.optional("kind") == nil ? .work : fields.choice("kind", of: CaseStage.Kind.self)
      if let id, !PackName.isPath(id) { fields.add(.notID(id)) }
      parent.add(fields.finish())
      guard let id, let title, let kind else { return nil }
      return CaseStage(id: id, title: title, kind: kind)
    }
  }

  private func migrations(_ parent: inout PackFields) -> [Migration] {
    parent.list("migrations").compactMap { node in
      var fields = PackFields(node)
      let from = fields.text("from")
      let by = fields.texts("by")
      var states: [String: String] = [:]
      for entry in fields.optional("states")?.entries ?? [] { states[entry.key] = entry.value.text }
      parent.add(fields.finish())
      guard let from else { return nil }
      return Migration(from: from, by: by, states: states)
    }
  }
}
