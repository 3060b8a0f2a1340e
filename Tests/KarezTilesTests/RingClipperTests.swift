import TestSupport
import Testing

@testable import KarezTiles

@Suite struct RingClipperTests {
  /// Of every triangle on a grid of 5 × 5 the pieces in nine squares together are the triangle.
  ///
  /// Sixty units a step: every place where an edge crosses a square's side is a whole one.
  @Test func `the pieces of a triangle in squares are the triangle`() {
    let unit = 60.0
    let places = (0..<25).map { SIMD2(Double($0 % 5), Double($0 / 5)) * unit }
    let bounds = [-600.0, unit, 3 * unit, 900]
    var (triangles, wrong) = (0, 0)
    for one in places {
      for two in places {
        for three in places where one != two && two != three && one != three {
          let ring = [one, two, three]
          var sum = 0.0
          for column in 0..<3 {
            for row in 0..<3 {
              var clipper = RingClipper(
                low: SIMD2(bounds[column], bounds[row]),
                high: SIMD2(bounds[column + 1], bounds[row + 1]))
              let piece = clipper.cut(ring)
              if !piece.isEmpty && piece.count < 3 { wrong += 1 }
              sum += RingClipper.doubledArea(piece)
            }
          }
          if sum != RingClipper.doubledArea(ring) { wrong += 1 }
          triangles += 1
        }
      }
    }
    #expect(triangles == 25 * 24 * 23 && wrong == 0)
  }

  @Test(arguments: 0..<100)
  func `neighbours keep the edge they share`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    func place() -> SIMD2<Double> {
      SIMD2(
        Double(Int.random(in: -9_000...9_000, using: &random)),
        Double(Int.random(in: -9_000...9_000, using: &random)))
    }
    // Two triangles on either side of one edge, and the whole they make.
    let (one, other) = (place(), place())
    let (left, right) = (place(), place())
    var clipper = RingClipper()
    let pieces =
      RingClipper.doubledArea(clipper.cut([one, other, left]))
      + RingClipper.doubledArea(clipper.cut([other, one, right]))
    let whole = RingClipper.doubledArea(clipper.cut([one, right, other, left]))
    #expect(pieces == whole)
  }

  @Test func `what says nothing is left out`() {
    let square: [SIMD2<Double>] = [
      [0, 0], [5, 0], [10, 0], [10, 0], [10, 10], [10, 15], [10, 10], [0, 10], [0, 5],
    ]
    #expect(RingClipper.plain(square) == [[0, 0], [10, 0], [10, 10], [0, 10]])
    #expect(RingClipper.plain([[0, 0], [5, 5], [10, 10]]).isEmpty)
  }

  @Test func `lines leave and come back`() {
    let clipper = RingClipper()
    let line: [SIMD2<Double>] = [
      [-500, 100], [200, 100], [200, 9_000], [400, 9_000], [400, 100],
    ]
    #expect(
      clipper.parts(ofLine: line) == [
        [[-64, 100], [200, 100], [200, 4_160]], [[400, 4_160], [400, 100]],
      ])
  }
}
