import KarezCore
import KarezRules
public import KarezWorkflow

/// Reads `project-chains.yaml`, and holds every name in it against the procedures there are.
struct ProjectChainsFile {
  let terms: [String: Term]
  let procedures: [WorkflowDefinition]
  let citations: CitationReader
  private(set) var faults: [PackFault] = []

  /// - `procedures`: newest first, so the first of an id is the one that is looked at.
  init(terms: [String: Term], procedures: [WorkflowDefinition], citations: CitationReader) {
    self.terms = terms
    self.procedures = procedures
    self.citations = citations
  }

  private func procedure(_ id: String) -> WorkflowDefinition? {
    procedures.first { $0.id == id }
  }

  mutating func read(_ node: PackNode) -> ProjectChains? {
    var fields = PackFields(node)
    let version = fields.text("version")
    if let version, PackManifest.numbers(of: version) == nil { fields.add(.notVersion(version)) }
    let code = readCode(&fields)
    let limit = readLimit(&fields)
    let stages = fields.list("stages").compactMap { readStage($0, &fields) }
    let apart = fields.texts("apart")
    for id in apart where procedure(id) == nil { fields.add(.chain(.procedureUnknown(id))) }
    var chains: [ProjectChain] = []
    for item in fields.list("chains") {
      if let chain = readChain(item, stages.map(\.id), &fields) { chains.append(chain) }
    }
    if chains.isEmpty { fields.add(.keyMissing("chains")) }
    let used = Set(apart + chains.flatMap(\.steps).compactMap(\.procedure))
    for id in Set(procedures.map(\.id)).subtracting(used).sorted() {
      fields.add(.chain(.procedureInNone(id)))
    }
    faults += fields.finish()
    guard faults.isEmpty, let code, let limit else { return nil }
    return ProjectChains(
      codePattern: code.pattern, codeCertainty: code.certainty, limit: limit, stages: stages,
      apart: apart, chains: chains)
  }

  private func readCode(
    _ parent: inout PackFields
  ) -> (pattern: String, certainty: Certainty)? {
    guard let node = parent.required("projectCode") else { return nil }
    var fields = PackFields(node)
    let pattern = fields.text("pattern")
    let certainty = fields.choice("certainty", of: Certainty.self)
    if let pattern, (try? Regex(pattern)) == nil { fields.add(.chain(.patternWrong(pattern))) }
    parent.add(fields.finish())
    guard let pattern, let certainty else { return nil }
    return (pattern, certainty)
  }

  private func readLimit(_ parent: inout PackFields) -> ProjectChains.Limit? {
    guard let node = parent.required("limit") else { return nil }
    var fields = PackFields(node)
    let name = fields.text("term")
    let promised = fields.neededCount("promised")
    let certainty = fields.choice("certainty", of: Certainty.self)
    let source = fields.localized("source")
    let term = name.flatMap { terms[$0] }
    if let name, term == nil { fields.add(.termUnknown(name)) }
    if let term, let promised, promised > term.length {
      fields.add(
        .procedure(.promiseTooLong(clock: term.id, promised: promised, term: term.length)))
    }
    parent.add(fields.finish())
    guard let term, let promised, let certainty, let source else { return nil }
    return ProjectChains.Limit(
      term: term, promised: promised, certainty: certainty, source: source)
  }

  private func readStage(
    _ node: PackNode, _ parent: inout PackFields
  ) -> ProjectChains.Stage? {
    var fields = PackFields(node)
    let id = fields.text("id")
    let title = fields.localized("title")
    parent.add(fields.finish())
    guard let id, let title else { return nil }
    return ProjectChains.Stage(id: id, title: title)
  }

  // MARK: Chains

  private func readChain(
    _ node: PackNode, _ stages: [String], _ parent: inout PackFields
  ) -> ProjectChain? {
    var fields = PackFields(node)
    let id = fields.text("id")
    let title = fields.localized("title")
    let isCounted = fields.boolean("counted", default: false)
    let cited = citations.citations(&fields)
    var steps: [ProjectChain.Step] = []
    for item in fields.list("steps") {
      guard let step = readStep(item, after: steps, &fields) else { continue }
      if steps.contains(where: { $0.id == step.id }) { fields.add(.idTwice(step.id)) }
      let isPlaced = step.stage.map(stages.contains) ?? !isCounted
      if !isPlaced { fields.add(.chain(.stageUnknown(step.stage ?? "", step: step.id))) }
      if !isCounted, step.stage != nil || !step.counts.isEmpty {
        fields.add(.chain(.notCounted(step: step.id)))
      }
      steps.append(step)
    }
    if steps.isEmpty { fields.add(.keyMissing("steps")) }
    parent.add(fields.finish())
    guard let id, let title else { return nil }
    return ProjectChain(
      id: id, title: title, isCounted: isCounted, citations: cited, steps: steps)
  }

