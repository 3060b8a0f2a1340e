/// Finds every pair of polygons of a layer that cover common land, from the unmatched edges on.
///
/// Where the number of polygons over a place falls from two or more to less, an unmatched edge
/// runs; so every patch of land that is covered twice has one on its border, and the polygon left
/// of that edge covers a part of the patch. From there the search spreads: to every polygon found
/// to overlap, and to all that touch it. Within the patch this reaches everything. Going from one
/// place in it to another, either some polygon covers both sides of each line crossed, or all
/// that end at the line and all that begin there touch one another along it. So even two whole
/// coverages laid on one another, whose inner edges all match, are found from their outer border.
///
/// Polygons whose own winding number is not to be trusted are searched from the start.
struct OverlapSpread {
  /// Two polygons with land in common, the smaller number first.
  struct Pair: Hashable {
    let first: Int
    let second: Int
    let areaM2: Double
    let isSound: Bool
  }

  private let layer: Layer
  private var isQueued: [Bool]
  private var isSearched: [Bool]
  private var queue: [Int] = []
  private(set) var pairs: [Pair] = []
  /// Polygons that bound no area properly.
  private(set) var unsound: [Int] = []

  init(_ layer: Layer) {
    self.layer = layer
    isQueued = Array(repeating: false, count: layer.count)
    isSearched = isQueued
    for number in 0..<layer.count where !layer.isSound(number) { unsound.append(number) }
  }

  mutating func search(from edges: UnmatchedEdges) throws {
    for number in edges.firsts.keys.sorted() { enqueue(Int(number)) }
    for number in unsound { enqueue(number) }
    let search = LayerSearch()
    var next = 0
    while next < queue.count {
      let number = queue[next]
      next += 1
      if next % 256 == 0 { try Task.checkCancellation() }
      let shape = try layer.shape(of: number)
      var found: [LayerOverlap] = []
      try search.overlaps(of: shape, in: layer) { overlap in
        if overlap.polygon != number { found.append(overlap) }
      }
      isSearched[number] = true
      guard !found.isEmpty else { continue }
      for overlap in found {
        enqueue(overlap.polygon)
        guard !isSearched[overlap.polygon] else { continue }
        pairs.append(
          Pair(
            first: min(number, overlap.polygon), second: max(number, overlap.polygon),
            areaM2: overlap.areaM2, isSound: overlap.isSound))
      }
      layer.visitPolygons(low: shape.sourceLow, high: shape.sourceHigh) { enqueue($0) }
    }
  }

  private mutating func enqueue(_ number: Int) {
    guard !isQueued[number] else { return }
    isQueued[number] = true
    queue.append(number)
  }
}

extension Layer {
  /// Visits the polygons whose boxes meet a box in units of 1e-9°.
  func visitPolygons(low: SIMD2<Double>, high: SIMD2<Double>, _ body: (Int) -> Void) {
    guard count > 0 else { return }
    let window = window(low: low, high: high)
    let levels = levels
    var stack = [(node: 0, level: levels.count - 1)]
    while let (node, level) = stack.popLast() {
      guard LayerTree.meets(box(node, of: levels[level]), window) else { continue }
      if level == 0 {
        body(node)
        continue
      }
      let first = node * LayerFormat.fanOut
      for child in first..<min(first + LayerFormat.fanOut, levels[level - 1].count) {
        stack.append((child, level - 1))
      }
    }
  }
}
