import KarezCore
import KarezPacks
import Testing

@Suite struct GateCaseTests {
  static let shapes: [(String, GateCase.Shape?)] = [
    (
      "square 200 m2 at 76 39",
      .rectangle(east: 200.0.squareRoot(), north: 200.0.squareRoot(), x: 76, y: 39)
    ),
    ("rectangle 2 m 600 m at 76 39", .rectangle(east: 2, north: 600, x: 76, y: 39)),
    ("box 76 39 76.1 39.1", .box(minX: 76, minY: 39, maxX: 76.1, maxY: 39.1)),
    ("box 76 39 76 39.1", nil), ("square 0 m2 at 76 39", nil), ("square 200 at 76 39", nil),
    ("circle 200 m2 at 76 39", nil), ("square 200 m2 at 76", nil), ("", nil),
    ("rectangle 2 m 600 m2 at 76 39", nil), ("square nan m2 at 76 39", nil),
  ]

  @Test(arguments: shapes)
  func `a shape is read in a few words`(text: String, shape: GateCase.Shape?) {
    #expect(GateCase.Shape(text) == shape)
  }
}
