/// Puts directed edges with a region on their left together into polygons.
///
/// At a vertex where several edges leave, the walk takes the first one clockwise from where it
/// came, and so goes round one face of the region; where it meets a vertex again, the part
/// between is a ring of its own. So every ring is simple, and rings touch at vertices only, as
/// valid polygons do.
///
/// - Shape: the edges are a boundary: at every vertex as many come as go, and they cross nowhere.
struct RegionAssembly {
  /// A closed walk that meets no vertex twice; numbers of edges, in order.
  struct Ring {
    let edges: Range<Int>
    /// Twice the signed area in units of the statutory plane; shells are positive.
    let doubled: Double
    /// On the grid of the source.
    let low: SIMD2<Double>
    let high: SIMD2<Double>
    let walk: Int
  }

  /// One shell, and the holes in it, as numbers of rings.
  struct Face {
    let shell: Int
    var holes: [Int] = []
  }

  private let starts: [SIMD2<Int64>]
  private let ends: [SIMD2<Int64>]
  private let leaving: LeavingEdges
  /// Edges in the order of the rings.
  private(set) var order: [Int32] = []
  private(set) var rings: [Ring] = []
  private(set) var faces: [Face] = []
  /// Rings that run clockwise and lie in no shell: the region they bound has no outer edge.
  private(set) var looseRings: [Int] = []
  /// Whether some walk could not be closed: the edges were no boundary.
  private(set) var isBroken = false

  init(starts: [SIMD2<Int64>], ends: [SIMD2<Int64>]) {
    self.starts = starts
    self.ends = ends
    leaving = LeavingEdges(starts)
    order.reserveCapacity(starts.count)
    var used = [Bool](repeating: false, count: starts.count)
    var walk: [Int32] = []
    var walks = 0
    for edge in starts.indices where !used[edge] {
      follow(from: edge, &used, &walk)
      cut(walk, number: walks)
      walks += 1
    }
    settle()
  }

  /// Walks from an edge until it comes back to it.
  private mutating func follow(from first: Int, _ used: inout [Bool], _ walk: inout [Int32]) {
    walk.removeAll(keepingCapacity: true)
    var edge = first
    repeat {
      used[edge] = true
      walk.append(Int32(truncatingIfNeeded: edge))
      let next = leaving.edge(after: edge, starts, ends) { !used[$0] || $0 == first }
      guard let next else {
        isBroken = true
        return
      }
      edge = next
    } while edge != first
  }

  /// Cuts a walk into rings at the vertices it meets more than once.
  private mutating func cut(_ walk: [Int32], number: Int) {
    var open: [Int32] = []
    // Where in `open` an edge starts at a vertex that several edges leave.
    var forks: [(vertex: SIMD2<Int64>, at: Int)] = []
    for edge in walk {
      let start = starts[Int(edge)]
      if leaving.isFork(Int(edge)) {
        if let fork = forks.lastIndex(where: { $0.vertex == start }) {
          keep(open[forks[fork].at...], walk: number)
          open.removeSubrange(forks[fork].at...)
          forks.removeSubrange(fork...)
        }
        forks.append((start, open.count))
      }
      open.append(edge)
    }
    keep(open[...], walk: number)
  }

  private mutating func keep(_ edges: ArraySlice<Int32>, walk: Int) {
    guard let first = edges.first else { return }
    var low = SIMD2<Double>(repeating: .infinity)
    var high = -low
    let origin = CoverageVertex(bits: starts[Int(first)]).point
    var last = CoverageVertex(bits: starts[Int(first)]).point - origin
    var doubled = 0.0
    for edge in edges {
      let source = CoverageVertex(bits: ends[Int(edge)]).source
      low = pointwiseMin(low, source)
      high = pointwiseMax(high, source)
      let point = PlaneFrame.statutory.plane(of: source) - origin
      doubled += last.x * point.y - last.y * point.x
      last = point
    }
    rings.append(
      Ring(
        edges: order.count..<order.count + edges.count, doubled: doubled, low: low, high: high,
        walk: walk))
    order.append(contentsOf: edges)
  }

  /// Gives every hole its shell.
  private mutating func settle() {
    var faceOfWalk: [Int: Int] = [:]
    for ring in rings.indices where rings[ring].doubled > 0 {
      faceOfWalk[rings[ring].walk] = faces.count
      faces.append(Face(shell: ring))
    }
    var free: [Int] = []
    for ring in rings.indices where rings[ring].doubled < 0 {
      if let face = faceOfWalk[rings[ring].walk] {
        faces[face].holes.append(ring)
      } else {
        free.append(ring)
      }
    }
    guard !free.isEmpty, !faces.isEmpty else {
      looseRings = free
      return
    }
    let boxes = PackedBoxes(faces.map { (rings[$0.shell].low, rings[$0.shell].high) })
    for hole in free {
      if let face = smallestFace(around: hole, boxes) {
        faces[face].holes.append(hole)
      } else {
        looseRings.append(hole)
      }
    }
  }

  private func smallestFace(around hole: Int, _ boxes: PackedBoxes) -> Int? {
    let ring = rings[hole]
    // A hole that touches its shell came in the shell's own walk, so any vertex will do.
    let place = CoverageVertex(bits: starts[Int(order[ring.edges.lowerBound])]).source
    var best: Int?
    boxes.visit(containing: ring.low, ring.high) { face in
      let shell = rings[faces[face].shell]
      if let best, rings[faces[best].shell].doubled <= shell.doubled { return }
      if contains(faces[face].shell, place) { best = face }
    }
    return best
  }

