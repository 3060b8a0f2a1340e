import KarezGeometry

/// Turns pieces into polygons: every vertex a neighbour has on a shared line is in both.
struct Realiser: Sendable {
  private let nodes: NodeTable
  private let spacings: [Int32]
  private let warp: Warp

  init(nodes: NodeTable, spacings: [Int32], warp: Warp) {
    self.nodes = nodes
    self.spacings = spacings
    self.warp = warp
  }

  func moved(_ point: LatticePoint) -> LatticePoint { warp.moved(point) }

  /// The rings of a piece as its neighbours see them; open, shell first.
  func rings(of piece: Piece) -> [[LatticePoint]] {
    piece.rings.map { ring in
      var points: [LatticePoint] = []
      points.reserveCapacity(ring.count * 4)
      for (index, vertex) in ring.enumerated() {
        let next = ring[index + 1 == ring.count ? 0 : index + 1]
        points.append(warp.moved(vertex.at))
        appendBetween(vertex.at, next.at, on: vertex.line, to: &points)
      }
      return points
    }
  }

  private func appendBetween(
    _ start: LatticePoint, _ end: LatticePoint, on line: LineID, to points: inout [LatticePoint]
  ) {
    let found = nodes.between(start, end, on: line)
    guard !line.isOutline else {
      for node in found { points.append(warp.moved(node)) }
      return
    }
    let spacing = Int64(spacings[line.index])
    let axis: Axis = start.x == end.x ? .y : .x
    var previous = start
    for node in found {
      appendSteps(previous, node, along: axis, every: spacing, to: &points)
      points.append(warp.moved(node))
      previous = node
    }
    appendSteps(previous, end, along: axis, every: spacing, to: &points)
  }

  /// Vertices at the multiples of the spacing, where they are not close to a node.
  private func appendSteps(
    _ start: LatticePoint, _ end: LatticePoint, along axis: Axis, every spacing: Int64,
    to points: inout [LatticePoint]
  ) {
    guard spacing > 0 else { return }
    let low = min(start[axis], end[axis]) + spacing / 3
    let high = max(start[axis], end[axis]) - spacing / 3
    guard low < high else { return }
    var steps: [Int64] = []
    var step = (low / spacing + 1) * spacing
    while step < high {
      steps.append(step)
      step += spacing
    }
    if start[axis] > end[axis] { steps.reverse() }
    for step in steps {
      let point =
        axis == .x ? LatticePoint(x: step, y: start.y) : LatticePoint(x: start.x, y: step)
      points.append(warp.moved(point))
    }
  }
}

extension [LatticePoint] {
  /// The closed ring in degrees; nil where it has too few vertices to enclose anything.
  var ring: Ring? {
    guard count >= 3, let first else { return nil }
    return try? Ring(map(\.position) + [first.position])
  }
}

extension [[LatticePoint]] {
  /// The polygon in degrees, shell first.
  var polygon: Polygon? {
    let rings = compactMap(\.ring)
    guard let shell = rings.first, rings.count == count else { return nil }
    return Polygon(shell: shell, holes: Array<Ring>(rings.dropFirst()))
  }
}
