/// Finds vertices of one polygon that lie on an edge of another which has no vertex there.
///
/// Neighbours that draw one border through different vertices leave edges unmatched on both
/// sides, so only those need looking at.
struct NodingSearch {
  /// A vertex, the polygon that has it, and the polygon that lacks it.
  struct Missing {
    let vertex: SIMD2<Int64>
    let owner: Int
    let edge: Int
    let lacking: Int
  }

  /// How many metres beside an edge a vertex may lie and still be meant to lie on it.
  ///
  /// Coordinates are exchanged in millimetres, so a vertex that was put on a line comes back no
  /// farther from it than this.
  static let reachMetres = 0.001

  private let edges: UnmatchedEdges
  private let layer: Layer

  init(_ edges: UnmatchedEdges, of layer: Layer) {
    self.edges = edges
    self.layer = layer
  }

  /// Every missing vertex, by the number of the polygon that lacks it.
  func missing() throws -> [Missing] {
    var found: [Missing] = []
    for polygon in edges.firsts.keys.sorted() {
      guard let own = edges.firsts[polygon] else { continue }
      var others: [Int32] = []
      let place = try layer.place(of: Int(polygon))
      // A millimetre is less than ten units of latitude; more of longitude only near the poles.
      let slack = SIMD2<Double>(repeating: 20)
      layer.visitPolygons(
        low: SIMD2<Double>(place.low) - slack, high: SIMD2<Double>(place.high) + slack
      ) { other in
        let number = Int32(truncatingIfNeeded: other)
        if number != polygon, edges.firsts[number] != nil { others.append(number) }
      }
      guard !others.isEmpty else { continue }
      try compare(own, lacking: Int(polygon), with: others.sorted(), adding: &found)
    }
    return found
  }

  private func compare(
    _ own: Range<Int>, lacking polygon: Int, with others: [Int32], adding found: inout [Missing]
  ) throws {
    let frame = GroundFrame(
      around: CoverageVertex(bits: edges.starts[own.lowerBound]).source)
    let lines = own.map { Line(edges.starts[$0], edges.ends[$0], frame) }
    let boxes = PackedBoxes(lines.map { ($0.low, $0.high) })
    var vertices: Set<SIMD2<Int64>>?
    for other in others {
      var known: Set<SIMD2<Int64>> = []
      for edge in edges.firsts[other] ?? 0..<0 {
        for vertex in [edges.starts[edge], edges.ends[edge]]
        where known.insert(vertex).inserted {
          guard let line = line(through: frame.metres(vertex), lines, boxes) else { continue }
          if vertices == nil { vertices = try Self.vertices(of: polygon, in: layer) }
          guard vertices?.contains(vertex) == false else { continue }
          found.append(
            Missing(
              vertex: vertex, owner: Int(other), edge: own.lowerBound + line,
              lacking: polygon))
        }
      }
    }
  }

  private func line(
    through point: SIMD2<Double>, _ lines: [Line], _ boxes: PackedBoxes
  ) -> Int? {
    var hit: Int?
    boxes.visit(meeting: point, point) { line in
      if lines[line].hasWithin(point) { hit = line }
    }
    return hit
  }

  private static func vertices(
    of polygon: Int, in layer: Layer
  ) throws(LayerError) -> Set<SIMD2<Int64>> {
    let vertices = PolygonVertices()
    try vertices.read(polygon, of: layer)
    return Set(vertices.bits)
  }

  /// An unmatched edge in metres.
  private struct Line {
    let start: SIMD2<Double>
    let end: SIMD2<Double>
    let low: SIMD2<Double>
    let high: SIMD2<Double>

    init(_ start: SIMD2<Int64>, _ end: SIMD2<Int64>, _ frame: GroundFrame) {
      self.start = frame.metres(start)
      self.end = frame.metres(end)
      low = pointwiseMin(self.start, self.end) - reachMetres
      high = pointwiseMax(self.start, self.end) + reachMetres
    }

    /// Whether a point lies on the line, and farther from both ends than the reach.
    func hasWithin(_ point: SIMD2<Double>) -> Bool {
      let along = end - start
      let to = point - start
      let length = (along * along).sum().squareRoot()
      guard length > 2 * reachMetres else { return false }
      let position = (along * to).sum() / length
      let offset = along.x * to.y - along.y * to.x
      return position > reachMetres && position < length - reachMetres
        && offset.magnitude <= reachMetres * length
    }
  }
}
