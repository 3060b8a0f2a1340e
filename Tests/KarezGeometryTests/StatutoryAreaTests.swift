import KarezCore
import KarezGeometry
import Testing

/// The vectors of the regulation, as rules.md C1 states them.
@Suite struct StatutoryAreaTests {
  static let grid = GaussKruger(zone: 25, isPrefixed: false)

  /// A ring of northing, easting pairs on the zone of 75°E, closed here.
  static func ring(_ corners: [(north: Double, east: Double)]) throws -> Ring {
    let positions = corners.map { Position(x: $0.east, y: $0.north) }
    return try Ring(positions + positions.prefix(1))
  }

  static func square(north: Double, east: Double, side: Double) throws -> Ring {
    try ring([
      (north, east), (north, east + side), (north + side, east + side), (north + side, east),
    ])
  }

  static func statutory(_ multi: MultiPolygon) throws -> Double {
    let grid = try #require(Self.grid)
    let converter = try CoordinateConverter(from: .gaussKruger(grid))
    return try converter.degrees(of: multi).statutoryArea().squareMetres
  }

  static func densified(_ ring: Ring, into parts: Int) throws -> Ring {
    var positions: [Position] = []
    for (start, end) in zip(ring.positions, ring.positions.dropFirst()) {
      for step in 0..<parts {
        let share = Double(step) / Double(parts)
        positions.append(
          Position(
            x: start.x + (end.x - start.x) * share, y: start.y + (end.y - start.y) * share))
      }
    }
    return try Ring(positions + positions.prefix(1))
  }

  static let pentagon: [(north: Double, east: Double)] = [
    (4_370_012.345, 585_010.101), (4_370_310.777, 585_405.902), (4_370_820.120, 585_290.555),
    (4_370_905.004, 584_800.333), (4_370_400.660, 584_615.888),
  ]

  /// A map sheet whose south edge is at 39°20′: its sides in minutes, and its area.
  struct Sheet: Sendable {
    let scale: String
    let height: Double
    let width: Double
    let expected: Double
  }

  static let sheets = [
    Sheet(scale: "1:50 000", height: 10, width: 15, expected: 398_370_669.95),
    Sheet(scale: "1:10 000", height: 2.5, width: 3.75, expected: 24_920_124.92),
    Sheet(scale: "1:5 000", height: 1.25, width: 1.875, expected: 6_230_945.17),
  ]

  @Test(arguments: sheets)
  func `a map sheet has its theoretical area`(sheet: Sheet) {
    let south = 39.0 + 20.0 / 60
    let box = BoundingBox(
      minX: 75, minY: south, maxX: 75 + sheet.width / 60, maxY: south + sheet.height / 60)
    let area = Quadrangle(box).statutoryArea().squareMetres
    #expect(abs(area - sheet.expected) <= 0.01)
  }

  @Test func `the square kilometre of the regulation is 999 820.09`() throws {
    let square = MultiPolygon([
      Polygon(shell: try Self.square(north: 4_370_000, east: 585_000, side: 1_000))
    ])
    #expect(square.planarArea().text == "1000000.00")
    #expect(abs(try Self.statutory(square) - 999_820.09) <= 0.01)
  }

  @Test func `the pentagon of the regulation is 463 047.31`() throws {
    let ring = try Self.ring(Self.pentagon)
    #expect(ring.planarArea().text == "463129.28")
    #expect(abs(try Self.statutory(MultiPolygon([Polygon(shell: ring)])) - 463_047.31) <= 0.01)
  }

  @Test func `a densified pentagon is another pentagon, of 463 046.89`() throws {
    let ring = try Self.densified(Self.ring(Self.pentagon), into: 50)
    #expect(abs(try Self.statutory(MultiPolygon([Polygon(shell: ring)])) - 463_046.89) <= 0.01)
  }

  @Test func `a hole is taken off`() throws {
    let shell = try Self.square(north: 4_370_000, east: 585_000, side: 1_000)
    let hole = try Self.square(north: 4_370_400, east: 585_400, side: 100)
    let whole = MultiPolygon([Polygon(shell: shell, holes: [hole])])
    #expect(abs(try Self.statutory(whole) - 989_821.89) <= 0.01)
    #expect(abs(try Self.statutory(MultiPolygon([Polygon(shell: hole)])) - 9_998.20) <= 0.01)
  }

  @Test func `the twenty-kilometre square is 399 911 275.65, densified 399 910 831.74`() throws {
    let ring = try Self.square(north: 4_370_000, east: 585_000, side: 20_000)
    #expect(ring.planarArea().text == "400000000.00")
    let plain = try Self.statutory(MultiPolygon([Polygon(shell: ring)]))
    #expect(abs(plain - 399_911_275.65) <= 0.01)
    let dense = MultiPolygon([Polygon(shell: try Self.densified(ring, into: 50))])
    #expect(abs(try Self.statutory(dense) - 399_910_831.74) <= 0.01)
  }
}
