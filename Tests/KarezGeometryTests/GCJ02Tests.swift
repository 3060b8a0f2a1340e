import KarezGeometry
import TestSupport
import Testing

@Suite struct GCJ02Tests {
  /// Source: the difference measured between two published outlines of the same county.
  @Test func `the displacement in the far west is a quarter of a kilometre east`() {
    let place = Position(x: 75.99, y: 39.47)
    let shown = GCJ02.displaced(place)
    #expect(abs(shown.x - place.x - 0.00288) < 0.0002)
    #expect(abs(shown.y - place.y - 0.00026) < 0.0002)
  }

  @Test(arguments: 0..<200)
  func `a restored place is displaced to where it was shown`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let shown = Position(
      x: .random(in: 73.5...134.5, using: &random), y: .random(in: 18.2...53.5, using: &random))
    let again = GCJ02.displaced(GCJ02.restored(shown))
    #expect(abs(again.x - shown.x) < 1e-11)
    #expect(abs(again.y - shown.y) < 1e-11)
  }
}
