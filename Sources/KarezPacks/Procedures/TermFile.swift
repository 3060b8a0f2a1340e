import KarezCore
import KarezWorkflow

/// Reads `terms/*.yaml` of one pack.
struct TermFile {
  let pack: String
  let citations: CitationReader
  private(set) var terms: [Term] = []
  private(set) var faults: [PackFault] = []

  init(pack: String, citations: CitationReader) {
    self.pack = pack
    self.citations = citations
  }

  mutating func read(_ node: PackNode) {
    guard let items = node.list else {
      faults.append(PackFault(node.origin, .notList(key: "")))
      return
    }
    for item in items {
      var fields = PackFields(item)
      let id = fields.text("id")
      let title = fields.localized("title")
      let unit = fields.choice("unit", of: Term.Unit.self)
      let length = fields.termLength("length")
      let extending = readExtension(&fields)
      let certainty = fields.choice("certainty", of: Certainty.self)
      let cited = citations.citations(&fields)
      if let id, !id.hasPrefix(pack + "/") || !PackName.isPath(id) { fields.add(.notID(id)) }
      if terms.contains(where: { $0.id == id }) { fields.add(.idTwice(id ?? "")) }
      faults += fields.finish()
      guard let id, let title, let unit, let length, let certainty else { continue }
      terms.append(
        Term(
          id: id, title: title, unit: unit, length: length, extending: extending,
          certainty: certainty, citations: cited))
    }
  }

  private func readExtension(_ parent: inout PackFields) -> Term.Extension? {
    guard let node = parent.optional("extension") else { return nil }
    var fields = PackFields(node)
    let length = fields.termLength("length")
    let most = fields.neededCount("most")
    let by = fields.texts("by")
    if by.isEmpty { fields.add(.keyMissing("by")) }
    let cited = citations.citations(&fields)
    parent.add(fields.finish())
    guard let length, let most else { return nil }
    return Term.Extension(length: length, most: most, grantedBy: by, citations: cited)
  }
}
