import KarezCore
import TestSupport
import Testing

@testable import KarezGeometry

/// The common area by Green's theorem: pieces of each outline that lie inside the other.
///
/// No intersection is built and nothing is shared with GEOS but the plane. Where corners and
/// edges coincide, the first shape is thought moved by (ε, ε²). Its predicates are plain products,
/// so that it judges shapes in general position, not shared edges.
enum WindingOverlay {
  static func commonArea(of one: MultiPolygon, and other: MultiPolygon) -> Double {
    guard let origin = one.polygons.first?.shell.positions.first else { return 0 }
    let (a, b) = (edges(of: one, from: origin), edges(of: other, from: origin))
    var doubled = 0.0
    for edge in a { doubled += share(of: edge, inside: b, isFirst: true) }
    for edge in b { doubled += share(of: edge, inside: a, isFirst: false) }
    return doubled / 2
  }

  typealias Edge = (from: Position, to: Position)

  /// Shells to the left, holes to the right, measured from a place nearby.
  private static func edges(of multi: MultiPolygon, from origin: Position) -> [Edge] {
    multi.polygons.flatMap { polygon in
      polygon.rings.enumerated().flatMap { index, ring in
        let positions = ring.oriented(counterClockwise: index == 0).positions
          .map { Position(x: $0.x - origin.x, y: $0.y - origin.y) }
        return zip(positions, positions.dropFirst()).map { (from: $0, to: $1) }
      }
    }
  }

  private static func cross(_ edge: Edge, _ place: Position) -> Double {
    (edge.to.x - edge.from.x) * (place.y - edge.from.y)
      - (edge.to.y - edge.from.y) * (place.x - edge.from.x)
  }

  /// Whether a place lies left of an edge; `moved` says that the place is the one thought moved.
  private static func isLeft(_ place: Position, of edge: Edge, moved: Bool) -> Bool {
    let c = cross(edge, place)
    if c != 0 { return c > 0 }
    let dx = edge.to.x - edge.from.x
    let dy = edge.to.y - edge.from.y
    if dy != 0 { return (dy < 0) == moved }
    return (dx > 0) == moved
  }

  /// The edge's part of the boundary integral: how much of it runs inside the other shape.
  private static func share(of edge: Edge, inside others: [Edge], isFirst: Bool) -> Double {
    let weight = edge.from.x * edge.to.y - edge.from.y * edge.to.x
    var inside = Double(winding(of: edge.from, in: others, isFirst: isFirst))
    for other in others {
      let from = isLeft(edge.from, of: other, moved: isFirst)
      let to = isLeft(edge.to, of: other, moved: isFirst)
      guard from != to else { continue }
      let start = isLeft(other.from, of: edge, moved: !isFirst)
      let end = isLeft(other.to, of: edge, moved: !isFirst)
      guard start != end else { continue }
      let (d3, d4) = (cross(other, edge.from), cross(other, edge.to))
      let t = d3 / (d3 - d4)
      inside += (to ? 1 : -1) * (1 - t)
    }
    return weight * inside
  }

  private static func winding(of place: Position, in edges: [Edge], isFirst: Bool) -> Int {
    var number = 0
    for edge in edges {
      let fromBelow = isFirst ? edge.from.y <= place.y : edge.from.y < place.y
      let toBelow = isFirst ? edge.to.y <= place.y : edge.to.y < place.y
      guard fromBelow != toBelow else { continue }
      let left = isLeft(place, of: edge, moved: isFirst)
      if fromBelow && left { number += 1 }
      if toBelow && !left { number -= 1 }
    }
    return number
  }
}

@Suite struct WindingOverlayTests {
  static func inPlane(_ multi: MultiPolygon) -> MultiPolygon {
    OverlayPlane.statutory.toPlane(multi)
  }

  @Test(arguments: 0..<60)
  func `a piece has the area that the outlines alone give`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    func shape(_ radius: Double) throws -> MultiPolygon {
      let centre = Position(
        x: .random(in: 75.9...76, using: &random), y: .random(in: 39.4...39.5, using: &random))
      let shell = try Shapes.star(around: centre, radius: radius, corners: 40, using: &random)
      // Within the 0.4 of the radius that no corner comes nearer than.
      let hole = try Shapes.star(around: centre, radius: radius * 0.35, corners: 9, using: &random)
      return MultiPolygon([Polygon(shell: shell, holes: [hole])])
    }
    let (one, other) = (try shape(0.06), try shape(0.04))
    let expected = WindingOverlay.commonArea(of: Self.inPlane(one), and: Self.inPlane(other))
    let area = try one.overlapArea(with: other).squareMetres
    #expect(abs(area - expected) <= 1e-5)
  }

  @Test(arguments: 0..<10)
  func `cells of a coverage meet a box along shared edges without a sliver`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let box = BoundingBox(minX: 75.9, minY: 39.4, maxX: 76, maxY: 39.5)
    let cells = try Shapes.coverage(of: box, columns: 6, rows: 6, using: &random)
    let half = try PlaneRegion.union(of: Array(cells.prefix(cells.count / 2))).multiPolygon()
    let boundary = try PreparedBoundary(half)
    var sum = 0.0
    for (index, cell) in cells.enumerated() {
      let piece = try boundary.piece(in: cell)
      // A cell is wholly in or wholly out; rounding may leave less than a square centimetre.
      let whole = index < cells.count / 2 ? cell.statutoryArea().squareMetres : 0
      #expect(abs(piece.areaM2 - whole) <= 1e-4)
      sum += piece.areaM2
    }
    #expect(abs(sum - half.statutoryArea().squareMetres) <= 1e-4)
  }

  @Test func `a corridor of 28 km sums to itself in this plane, and in degrees it would not`()
    throws
  {
    let corridor = MultiPolygon([
      Polygon(
        shell: try Shapes.ring([
          (75.70, 39.300), (76.00, 39.400), (76.0002, 39.3996), (75.7002, 39.2996),
        ]))
    ])
    let strips = try (0..<31).map { step -> MultiPolygon in
      let west = 75.69 + Double(step) * 0.0102
      return try Shapes.box(west, 39.2, west + 0.0102, 39.5)
    }
    let boundary = try PreparedBoundary(corridor)
    var sum = 0.0
    var sumOfDegreePieces = 0.0
    for strip in strips {
      sum += try boundary.piece(in: strip).areaM2
      let inDegrees = try PlaneRegion(corridor, plane: .asGiven)
        .intersection(PlaneRegion(strip, plane: .asGiven)).multiPolygon()
      sumOfDegreePieces += inDegrees.statutoryArea().squareMetres
    }
    let whole = corridor.statutoryArea().squareMetres
    #expect(abs(sum - whole) <= 1e-4)
    #expect(abs(sumOfDegreePieces - whole) >= 0.01)
  }
}
