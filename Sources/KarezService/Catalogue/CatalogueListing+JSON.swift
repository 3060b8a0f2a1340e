public import KarezCore
import KarezPacks
import KarezStore

extension CatalogueListing {
  /// `{"asOf", "themes": [{"id", "title", "datasets", "themes"}], "datasets": [...]}`.
  public var json: JSONValue {
    .object([
      "asOf": .object([
        "validOn": .string(asOf.validOn.description),
        "recorded": .integer(Int64(asOf.recorded.value)),
      ]),
      "themes": .array(themes.map(\.json)),
      "datasets": .array(items.map(\.json)),
    ])
  }
}

extension CatalogueTheme {
  var json: JSONValue {
    .object([
      "id": .string(theme.id), "title": theme.title.json,
      "datasets": .integer(Int64(datasets)), "themes": .array(themes.map(\.json)),
    ])
  }
}

extension CatalogueItem {
  /// What `karez datasets` and the catalogue say of one dataset.
  public var json: JSONValue {
    let schema = summary.schema
    var members: [String: JSONValue] = [
      "id": .string(schema.id.text),
      "title": schema.title.json,
      "steward": schema.steward.json,
      "theme": .string(schema.theme),
      "classification": .string(schema.classification.rawValue),
      "geometry": .string(schema.geometry.rawValue),
      "features": .integer(Int64(summary.features)),
      "commit": .integer(Int64(summary.commit.value)),
      "currentTo": .optional(summary.currentTo?.description),
      "stale": .boolean(isStale),
      "matched": .array(matched.map { .string($0.name) }),
    ]
    if let entry = schema.entry {
      members["summary"] = entry.summary.json
      members["cycle"] = .string(entry.cycle.rawValue)
      members["basis"] = .array(
        entry.basis.map { .object(["law": .string($0.law), "article": .string($0.article)]) })
    }
    return .object(members)
  }
}
