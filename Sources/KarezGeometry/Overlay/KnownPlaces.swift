/// Positions of shapes, to which what was worked out in a plane is brought back.
///
/// A way into the plane and back costs the last bits; neighbours that share a border would then
/// differ in it by some nanometres.
struct KnownPlaces {
  /// Degrees; some two micrometres of a meridian.
  private static let reach = 2e-11

  private var places: [SIMD2<Double>: [Position]] = [:]

  init(of shapes: [MultiPolygon]) {
    for polygon in shapes.flatMap(\.polygons) {
      for position in polygon.rings.flatMap(\.positions) {
        let cell = Self.cell(of: position)
        if places[cell]?.contains(position) != true { places[cell, default: []].append(position) }
      }
    }
  }

  /// The shape with every vertex that lies within reach of a known place moved onto the nearest.
  ///
  /// A shape that would lose a ring by that stays as it is.
  func restored(_ shape: MultiPolygon) -> MultiPolygon {
    var polygons: [Polygon] = []
    for polygon in shape.polygons {
      guard let shell = restored(polygon.shell) else { return shape }
      let holes = polygon.holes.compactMap(restored)
      guard holes.count == polygon.holes.count else { return shape }
      polygons.append(Polygon(shell: shell, holes: holes))
    }
    return MultiPolygon(polygons)
  }

  private func restored(_ ring: Ring) -> Ring? {
    var positions: [Position] = []
    for position in ring.positions {
      let place = nearest(to: position) ?? position
      if positions.last != place { positions.append(place) }
    }
    return try? Ring(positions)
  }

  private func nearest(to position: Position) -> Position? {
    let cell = Self.cell(of: position)
    var best: (distance: Double, place: Position)?
    for x in [-1.0, 0, 1] {
      for y in [-1.0, 0, 1] {
        for place in places[cell + SIMD2(x, y)] ?? [] {
          let distance = max(abs(place.x - position.x), abs(place.y - position.y))
          guard distance <= Self.reach, distance < best?.distance ?? .infinity else { continue }
          best = (distance, place)
        }
      }
    }
    return best?.place
  }

  private static func cell(of position: Position) -> SIMD2<Double> {
    (SIMD2(position.x, position.y) / reach).rounded(.down)
  }
}
