import TestSupport
import Testing

/// The judge judged: cases worked by hand, and sums that must come out.
@Suite struct AreaOracleTests {
  static func ring(_ corners: (Int, Int)...) -> [GridPoint] {
    corners.map { GridPoint($0.0, $0.1) }
  }

  static let square = ring((0, 0), (2, 0), (2, 2), (0, 2))

  struct Worked: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let one: GridRings
    let other: GridRings
    let numerator: Int
    var denominator = 1
  }

  static let worked: [Worked] = [
    Worked(
      testDescription: "squares that overlap in a unit square", one: [square],
      other: [ring((1, 1), (3, 1), (3, 3), (1, 3))], numerator: 1),
    Worked(
      testDescription: "the same square twice", one: [square], other: [square], numerator: 4),
    Worked(
      testDescription: "a common side", one: [square],
      other: [ring((2, 0), (4, 0), (4, 2), (2, 2))], numerator: 0),
    Worked(
      testDescription: "a common corner", one: [square],
      other: [ring((2, 2), (3, 2), (3, 3), (2, 3))], numerator: 0),
    // The diagonals of the square: each half is 2, their common quarter is 1.
    Worked(
      testDescription: "two halves across each other", one: [ring((0, 0), (2, 0), (0, 2))],
      other: [ring((0, 0), (2, 0), (2, 2))], numerator: 1),
    // y = 2x and x = 2y bound 0,0 – 1,2 – 2,1; cut by x + y <= 2 at 2/3,4/3 and 4/3,2/3:
    // ½·|2/3·2/3 − 4/3·4/3| = 2/3.
    Worked(
      testDescription: "thirds", one: [ring((0, 0), (2, 1), (1, 2))],
      other: [ring((0, 0), (2, 0), (0, 2))], numerator: 2, denominator: 3),
    Worked(
      testDescription: "a square in a hole",
      one: [
        ring((0, 0), (6, 0), (6, 6), (0, 6)), ring((1, 1), (1, 5), (5, 5), (5, 1)),
      ], other: [ring((2, 2), (3, 2), (3, 3), (2, 3))], numerator: 0),
    Worked(
      testDescription: "a square half over a hole",
      one: [
        ring((0, 0), (6, 0), (6, 6), (0, 6)), ring((1, 1), (1, 5), (5, 5), (5, 1)),
      ], other: [ring((0, 2), (2, 2), (2, 4), (0, 4))], numerator: 2),
    Worked(
      testDescription: "two parts across a strip",
      one: [
        ring((0, 0), (1, 0), (1, 4), (0, 4)), ring((2, 0), (3, 0), (3, 4), (2, 4)),
      ], other: [ring((0, 1), (3, 1), (3, 2), (0, 2))], numerator: 2),
    Worked(
      testDescription: "a bow-tie weighs its wings against each other",
      one: [ring((0, 0), (2, 2), (2, 0), (0, 2))], other: [square], numerator: 0),
    Worked(
      testDescription: "a ring walked twice counts twice", one: [square + square],
      other: [square], numerator: 8),
    Worked(
      testDescription: "a spike and a corner of 180° have no area",
      one: [ring((0, 0), (1, 0), (2, 0), (5, 0), (2, 0), (2, 2), (0, 2))], other: [square],
      numerator: 4),
  ]

  @Test(arguments: worked)
  func `the area is the one worked by hand`(example: Worked) {
    let expected = ExactRational(example.numerator, over: example.denominator)
    #expect(AreaOracle.common(example.one, example.other) == expected)
    #expect(AreaOracle.common(example.other, example.one) == expected)
  }

  @Test func `winding numbers outside 0 and 1 are seen`() {
    let hole = Array(Self.ring((0, 0), (1, 0), (1, 1), (0, 1)).reversed())
    #expect(AreaOracle.isSound([Self.square]))
    #expect(AreaOracle.isSound([Self.square, hole]))
    #expect(!AreaOracle.isSound([Self.square, Self.square]))
    #expect(!AreaOracle.isSound([hole]))
    #expect(!AreaOracle.isSound([Self.ring((0, 0), (2, 2), (2, 0), (0, 2))]))
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `what lies in both and what lies in one sum to the shoelace area`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let scale = seed.isMultiple(of: 2) ? 1 : 1_000_000_007
    func ring() -> [GridPoint] {
      GridPolygons.random(size: 6, most: 9, using: &random).map {
        GridPoint($0.x * scale + $0.y, $0.y * scale - $0.x)
      }
    }
    let (one, other) = (ring(), ring())
    let both = AreaOracle.common([one], [other])
    let only = AreaOracle.integral([one], [other]) { $0 * (1 - $1) }
    let doubled = ExactRational(
      ExactInteger.small(GridPolygons.doubledArea(one)), over: ExactInteger(2))
    #expect(both + only == doubled)
    #expect(AreaOracle.area([one]) == doubled)
    // The same areas with x and y exchanged: other strips, other crossings.
    func turned(_ ring: [GridPoint]) -> [GridPoint] {
      ring.reversed().map { GridPoint($0.y, $0.x) }
    }
    #expect(AreaOracle.common([turned(one)], [turned(other)]) == both)
  }

  @Test func `whole numbers beyond 128 bits keep every digit`() {
    let big = ExactInteger(.max) * ExactInteger(.max) * ExactInteger(.max)
    let bigger = big + ExactInteger(1)
    #expect((bigger - big - ExactInteger(1)).sign == 0)
    #expect((big - bigger).sign == -1)
    // (a + 1)(a − 1) + 1 = a² at 190 and 380 bits.
    let square = (big + ExactInteger(1)) * (big - ExactInteger(1)) + ExactInteger(1)
    #expect((square - big * big).sign == 0)
    #expect(
      ExactRational(square, over: big).double == ExactRational(big, over: ExactInteger(1)).double)
    #expect(ExactRational(1, over: 3).double == 1.0 / 3)
    #expect(ExactRational(-7, over: -2) == ExactRational(7, over: 2))
    #expect(ExactRational(-7, over: 2).double == -3.5)
  }
}

@Suite struct GridPolygonTests {
  @Test func `the 3×3 grid has 975 simple polygons`() {
    let all = GridPolygons.all(size: 3)
    #expect(all.count == 975)
    #expect(Set(all).count == all.count)
    #expect(all.allSatisfy { GridPolygons.isSimple($0) && GridPolygons.doubledArea($0) > 0 })
    // Of three corners there are the 76 triangles that are not flat.
    #expect(all.count { $0.count == 3 } == 76)
    #expect(GridPolygons.all(size: 2).count == 5)
  }

  @Test func `what is not simple is seen`() {
    func ring(_ corners: (Int, Int)...) -> [GridPoint] { corners.map { GridPoint($0.0, $0.1) } }
    #expect(!GridPolygons.isSimple(ring((0, 0), (2, 2), (2, 0), (0, 2))))
    #expect(!GridPolygons.isSimple(ring((0, 0), (2, 0), (1, 0))))
    #expect(!GridPolygons.isSimple(ring((0, 0), (2, 0), (2, 2), (1, 0), (0, 2))))
    #expect(GridPolygons.isSimple(ring((0, 0), (1, 0), (2, 0), (2, 2))))
  }
}
