/// Unmatched edges that hang together at their ends, and which of these clusters are tangled.
struct EdgeClusters {
  private let clusterOf: [Int32]
  private var boxes: [PackedBoxes.Box] = []
  private var tangled: [Bool] = []

  init(_ edges: UnmatchedEdges) {
    var parents = (0..<edges.count).map { Int32(truncatingIfNeeded: $0) }
    func root(_ edge: Int) -> Int {
      var edge = edge
      while Int(parents[edge]) != edge {
        parents[edge] = parents[Int(parents[edge])]
        edge = Int(parents[edge])
      }
      return edge
    }
    var firstAt: [SIMD2<Int64>: Int] = [:]
    firstAt.reserveCapacity(edges.count)
    for edge in 0..<edges.count {
      for vertex in [edges.starts[edge], edges.ends[edge]] {
        guard let first = firstAt[vertex] else {
          firstAt[vertex] = edge
          continue
        }
        let (one, other) = (root(first), root(edge))
        parents[max(one, other)] = Int32(truncatingIfNeeded: min(one, other))
      }
    }
    var numbers: [Int: Int32] = [:]
    var clusterOf: [Int32] = []
    for edge in 0..<edges.count {
      let root = root(edge)
      let start = CoverageVertex(bits: edges.starts[edge]).source
      guard let number = numbers[root] else {
        numbers[root] = Int32(truncatingIfNeeded: boxes.count)
        clusterOf.append(Int32(truncatingIfNeeded: boxes.count))
        boxes.append((start, start))
        continue
      }
      clusterOf.append(number)
      let box = boxes[Int(number)]
      boxes[Int(number)] = (pointwiseMin(box.low, start), pointwiseMax(box.high, start))
    }
    self.clusterOf = clusterOf
    tangled = Array(repeating: false, count: boxes.count)
  }

  func isTangled(_ edge: Int) -> Bool { tangled[Int(clusterOf[edge])] }

  mutating func markTangled(_ edges: Set<Int>) {
    for edge in edges { tangled[Int(clusterOf[edge])] = true }
  }

  /// Counts as tangled what cannot be told apart from a tangle: what lies in one, and gaps around.
  ///
  /// - Parameter withGaps: an edge of each cluster that encloses a gap.
  mutating func spreadTangles(toClustersWithGaps withGaps: [Int]) {
    var hasGap = [Bool](repeating: false, count: boxes.count)
    for edge in withGaps { hasGap[Int(clusterOf[edge])] = true }
    var queue = tangled.indices.filter { tangled[$0] }
    guard !queue.isEmpty else { return }
    let tree = PackedBoxes(boxes)
    while let cluster = queue.popLast() {
      let box = boxes[cluster]
      tree.visit(meeting: box.low, box.high) { other in
        let isInside = all(boxes[other].low .>= box.low) && all(boxes[other].high .<= box.high)
        guard !tangled[other], hasGap[other] || isInside else { return }
        tangled[other] = true
        queue.append(other)
      }
    }
  }
}
