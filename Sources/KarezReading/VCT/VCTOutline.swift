import KarezGeometry

/// The outline of polygons that lie side by side: the edges two of them have in common go.
enum VCTOutline {
  private struct Edge: Hashable {
    let from: Position
    let to: Position

    var reversed: Edge { Edge(from: to, to: from) }
  }

  /// The rings of the outline; those of the polygons themselves where nothing is in common.
  static func rings(around polygons: [Polygon]) -> [[Position]] {
    if polygons.count == 1 { return polygons[0].rings.map(\.positions) }
    var edges: [Edge] = []
    var left: Set<Edge> = []
    for polygon in polygons {
      for (index, ring) in polygon.rings.enumerated() {
        // Land on the left of every edge, so that neighbours run along each other the other way.
        let isLeft = Shoelace.doubledArea(of: ring.positions) > 0
        let positions = isLeft == (index == 0) ? ring.positions : ring.positions.reversed()
        for (from, to) in zip(positions, positions.dropFirst()) where from != to {
          let edge = Edge(from: from, to: to)
          if left.remove(edge.reversed) == nil {
            left.insert(edge)
            edges.append(edge)
          }
        }
      }
    }
    return linked(edges.filter(left.contains))
  }

  /// Edges joined to rings, in the order in which they come.
  private static func linked(_ edges: [Edge]) -> [[Position]] {
    var following: [Position: [Int]] = [:]
    for (index, edge) in edges.enumerated().reversed() {
      following[edge.from, default: []].append(index)
    }
    var isUsed = Array(repeating: false, count: edges.count)
    var rings: [[Position]] = []
    for start in edges.indices where !isUsed[start] {
      isUsed[start] = true
      var ring = [edges[start].from, edges[start].to]
      while let last = ring.last, last != ring[0] {
        while let next = following[last]?.last, isUsed[next] { following[last]?.removeLast() }
        guard let next = following[last]?.popLast() else { break }
        isUsed[next] = true
        ring.append(edges[next].to)
      }
      rings.append(ring)
    }
    return rings
  }
}
