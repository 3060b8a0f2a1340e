import KarezGeometry
import KarezStore

/// How much of each polygon of a draft lies outside the feature it names, several tasks at a time.
struct ContainmentMeasure: Sendable {
  let layer: Layer
  let containers: MapLayer
  /// Ids of containers, and which of them each row names.
  let names: [String]
  let named: RowNumbers
  let toleranceM2: Double

  /// A polygon that does not lie in what it names.
  struct Outside: Sendable {
    let number: Int
    /// Empty where the row names nothing.
    let name: String
    let areaM2: Double
    /// The container that holds the most of it.
    let other: String?
  }

  private static let tasks = 2
  private static let stretch = 2_048

  /// The next polygons to look at, one stretch a task.
  static func stretches(from first: Int, to end: Int) -> [Range<Int>] {
    (0..<tasks).compactMap { task in
      let low = first + task * stretch
      return low < end ? low..<min(low + stretch, end) : nil
    }
  }

  /// What was found in each of the stretches, in their order.
  func found(in stretches: [Range<Int>]) async -> [Result<[Outside], LayerError>] {
    await withTaskGroup(of: (Int, Result<[Outside], LayerError>).self) { group in
      for (index, stretch) in stretches.enumerated() {
        group.addTask {
          (index, Result { () throws(LayerError) in try self.outside(in: stretch) })
        }
      }
      var found: [Int: Result<[Outside], LayerError>] = [:]
      for await (index, result) in group { found[index] = result }
      return stretches.indices.compactMap { found[$0] }
    }
  }

  private func outside(in stretch: Range<Int>) throws(LayerError) -> [Outside] {
    let search = LayerSearch()
    var found: [Outside] = []
    for number in stretch {
      // What bounds no area properly is told of; what of it lies outside is anybody's guess.
      guard layer.isSound(number), let name = named[layer.row(of: number)] else { continue }
      if let outside = try outside(number, names[Int(name)], search) { found.append(outside) }
    }
    return found
  }

  private func outside(
    _ number: Int, _ name: String, _ search: LayerSearch
  ) throws(LayerError) -> Outside? {
    let shape = try layer.shape(of: number)
    var inside = 0.0
    var widest: (id: String, area: Double)?
    try containers.overlaps(of: shape, by: search) { id, area in
      if name.isEmpty || id == name { inside += area }
      if area > widest?.area ?? 0 { widest = (id, area) }
    }
    let areaM2 = layer.areaM2(of: number) - inside
    guard areaM2 > toleranceM2 else { return nil }
    return Outside(number: number, name: name, areaM2: areaM2, other: widest?.id)
  }
}

/// A small number for each row: a list while rows come in order, a table from the first that does
/// not.
struct RowNumbers: Sendable {
  private static let none: Int32 = -1
  /// Rows left out that are worth standing empty.
  private static let mostLeftOut: Int64 = 1_000

  private var listed: [Int32] = []
  private var others: [Int64: Int32] = [:]

  subscript(row: Int64) -> Int32? {
    get {
      guard row >= 1, row <= Int64(listed.count) else { return others[row] }
      let number = listed[Int(row) - 1]
      return number == Self.none ? nil : number
    }
    set {
      let number = newValue ?? Self.none
      let count = Int64(listed.count)
      if row >= 1, row <= count {
        listed[Int(row) - 1] = number
      } else if others.isEmpty, row > count, row - count <= Self.mostLeftOut {
        listed += repeatElement(Self.none, count: Int(row - count) - 1)
        listed.append(number)
      } else {
        others[row] = newValue
      }
    }
  }
}
