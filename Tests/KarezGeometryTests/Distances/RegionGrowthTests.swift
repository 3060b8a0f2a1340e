import KarezCore
import KarezGeometry
import TestSupport
import Testing

/// Land let out by a distance, corners kept.
@Suite struct RegionGrowthTests {
  /// A box of thousandths of a degree near 76° E, 39° N.
  static func region(_ west: Double, _ south: Double, _ east: Double, _ north: Double) throws
    -> PlaneRegion
  {
    try PlaneRegion(
      Shapes.box(76 + west / 1000, 39 + south / 1000, 76 + east / 1000, 39 + north / 1000))
  }

  static func growth() throws -> RegionGrowth {
    RegionGrowth(around: BoundingBox(minX: 75.9, minY: 38.9, maxX: 76.1, maxY: 39.1))
  }

  /// Metres of a side of the box on the ellipsoid.
  static func metres(_ from: (Double, Double), _ to: (Double, Double)) -> Double {
    Geodesic().length(ofDegrees: [
      Position(x: 76 + from.0 / 1000, y: 39 + from.1 / 1000),
      Position(x: 76 + to.0 / 1000, y: 39 + to.1 / 1000),
    ])
  }

  @Test(arguments: [0.003, 1, 25, 400])
  func `a box grows by the distance on each side, and its corners stay square`(
    distance: Double
  ) throws {
    let box = try Self.region(0, 0, 4, 3)
    let grown = try Self.growth().grown(box, by: distance)
    let across = (Self.metres((0, 0), (4, 0)) + Self.metres((0, 3), (4, 3))) / 2
    let up = Self.metres((0, 0), (0, 3))
    let added = 2 * distance * (across + up) + 4 * distance * distance
    let measured = grown.area.squareMetres - box.area.squareMetres
    #expect(abs(measured - added) < 1e-4 * added + 0.01, "\(measured) \(added)")
    #expect(try box.subtracting(grown).area.squareMetres < 1e-6)
  }

  @Test func `nothing grows by nothing, and no land has none around it`() throws {
    let growth = try Self.growth()
    let box = try Self.region(0, 0, 4, 3)
    #expect(try growth.grown(box, by: 0).area == box.area)
    let none = try box.subtracting(box)
    #expect(try growth.grown(none, by: 10).isEmpty)
    #expect(try none.parts().isEmpty)
    #expect(try PlaneRegion.united([]) == nil)
  }

  @Test func `what lies beyond ground that is shut is not reached through it`() throws {
    let growth = try Self.growth()
    let box = try Self.region(0, 0, 2, 2)
    // A shut strip of two thousandths east of the box; the ground beyond it is free.
    let free = try PlaneRegion.united([
      Self.region(-5, -5, 2, 7), Self.region(4, -5, 9, 7),
    ])
    let grown = try growth.grown(box, by: 300, within: try #require(free))
    #expect(try grown.parts().count == 1)
    let beyond = try grown.intersection(Self.region(2.0001, -5, 9, 7))
    #expect(beyond.area.squareMetres < 1e-6)
    #expect(grown.area > box.area)
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `the farther, the more land, and none is lost`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let star = try Shapes.star(
      around: Position(x: 76, y: 39), radius: 0.004, corners: Int.random(in: 3...9, using: &random),
      using: &random)
    let region = try PlaneRegion(MultiPolygon([Polygon(shell: star)]))
    let growth = try Self.growth()
    var last = region
    for distance in [0.003, 2, 40, 300] {
      let grown = try growth.grown(region, by: distance)
      #expect(try last.subtracting(grown).area.squareMetres < 1e-4, "\(distance)")
      #expect(grown.area > last.area)
      last = grown
    }
  }

  @Test func `parts are the whole, the largest first`() throws {
    let whole = try #require(
      try PlaneRegion.united([Self.region(0, 0, 1, 1), Self.region(2, 0, 5, 1)]))
    let parts = try whole.parts()
    #expect(parts.count == 2 && parts[0].area > parts[1].area)
    let sum = parts.reduce(0) { $0 + $1.area.squareMetres }
    #expect(abs(sum - whole.area.squareMetres) < 1e-6)
  }
}
