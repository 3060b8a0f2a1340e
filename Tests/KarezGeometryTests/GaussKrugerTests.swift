import TestSupport
import Testing

@testable import KarezGeometry

@Suite struct GaussKrugerTests {
  @Test func `the inverse of 4370000, 585000 on 75 degrees is that of the regulation`() throws {
    let grid = try #require(GaussKruger(zone: 25, isPrefixed: false))
    let degrees = try grid.degrees(of: Position(x: 585_000, y: 4_370_000))
    #expect(abs(degrees.y - 39.459651047) <= 1e-9)
    #expect(abs(degrees.x - 75.987637573) <= 1e-9)
    let back = try grid.position(ofDegrees: degrees)
    #expect(abs(back.x - 585_000) <= 0.000_12)
    #expect(abs(back.y - 4_370_000) <= 0.000_12)
  }

  static let grids: [GaussKruger] = GaussKruger.Width.allCases.flatMap { width in
    GaussKruger.zones(of: width).flatMap { zone in
      [true, false].compactMap { GaussKruger(zone: zone, width: width, isPrefixed: $0) }
    }
  }

  @Test(arguments: grids)
  func `every zone with a code is the zone PROJ knows by it`(grid: GaussKruger) throws {
    guard let epsg = grid.epsg else {
      #expect(grid.zone == 24 && grid.width == .threeDegrees)
      return
    }
    #expect(GaussKruger(epsg: epsg) == grid)
    let session = ProjectionSession()
    let there = try session.transformer(from: "EPSG:4490", to: "EPSG:\(epsg)")
    var random = SplitMix64(seed: UInt64(epsg))
    let reach = Double(grid.width.rawValue) / 2
    for _ in 0..<20 {
      let degrees = Position(
        x: grid.centralMeridian + .random(in: -reach...reach, using: &random),
        y: .random(in: 4...54, using: &random))
      let theirs = try there.forward(degrees)
      let ours = try grid.position(ofDegrees: degrees)
      #expect(abs(theirs.x - ours.x) <= 1e-6 && abs(theirs.y - ours.y) <= 1e-6)
      // The official inverse is a short series: tenths of a millimetre, a millimetre at 3°.
      let back = try grid.degrees(of: theirs)
      let tolerance = grid.width == .threeDegrees ? 4e-9 : 1e-8
      #expect(abs(back.x - degrees.x) <= tolerance && abs(back.y - degrees.y) <= tolerance)
    }
  }

  @Test func `zone 24 is zone 25 three degrees further west`() throws {
    let west = try #require(GaussKruger(zone: 24, isPrefixed: true))
    let east = try #require(GaussKruger(zone: 25, isPrefixed: true))
    let one = try west.degrees(of: Position(x: 24_585_000, y: 4_370_000))
    let other = try east.degrees(of: Position(x: 25_585_000, y: 4_370_000))
    #expect(one.x + 3 == other.x && one.y == other.y)
    #expect(west.epsg == nil)
  }

  @Test(arguments: [
    (73.49, 24), (73.5, 25), (76.49, 25), (76.5, 26), (79.49, 26), (79.5, 27), (136.49, 45),
  ])
  func `a longitude lies in the zone whose meridian is nearest`(longitude: Double, zone: Int) {
    #expect(GaussKruger(containing: longitude, isPrefixed: true)?.zone == zone)
  }

  @Test(arguments: [
    (73.5, 13), (77.99, 13), (78.0, 14), (135.5, 23),
  ])
  func `a longitude lies in a zone of six degrees`(longitude: Double, zone: Int) {
    let grid = GaussKruger(containing: longitude, width: .sixDegrees, isPrefixed: true)
    #expect(grid?.zone == zone)
  }

  @Test(arguments: [-1.0, 0, 68, 200, .nan, .infinity])
  func `outside the national grid there is no zone`(longitude: Double) {
    #expect(GaussKruger(containing: longitude, isPrefixed: true) == nil)
  }

  @Test(arguments: [
    Position(x: 39_500_000, y: 4_370_000), Position(x: 585_000, y: 4_370_000),
    Position(x: 25_585_000, y: 1e8), Position(x: -1e9, y: 0),
  ])
  func `a place the series cannot reach is refused`(position: Position) throws {
    let grid = try #require(GaussKruger(zone: 25, isPrefixed: true))
    #expect(throws: GeometryError.outsideProjection(position)) {
      _ = try grid.degrees(of: position)
    }
  }
}
