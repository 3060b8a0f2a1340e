import KarezCore
import KarezGeometry
import KarezPacks

/// What the second walk remembers, so that sites can be put on it.
struct Landmarks: Sendable {
  /// One protected field a village.
  var farms: [Int: SynthFeature] = [:]
  /// One field of the reserve a village.
  var reserves: [Int: SynthFeature] = [:]
  /// The middle of one unused patch a village, where the patch is a plain one.
  var wastes: [Int: LatticePoint] = [:]
  /// The middle of one built-up patch an urban village.
  var towns: [Int: LatticePoint] = [:]
}

/// Plants project boundaries whose answer is known.
struct SitePlanner {
  let country: Country
  let themes: Themes
  let landmarks: Landmarks
  let redLines: [SynthFeature]

  /// How far rectangles are turned, as a part of a whole turn.
  static let turn = 0.07

  /// A rectangle around a place, turned so that it is parallel to nothing.
  ///
  /// - Units: metres.
  func window(
    around centre: LatticePoint, length: Double, width: Double, turn: Double = Self.turn
  ) -> ConvexWindow? {
    let (cosine, sine) = Shapes.direction(turn)
    let corners = [(-1.0, -1.0), (1, -1), (1, 1), (-1, 1)].map { along, across in
      let x = along * length / 2
      let y = across * width / 2
      return place(centre, east: x * cosine - y * sine, north: x * sine + y * cosine).position
    }
    return ConvexWindow(corners: corners)
  }

  func place(_ start: LatticePoint, east: Double, north: Double) -> LatticePoint {
    LatticePoint(
      x: start.x + Int64((east / country.terrain.metresEast / 2).rounded()) * 2,
      y: start.y + Int64((north / country.terrain.metresNorth / 2).rounded()) * 2)
  }

  static func middle(of feature: SynthFeature) -> LatticePoint? {
    feature.geometry.boundingBox.map {
      LatticePoint(
        nearest: Position(x: ($0.minX + $0.maxX) / 2, y: ($0.minY + $0.maxY) / 2))
    }
  }

  // MARK: The corridor of the demonstration

  /// From a protected field into the red line, and where on the way things can be planted.
  struct Corridor {
    let start: LatticePoint
    let end: LatticePoint
    let length: Double
  }

  /// Ways from protected fields into a red line, the shortest first, one a field.
  func corridors() -> [Corridor] {
    var found: [Corridor] = []
    let edges = redLines.flatMap { line -> [LatticePoint] in
      guard case .polygons(let multi) = line.geometry else { return [] }
      let points = multi.polygons.flatMap(\.shell.positions)
      return stride(from: 0, to: points.count, by: max(1, points.count / 400)).map {
        LatticePoint(nearest: points[$0])
      }
    }
    for (_, farm) in landmarks.farms.sorted(by: { $0.key < $1.key }) {
      guard let start = Self.middle(of: farm) else { continue }
      var nearest: (edge: LatticePoint, length: Double)?
      for edge in edges {
        let length = country.shapes.distance(start, edge)
        if length > 8_000, length < (nearest?.length ?? 60_000) { nearest = (edge, length) }
      }
      guard let (edge, length) = nearest else { continue }
      let end = beyond(start, edge, by: 1_200, length)
      guard isInRedLine(end) else { continue }
      found.append(
        Corridor(start: beyond(edge, start, by: 400, length), end: end, length: length))
    }
    return found.sorted { ($0.length, $0.start) < ($1.length, $1.start) }
  }

  private func beyond(
    _ start: LatticePoint, _ end: LatticePoint, by metres: Double, _ length: Double
  ) -> LatticePoint {
    let part = metres / length
    return LatticePoint(
      x: end.x + Int64(Double(end.x - start.x) * part / 2) * 2,
      y: end.y + Int64(Double(end.y - start.y) * part / 2) * 2)
  }

  private func isInRedLine(_ point: LatticePoint) -> Bool {
    redLines.contains { line in
      guard case .polygons(let multi) = line.geometry,
        let box = multi.boundingBox,
        box.meets(BoundingBox(around: [point.position]) ?? box)
      else { return false }
      return multi.polygons.contains { polygon in
        polygon.rings.filter { ring in
          Cutter.encloses(
            ring.positions.dropLast().map {
              RingVertex(at: LatticePoint(nearest: $0), line: .cut(0))
            }, point)
        }.count == 1
      }
    }
  }

  /// A place a part of the way along.
  func place(on corridor: Corridor, at part: Double) -> LatticePoint {
    LatticePoint(
      x: corridor.start.x + Int64(Double(corridor.end.x - corridor.start.x) * part / 2) * 2,
      y: corridor.start.y + Int64(Double(corridor.end.y - corridor.start.y) * part / 2) * 2)
  }

  /// The strip along a corridor, its corners on whole millimetres of the grid it is handed in on.
  func strip(_ corridor: Corridor, width: Double) -> ConvexWindow? {
    let east = Double(corridor.end.x - corridor.start.x) * country.terrain.metresEast
    let north = Double(corridor.end.y - corridor.start.y) * country.terrain.metresNorth
    let length = (east * east + north * north).squareRoot()
    let side = (x: -north / length * width / 2, y: east / length * width / 2)
    let corners = [
      place(corridor.start, east: -side.x, north: -side.y),
      place(corridor.end, east: -side.x, north: -side.y),
      place(corridor.end, east: side.x, north: side.y),
      place(corridor.start, east: side.x, north: side.y),
    ]
    guard let grid = Self.grid(of: corridor) else { return nil }
    let degrees = corners.compactMap { corner -> Position? in
      guard let there = try? grid.position(ofDegrees: corner.position) else { return nil }
      let rounded = Position(
        x: (there.x * 1_000).rounded() / 1_000, y: (there.y * 1_000).rounded() / 1_000)
      return try? grid.degrees(of: rounded)
    }
    return degrees.count == 4 ? ConvexWindow(corners: degrees) : nil
  }

  static func grid(of corridor: Corridor) -> GaussKruger? {
    GaussKruger(containing: corridor.start.position.x, isPrefixed: true)
  }
}
