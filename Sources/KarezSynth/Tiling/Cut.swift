/// A straight cut through a piece.
struct Cut {
  let axis: Axis
  /// The coordinate the cut holds; odd, and no vertex of the piece has it.
  let constant: Int64
  let line: LineID
}

/// Where a cut meets the boundary of a piece.
struct Crossing {
  let ring: Int
  /// The edge from this vertex to the next is crossed.
  let vertex: Int
  let at: LatticePoint
  /// The line the crossed edge lies on.
  let crossed: LineID
}

/// Cuts pieces; exact, because no vertex ever lies on a cut.
struct Cutter: Sendable {
  let outlines: OutlineMap

  /// An odd number near the one asked for that no vertex of the piece has.
  func freeConstant(near asked: Int64, axis: Axis, in piece: Piece) -> Int64 {
    var constant = asked | 1
    while piece.rings.contains(where: { $0.contains { $0.at[axis] == constant } }) {
      constant += 2
    }
    return constant
  }

  /// Where the cut meets the piece, in order along the cut; an even number of places.
  func crossings(of piece: Piece, by cut: Cut) -> [Crossing] {
    var found: [Crossing] = []
    for (number, ring) in piece.rings.enumerated() {
      guard var isBefore = ring.last.map({ $0.at[cut.axis] < cut.constant }) else { continue }
      var previous = ring.count - 1
      for index in ring.indices {
        let isThere = ring[index].at[cut.axis] < cut.constant
        if isThere != isBefore {
          let edge = ring[previous]
          found.append(
            Crossing(
              ring: number, vertex: previous, at: place(on: edge, of: cut), crossed: edge.line))
        }
        isBefore = isThere
        previous = index
      }
    }
    let along = cut.axis.other
    return found.sorted { $0.at[along] < $1.at[along] }
  }

  private func place(on edge: RingVertex, of cut: Cut) -> LatticePoint {
    guard edge.line.isOutline else {
      // An edge on an older cut runs straight along the other axis.
      return cut.axis == .x
        ? LatticePoint(x: cut.constant, y: edge.at.y)
        : LatticePoint(x: edge.at.x, y: cut.constant)
    }
    return outlines.crossing(of: edge.line.index, cut: cut.axis, at: cut.constant)
  }

  /// The crossings to cut between: those at holes, which opens them, or else the longest pair,
  /// which leaves exactly two pieces.
  func chosen(_ crossings: [Crossing], by cut: Cut) -> [Crossing] {
    guard crossings.count > 2 else { return crossings }
    let pairs = stride(from: 0, to: crossings.count - 1, by: 2)
    let opening = pairs.filter { crossings[$0].ring > 0 || crossings[$0 + 1].ring > 0 }
    if !opening.isEmpty { return opening.flatMap { [crossings[$0], crossings[$0 + 1]] } }
    let along = cut.axis.other
    var best = 0
    var length: Int64 = -1
    for first in pairs {
      let here = crossings[first + 1].at[along] - crossings[first].at[along]
      if here > length {
        length = here
        best = first
      }
    }
    return [crossings[best], crossings[best + 1]]
  }

  /// The pieces between the crossings, in a stable order.
  func pieces(of piece: Piece, by cut: Cut, at crossings: [Crossing]) -> [Piece] {
    // Partners are neighbours along the cut: 0 and 1, 2 and 3, and so on.
    var onRing: [[Int]] = Array(repeating: [], count: piece.rings.count)
    for index in crossings.indices { onRing[crossings[index].ring].append(index) }
    var next: [Int: Int] = [:]
    for (ring, found) in onRing.enumerated() where !found.isEmpty {
      let order = sorted(found, crossings, on: piece.rings[ring])
      for (position, index) in order.enumerated() {
        next[index] = order[(position + 1) % order.count]
      }
    }
    var shells: [[RingVertex]] = []
    var used: Set<Int> = []
    for start in crossings.indices where !used.contains(start) {
      var ring: [RingVertex] = []
      var current = start
      while used.insert(current).inserted {
        let end = next[current] ?? current
        appendChain(from: crossings[current], to: crossings[end], of: piece, to: &ring)
        ring.append(RingVertex(at: crossings[end].at, line: cut.line))
        current = end ^ 1
      }
      shells.append(ring)
    }
    let whole = piece.rings.indices.filter { onRing[$0].isEmpty }.map { piece.rings[$0] }
    return assembled(shells, holes: whole)
  }

  /// Crossings of one ring in the order in which the ring passes them.
  private func sorted(
    _ found: [Int], _ crossings: [Crossing], on ring: [RingVertex]
  ) -> [Int] {
    found.sorted { one, other in
      // An edge is straight, so a cut crosses it once.
      crossings[one].vertex < crossings[other].vertex
    }
  }

  /// The vertices from one crossing to the next along their ring, the first crossing included.
  private func appendChain(
    from start: Crossing, to end: Crossing, of piece: Piece, to ring: inout [RingVertex]
  ) {
    let source = piece.rings[start.ring]
    ring.append(RingVertex(at: start.at, line: start.crossed))
    var index = (start.vertex + 1) % source.count
    while true {
      ring.append(source[index])
      if index == end.vertex { break }
      index = (index + 1) % source.count
    }
  }

  private func assembled(_ shells: [[RingVertex]], holes: [[RingVertex]]) -> [Piece] {
    guard !holes.isEmpty else { return shells.map { Piece(rings: [$0]) } }
    return shells.map { shell in
      let box = LatticeBox(around: shell)
      let own = holes.filter { hole in
        guard let point = hole.first?.at, box.contains(point) else { return false }
        return Self.encloses(shell, point)
      }
      return Piece(rings: [shell] + own)
    }
  }

  /// Whether a ring goes around a point that does not lie on it.
  static func encloses(_ ring: [RingVertex], _ point: LatticePoint) -> Bool {
    guard var previous = ring.last?.at else { return false }
    var isInside = false
    for vertex in ring {
      let here = vertex.at
      if (here.y > point.y) != (previous.y > point.y) {
        let left = Int128(previous.x - here.x) * Int128(point.y - here.y)
        let right = Int128(point.x - here.x) * Int128(previous.y - here.y)
        if (left > right) == (previous.y > here.y) { isInside.toggle() }
      }
      previous = here
    }
    return isInside
  }
}
