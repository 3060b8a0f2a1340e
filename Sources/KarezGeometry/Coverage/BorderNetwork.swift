/// The borders of a coverage as one network: every vertex once, every edge once.
struct BorderNetwork {
  /// The vertex at each place of each ring, polygon by polygon.
  private(set) var vertexOf: [Int32] = []
  /// First place of each polygon.
  private(set) var firsts: [Int] = []
  /// In units of the statutory plane.
  private var points: [SIMD2<Double>] = []
  /// The two neighbours of a vertex on a single border; -1 where fewer are known.
  private var beside: [SIMD2<Int32>] = []
  /// More than two edges meet here, or only one of a broken ring.
  private var isNode: [Bool] = []
  private var isGone: [Bool] = []
  private var edges = EdgeSet()

  init(_ layer: Layer) throws {
    var index = VertexIndex()
    let vertices = PolygonVertices()
    for number in 0..<layer.count {
      if number % 4_096 == 0 { try Task.checkCancellation() }
      try vertices.read(number, of: layer)
      firsts.append(vertexOf.count)
      for ring in vertices.rings {
        let first = vertexOf.count
        for vertex in ring.first..<ring.first + ring.count {
          let found = index.number(of: vertices.bits[vertex])
          if Int(found) == points.count {
            points.append(CoverageVertex(bits: vertices.bits[vertex]).point)
            beside.append(SIMD2(-1, -1))
            isNode.append(false)
          }
          vertexOf.append(found)
        }
        var last = vertexOf[vertexOf.count - 1]
        for place in first..<vertexOf.count {
          join(last, vertexOf[place])
          last = vertexOf[place]
        }
      }
    }
    isGone = Array(repeating: false, count: points.count)
  }

  private mutating func join(_ a: Int32, _ b: Int32) {
    guard a != b, edges.insert(a, b) else { return }
    note(b, beside: a)
    note(a, beside: b)
  }

  private mutating func note(_ other: Int32, beside vertex: Int32) {
    let known = beside[Int(vertex)]
    if known.x < 0 {
      beside[Int(vertex)].x = other
    } else if known.y < 0 {
      beside[Int(vertex)].y = other
    } else {
      isNode[Int(vertex)] = true
    }
  }

  func stays(_ vertex: Int) -> Bool { !isGone[vertex] }

  // MARK: Simplifying

  mutating func simplify(to tolerance: CoverageSimplification.Tolerance) throws {
    let measure = CornerMeasure(tolerance, middle: points.isEmpty ? .zero : points[0])
    let cells = PointCells(points)
    var queue = CornerQueue(count: points.count)
    for vertex in points.indices where isFree(vertex) { offer(vertex, measure, &queue) }
    var steps = 0
    while let vertex = queue.popSmallest() {
      steps += 1
      if steps % 65_536 == 0 { try Task.checkCancellation() }
      guard canGo(vertex, cells) else { continue }
      let ends = beside[vertex]
      isGone[vertex] = true
      edges.remove(ends.x, Int32(vertex))
      edges.remove(Int32(vertex), ends.y)
      _ = edges.insert(ends.x, ends.y)
      replace(Int32(vertex), by: ends.y, beside: Int(ends.x))
      replace(Int32(vertex), by: ends.x, beside: Int(ends.y))
      for end in [Int(ends.x), Int(ends.y)] where isFree(end) { offer(end, measure, &queue) }
    }
  }

  private func isFree(_ vertex: Int) -> Bool { !isNode[vertex] && beside[vertex].y >= 0 }

  private func offer(_ vertex: Int, _ measure: CornerMeasure, _ queue: inout CornerQueue) {
    let ends = beside[vertex]
    let size = measure.size(points[Int(ends.x)], points[vertex], points[Int(ends.y)])
    if size <= measure.limit {
      queue.set(vertex, to: size)
    } else {
      queue.remove(vertex)
    }
  }

  private mutating func replace(_ old: Int32, by new: Int32, beside vertex: Int) {
    if beside[vertex].x == old {
      beside[vertex].x = new
    } else if beside[vertex].y == old {
      beside[vertex].y = new
    }
  }

  /// Whether the edge that would replace a vertex is new and crosses nothing.
  private func canGo(_ vertex: Int, _ cells: PointCells) -> Bool {
    let ends = beside[vertex]
    guard ends.x != ends.y, !edges.contains(ends.x, ends.y) else { return false }
    let triangle = Triangle(points[Int(ends.x)], points[vertex], points[Int(ends.y)])
    var isEmpty = true
    cells.visit(from: triangle.low, to: triangle.high) { other in
      guard isEmpty, other != vertex, other != Int(ends.x), other != Int(ends.y),
        !isGone[other]
      else { return }
      if triangle.holds(points[other]) { isEmpty = false }
    }
    return isEmpty
  }

  /// A triangle with its border.
  private struct Triangle {
    private static let cross = ExactCross(frame: .statutory, isWhole: false)
    let a: SIMD2<Double>
    let b: SIMD2<Double>
    let c: SIMD2<Double>

    init(_ a: SIMD2<Double>, _ b: SIMD2<Double>, _ c: SIMD2<Double>) {
      self.a = a
      self.b = b
      self.c = c
    }

    var low: SIMD2<Double> { pointwiseMin(a, pointwiseMin(b, c)) }
    var high: SIMD2<Double> { pointwiseMax(a, pointwiseMax(b, c)) }

    func holds(_ p: SIMD2<Double>) -> Bool {
      guard all(p .>= low), all(p .<= high) else { return false }
      let sides = [side(a, b, p), side(b, c, p), side(c, a, p)]
      return !(sides.contains { $0 > 0 } && sides.contains { $0 < 0 })
    }

    private func side(_ p: SIMD2<Double>, _ q: SIMD2<Double>, _ r: SIMD2<Double>) -> Double {
      let along = q - p
      let to = r - p
      return Self.cross.sign(along.x, along.y, to.x, to.y)
    }
  }
}

/// How much is given up at a corner, in the tolerance's unit.
private struct CornerMeasure {
  let limit: Double
  private let isDistance: Bool
  private let scale: SIMD2<Double>

  init(_ tolerance: CoverageSimplification.Tolerance, middle: SIMD2<Double>) {
    // Distances are true within a part in a hundred for a degree of latitude around; areas are
    // true everywhere.
    let degrees = StatutoryPlane.degrees(
      of: Position(x: 0, y: middle.y / SigmaTable.unitsPerMetre))
    scale = GroundFrame(around: SIMD2(0, degrees.y * 1e9)).scale
    switch tolerance {
    case .squareMetres(let area):
      limit = area
      isDistance = false
    case .metres(let distance):
      limit = distance
      isDistance = true
    }
  }

  func size(_ a: SIMD2<Double>, _ b: SIMD2<Double>, _ c: SIMD2<Double>) -> Double {
    let to = (b - a) * scale
    let along = (c - a) * scale
    let doubled = (to.x * along.y - to.y * along.x).magnitude
    guard isDistance else { return doubled / 2 }
    let length = (along * along).sum().squareRoot()
    return length > 0 ? doubled / length : (to * to).sum().squareRoot()
  }
}
