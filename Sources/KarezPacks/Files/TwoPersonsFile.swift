import KarezCore

/// Reads `two-persons.yaml`.
struct TwoPersonsFile {
  let datasets: Set<String>
  private(set) var acts: [TwoPersonAct] = []
  private(set) var faults: [PackFault] = []

  init(datasets: Set<String>) { self.datasets = datasets }

  mutating func read(_ node: PackNode) {
    var fields = PackFields(node)
    let version = fields.text("version")
    if let version, PackManifest.numbers(of: version) == nil { fields.add(.notVersion(version)) }
    for item in fields.list("acts") {
      guard let act = readAct(item) else { continue }
      if acts.contains(where: { $0.name == act.name }) {
        fields.add(.idTwice(act.name.rawValue), at: item.origin)
      }
      acts.append(act)
    }
    faults += fields.finish()
  }

  private mutating func readAct(_ node: PackNode) -> TwoPersonAct? {
    var fields = PackFields(node)
    let name = fields.choice("id", of: TwoPersonAct.Name.self)
    let title = fields.localized("title")
    let propose = fields.permissions("propose")
    let approve = fields.permissions("approve")
    if propose.isEmpty { fields.add(.keyMissing("propose")) }
    if approve.isEmpty { fields.add(.keyMissing("approve")) }
    let concerned = readDatasets(&fields)
    let alone = readAlone(&fields, of: name)
    let lapses = fields.seconds("lapses")
    let certainty = fields.choice("certainty", of: Certainty.self)
    let source = fields.localized("source")
    faults += fields.finish()
    guard let name, let title, let lapses, let certainty, let source else { return nil }
    return TwoPersonAct(
      name: name, title: title, propose: propose, approve: approve, datasets: concerned,
      alone: alone, lapseSeconds: lapses, certainty: certainty, source: source)
  }

  /// Only a classification may go two ways.
  private func readAlone(
    _ fields: inout PackFields, of name: TwoPersonAct.Name?
  ) -> Set<TwoPersonAct.Lone> {
    let allowed = name == .classification ? TwoPersonAct.Lone.allCases : []
    var alone: Set<TwoPersonAct.Lone> = []
    for text in fields.texts("alone") {
      guard let way = allowed.first(where: { $0.rawValue == text }) else {
        fields.add(.notOneOf(key: "alone", text: text, allowed: allowed.map(\.rawValue)))
        continue
      }
      alone.insert(way)
    }
    return alone
  }

  /// A list of datasets there are, or the word `all`.
  private func readDatasets(_ fields: inout PackFields) -> Set<String>? {
    if fields.optional("datasets")?.text == "all" { return nil }
    guard fields.optional("datasets") != nil else { return nil }
    let named = Set(fields.texts("datasets"))
    for name in named.sorted() where !datasets.contains(name) {
      fields.add(.datasetUnknown(name))
    }
    return named
  }
}
