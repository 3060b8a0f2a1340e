import Foundation
import KarezCore
import TestSupport
import Testing

@testable import KarezGeometry

/// The plane distances are taken in, against geodesics of the ellipsoid.
@Suite struct LocalPlaneTests {
  /// A geodesic of 1,000 m, `east` km of 76° E 39° N, and by how much it may come out too long.
  struct Geodesic: Sendable {
    let east: Double
    let from: Position
    let to: Position
  }

  /// Made with pyproj 3.7.2 (PROJ 9.5.1), `Geod(ellps='GRS80').fwd`: due north, north-east, east.
  static let geodesics: [Geodesic] = [
    (0, (76.0, 39.0), (76.0, 39.00900774573073)),
    (0, (76.0, 39.0), (76.00816344847479, 39.00636915396294)),
    (0, (76.0, 39.0), (76.01154382439378, 38.99999942893527)),
    (10, (76.11543818269416, 38.99994289356057), (76.11543818269416, 39.00895063937973)),
    (10, (76.11543818269416, 38.99994289356057), (76.1236016246054, 39.006312047586626)),
    (10, (76.11543818269416, 38.99994289356057), (76.12698199780861, 38.999942322497)),
    (30, (76.34631306340837, 38.99948604452091), (76.34631306340837, 39.00849379104742)),
    (30, (76.34631306340837, 38.99948604452091), (76.35447645281214, 39.00585519905176)),
    (30, (76.34631306340837, 38.99948604452091), (76.35785680428954, 38.999485473466585)),
    (60, (76.69261610577728, 38.99794421150565), (76.69261610577728, 39.00695196041941)),
    (60, (76.69261610577728, 38.99794421150565), (76.70077931798086, 39.004313367740146)),
    (60, (76.69261610577728, 38.99794421150565), (76.70415959613888, 38.99794364048254)),
  ].map { east, from, to in
    Geodesic(
      east: east, from: Position(x: from.0, y: from.1), to: Position(x: to.0, y: to.1))
  }

  static let plane = LocalPlane(
    around: BoundingBox(minX: 75.5, minY: 38, maxX: 76.5, maxY: 40))

  @Test(arguments: geodesics)
  func `a length is too long by half its squared distance from the meridian in Earth radii`(
    geodesic: Geodesic
  ) throws {
    let from = try Self.plane.place(ofDegrees: geodesic.from)
    let to = try Self.plane.place(ofDegrees: geodesic.to)
    let excess = hypot(to.x - from.x, to.y - from.y) / 1_000 - 1
    let middle = (from.x + to.x) / 2
    let expected = middle * middle / 2 / 6_370_000 / 6_370_000
    #expect(abs(excess - expected) <= 1e-8 + expected / 50, "\(excess), expected \(expected)")
    #expect(excess <= [0: 1e-8, 10: 1.4e-6, 30: 1.2e-5, 60: 4.6e-5][geodesic.east] ?? 0)
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func `a place comes back where it was`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let degrees = Position(
      x: .random(in: 74...78, using: &random), y: .random(in: 5...54, using: &random))
    let back = try Self.plane.degrees(of: try Self.plane.place(ofDegrees: degrees))
    #expect(abs(back.x - degrees.x) <= 1e-11 && abs(back.y - degrees.y) <= 1e-11)
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `the image of an edge keeps to its curve, there and back`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let length = [0.001, 0.1, 0.6][Int(seed % 3)]
    let start = Position(
      x: .random(in: 75.5...76.2, using: &random), y: .random(in: 36...41, using: &random))
    let turn = Double.random(in: 0..<2 * .pi, using: &random)
    let end = Position(x: start.x + length * cos(turn), y: start.y + length * sin(turn))
    let edge = [start, end].map(StatutoryPlane.position(ofDegrees:))
    let line = try Self.plane.line(ofStatutory: edge)
    #expect(line.first == (try Self.plane.place(ofDegrees: StatutoryPlane.degrees(of: edge[0]))))
    for step in 0...200 {
      let part = Double(step) / 200
      let between = Position(
        x: edge[0].x + (edge[1].x - edge[0].x) * part,
        y: edge[0].y + (edge[1].y - edge[0].y) * part)
      let image = try Self.plane.place(ofDegrees: StatutoryPlane.degrees(of: between))
      let gap = Distances.distance(image, to: line)
      #expect(gap <= 2e-4, "\(gap) m beside the line, \(step) of 200")
    }
    // A triangle there and back is the triangle, vertex by vertex where it had some.
    let far = StatutoryPlane.position(ofDegrees: Position(x: start.x, y: start.y + length))
    let ring = Ring(unchecked: [edge[0], edge[1], far, edge[0]])
    let triangle = MultiPolygon([Polygon(shell: ring)])
    let back = try Self.plane.statutory(Self.plane.polygons(ofStatutory: triangle))
    let (area, expected) = (back.planarArea().squareMetres, triangle.planarArea().squareMetres)
    let perimeter = 4 * length * 112_000
    #expect(abs(area - expected) <= 2e-4 * perimeter, "\(area), expected \(expected)")
  }

  @Test func `a closed ring stays closed to the last bit`() throws {
    let box = try Shapes.box(76, 39, 76.3, 39.2)
    let inPlane = box.mapped(StatutoryPlane.position(ofDegrees:))
    let ring = try #require(Self.plane.polygons(ofStatutory: inPlane).polygons.first).shell
    #expect(ring.positions.first == ring.positions.last)
    #expect(ring.positions.count > 100)
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `a widened box holds what lies within the distance`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let west = Double.random(in: 74...77, using: &random)
    let south = Double.random(in: 0...80, using: &random)
    let box = BoundingBox(
      minX: west, minY: south, maxX: west + .random(in: 0...0.5, using: &random),
      maxY: south + .random(in: 0...0.5, using: &random))
    let metres = [1.0, 500, 20_000][Int(seed % 3)]
    let widened = box.widened(byMetres: metres)
    let corner = Position(
      x: Bool.random(using: &random) ? box.minX : box.maxX,
      y: Bool.random(using: &random) ? box.minY : box.maxY)
    let plane = LocalPlane(around: BoundingBox(around: [corner]) ?? box)
    let place = try plane.place(ofDegrees: corner)
    let turn = Double.random(in: 0..<2 * .pi, using: &random)
    let there = try plane.degrees(
      of: Position(x: place.x + metres * cos(turn), y: place.y + metres * sin(turn)))
    #expect(widened.meets(try #require(BoundingBox(around: [there]))))
    // And no wider than it takes, by a hundredth and what parallels shorten.
    #expect(box.minY - widened.minY <= metres / 109_000)
  }
}

/// Distances worked out edge by edge.
enum Distances {
  static func distance(_ place: Position, to line: [Position]) -> Double {
    zip(line, line.dropFirst()).map { distance(place, from: $0, to: $1) }.min() ?? .infinity
  }

  private static func distance(
    _ place: Position, from start: Position, to end: Position
  ) -> Double {
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let length = dx * dx + dy * dy
    let along =
      length == 0 ? 0 : ((place.x - start.x) * dx + (place.y - start.y) * dy) / length
    let part = min(max(along, 0), 1)
    return hypot(place.x - start.x - part * dx, place.y - start.y - part * dy)
  }
}
