import KarezCore
import KarezStore

extension OneMap {
  /// A dataset's polygons in a state, every part with the columns; nil where there is no such
  /// dataset of polygons.
  func layer(
    of dataset: DatasetID, asOf: AsOf, columns: [String], in scope: Scope
  ) async throws(Problem) -> MapLayer? {
    let layers = try await asked { store throws(StoreError) in
      try await store.layers(of: [dataset], asOf: asOf, near: nil, in: scope)
    }
    guard let layer = layers[dataset], layer.schema.geometry == .polygon else { return nil }
    for column in columns {
      guard layer.schema.attributes.contains(where: { $0.name == column }) else {
        let known = layer.schema.attributes.map(\.name).joined(separator: ", ")
        throw Wording.attributeUnknown(column, known: known).problem(.usage, at: dataset.text)
      }
      guard layer.parts.allSatisfy({ $0.holds(column) }) else {
        throw Wording(
          "attribute-too-varied", "字段 \(column) 的取值过多，不能用于分组",
          "attribute \(column) has too many different values to group by",
          do: "改用代码字段", "group by a code"
        ).problem(.usage, at: dataset.text)
      }
    }
    return layer
  }

  /// The schema of a dataset the reader's scope reaches.
  func schema(of name: String, in scope: Scope) async throws(Problem) -> DatasetSchema {
    let dataset = try Self.dataset(named: name)
    guard let schema = try await schemas(in: scope).first(where: { $0.id == dataset }) else {
      throw .store(.noSuchDataset(dataset))
    }
    return schema
  }
}
