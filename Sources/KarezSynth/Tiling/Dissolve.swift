/// Unites polygons that share whole edges, by striking out every edge that is there both ways.
enum Dissolve {
  private struct Edge: Hashable {
    let from: LatticePoint
    let to: LatticePoint
  }

  /// The united polygons, each with shell first; rings open.
  ///
  /// - Shape: exact where shared edges are bit-identical, which the coverage guarantees; no
  ///   coordinate is computed.
  static func united(_ polygons: [[[LatticePoint]]]) -> [[[LatticePoint]]] {
    var edges: Set<Edge> = []
    var order: [Edge] = []
    for ring in polygons.flatMap({ $0 }) {
      guard var previous = ring.last else { continue }
      for point in ring {
        let edge = Edge(from: previous, to: point)
        previous = point
        if edges.remove(Edge(from: edge.to, to: edge.from)) == nil {
          edges.insert(edge)
          order.append(edge)
        }
      }
    }
    let left = order.filter { edges.contains($0) }
    return nested(chained(left))
  }

  private static func chained(_ edges: [Edge]) -> [[LatticePoint]] {
    var leaving: [LatticePoint: [Int]] = [:]
    for (index, edge) in edges.enumerated() { leaving[edge.from, default: []].append(index) }
    var isUsed = [Bool](repeating: false, count: edges.count)
    var rings: [[LatticePoint]] = []
    for start in edges.indices where !isUsed[start] {
      var ring: [LatticePoint] = []
      var current = start
      while true {
        isUsed[current] = true
        ring.append(edges[current].from)
        if edges[current].to == edges[start].from { break }
        let free = (leaving[edges[current].to] ?? []).filter { !isUsed[$0] }
        guard let next = leftmost(of: free, after: current, edges) else { break }
        current = next
      }
      if ring.count >= 3 { rings.append(ring) }
    }
    return rings
  }

  /// Where rings touch in a point, the sharpest turn to the left keeps them apart.
  private static func leftmost(of free: [Int], after current: Int, _ edges: [Edge]) -> Int? {
    guard free.count > 1 else { return free.first }
    let incoming = edges[current]
    let ux = Double(incoming.to.x - incoming.from.x)
    let uy = Double(incoming.to.y - incoming.from.y)
    func turn(_ index: Int) -> Double {
      let vx = Double(edges[index].to.x - edges[index].from.x)
      let vy = Double(edges[index].to.y - edges[index].from.y)
      let cross = ux * vy - uy * vx
      let dot = ux * vx + uy * vy
      let length = ((ux * ux + uy * uy) * (vx * vx + vy * vy)).squareRoot()
      // From −2 for the sharpest right turn to 2 for the sharpest left one.
      return cross >= 0 ? 1 - dot / length : dot / length - 1
    }
    return free.max { turn($0) < turn($1) }
  }

  private static func nested(_ rings: [[LatticePoint]]) -> [[[LatticePoint]]] {
    var polygons: [[[LatticePoint]]] = []
    var holes: [[LatticePoint]] = []
    for ring in rings {
      if doubledArea(ring) > 0 { polygons.append([ring]) } else { holes.append(ring) }
    }
    guard !holes.isEmpty else { return polygons }
    let areas = polygons.map { doubledArea($0[0]) }
    let boxes = polygons.map { LatticeBox(around: $0[0].map { RingVertex(at: $0, line: .cut(0)) }) }
    for hole in holes {
      let size = -doubledArea(hole)
      let owner = polygons.indices
        .filter { areas[$0] > size && boxes[$0].contains(hole[0]) }
        .filter { index in isInside(hole, polygons[index][0]) }
        .min { areas[$0] < areas[$1] }
      if let owner { polygons[owner].append(hole) }
    }
    return polygons
  }

  private static func isInside(_ hole: [LatticePoint], _ shell: [LatticePoint]) -> Bool {
    let corners = Set(shell)
    guard let point = hole.first(where: { !corners.contains($0) }) else { return true }
    return Cutter.encloses(shell.map { RingVertex(at: $0, line: .cut(0)) }, point)
  }

  static func doubledArea(_ ring: [LatticePoint]) -> Double {
    guard let origin = ring.first, var previous = ring.last else { return 0 }
    var doubled = 0.0
    for point in ring {
      doubled +=
        Double(previous.x - origin.x) * Double(point.y - origin.y)
        - Double(point.x - origin.x) * Double(previous.y - origin.y)
      previous = point
    }
    return doubled
  }
}