  private func contains(_ ring: Int, _ place: SIMD2<Double>) -> Bool {
    var isInside = false
    for index in rings[ring].edges {
      let a = CoverageVertex(bits: starts[Int(order[index])]).source - place
      let b = CoverageVertex(bits: ends[Int(order[index])]).source - place
      guard (a.y <= 0) != (b.y <= 0) else { continue }
      if (a.x * b.y - a.y * b.x > 0) == (b.y > a.y) { isInside.toggle() }
    }
    return isInside
  }

  /// The edges of a ring, in order.
  func edges(of ring: Int) -> ArraySlice<Int32> { order[rings[ring].edges] }

  /// A face's area in units of the statutory plane.
  func doubledArea(of face: Face) -> Double {
    face.holes.reduce(rings[face.shell].doubled) { $0 + rings[$1].doubled }
  }

  /// A face in degrees.
  func polygon(_ face: Face) -> Polygon {
    Polygon(shell: positions(of: face.shell), holes: face.holes.map(positions))
  }

  private func positions(of ring: Int) -> KarezGeometry.Ring {
    var positions = edges(of: ring).map { CoverageVertex(bits: starts[Int($0)]).position }
    positions.append(positions[0])
    return KarezGeometry.Ring(unchecked: positions)
  }
}

/// Which edges leave a vertex.
struct LeavingEdges {
  /// First edge of each slot's vertex, by open addressing; -1 is free.
  private var slots: [Int32]
  /// Further edges from the same vertex.
  private var others: [Int32]
  private var forks: [Bool]
  private let mask: Int

  init(_ starts: [SIMD2<Int64>]) {
    var capacity = 16
    while capacity < starts.count * 2 { capacity *= 2 }
    mask = capacity - 1
    slots = Array(repeating: -1, count: capacity)
    others = Array(repeating: -1, count: starts.count)
    forks = Array(repeating: false, count: starts.count)
    for edge in starts.indices {
      let slot = slot(of: starts[edge], starts)
      let first = slots[slot]
      if first >= 0 {
        others[edge] = first
        forks[edge] = true
        forks[Int(first)] = true
      }
      slots[slot] = Int32(truncatingIfNeeded: edge)
    }
  }

  private func slot(of vertex: SIMD2<Int64>, _ starts: [SIMD2<Int64>]) -> Int {
    var slot = Int(truncatingIfNeeded: CoverageVertex.hash(vertex)) & mask
    while slots[slot] >= 0, starts[Int(slots[slot])] != vertex { slot = (slot + 1) & mask }
    return slot
  }

  /// Whether several edges leave the vertex where this one starts.
  func isFork(_ edge: Int) -> Bool { forks[edge] }

  /// All edges that leave a vertex.
  func edges(from vertex: SIMD2<Int64>, _ starts: [SIMD2<Int64>]) -> [Int] {
    var found: [Int] = []
    var edge = slots[slot(of: vertex, starts)]
    while edge >= 0 {
      found.append(Int(edge))
      edge = others[Int(edge)]
    }
    return found
  }

  /// The edge a walk goes on with that keeps the face on its left.
  func edge(
    after edge: Int, _ starts: [SIMD2<Int64>], _ ends: [SIMD2<Int64>],
    where isFree: (Int) -> Bool
  ) -> Int? {
    let first = slots[slot(of: ends[edge], starts)]
    guard first >= 0 else { return nil }
    if others[Int(first)] < 0 { return isFree(Int(first)) ? Int(first) : nil }
    let centre = CoverageVertex(bits: ends[edge]).point
    let back = CoverageVertex(bits: starts[edge]).point - centre
    var best: (edge: Int, direction: SIMD2<Double>)?
    var candidate = first
    while candidate >= 0 {
      let number = Int(candidate)
      candidate = others[number]
      guard isFree(number) else { continue }
      let direction = CoverageVertex(bits: ends[number]).point - centre
      guard let known = best else {
        best = (number, direction)
        continue
      }
      if Turn.isBefore(direction, known.direction, clockwiseFrom: back) {
        best = (number, direction)
      }
    }
    return best?.edge
  }
}

/// Directions around a vertex, compared exactly.
enum Turn {
  private static let cross = ExactCross(frame: .statutory, isWhole: false)

  /// Whether turning clockwise from a direction one meets `a` before `b`.
  ///
  /// What points the same way as `from` itself is met first: it folds back.
  static func isBefore(
    _ a: SIMD2<Double>, _ b: SIMD2<Double>, clockwiseFrom from: SIMD2<Double>
  ) -> Bool {
    let (one, other) = (half(of: a, from: from), half(of: b, from: from))
    if one != other { return one < other }
    return cross.sign(a.x, a.y, b.x, b.y) < 0
  }

  /// 0 along `from`, 1 in the half turn clockwise from it, 2 opposite, 3 in the other half.
  private static func half(of direction: SIMD2<Double>, from: SIMD2<Double>) -> Int {
    let side = cross.sign(from.x, from.y, direction.x, direction.y)
    if side < 0 { return 1 }
    if side > 0 { return 3 }
    return from.x * direction.x + from.y * direction.y > 0 ? 0 : 2
  }
}
