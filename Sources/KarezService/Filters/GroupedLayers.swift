import Glibc
import KarezCore
import KarezGeometry

/// Layers to measure against, and the group each of their polygons belongs to.
struct GroupedLayers {
  let selections: [LayerSelection]
  /// In the order of their bytes.
  let names: [String]
  private let column: String
  /// The column and the group of each of its codes, layer by layer.
  private let groups: [(column: Int, numbers: [Int32])]

  /// - Errors: `Problem` of kind usage where a layer has no such column.
  init(_ selections: [LayerSelection], by column: String, name: String) throws(Problem) {
    self.selections = selections
    self.column = column
    var all: Set<String> = []
    var columns: [Int] = []
    for selection in selections {
      guard let index = selection.layer.column(named: column) else {
        let known = selection.layer.columns.map(\.name).joined(separator: ", ")
        throw Wording(
          "attribute-unknown", "没有字段 \(column)", "there is no attribute \(column)",
          do: "可选：\(known)", "choose from \(known)"
        ).problem(.usage, at: name)
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

  /// Finds what a user names: a layer file as it lies there, or whatever else holds polygons.
  static func find(
    _ text: String, by column: String, in source: LayerSource
  ) async throws(Problem) -> GroupedLayers {
    let name = FileArgument(text, layer: nil).name
    if let layer = try layerFile(at: text, name: name) {
      return try GroupedLayers([LayerSelection(layer)], by: column, name: name)
    }
    let found = try await source.layers(LayerArgument(text), columns: [column]) { _ in }
    return try GroupedLayers(found.selections, by: column, name: found.name)
  }

  /// The layer file at a path, compared with its sums; nil for anything else.
  private static func layerFile(at path: String, name: String) throws(Problem) -> Layer? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var start = [UInt8](repeating: 0, count: 8)
    // Safe because the array has the eight bytes that are asked for.
    guard read(descriptor, &start, 8) == 8, start == Array("KRZLAYER".utf8) else { return nil }
    do throws(LayerError) {
      let layer = try Layer(at: path)
      try layer.verify()
      return layer
    } catch {
      throw .layer(error, of: name)
    }
  }
}
