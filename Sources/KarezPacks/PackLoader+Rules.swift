import KarezCore
import KarezRules

extension PackLoader {
  /// Reads laws, facts, parameters, rules, cases and the glossary, in the order they rest on
  /// one another.
  mutating func readLawAsData() {
    readLaws()
    checkBasis()
    let facts = readFacts()
    readGlossary()
    guard faults.isEmpty, let facts else { return }
    let laws = Dictionary(library.laws.map { ($0.id, $0) }) { first, _ in first }
    let citations = CitationReader(laws: laws)
    let parameters = readParameters(citations)
    let vocabulary = Vocabulary(
      facts: facts.facts, tableOfFact: facts.tableOfFact, parameters: parameters,
      tables: Array(library.codeTables.values), functions: NativeFunctions.all)
    var rules: [Rule] = []
    for folder in folders {
      var file = RuleFile(pack: folder.name, vocabulary: vocabulary, citations: citations)
      for item in folder.files(in: "rules", suffix: ".yaml") {
        if let node = node(of: item) { file.read(node) }
      }
      rules += file.rules
      faults += file.faults
      library.rulePlaces.merge(file.places) { first, _ in first }
    }
    library.ruleBook = RuleBook(rules: rules, vocabulary: vocabulary)
    readProfiles(parameters)
    if faults.isEmpty { readCases() }
    if faults.isEmpty { readGateCases() }
    readCalendar()
    if faults.isEmpty { readProcedures(citations) }
    if faults.isEmpty { readSupervision() }
  }

  private mutating func readLaws() {
    guard let folder = folders.first(where: { $0.name == "laws" }) else { return }
    for file in folder.files(in: "cn", suffix: ".yaml") {
      guard let node = node(of: file) else { continue }
      let (law, found) = LawFile.law(from: node)
      faults += found
      guard let law else { continue }
      if library.laws.contains(where: { $0.id == law.id }) {
        faults.append(PackFault(node.origin, .idTwice(law.id)))
      }
      library.laws.append(law)
    }
    library.laws.sort { $0.id < $1.id }
  }

  private mutating func readFacts() -> FactsFile? {
    let name = "facts.yaml"
    guard let file = shared(name), let node = node(of: file) else { return nil }
    var facts = FactsFile(schemas: library.schemas, tables: library.codeTables)
    facts.read(node)
    faults += facts.faults
    library.sliverTolerance = facts.sliverTolerance
    keepVersion("facts", facts.version, of: file)
    return facts
  }

  /// A file that lies beside the packs.
  mutating func shared(_ name: String) -> PackFolder.File? {
    do throws(PackFault) {
      return try PackFolder.read(root + "/" + name, named: name)
    } catch {
      faults.append(error)
      return nil
    }
  }

  private mutating func readParameters(_ citations: CitationReader) -> [Parameter] {
    var file = ParameterFile(citations: citations)
    for folder in folders {
      for item in folder.files(in: "parameters", suffix: ".yaml") {
        if let node = node(of: item) { file.read(node) }
      }
    }
    faults += file.faults
    return file.parameters
  }

  private mutating func readProfiles(_ parameters: [Parameter]) {
    var file = ProfileFile(
      schemas: library.schemas, tables: Array(library.codeTables.values), parameters: parameters)
    for folder in folders {
      for item in folder.files(in: "profiles", suffix: ".yaml") {
        if let node = node(of: item) { file.read(node) }
      }
    }
    faults += file.faults
    library.profiles = file.profiles.sorted { $0.id < $1.id }
    library.rulePlaces.merge(file.places) { first, _ in first }
  }

  private mutating func readCases() {
    let places: [(RuleCase.Kind, String)] = [
      (.good, "cases/good"), (.bad, "cases/bad"), (.failure, "failure"),
    ]
    for folder in folders {
      for (kind, place) in places {
        var file = CaseFile(pack: folder.name, kind: kind, book: library.ruleBook)
        for item in folder.files(in: place, suffix: ".yaml") {
          if let node = node(of: item) { file.read(node) }
        }
        library.cases += file.cases
        faults += file.faults
      }
    }
  }

  private mutating func readGateCases() {
    for folder in folders {
      for (isGood, place) in [(true, "profiles/good"), (false, "profiles/bad")] {
        var file = GateCaseFile(
          pack: folder.name, isGood: isGood, schemas: library.schemas,
          profiles: library.profiles)
        for item in folder.files(in: place, suffix: ".yaml") {
          if let node = node(of: item) { file.read(node) }
        }
        library.gateCases += file.cases
        faults += file.faults
      }
    }
  }

  private mutating func readGlossary() {
    let name = "glossary.csv"
    guard let file = shared(name) else { return }
    attempt { loader throws(PackFault) in
      let records = try CommaText.records(file.bytes, file: name)
      let columns = ["zh", "en", "identifier", "kind", "source", "avoid", "note"]
      guard records.first?.fields == columns else {
        throw PackFault(PackOrigin(file: name, line: 1), .columnsMissing(columns))
      }
      for record in records.dropFirst() { loader.readTerm(record, of: name) }
    }
  }

  private mutating func readTerm(_ record: CommaText.Record, of file: String) {
    let place = PackOrigin(file: file, line: record.line)
    let fields = record.fields
    guard fields.count == 7 else {
      faults.append(PackFault(place, .wrongFieldCount(found: fields.count, expected: 7)))
      return
    }
    for term in library.glossary where term.zh == fields[0] || term.identifier == fields[2] {
      faults.append(PackFault(place, .idTwice(term.zh == fields[0] ? fields[0] : fields[2])))
    }
    library.glossary.append(
      GlossaryTerm(
        zh: fields[0], en: fields[1], identifier: fields[2], kind: fields[3], source: fields[4],
        avoid: fields[5].split(separator: ";").map(String.init), note: fields[6]))
  }
}
