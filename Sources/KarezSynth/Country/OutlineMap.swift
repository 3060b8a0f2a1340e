import KarezPacks

/// 县级行政区 outlines as a map: every edge once, shared by the counties on its two sides.
struct OutlineMap: Sendable {
  /// One polygon of a county.
  struct Part: Sendable {
    /// Index of the county in the region.
    let county: Int
    /// Number of the polygon in the county's outline, from 1.
    let number: Int
    let piece: Piece
  }

  /// The ends of an edge, the lesser first.
  struct Edge: Hashable, Sendable {
    let low: LatticePoint
    let high: LatticePoint

    init(_ one: LatticePoint, _ other: LatticePoint) {
      low = min(one, other)
      high = max(one, other)
    }

    /// The coordinate along which the edge is longer.
    var mainAxis: Axis {
      (high.x - low.x).magnitude >= (high.y - low.y).magnitude ? .x : .y
    }
  }

  let edges: [Edge]
  let parts: [Part]
  let box: LatticeBox

  init(_ region: Region, folder: String) throws(SynthError) {
    let counties = try OutlineFile.read(region, folder: folder)
    var edges: [Edge] = []
    var known: [Edge: LineID] = [:]
    var parts: [Part] = []
    for (index, county) in counties.enumerated() {
      for (number, rings) in county.polygons.enumerated() {
        let piece = Piece(
          rings: rings.map { ring in
            ring.enumerated().map { position, point in
              let edge = Edge(point, ring[(position + 1) % ring.count])
              if let line = known[edge] { return RingVertex(at: point, line: line) }
              let line = LineID.outline(edges.count)
              known[edge] = line
              edges.append(edge)
              return RingVertex(at: point, line: line)
            }
          })
        parts.append(Part(county: index, number: number + 1, piece: piece))
      }
    }
    self.edges = edges
    self.parts = parts
    box = LatticeBox(
      minX: parts.map(\.piece.box.minX).min() ?? 0, minY: parts.map(\.piece.box.minY).min() ?? 0,
      maxX: parts.map(\.piece.box.maxX).max() ?? 0, maxY: parts.map(\.piece.box.maxY).max() ?? 0)
  }

  /// Where a cut crosses an edge of an outline; a function of the edge and the cut alone, so that
  /// both counties find the same point.
  func crossing(of edge: Int, cut axis: Axis, at constant: Int64) -> LatticePoint {
    let edge = edges[edge]
    let span = Int128(edge.high[axis] - edge.low[axis])
    let other = axis.other
    let rise = Int128(edge.high[other] - edge.low[other])
    guard span != 0 else { return edge.low }
    // Rounded to the nearest even number, as every vertex of an outline is.
    let numerator = Int128(constant - edge.low[axis]) * rise
    let doubled = Self.rounded(numerator, by: span * 2) * 2
    let along = edge.low[other] + Int64(doubled)
    return axis == .x ? LatticePoint(x: constant, y: along) : LatticePoint(x: along, y: constant)
  }

  private static func rounded(_ numerator: Int128, by divisor: Int128) -> Int128 {
    let (n, d) = divisor < 0 ? (-numerator, -divisor) : (numerator, divisor)
    let shifted = n + d / 2
    let quotient = shifted / d
    return shifted % d < 0 ? quotient - 1 : quotient
  }
}
