/// Polygons of a layer that take part in a job.
public struct LayerSelection: Sendable {
  public let layer: Layer
  /// Whether a polygon takes part; nil where all do.
  public let admits: (@Sendable (Int) -> Bool)?

  public init(_ layer: Layer, admits: (@Sendable (Int) -> Bool)? = nil) {
    self.layer = layer
    self.admits = admits
  }
}

/// The values of one attribute over several layers, numbered in the order of their bytes.
struct GroupIndex: Sendable {
  let names: [String]
  /// The number of each code, layer by layer; nil for a layer without the column.
  private let numbers: [(column: Int, groups: [Int32])?]

  init(of column: String, in selections: [LayerSelection]) {
    let columns = selections.map { $0.layer.column(named: column) }
    var all: Set<String> = []
    for (selection, column) in zip(selections, columns) {
      if let column { all.formUnion(selection.layer.columns[column].values) }
    }
    let names = all.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let places = Dictionary(
      uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
    self.names = names
    numbers = zip(selections, columns).map { selection, column in
      column.map { column in
        (column, selection.layer.columns[column].values.map { places[$0] ?? 0 })
      }
    }
  }

  /// The group of a polygon.
  @inline(__always)
  func group(of polygon: Int, in part: Int, _ layer: Layer) throws(LayerError) -> Int {
    guard let (column, groups) = numbers[part] else { throw layer.damaged("column") }
    return Int(groups[try layer.code(of: polygon, column: column)])
  }
}
