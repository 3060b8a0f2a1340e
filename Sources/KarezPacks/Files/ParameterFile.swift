import KarezCore
import KarezRules

/// Reads `parameters/*.yaml`.
struct ParameterFile {
  let citations: CitationReader
  private(set) var parameters: [Parameter] = []
  private(set) var faults: [PackFault] = []

  init(citations: CitationReader) { self.citations = citations }

  mutating func read(_ node: PackNode) {
    guard let items = node.list else {
      faults.append(PackFault(node.origin, .notList(key: "")))
      return
    }
    for item in items { readParameter(item) }
  }

  private mutating func readParameter(_ node: PackNode) {
    var fields = PackFields(node)
    let id = fields.text("id")
    let title = fields.localized("title")
    var versions: [Parameter.Version] = []
    for item in fields.list("versions") {
      guard let version = version(item, &fields) else { continue }
      versions.append(version)
    }
    if let id {
      if !PackName.isSnake(id) { fields.add(.notID(id)) }
      if parameters.contains(where: { $0.id == id }) { fields.add(.idTwice(id)) }
      ValiditySequence.check(versions.map(\.validity), of: id, &fields)
    }
    if versions.isEmpty { fields.add(.keyMissing("versions")) }
    if Set(versions.map(\.value.dimension)).count > 1 { fields.add(.dimensionsDiffer) }
    faults += fields.finish()
    guard let id, let title else { return }
    parameters.append(Parameter(id: id, title: title, versions: versions))
  }

  private func version(_ node: PackNode, _ parent: inout PackFields) -> Parameter.Version? {
    var fields = PackFields(node)
    let validity = fields.validity("inForce")
    let value = fields.quantity("value")
    let text = node["value"]?.text
    let certainty = fields.choice("certainty", of: Certainty.self)
    let citations = citations.citations(&fields)
    parent.add(fields.finish())
    guard let validity, let value, let text, let certainty else { return nil }
    return Parameter.Version(
      validity: validity, value: value, text: text, certainty: certainty, citations: citations)
  }
}

/// The order of versions: newest first, each beginning where the older one ends.
enum ValiditySequence {
  static func check(_ periods: [Validity], of id: String, _ fields: inout PackFields) {
    for (newer, older) in zip(periods, periods.dropFirst()) {
      guard let end = older.until else {
        fields.add(.versionsOverlap(id: id, on: newer.from.description))
        continue
      }
      if end > newer.from || older.from >= newer.from {
        fields.add(.versionsOverlap(id: id, on: newer.from.description))
      } else if end < newer.from {
        fields.add(.versionsGap(id: id, from: end.description, until: newer.from.description))
      }
    }
  }
}
