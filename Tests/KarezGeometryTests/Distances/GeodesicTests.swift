import Testing

@testable import KarezGeometry

/// Lengths on the ellipsoid, against geodesics made elsewhere.
@Suite struct GeodesicTests {
  @Test(arguments: LocalPlaneTests.geodesics)
  func `a kilometre made on the ellipsoid is one`(_ made: LocalPlaneTests.Geodesic) {
    let length = Geodesic().length(ofDegrees: [made.from, made.to])
    #expect(abs(length - 1_000) < 1e-5, "\(length)")
  }

  @Test func `a quarter of the meridian has the length the ellipsoid gives it`() {
    let pole = [Position(x: 76, y: 0), Position(x: 76, y: 90)]
    // 10 001 965.7293 m: the meridian quadrant of GRS80, whose flattening is CGCS2000's to 1e-11.
    #expect(abs(Geodesic().length(ofDegrees: pole) - 10_001_965.7293) < 0.001)
  }

  @Test func `pieces add up, and one place is no way`() {
    let (a, b, c) = (Position(x: 76, y: 39), Position(x: 76.2, y: 39.1), Position(x: 76.1, y: 39.3))
    let measure = Geodesic()
    let whole = measure.length(ofDegrees: [a, b, c])
    let parts = measure.length(ofDegrees: [a, b]) + measure.length(ofDegrees: [b, c])
    #expect(abs(whole - parts) < 1e-9)
    #expect(measure.length(ofDegrees: [a]) == 0)
    #expect(measure.length(ofDegrees: []) == 0)
  }
}
