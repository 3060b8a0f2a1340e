/// The places where cuts end on lines: what a neighbour must know to share every vertex.
///
/// Filled once with all cuts, then sealed and only read.
struct NodeTable: Sendable {
  private let outlines: OutlineMap
  private var owners: [Int32] = []
  private var points: [LatticePoint] = []
  /// First point of each line, after sealing; outline edges first, then cuts.
  private var starts: [Int32] = []

  init(outlines: OutlineMap, leaves: Int) {
    self.outlines = outlines
    owners.reserveCapacity(leaves * 2)
    points.reserveCapacity(leaves * 2)
  }

  private func slot(_ line: LineID) -> Int {
    line.isOutline ? line.index : outlines.edges.count + line.index
  }

  mutating func add(_ point: LatticePoint, on line: LineID) {
    owners.append(Int32(slot(line)))
    points.append(point)
  }

  /// Puts the points in order of their lines, and along each line.
  mutating func seal(leaves: Int) {
    let slots = outlines.edges.count + leaves
    var counts = [Int32](repeating: 0, count: slots + 1)
    for owner in owners { counts[Int(owner) + 1] += 1 }
    for index in 1...slots { counts[index] += counts[index - 1] }
    starts = counts
    var ordered = [LatticePoint](repeating: LatticePoint(x: 0, y: 0), count: points.count)
    for (owner, point) in zip(owners, points) {
      let position = counts[Int(owner)]
      ordered[Int(position)] = point
      counts[Int(owner)] = position + 1
    }
    owners = []
    points = ordered
    for index in 0..<slots {
      let range = Int(starts[index])..<Int(starts[index + 1])
      guard range.count > 1 else { continue }
      let isAlongX = index < outlines.edges.count && outlines.edges[index].mainAxis == .x
      // A cut holds one coordinate constant, so either order is along it.
      points[range].sort { isAlongX ? $0 < $1 : ($0.y, $0.x) < ($1.y, $1.x) }
    }
  }

  /// The nodes of a line strictly between two places on it, in the direction from one to the other.
  func between(_ start: LatticePoint, _ end: LatticePoint, on line: LineID) -> [LatticePoint] {
    let slot = slot(line)
    let range = Int(starts[slot])..<Int(starts[slot + 1])
    guard !range.isEmpty else { return [] }
    let axis: Axis =
      if line.isOutline { outlines.edges[line.index].mainAxis } else { start.x == end.x ? .y : .x }
    let low = min(start[axis], end[axis])
    let high = max(start[axis], end[axis])
    var index = range.lowerBound + points[range].partition { $0[axis] > low }
    var found: [LatticePoint] = []
    while index < range.upperBound, points[index][axis] < high {
      if found.last != points[index] { found.append(points[index]) }
      index += 1
    }
    return start[axis] <= end[axis] ? found : found.reversed()
  }
}

extension ArraySlice {
  /// Offset of the first element for which the condition holds, where it holds for all after it.
  fileprivate func partition(where isAfter: (Element) -> Bool) -> Int {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = low + (high - low) / 2
      if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low - startIndex
  }
}
