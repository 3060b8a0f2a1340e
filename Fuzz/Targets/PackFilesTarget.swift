import KarezCore
import KarezRules
import KarezWorkflow

@testable import KarezPacks

/// The files of a pack, linked with one another: documents parted by a line of three hyphens, each
/// taken for every kind of file.
enum PackFilesTarget: FuzzTarget {
  static let name = "pack-files"

  static func feed(_ bytes: [UInt8]) {
    let nodes = documents(of: bytes).compactMap { try? PackNode.read($0, file: "fuzz.yaml") }
    policies(nodes)
    _ = try? Retention.read(bytes)
    let laws = nodes.compactMap { LawFile.law(from: $0).law }
    let schemas = nodes.compactMap { SchemaFile.schema(from: $0).schema }
    let citations = CitationReader(
      laws: Dictionary(laws.map { ($0.id, $0) }) { first, _ in first })
    for node in nodes {
      var chart = ChartFile(laws: laws)
      let read = chart.read(node)
      hold((read == nil) != chart.faults.isEmpty, "a chart, or what is wrong with it")
      _ = SearchFile.rules(from: node, of: schemas)
      var exchange = ExchangeRulesFile(schemas: schemas)
      exchange.read(node, sm3: "")
      var limits = WebLimitsFile()
      limits.read(node)
      var bases = BaseLayersFile()
      bases.read(node)
      for base in bases.layers { hold(!base.origin.contains(" "), "one source of a policy") }
    }
    var facts = FactsFile(schemas: schemas, tables: [:])
    var parameters = ParameterFile(citations: citations)
    for node in nodes {
      facts.read(node)
      parameters.read(node)
    }
    var profiles = ProfileFile(schemas: schemas, tables: [], parameters: parameters.parameters)
    let vocabulary = Vocabulary(facts: facts.facts, parameters: parameters.parameters)
    var rules = RuleFile(pack: "fuzz", vocabulary: vocabulary, citations: citations)
    for node in nodes {
      profiles.read(node)
      rules.read(node)
    }
    let book = RuleBook(rules: rules.rules, vocabulary: vocabulary)
    var cases = CaseFile(pack: "fuzz", kind: .bad, book: book)
    var gateCases = GateCaseFile(
      pack: "fuzz", isGood: true, schemas: schemas, profiles: profiles.profiles)
    for node in nodes {
      cases.read(node)
      gateCases.read(node)
    }
    procedures(nodes, citations)
    table(of: bytes)
  }

  /// A procedure that passes the check on load must end wherever a case can go.
  private static func procedures(_ nodes: [PackNode], _ citations: CitationReader) {
    let years = nodes.compactMap { CalendarFile.year(from: $0).year }
    let calendar = try? WorkCalendar(years: years)
    var terms = TermFile(pack: "fuzz", citations: citations)
    for node in nodes { terms.read(node) }
    var texts = CaseTextFile(pack: "fuzz")
    for node in nodes {
      texts.readNotices(node)
      texts.readLetters(node)
    }
    var workflows = WorkflowFile(
      pack: "fuzz", terms: Dictionary(terms.terms.map { ($0.id, $0) }) { first, _ in first },
      roles: ["clerk"], citations: citations,
      effects: EffectFormReader(
        schemas: [], notices: texts.notices, letters: texts.letters))
    for node in nodes { workflows.read(node) }
    for definition in workflows.definitions {
      hold(!definition.id.isEmpty, "a procedure has an id")
      _ = calendar.map { Workflow(definition, by: $0) }
    }
    var cases = ProcedureCaseFile(procedures: workflows.definitions)
    for node in nodes { cases.read(node) }
    for node in nodes {
      var chains = ProjectChainsFile(
        terms: Dictionary(terms.terms.map { ($0.id, $0) }) { first, _ in first },
        procedures: workflows.definitions, citations: citations)
      let read = chains.read(node)
      hold((read == nil) != chains.faults.isEmpty, "chains, or what is wrong with them")
    }
  }

  private static func policies(_ nodes: [PackNode]) {
    for node in nodes {
      _ = PackManifest.manifest(from: node)
      var offices = OfficesFile()
      offices.read(node)
      var evidence = EvidencePolicyFile()
      evidence.read(node)
      var acts = TwoPersonsFile(datasets: ["plots"])
      acts.read(node)
    }
  }

  private static func table(of bytes: [UInt8]) {
    let declaration = CodeFile.Declaration(
      id: "fuzz", title: LocalizedText(zh: "表", en: "table"), source: "", certainty: .certain,
      edition: nil, origin: PackOrigin(file: "pack.yaml", line: 1))
    _ = CodeFile.table(declaration, from: PackFolder.File(path: "fuzz.csv", bytes: bytes))
  }

  private static func documents(of bytes: [UInt8]) -> [[UInt8]] {
    let mark = Array("---\n".utf8)
    var documents: [[UInt8]] = [[]]
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      let whole = Array(line) + [0x0A]
      if whole == mark { documents.append([]) } else { documents[documents.count - 1] += whole }
    }
    return documents
  }
}
