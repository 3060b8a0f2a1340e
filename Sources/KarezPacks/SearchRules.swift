public import KarezCore

/// 搜索规则: by which attributes features are found by name, from the header of every page.
public struct SearchRules: Hashable, Sendable {
  /// The attributes of one dataset that are names.
  public struct Names: Hashable, Sendable {
    public let dataset: DatasetID
    public let attributes: [String]
  }

  /// In the order results are shown in.
  public let names: [Names]
  /// Datasets of more features are searched by identifier only.
  public let mostNamed: Int
  /// Results of each sort.
  public let mostFound: Int

  /// What its file is called in the packs' folder.
  static let file = "search.yaml"
}

/// Reads `search.yaml`.
enum SearchFile {
  static func rules(
    from node: PackNode, of schemas: [DatasetSchema]
  ) -> (rules: SearchRules?, faults: [PackFault]) {
    var fields = PackFields(node)
    let version = fields.text("version")
    if let version, PackManifest.numbers(of: version) == nil { fields.add(.notVersion(version)) }
    let mostNamed = fields.count("mostNamed")
    let mostFound = fields.count("mostFound")
    var names: [SearchRules.Names] = []
    for item in fields.list("names") {
      guard let one = self.names(item, of: schemas, &fields) else { continue }
      if names.contains(where: { $0.dataset == one.dataset }) {
        fields.add(.idTwice(one.dataset.text), at: item.origin)
      }
      names.append(one)
    }
    if names.isEmpty { fields.add(.keyMissing("names")) }
    let faults = fields.finish()
    guard faults.isEmpty, let mostNamed, let mostFound else { return (nil, faults) }
    return (SearchRules(names: names, mostNamed: mostNamed, mostFound: mostFound), [])
  }

  private static func names(
    _ node: PackNode, of schemas: [DatasetSchema], _ parent: inout PackFields
  ) -> SearchRules.Names? {
    var fields = PackFields(node)
    let id = fields.text("dataset")
    let attributes = fields.texts("attributes")
    if attributes.isEmpty { fields.add(.keyMissing("attributes")) }
    let schema = schemas.first { $0.id.text == id }
    if let id, schema == nil { fields.add(.datasetUnknown(id)) }
    if let schema {
      let known = schema.attributes.map(\.name)
      for name in attributes where !known.contains(name) {
        fields.add(.notOneOf(key: "attributes", text: name, allowed: known))
      }
    }
    parent.add(fields.finish())
    return schema.map { SearchRules.Names(dataset: $0.id, attributes: attributes) }
  }
}
