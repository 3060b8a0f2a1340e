import KarezCore
import KarezRules

/// Reads every pack and links them; keeps going after a fault, so that one run tells all.
struct PackLoader {
  /// Folders of `Packs` that are not packs of rules: region packs have their own loader.
  static let otherFolders = ["regions"]
  static let knownFolders: [String: [String]] = [
    "": ["pack.yaml", "README.zh.md"], "rules": [".yaml"], "parameters": [".yaml"],
    "codes": [".csv"], "schemas": [".yaml"], "styles": [".json"], "cases/good": [".yaml"],
    "cases/bad": [".yaml"], "failure": [".yaml", ".md"], "cn": [".yaml"],
    "profiles": [".yaml"], "profiles/good": [".yaml"], "profiles/bad": [".yaml"],
    "years": [".yaml"], "terms": [".yaml"], "workflows": [".yaml"], "workflows/cases": [".yaml"],
    "notices": [".yaml"], "letters": [".yaml"], "forms": [".yaml"],
    "indicators": [".yaml"], "plan": [".yaml", ".csv"],
  ]

  let root: String
  var library = PackLibrary()
  var faults: [PackFault] = []
  var folders: [PackFolder] = []

  init(folder: String) { root = folder }

  mutating func load() throws(RulePackError) -> PackLibrary {
    guard let names = PackFolder.list(root) else { throw .folderUnreadable(folder: root) }
    for name in names
    where PackFolder.isFolder(root + "/" + name) && !Self.otherFolders.contains(name) {
      attempt { loader throws(PackFault) in
        try loader.readPack(PackFolder(name, in: loader.root))
      }
    }
    checkRequirements()
    readCatalogue()
    readPinyin()
    checkSchemas()
    if names.contains(SearchRules.file) { readSearch() }
    // What is below speaks of datasets and codes; faults there would only repeat themselves.
    if faults.isEmpty { readLawAsData() }
    guard faults.isEmpty else {
      throw .refused(faults.sorted { $0.place < $1.place })
    }
    library.schemas.sort { $0.id < $1.id }
    library.packs.sort { $0.id < $1.id }
    return library
  }

  /// Runs a step; a fault it throws is kept and the next step goes on.
  mutating func attempt(_ step: (inout PackLoader) throws(PackFault) -> Void) {
    do throws(PackFault) {
      try step(&self)
    } catch {
      faults.append(error)
    }
  }

  /// The tree of a YAML file, or nil after keeping its fault.
  mutating func node(of file: PackFolder.File) -> PackNode? {
    do throws(RulePackError) {
      return try PackNode.read(file.bytes, file: file.path)
    } catch {
      if case .refused(let found) = error { faults += found }
      return nil
    }
  }

  mutating func readPack(_ folder: PackFolder) throws(PackFault) {
    folders.append(folder)
    refuseUnexpectedFiles(of: folder)
    let path = folder.name + "/pack.yaml"
    guard let file = folder.files.first(where: { $0.path == path }) else {
      throw PackFault(PackOrigin(file: path, line: 1), .fileMissing("pack.yaml"))
    }
    guard let node = node(of: file) else { return }
    let (manifest, codes, found) = PackManifest.manifest(from: node)
    faults += found
    if let manifest {
      if manifest.id != folder.name { throw PackFault(node.origin, .notID(manifest.id)) }
      library.manifests.append(manifest)
      library.packs.append(
        PackVersion(id: manifest.id, version: manifest.version, sm3: folder.sm3))
    }
    readCodes(codes, of: folder)
    readSchemas(of: folder)
    readStyles(of: folder)
  }

  private mutating func refuseUnexpectedFiles(of folder: PackFolder) {
    for file in folder.files {
      let parts = file.path.split(separator: "/").dropFirst()
      let place = parts.dropLast().joined(separator: "/")
      let allowed = Self.knownFolders[place] ?? []
      if !allowed.contains(where: { file.path.hasSuffix($0) }) {
        faults.append(PackFault(PackOrigin(file: file.path, line: 1), .fileUnexpected))
      }
    }
  }

  private mutating func readCodes(_ codes: [CodeFile.Declaration], of folder: PackFolder) {
    let files = folder.files(in: "codes", suffix: ".csv")
    for declaration in codes {
      let path = "\(folder.name)/codes/\(declaration.id).csv"
      guard let file = files.first(where: { $0.path == path }) else {
        faults.append(PackFault(declaration.origin, .fileMissing(path)))
        continue
      }
      let (table, found) = CodeFile.table(declaration, from: file)
      faults += found
      guard let table else { continue }
      if library.codeTables.updateValue(table, forKey: table.id) != nil {
        faults.append(PackFault(declaration.origin, .idTwice(table.id)))
      }
    }
    let declared = codes.map { "\(folder.name)/codes/\($0.id).csv" }
    for file in files where !declared.contains(file.path) {
      faults.append(
        PackFault(PackOrigin(file: file.path, line: 1), .codeTableUndeclared(file.path)))
    }
  }

  private mutating func readSchemas(of folder: PackFolder) {
    for file in folder.files(in: "schemas", suffix: ".yaml") {
      guard let node = node(of: file) else { continue }
      let (schema, found) = SchemaFile.schema(from: node)
      faults += found
      guard let schema else { continue }
      if !file.path.hasSuffix("/schemas/\(schema.id).yaml") {
        faults.append(PackFault(node.origin, .notID(schema.id.text)))
      }
      if library.schemas.contains(where: { $0.id == schema.id }) {
        faults.append(PackFault(node.origin, .idTwice(schema.id.text)))
      }
      library.schemas.append(schema)
    }
  }

  private mutating func readStyles(of folder: PackFolder) {
    for file in folder.files(in: "styles", suffix: ".json") {
      let place = PackOrigin(file: file.path, line: 1)
      let name = file.path.split(separator: "/").last.map { String($0.dropLast(5)) } ?? ""
      guard let id = DatasetID(name) else {
        faults.append(PackFault(place, .notID(name)))
        continue
      }
      do throws(JSONError) {
        let value = try JSONValue(parsing: file.bytes)
        guard value["layers"]?.array != nil else {
          faults.append(PackFault(place, .keyMissing("layers")))
          continue
        }
        library.styles[id] = String(decoding: file.bytes, as: UTF8.self)
      } catch {
        faults.append(PackFault(place, .notJSON))
      }
    }
  }

  // MARK: Links

  private mutating func checkRequirements() {
    for manifest in library.manifests {
      let place = PackOrigin(file: manifest.id + "/pack.yaml", line: 1)
      for needed in manifest.requires {
        guard let other = library.manifests.first(where: { $0.id == needed.pack }) else {
          faults.append(PackFault(place, .packUnknown(needed.pack)))
          continue
        }
        guard other.satisfies(needed.version) else {
          let fact = PackFault.What.packTooOld(
            pack: other.id, version: other.version, needed: needed.version)
          faults.append(PackFault(place, fact))
          continue
        }
      }
    }
  }
}
