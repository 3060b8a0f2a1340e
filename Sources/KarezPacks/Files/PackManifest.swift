public import KarezCore

/// How far a pack has come.
public enum PackMaturity: String, CaseIterable, Hashable, Sendable {
  case draft
  case reviewed
}

/// What `pack.yaml` says.
public struct PackManifest: Hashable, Sendable {
  public let id: String
  /// Three numbers, `1.0.0`.
  public let version: String
  public let title: LocalizedText
  /// Whose law it renders: `cn`, or an administrative code.
  public let jurisdiction: String
  /// The provisions it renders, in words.
  public let specification: LocalizedText
  public let maturity: PackMaturity
  /// The days it claims to answer for.
  public let span: Validity
  public let requires: [Requirement]

  /// Another pack and the oldest version that will do.
  public struct Requirement: Hashable, Sendable {
    public let pack: String
    public let version: String
  }

  static func manifest(
    from node: PackNode
  ) -> (manifest: PackManifest?, codes: [CodeFile.Declaration], faults: [PackFault]) {
    var fields = PackFields(node)
    let id = fields.text("id")
    let version = fields.text("version")
    let title = fields.localized("title")
    let jurisdiction = fields.text("jurisdiction")
    let specification = fields.localized("specification")
    let maturity = fields.choice("maturity", of: PackMaturity.self)
    let span = fields.validity("span")
    var requirements: [Requirement] = []
    for text in fields.texts("requires") {
      let parts = text.split(separator: " ").map(String.init)
      if parts.count == 2, numbers(of: parts[1]) != nil {
        requirements.append(Requirement(pack: parts[0], version: parts[1]))
      } else {
        fields.add(.notVersion(text))
      }
    }
    var codes: [CodeFile.Declaration] = []
    for item in fields.list("codes") {
      let (declaration, faults) = declaration(from: item)
      fields.add(faults)
      if let declaration { codes.append(declaration) }
    }
    if let version, numbers(of: version) == nil { fields.add(.notVersion(version)) }
    let faults = fields.finish()
    guard let id, let version, let title, let jurisdiction, let specification, let maturity,
      let span
    else { return (nil, codes, faults) }
    let manifest = PackManifest(
      id: id, version: version, title: title, jurisdiction: jurisdiction,
      specification: specification, maturity: maturity, span: span, requires: requirements)
    return (manifest, codes, faults)
  }

  private static func declaration(
    from node: PackNode
  ) -> (CodeFile.Declaration?, [PackFault]) {
    var fields = PackFields(node)
    let id = fields.text("id")
    let title = fields.localized("title")
    let source = fields.text("source")
    let certainty = fields.choice("certainty", of: Certainty.self)
    let edition = edition(&fields)
    if let id, DatasetID(id) == nil { fields.add(.notID(id)) }
    if let id, let edition, edition.tableID != id { fields.add(.notID(id)) }
    let faults = fields.finish()
    guard let id, let title, let source, let certainty else { return (nil, faults) }
    let declaration = CodeFile.Declaration(
      id: id, title: title, source: source, certainty: certainty, edition: edition,
      origin: node.origin)
    return (declaration, faults)
  }

  /// Family and edition of a code table: both, or neither.
  private static func edition(_ fields: inout PackFields) -> CodeTable.Edition? {
    guard fields.optional("family") != nil || fields.optional("edition") != nil else { return nil }
    guard let family = fields.text("family"), let name = fields.text("edition") else { return nil }
    return CodeTable.Edition(family: family, name: name)
  }

  /// The three numbers of a version, if it is one.
  static func numbers(of version: String) -> [Int]? {
    let parts = version.split(separator: ".", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in
      part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(part) : nil
    }
    return parts.count == 3 && numbers.count == 3 ? numbers : nil
  }

  /// Whether this version is the one asked for or a later one.
  func satisfies(_ needed: String) -> Bool {
    guard let own = Self.numbers(of: version), let needed = Self.numbers(of: needed) else {
      return false
    }
    return !own.lexicographicallyPrecedes(needed)
  }
}
