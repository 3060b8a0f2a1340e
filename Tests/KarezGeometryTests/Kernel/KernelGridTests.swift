import KarezGeometry
import TestSupport
import Testing

/// The kernel against exact arithmetic on small grids, where every way of meeting occurs.
///
/// A sample of pairs by default; `make exhaustive` judges them all.
@Suite struct KernelGridTests {
  @Test func `pairs of all simple polygons of the 3×3 grid have their exact area`() throws {
    let all = GridPolygons.all(size: 3)
    #expect(all.count == 975)
    let shapes = try JudgedShapes(all.map { GridShape($0) }, reach: 2)
    var judge = KernelJudge()
    judge.judgePairs(of: shapes, sample: 47)
    judge.conclude(atLeast: 20_000)
  }

  @Test func `every simple polygon of the 3×3 grid has its area, and shares it with itself`() throws
  {
    let all = GridPolygons.all(size: 3)
    let frame = PlaneFrame.asGiven(reaching: 2)
    let kernel = PairKernel()
    for ring in all {
      let shape = PlaneShape(try GridShape(ring).multiPolygon(), in: frame)
      let area = Double(GridPolygons.doubledArea(ring)) / 2
      #expect(shape.isSound)
      #expect(shape.area == area)
      #expect(kernel.overlap(shape, shape).area == area)
      // Seen from any corner, in either direction, it is the same shape.
      for start in ring.indices {
        let turned = Array(ring[start...] + ring[..<start])
        for same in [turned, turned.reversed()] {
          let other = PlaneShape(try GridShape(same).multiPolygon(), in: frame)
          let overlap = kernel.overlap(shape, other)
          #expect(overlap.isSound)
          #expect(abs(overlap.area - area) <= 1e-14, "\(GridShape(ring)) from \(start)")
        }
      }
    }
  }

  @Test func `pairs of polygons of the 4×4 grid have their exact area`() throws {
    var random = SplitMix64(seed: 44)
    let found = (0..<1_800).map { _ in
      GridShape(GridPolygons.random(size: 4, most: 12, using: &random))
    }
    let shapes = try JudgedShapes(found, reach: 3)
    var judge = KernelJudge()
    judge.judgePairs(of: shapes, sample: 1_009, wholeStep: 11)
    judge.conclude(atLeast: 3_000)
  }

  @Test func `pairs of shapes with holes and parts on the 6×6 grid have their exact area`() throws {
    var random = SplitMix64(seed: 66)
    let found = (0..<200).map { _ in GridPolygons.shape(size: 6, using: &random) }
    #expect(found.count { $0.polygons.contains { $0.count > 1 } } >= 60)
    #expect(found.count { $0.polygons.count > 1 } >= 60)
    let shapes = try JudgedShapes(found, reach: 5)
    var judge = KernelJudge()
    judge.judgePairs(of: shapes, sample: 23)
    judge.conclude(atLeast: 1_700)
  }

  @Test func `repeated vertices, corners of 180° and spikes change nothing`() throws {
    var random = SplitMix64(seed: 55)
    let plain = (0..<300).map { _ in GridPolygons.random(size: 4, most: 8, using: &random) }
    let found = plain.map { GridShape(GridPolygons.decorated($0, size: 4, using: &random)) }
    for (ring, shape) in zip(plain, found) {
      let ready = PlaneShape(try shape.multiPolygon(), in: .asGiven(reaching: 3))
      #expect(ready.isSound, "\(shape)")
      #expect(ready.area == Double(GridPolygons.doubledArea(ring)) / 2, "\(shape)")
    }
    let shapes = try JudgedShapes(found, reach: 3)
    let plainShapes = try JudgedShapes(plain.map { GridShape($0) }, reach: 3)
    var judge = KernelJudge()
    judge.judgePairs(of: shapes, sample: 61)
    for index in plain.indices {
      judge.judge(shapes, index, plainShapes, index)
      judge.judge(plainShapes, index, shapes, (index + 1) % plain.count)
    }
    judge.conclude(atLeast: 2_000)
  }

  /// Rings long enough for boxes over their edges, on the lines of the grid and off them.
  @Test func `pairs of long rings along common edges have their exact area`() throws {
    var random = SplitMix64(seed: 77)
    let fine = 60
    let plain = (0..<40).map { index in
      let shape =
        index.isMultiple(of: 2)
        ? GridShape(GridPolygons.random(size: 6, most: 10, using: &random))
        : GridPolygons.shape(size: 6, using: &random)
      return shape.mapped { GridPoint($0.x * fine, $0.y * fine) }
    }
    // A triangle in 180 parts, others in 120 and more.
    let long = plain.map { shape in
      GridShape(
        shape.polygons.map {
          $0.map { GridPolygons.subdivided($0, into: $0.count == 3 ? [60] : [30, 60], &random) }
        })
    }
    let shortened = try JudgedShapes(plain, reach: 6 * fine)
    let shapes = try JudgedShapes(long, reach: 6 * fine)
    #expect(long.allSatisfy { $0.polygons.joined().reduce(0) { $0 + $1.count } > 96 })
    let kernel = PairKernel()
    for one in plain.indices {
      for other in plain.indices {
        let expected = kernel.overlap(shortened.ready[one], shortened.ready[other]).area
        let overlap = kernel.overlap(shapes.ready[one], shapes.ready[other])
        #expect(overlap.isSound)
        #expect(abs(overlap.area - expected) <= 1e-13 * shapes.ready[one].area, "\(long[one])")
      }
    }
    var judge = KernelJudge()
    judge.judgePairs(of: shortened, sample: 7, wholeStep: 3)
    judge.conclude(atLeast: 200)
  }

  @Test func `pairs far from zero have their exact area`() throws {
    var random = SplitMix64(seed: 88)
    // An easting with its zone's number and a northing, in steps of a 1,024th of a metre.
    let corner = GridPoint(41_585_000 << 10, 4_370_000 << 10)
    let found = (0..<60).map { _ in
      GridPolygons.shape(size: 6, using: &random).mapped {
        GridPoint(corner.x + $0.x * 711, corner.y + $0.y * 711)
      }
    }
    let shapes = try JudgedShapes(found, reach: 2 * corner.x, perUnit: 1_024)
    var judge = KernelJudge()
    judge.judgePairs(of: shapes, sample: 9)
    judge.conclude(atLeast: 400)
  }

  /// Nearly collinear edges, where a product of two Doubles has the wrong sign.
  @Test(arguments: [1_000_000, 1_000_000_000, 2_000_000_000], [1, 2])
  func `pairs of nearly collinear polygons have their exact area`(scale: Int, jitter: Int) throws {
    var random = SplitMix64(seed: UInt64(scale + jitter))
    let all = GridPolygons.all(size: 3)
    var found: [GridShape] = []
    while found.count < 250 {
      let ring = try #require(all.randomElement(using: &random))
      let moved = GridPolygons.jittered(ring, scale: scale, jitter: jitter, using: &random)
      if let moved { found.append(GridShape(moved)) }
    }
    let shapes = try JudgedShapes(found, reach: 2 * scale + jitter, perUnit: 8)
    #expect(shapes.ready.allSatisfy { $0.isSound })
    var judge = KernelJudge()
    judge.judgePairs(of: shapes, sample: 167, wholeStep: 7)
    judge.conclude(atLeast: 370)
  }
}
