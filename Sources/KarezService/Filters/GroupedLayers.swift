import KarezCore
import KarezGeometry

/// Layers to measure against, and the group each of their polygons belongs to.
struct GroupedLayers {
  let selections: [LayerSelection]
  /// In the order of their bytes.
  let names: [String]
  /// The column and the group of each of its codes, layer by layer.
  private let groups: [(column: Int, numbers: [Int32])]

  /// - Errors: `Problem` of kind usage where a layer has no such column.
  init(_ selections: [LayerSelection], by column: String, name: String) throws(Problem) {
    self.selections = selections
    var all: Set<String> = []
    var columns: [Int] = []
    for selection in selections {
      guard let index = selection.layer.column(named: column) else {
        let known = selection.layer.columns.map(\.name).joined(separator: ", ")
        throw Wording.attributeUnknown(column, known: known).problem(.usage, at: name)
      }
      columns.append(index)
      all.formUnion(selection.layer.columns[index].values)
    }
    let names = all.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
    self.names = names
    groups = zip(selections, columns).map { selection, column in
      (column, selection.layer.columns[column].values.map { places[$0] ?? 0 })
    }
  }

  /// The group of a polygon of one of the layers.
  func group(of polygon: Int, in part: Int) throws(LayerError) -> Int {
    let code = try selections[part].layer.code(of: polygon, column: groups[part].column)
    return Int(groups[part].numbers[code])
  }

  /// Finds what a user names: a layer file, another file, or a dataset.
  ///
  /// A layer file may have come from anywhere, so it is compared with its sums first.
  static func find(
    _ text: String, by column: String, in source: LayerSource
  ) async throws(Problem) -> GroupedLayers {
    let found = try await source.layers(LayerArgument(text), columns: [column]) { _ in }
    do throws(LayerError) {
      if text.hasSuffix(".layer") {
        for selection in found.selections { try selection.layer.verify() }
      }
    } catch {
      throw .layer(error, of: found.name)
    }
    return try GroupedLayers(found.selections, by: column, name: found.name)
  }
}
