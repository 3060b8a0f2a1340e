/// Finds where the candidate edges of two polygons cross, and notes it on both.
///
/// Short lists are compared each with each. Long ones carry boxes over 8, 64, 512 … consecutive
/// edges, and only boxes that meet are looked into.
final class CrossingSearch {
  private static let fanOut = 8
  /// More pairs of edges than this are searched by boxes.
  private static let worthFrom = 2_048

  private var ownLevels: [[SIMD4<Float>]] = []
  private var otherLevels: [[SIMD4<Float>]] = []

  @inline(__always)
  func search(_ own: CandidateEdges, _ others: CandidateEdges, _ cross: ExactCross) {
    guard own.count * others.count > Self.worthFrom else {
      Self.compare(own, 0..<own.count, others, 0..<others.count, cross)
      return
    }
    searchByBoxes(own, others, cross)
  }

  @inline(never)
  private func searchByBoxes(
    _ own: CandidateEdges, _ others: CandidateEdges, _ cross: ExactCross
  ) {
    ownLevels = Self.levels(over: own)
    otherLevels = Self.levels(over: others)
    descend(own, ownLevels.count, 0, others, otherLevels.count, 0, cross)
  }

  /// Boxes over 8, 64, 512 … edges, up to a level of one box.
  private static func levels(over found: CandidateEdges) -> [[SIMD4<Float>]] {
    var levels: [[SIMD4<Float>]] = []
    var below = Array(UnsafeBufferPointer(start: found.boxes.first, count: found.count))
    while below.count > 1 {
      let level = stride(from: 0, to: below.count, by: fanOut).map { first in
        below[first..<min(first + fanOut, below.count)].reduce(below[first], lower)
      }
      levels.append(level)
      below = level
    }
    return levels
  }

  /// Looks into node `i` of a level of one tree and node `j` of a level of the other.
  ///
  /// Level 0 are the edges themselves. The higher node is opened first, so that both shrink.
  private func descend(
    _ own: CandidateEdges, _ level: Int, _ i: Int, _ others: CandidateEdges, _ otherLevel: Int,
    _ j: Int, _ cross: ExactCross
  ) {
    if level <= 1 && otherLevel <= 1 {
      let range = level == 0 ? i..<i + 1 : Self.children(of: i, among: own.count)
      let otherRange = otherLevel == 0 ? j..<j + 1 : Self.children(of: j, among: others.count)
      return Self.compare(own, range, others, otherRange, cross)
    }
    if level >= otherLevel {
      let boxes = ownLevels[level - 2]
      let box = otherLevel == 0 ? others.boxes.first[j] : otherLevels[otherLevel - 1][j]
      let facing = CandidateEdges.facing(box)
      for child in Self.children(of: i, among: boxes.count)
      where CandidateEdges.meets(boxes[child], facing) {
        descend(own, level - 1, child, others, otherLevel, j, cross)
      }
    } else {
      let boxes = otherLevels[otherLevel - 2]
      let box = level == 0 ? own.boxes.first[i] : ownLevels[level - 1][i]
      let facing = CandidateEdges.facing(box)
      for child in Self.children(of: j, among: boxes.count)
      where CandidateEdges.meets(boxes[child], facing) {
        descend(own, level, i, others, otherLevel - 1, child, cross)
      }
    }
  }

  private static func children(of node: Int, among count: Int) -> Range<Int> {
    node * fanOut..<min(count, (node + 1) * fanOut)
  }

  @inline(__always)
  private static func compare(
    _ own: CandidateEdges, _ range: Range<Int>, _ others: CandidateEdges,
    _ otherRange: Range<Int>, _ cross: ExactCross
  ) {
    // Safe because the ranges are within both lists, which do not grow here.
    let (boxes, edges) = (own.boxes.first, own.edges.first)
    let (otherBoxes, otherEdges) = (others.boxes.first, others.edges.first)
    for j in otherRange {
      let facing = CandidateEdges.facing(otherBoxes[j])
      for i in range where CandidateEdges.meets(boxes[i], facing) {
        cross.note(&edges[i], &otherEdges[j])
      }
    }
  }
}

extension ExactCross {
  /// Notes a crossing of an edge of the moved polygon with one of the resting one, if they cross.
  @inline(__always)
  func note(_ e: inout CandidateEdges.Edge, _ f: inout CandidateEdges.Edge) {
    let (ex, ey) = (e.x1 - e.x0, e.y1 - e.y0)
    let isStartRight = MovedSide.isEdgeRight(
      sign(ex, ey, f.x0 - e.x0, f.y0 - e.y0), ex, ey)
    let isEndRight = MovedSide.isEdgeRight(
      sign(ex, ey, f.x1 - e.x0, f.y1 - e.y0), ex, ey)
    if isStartRight == isEndRight { return }
    let (fx, fy) = (f.x1 - f.x0, f.y1 - f.y0)
    let isStartLeft = MovedSide.isPointLeft(
      sign(fx, fy, e.x0 - f.x0, e.y0 - f.y0), fx, fy)
    let isEndLeft = MovedSide.isPointLeft(
      sign(fx, fy, e.x1 - f.x0, e.y1 - f.y0), fx, fy)
    if isStartLeft == isEndLeft { return }
    let d1 = value(ex, ey, f.x0 - e.x0, f.y0 - e.y0)
    let d2 = value(ex, ey, f.x1 - e.x0, f.y1 - e.y0)
    let d3 = value(fx, fy, e.x0 - f.x0, e.y0 - f.y0)
    let d4 = value(fx, fy, e.x1 - f.x0, e.y1 - f.y0)
    // Parallel edges never cross under the rule, so neither divisor is zero.
    let t = d3 / (d3 - d4)
    let u = d1 / (d1 - d2)
    let entering: Int32 = isEndLeft ? 1 : -1
    let otherEntering: Int32 = isEndRight ? 1 : -1
    e.change += entering
    e.crossings += 1
    e.fraction += Double(entering) * (1 - t)
    f.change += otherEntering
    f.crossings += 1
    f.fraction += Double(otherEntering) * (1 - u)
  }
}
