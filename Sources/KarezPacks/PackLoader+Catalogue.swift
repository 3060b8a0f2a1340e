import KarezCore
import KarezCrypto
import KarezRules

extension PackLoader {
  /// Reads the tree of themes and what each update cycle allows.
  mutating func readCatalogue() {
    if let file = shared("themes.yaml"), let node = node(of: file) {
      let (themes, found) = ThemeFile.themes(from: node)
      library.themes = themes
      faults += found
    }
    guard let file = shared("cycles.yaml"), let node = node(of: file) else { return }
    let content = CycleFile.content(of: node)
    library.cycles = content.allowances
    faults += content.faults
    for cycle in UpdateCycle.allCases where content.allowances[cycle] == nil {
      faults.append(PackFault(node.origin, .keyMissing(cycle.rawValue)))
    }
    keepVersion("cycles", content.version, of: file)
  }

  /// Reads the characters' readings, by which titles are searched.
  mutating func readPinyin() {
    guard let file = shared("pinyin.csv") else { return }
    attempt { loader throws(PackFault) in
      let records = try CommaText.records(file.bytes, file: file.path)
      guard records.first?.fields == ["zh", "readings"] else {
        let place = PackOrigin(file: file.path, line: 1)
        throw PackFault(place, .columnsMissing(["zh", "readings"]))
      }
      for record in records.dropFirst() { loader.readReadings(record, of: file.path) }
    }
  }

  /// Reads by which attributes features are found by name.
  mutating func readSearch() {
    guard let file = shared(SearchRules.file), let node = node(of: file) else { return }
    let (rules, found) = SearchFile.rules(from: node, of: library.schemas)
    library.search = rules
    faults += found
  }

  private mutating func readReadings(_ record: CommaText.Record, of file: String) {
    let place = PackOrigin(file: file, line: record.line)
    let fields = record.fields
    guard fields.count == 2 else {
      faults.append(PackFault(place, .wrongFieldCount(found: fields.count, expected: 2)))
      return
    }
    let readings = fields[1].split(separator: " ").map(String.init)
    let isPlain = readings.allSatisfy { $0.utf8.allSatisfy { (0x61...0x7A).contains($0) } }
    guard let character = fields[0].first, fields[0].count == 1, !readings.isEmpty, isPlain else {
      faults.append(PackFault(place, .notID(fields.joined(separator: ","))))
      return
    }
    if library.pinyin.updateValue(readings, forKey: character) != nil {
      faults.append(PackFault(place, .idTwice(fields[0])))
    }
  }

  /// Counts a file beside the packs among what was read, because answers depend on it.
  mutating func keepVersion(_ id: String, _ version: String?, of file: PackFolder.File) {
    guard let version else { return }
    let sm3 = SM3.digest("\(file.path)\t\(SM3.digest(file.bytes))\n").description
    library.packs.append(PackVersion(id: id, version: version, sm3: sm3))
  }

  /// What schemas name must be there: themes, code tables, datasets.
  mutating func checkSchemas() {
    let themes = Set(library.themes.flatMap(\.all).map(\.id))
    let datasets = Set(library.schemas.map(\.id))
    for schema in library.schemas {
      let place = PackOrigin(file: "schemas/\(schema.id).yaml", line: 1)
      if !themes.contains(schema.theme) {
        faults.append(PackFault(place, .themeUnknown(schema.theme)))
      }
      for attribute in schema.attributes {
        if let codes = attribute.codes, library.codeTables[codes] == nil {
          faults.append(PackFault(place, .codeTableUnknown(codes)))
        }
        if let dataset = attribute.references?.dataset, !datasets.contains(dataset) {
          faults.append(PackFault(place, .datasetUnknown(dataset.text)))
        }
      }
    }
    for id in library.styles.keys where !datasets.contains(id) {
      faults.append(
        PackFault(PackOrigin(file: "styles/\(id).json", line: 1), .datasetUnknown(id.text)))
    }
  }

  /// The legal basis of every dataset must be an article of the packs' laws.
  mutating func checkBasis() {
    for schema in library.schemas {
      let place = PackOrigin(file: "schemas/\(schema.id).yaml", line: 1)
      for basis in schema.entry?.basis ?? [] {
        guard let law = library.law(basis.law) else {
          faults.append(PackFault(place, .lawUnknown(basis.law)))
          continue
        }
        if law.article(citedAs: basis.article) == nil {
          faults.append(
            PackFault(place, .articleUnknown(law: basis.law, article: basis.article)))
        }
      }
    }
  }
}
