import KarezGeometry
import TestSupport
import Testing

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
}