  private func readStep(
    _ node: PackNode, after steps: [ProjectChain.Step], _ parent: inout PackFields
  ) -> ProjectChain.Step? {
    var fields = PackFields(node)
    let id = fields.text("id")
    let name = fields.optionalText("procedure")
    let outside = fields.optional("outside") == nil ? nil : fields.localized("outside")
    let stage = fields.optionalText("stage")
    let counts = fields.texts("counts")
    let only = fields.optional("only") == nil ? nil : fields.localized("only")
    let own = name.flatMap { procedure($0) }
    if let name, own == nil { fields.add(.chain(.procedureUnknown(name))) }
    if (name == nil) == (outside == nil) { fields.add(.keyMissing("procedure")) }
    for clock in counts where own?.clock(clock) == nil {
      fields.add(.procedure(.unknownClock(clock, place: id ?? "")))
    }
    var needs: [ProjectChain.Need] = []
    for item in fields.list("needs") {
      if let need = readNeed(item, of: own, after: steps, &fields) { needs.append(need) }
    }
    parent.add(fields.finish())
    guard let id else { return nil }
    let body: ProjectChain.Step.Body
    if let name {
      body = .procedure(name)
    } else if let outside {
      body = .outside(outside)
    } else {
      return nil
    }
    return ProjectChain.Step(
      id: id, body: body, stage: stage, counts: counts, only: only, needs: needs)
  }

  private func readNeed(
    _ node: PackNode, of own: WorkflowDefinition?, after steps: [ProjectChain.Step],
    _ parent: inout PackFields
  ) -> ProjectChain.Need? {
    var fields = PackFields(node)
    let of = fields.text("of")
    let decisions = fields.texts("decision")
    let fills = fields.optionalText("fills")
    let within = fields.optionalText("within")
    let earlier = of.flatMap { of in steps.first { $0.id == of } }
    if let of, earlier == nil { fields.add(.chain(.notBefore(of))) }
    let definition = earlier?.procedure.flatMap { procedure($0) }
    for decision in decisions where definition?.transition(decision) == nil {
      fields.add(.procedure(.unknownStep(decision, place: of ?? "")))
    }
    if definition != nil, decisions.isEmpty { fields.add(.keyMissing("decision")) }
    if let within, definition?.clock(within) == nil {
      fields.add(.procedure(.unknownClock(within, place: of ?? "")))
    }
    if let fills, own?.documents.contains(where: { $0.id == fills }) != true {
      fields.add(.procedure(.unknownDocument(fills, place: of ?? "")))
    }
    parent.add(fields.finish())
    return of.map {
      ProjectChain.Need(of: $0, decisions: decisions, fills: fills, within: within)
    }
  }
}

/// What is wrong with the chains of projects, besides names that are not there.
public enum ProjectChainFault: Hashable, Sendable {
  case procedureUnknown(String)
  /// A procedure that stands in no chain and is not told to be apart.
  case procedureInNone(String)
  case stageUnknown(String, step: String)
  /// A stage or a clock in a chain that no limit counts.
  case notCounted(step: String)
  /// A need of a step that does not come before.
  case notBefore(String)
  case patternWrong(String)
}

extension PackLibrary {
  /// What the file is called in the packs' folder.
  public static let chainsFile = "project-chains.yaml"

  /// Reads the chains of projects of the packs' folder, whose procedures and terms are the packs'.
  ///
  /// - Errors: `RulePackError.refused` with every fault found.
  public func projectChains(from folder: String) throws(RulePackError) -> ProjectChains {
    let bytes: [UInt8]
    do throws(PackFault) {
      bytes = try PackFolder.read(folder + "/" + Self.chainsFile, named: Self.chainsFile).bytes
    } catch {
      throw .refused([error])
    }
    return try projectChains(reading: bytes)
  }

  /// The chains of a text.
  public func projectChains(reading bytes: [UInt8]) throws(RulePackError) -> ProjectChains {
    var reader = ProjectChainsFile(
      terms: terms, procedures: procedures,
      citations: CitationReader(
        laws: Dictionary(laws.map { ($0.id, $0) }) { first, _ in first }))
    let chains = reader.read(try PackNode.read(bytes, file: Self.chainsFile))
    guard let chains else { throw .refused(reader.faults) }
    return chains
  }
}
