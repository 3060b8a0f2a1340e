import KarezGeometry

/// How near a feature comes to a site, and how much of the site lies near it, worked out edge by
/// edge.
///
/// Nothing of the overlay engine and nothing of its buffers is used, so that each can be held
/// against the other; only the projections are the same.
struct NearTruth {
  /// In metres; a chord of this length is straight to a few thousandths of a millimetre.
  private static let step = 10.0
  /// Farther than this no distance is told, in metres.
  static let reach = 1_500.0

  private let window: ConvexWindow
  private let plane: LocalPlane
  /// The window's edge, in the local plane.
  private let edge: [Position]

  init(_ window: ConvexWindow) throws(GeometryError) {
    self.window = window
    plane = LocalPlane(around: window.box)
    edge = try Self.walked(window.boundary.shell.positions, in: plane)
  }

  /// Metres from the site, or nil beyond the reach; 0 for what meets it.
  func distance(to geometry: Geometry) throws(GeometryError) -> Double? {
    let lines: [[Position]] =
      switch geometry {
      case .points(let points): points.map { [$0, $0] }
      case .lines(let lines): lines
      case .polygons(let multi): multi.polygons.flatMap(\.rings).map(\.positions)
      }
    guard let box = geometry.boundingBox, box.meets(window.box.widened(byMetres: Self.reach))
    else { return nil }
    if lines.contains(where: { $0.contains(where: window.contains) }) { return 0 }
    var least = Double.infinity
    for line in lines {
      let walked = try Self.walked(line, in: plane)
      for (start, end) in zip(walked, walked.dropFirst()) {
        for (from, to) in zip(edge, edge.dropFirst()) {
          if Self.cross(start, end, from, to) { return 0 }
          least = min(
            least, Self.distance(from, start, end), Self.distance(start, from, to))
        }
      }
    }
    return least <= Self.reach ? least : nil
  }

  /// Square metres of the site no farther than so many metres from a straight line that passes it.
  ///
  /// Nil where an end of the line is so near that the land around it would be round there.
  func land(within metres: Double, of line: [Position]) throws(GeometryError) -> Double? {
    guard line.count == 2 else { return nil }
    let centre = try Self.walked(line, in: plane)
    guard let first = centre.first, let last = centre.last else { return nil }
    for place in edge where Self.distance(place, first, last) <= metres {
      let along =
        (place.x - first.x) * (last.x - first.x) + (place.y - first.y) * (last.y - first.y)
      let length = (last.x - first.x) * (last.x - first.x) + (last.y - first.y) * (last.y - first.y)
      guard along > 0, along < length else { return nil }
    }
    var left: [Position] = []
    var right: [Position] = []
    for index in centre.indices {
      let before = centre[max(index - 1, 0)]
      let after = centre[min(index + 1, centre.count - 1)]
      let (dx, dy) = (after.x - before.x, after.y - before.y)
      let share = metres / (dx * dx + dy * dy).squareRoot()
      left.append(Position(x: centre[index].x - dy * share, y: centre[index].y + dx * share))
      right.append(Position(x: centre[index].x + dy * share, y: centre[index].y - dx * share))
    }
    var ring: [Position] = []
    for place in left + right.reversed() { ring.append(try plane.degrees(of: place)) }
    return window.area(of: MultiPolygon([Polygon(shell: try Ring(ring + ring.prefix(1)))]))
  }

  // MARK: Edges

  /// A line of degrees, straight in the statutory plane, as short chords in the local one.
  private static func walked(
    _ line: [Position], in plane: LocalPlane
  ) throws(GeometryError) -> [Position] {
    guard let first = line.first else { return [] }
    var places = [try plane.place(ofDegrees: first)]
    for (start, end) in zip(line, line.dropFirst()) {
      let from = try plane.place(ofDegrees: start)
      let to = try plane.place(ofDegrees: end)
      let (dx, dy) = (to.x - from.x, to.y - from.y)
      let pieces = max(1, Int(((dx * dx + dy * dy).squareRoot() / step).rounded(.up)))
      let (low, high) = (
        StatutoryPlane.position(ofDegrees: start), StatutoryPlane.position(ofDegrees: end)
      )
      for piece in 1...pieces {
        let part = Double(piece) / Double(pieces)
        let between = Position(
          x: low.x + (high.x - low.x) * part, y: low.y + (high.y - low.y) * part)
        places.append(try plane.place(ofDegrees: StatutoryPlane.degrees(of: between)))
      }
    }
    return places
  }

  private static func distance(_ place: Position, _ start: Position, _ end: Position) -> Double {
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let length = dx * dx + dy * dy
    let along = (place.x - start.x) * dx + (place.y - start.y) * dy
    let part = length > 0 ? min(max(along / length, 0), 1) : 0
    let (x, y) = (place.x - start.x - part * dx, place.y - start.y - part * dy)
    return (x * x + y * y).squareRoot()
  }

  private static func cross(
    _ a: Position, _ b: Position, _ c: Position, _ d: Position
  ) -> Bool {
    func side(_ p: Position, _ q: Position, _ r: Position) -> Double {
      (q.x - p.x) * (r.y - p.y) - (r.x - p.x) * (q.y - p.y)
    }
    return (side(a, b, c) > 0) != (side(a, b, d) > 0) && (side(c, d, a) > 0) != (side(c, d, b) > 0)
  }
}
