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

  /// First vertices of county outlines as a web map shows them, and as they were converted by
  /// another implementation of the same iteration.
  @Test(arguments: [
    (76.591605, 39.605394, 76.58906939542959, 39.60527182274818),
    (76.141095, 39.039736, 76.13799701522869, 39.039532208759006),
    (77.810452, 39.236102, 77.807919403777, 39.23596217585653),
    (74.806819, 38.285592, 74.80403351347249, 38.28584647200512),
    (78.998959, 40.219986, 78.99680468176523, 40.219599833260126),
    (75.890942, 39.591185, 75.88812473995912, 39.591078654303026),
  ])
  func `vertices of county outlines are restored to where they were`(
    shownX: Double, shownY: Double, x: Double, y: Double
  ) {
    let place = GCJ02.restored(Position(x: shownX, y: shownY))
    #expect(abs(place.x - x) < 1e-11)
    #expect(abs(place.y - y) < 1e-11)
    let metres = GCJ02.displacementMetres(at: place)
    #expect((180...300).contains(metres))
  }
}
