/// 格网综合: polygons whose borders run between the points of a grid, neighbours still fitting.
///
/// The borders of all polygons are noded on the grid together (snap rounding) and the faces they
/// enclose dealt out again, each to the polygon its middle lies in. So the answer is a coverage
/// whatever the grid is: nothing overlaps, and neighbours have their vertices in common. A polygon
/// narrower than the grid may vanish.
///
/// - Units: the grid is of the statutory plane, whose metres are true on the average of both
///   directions; positions are degrees of EPSG:4490.
/// - Accuracy: borders move by half a grid's diagonal at the most; held by `GridCoverageTests`.
public struct GridCoverage: Sendable {
  /// In the order of the layer; empty where a polygon vanished.
  public let polygons: [MultiPolygon]

  /// - Errors: `LayerError` where the layer is damaged; `GeometryError` where GEOS failed.
  public init(of layer: Layer, _ simplified: CoverageSimplification? = nil, stepMetres: Double)
    throws
  {
    precondition(stepMetres > 0, "a grid has a step")
    var edges: Set<Edge> = []
    for number in 0..<layer.count {
      let geometry = try simplified?.geometry(of: number) ?? layer.geometry(of: number)
      for ring in geometry.polygons.lazy.flatMap(\.rings) {
        let plane = ring.positions.map(StatutoryPlane.position(ofDegrees:))
        for (start, end) in zip(plane, plane.dropFirst()) where start != end {
          edges.insert(Edge(start, end))
        }
      }
    }
    var faces = [[Polygon]](repeating: [], count: layer.count)
    let session = GEOSSession()
    let lines = edges.sorted().map { ($0.start, $0.end) }
    let enclosed = lines.isEmpty ? [] : try session.faces(between: lines, step: stepMetres).polygons
    for face in enclosed {
      let place = try session.placeInside(MultiPolygon([face]))
      guard let owner = try layer.polygons(covering: StatutoryPlane.degrees(of: place)).first
      else { continue }
      faces[owner].append(face)
    }
    polygons = try faces.map { faces in
      guard faces.count > 1 else {
        return OverlayPlane.statutory.fromPlane(MultiPolygon(faces))
      }
      return try PlaneRegion(uniting: faces, plane: .statutory, session: session).multiPolygon()
    }
  }

  private struct Edge: Hashable, Comparable {
    let start: Position
    let end: Position

    init(_ one: Position, _ other: Position) {
      (start, end) = (one.x, one.y) < (other.x, other.y) ? (one, other) : (other, one)
    }

    static func < (left: Edge, right: Edge) -> Bool {
      (left.start.x, left.start.y, left.end.x, left.end.y)
        < (right.start.x, right.start.y, right.end.x, right.end.y)
    }
  }
}

extension Geometry {
  /// Points and lines moved to the nearest points of a grid of the statutory plane.
  ///
  /// Nil for a line of which nothing is left, and for polygons, which are a layer's.
  public func onGrid(stepMetres step: Double) -> Geometry? {
    func moved(_ place: Position) -> Position {
      let plane = StatutoryPlane.position(ofDegrees: place)
      return StatutoryPlane.degrees(
        of: Position(
          x: (plane.x / step).rounded() * step, y: (plane.y / step).rounded() * step))
    }
    switch self {
    case .points(let positions): return .points(positions.map(moved))
    case .lines(let lines):
      let left = lines.map { line in
        line.map(moved).reduce(into: [Position]()) { kept, place in
          if kept.last != place { kept.append(place) }
        }
      }.filter { $0.count > 1 }
      return left.isEmpty ? nil : .lines(left)
    case .polygons: return nil
    }
  }
}
