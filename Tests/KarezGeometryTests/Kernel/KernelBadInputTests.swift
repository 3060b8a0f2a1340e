import Glibc
import KarezCore
import TestSupport
import Testing

@testable import KarezGeometry

/// What bounds no area properly: told, or measured rightly; never a wrong area.
@Suite struct KernelBadInputTests {
  static func ring(_ corners: (Int, Int)...) -> [GridPoint] {
    corners.map { GridPoint($0.0, $0.1) }
  }

  static let square = ring((0, 0), (4, 0), (4, 4), (0, 4))
  static let inner = ring((1, 1), (3, 1), (3, 3), (1, 3))
  static let far = ring((6, 6), (8, 6), (8, 8), (6, 8))

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let shape: GridShape
    let isSound: Bool
    /// Of a sound shape.
    var area = 0.0
  }

  static let cases: [Case] = [
    Case(
      testDescription: "a bow-tie", shape: GridShape(ring((0, 0), (4, 4), (4, 0), (0, 4))),
      isSound: false),
    Case(
      testDescription: "a bow-tie of unequal wings",
      shape: GridShape(ring((0, 0), (4, 2), (4, 0), (0, 1))), isSound: false),
    Case(testDescription: "a ring walked twice", shape: GridShape(square + square), isSound: false),
    Case(
      testDescription: "a ring walked there and back",
      shape: GridShape(square + square.reversed()), isSound: true),
    Case(
      testDescription: "a reversed shell", shape: GridShape(square.reversed()), isSound: true,
      area: 16),
    Case(
      testDescription: "a hole that runs as its shell does", shape: GridShape([[square, inner]]),
      isSound: true, area: 12),
    Case(
      testDescription: "a hole outside its shell", shape: GridShape([[square, far]]),
      isSound: false),
    Case(
      testDescription: "a hole across its shell",
      shape: GridShape([[square, ring((2, 2), (6, 2), (6, 3), (2, 3))]]), isSound: false),
    Case(
      testDescription: "a hole twice", shape: GridShape([[square, inner, inner]]), isSound: false),
    Case(
      testDescription: "a hole that fills its shell", shape: GridShape([[square, square]]),
      isSound: true),
    Case(
      testDescription: "a hole greater than its shell", shape: GridShape([[inner, square]]),
      isSound: false),
    Case(
      testDescription: "nested holes",
      shape: GridShape([[ring((-1, -1), (5, -1), (5, 5), (-1, 5)), square, inner]]),
      isSound: false),
    Case(
      testDescription: "nested shells", shape: GridShape([[square], [inner]]), isSound: false),
    Case(testDescription: "a shell twice", shape: GridShape([[square], [square]]), isSound: false),
    Case(
      testDescription: "an island in a hole",
      shape: GridShape([
        [ring((-1, -1), (5, -1), (5, 5), (-1, 5)), square], [inner],
      ]), isSound: true, area: 24),
    Case(
      testDescription: "two parts side by side",
      shape: GridShape([[square], [ring((4, 0), (8, 0), (8, 4), (4, 4))]]), isSound: true,
      area: 32),
    Case(
      testDescription: "a ring without area", shape: GridShape(ring((0, 0), (4, 2), (2, 1))),
      isSound: true),
    Case(
      testDescription: "one point, four times",
      shape: GridShape(ring((1, 1), (1, 1), (1, 1))), isSound: true),
    Case(
      testDescription: "a square and a ring without area",
      shape: GridShape([[square], [ring((6, 0), (6, 4), (6, 2))]]), isSound: true, area: 16),
    Case(
      testDescription: "an inside cut in two at a point",
      shape: GridShape([[square, ring((0, 2), (2, 1), (4, 2), (2, 3))]]), isSound: true, area: 12),
    Case(
      testDescription: "a ring that touches itself",
      shape: GridShape(ring((0, 0), (4, 0), (2, 2), (4, 4), (0, 4), (2, 2))), isSound: true,
      area: 8),
    Case(
      testDescription: "a loop within, walked the same way",
      shape: GridShape(
        ring((0, 0), (4, 0), (4, 4), (0, 4), (0, 0), (3, 1), (3, 3), (1, 3))), isSound: false),
    Case(testDescription: "nothing", shape: GridShape([] as [GridRings]), isSound: true),
  ]

  @Test(arguments: cases)
  func `a shape is told to be unsound, or has its area`(example: Case) throws {
    let frame = PlaneFrame.asGiven(reaching: 8)
    let shape = PlaneShape(try example.shape.multiPolygon(), in: frame)
    #expect(shape.isSound == example.isSound)
    #expect(AreaOracle.isSound(example.shape.oriented) == example.isSound)
    if example.isSound { #expect(shape.area == example.area) }
    let kernel = PairKernel()
    for other in [Self.square, Self.inner, Self.ring((0, 0), (8, 1), (3, 7))] {
      let whole = PlaneShape(try GridShape(other).multiPolygon(), in: frame)
      let expected = AreaOracle.common(example.shape.oriented, [other]).double
      for overlap in [kernel.overlap(shape, whole), kernel.overlap(whole, shape)] {
        // Where it is not sound it says so, unless the two are certainly apart.
        #expect(overlap.isSound == example.isSound || (overlap.isSound && expected == 0))
        if overlap.isSound { #expect(abs(overlap.area - expected) <= 1e-13) }
      }
    }
  }

  @Test(arguments: 0..<30 as Range<UInt64>)
  func `any closed walk is told to be sound just if it winds once at most`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let frame = PlaneFrame.asGiven(reaching: 3)
    var sound = 0
    for _ in 0..<60 {
      let rings = (0..<[1, 1, 1, 2, 3][Int.random(in: 0..<5, using: &random)]).map { _ in
        (0..<Int.random(in: 3...6, using: &random)).map { _ in
          GridPoint(.random(in: 0...3, using: &random), .random(in: 0...3, using: &random))
        }
      }
      let asHoles = Bool.random(using: &random)
      let shape = asHoles ? GridShape([rings]) : GridShape(rings.map { [$0] })
      let ready = PlaneShape(try shape.multiPolygon(), in: frame)
      let isSound = AreaOracle.isSound(shape.oriented)
      #expect(ready.isSound == isSound, "\(shape)")
      if isSound {
        sound += 1
        #expect(abs(ready.area - AreaOracle.area(shape.oriented).double) <= 1e-14, "\(shape)")
      }
    }
    #expect(sound >= 5 && sound <= 55)
  }

  @Test func `every walk of four on a grid of nine is sound just if it winds once`() throws {
    let frame = PlaneFrame.asGiven(reaching: 2)
    let places = (0..<9).map { GridPoint($0 / 3, $0 % 3) }
    var sound = 0
    for walk in 0..<6_561 {
      let ring = [walk / 729, walk / 81 % 9, walk / 9 % 9, walk % 9].map { places[$0] }
      let shape = GridShape(ring)
      let isSound = AreaOracle.isSound(shape.oriented)
      #expect(PlaneShape(try shape.multiPolygon(), in: frame).isSound == isSound, "\(ring)")
      sound += isSound ? 1 : 0
    }
    #expect(sound > 3_000 && sound < 6_561)
  }

  @Test(arguments: 5...9, 1...2)
  func `a star that turns one way all along is sound just if it goes round once`(
    points: Int, step: Int
  ) throws {
    let ring = (0..<points).map { index in
      let angle = 2 * Double.pi * Double(index * step) / Double(points)
      return GridPoint(Int((cos(angle) * 100).rounded()), Int((sin(angle) * 100).rounded()))
    }
    let shape = GridShape(ring)
    let ready = PlaneShape(try shape.multiPolygon(), in: .asGiven(reaching: 100))
    #expect(AreaOracle.isSound(shape.oriented) == (step == 1))
    #expect(ready.isSound == (step == 1))
  }

  @Test func `a polygon wider than a zone has its statutory overlaps`() throws {
    let kernel = PairKernel()
    // 40° wide and 30° high: far more than a zone, and than 32 bits of 1e-9°.
    let wide = try Shapes.box(60, 20, 100, 50)
    let shape = PlaneShape(wide, in: .statutory)
    #expect(shape.isSound)
    let whole = wide.statutoryArea().squareMetres
    #expect(abs(shape.area - whole) <= 1e-12 * whole)
    var sum = 0.0
    for column in 0..<12 {
      let west = 55 + Double(column) * 4
      let strip = try Shapes.box(west, 10, west + 4, 55)
      sum += kernel.overlap(shape, PlaneShape(strip, in: .statutory)).area
    }
    #expect(abs(sum - whole) <= 1e-12 * whole)
    // A parcel of a few square metres in it is measured as exactly as alone.
    let parcel = try Shapes.box(75.9, 39.4, 75.90002, 39.40002)
    let small = PlaneShape(parcel, in: .statutory)
    #expect(abs(kernel.overlap(shape, small).area - small.area) <= 1e-6)
    #expect(abs(kernel.overlap(small, shape).area - small.area) <= 1e-6)
    // Half of it, by an oblique edge from one corner of the wide polygon to the other.
    let half = try MultiPolygon([Polygon(shell: Shapes.ring([(60, 20), (100, 20), (100, 50)]))])
    let other = try MultiPolygon([Polygon(shell: Shapes.ring([(60, 20), (100, 50), (60, 50)]))])
    for piece in [parcel, try Shapes.box(79.9, 34.9, 80.1, 35.5)] {
      let ready = PlaneShape(piece, in: .statutory)
      let parts = [half, other].map {
        kernel.overlap(PlaneShape($0, in: .statutory), ready).area
      }
      #expect(abs(parts[0] + parts[1] - ready.area) <= 1e-12 * ready.area + 1e-6)
    }
  }

  @Test func `a ring of very many vertices meets small polygons`() throws {
    var random = SplitMix64(seed: 1)
    // A million takes 20 s in a debug build; optimised, it takes one.
    let count = KernelJudge.isExhaustive ? 1_000_000 : 200_000
    let shore = try KernelAgainstGEOSTests.shore(
      count, around: Position(x: 75.9, y: 39.4), radius: 0.5, step: 1e-5, using: &random)
    let large = PlaneShape(shore, in: .statutory)
    #expect(large.isSound)
    let kernel = PairKernel()
    // Cells around one of its vertices: what they hold of it sums to what their box holds.
    let place = shore.polygons[0].shell.positions[count / 8]
    let box = BoundingBox(
      minX: place.x - 0.01, minY: place.y - 0.01, maxX: place.x + 0.01, maxY: place.y + 0.01)
    let lines = (0...8).map { (box.maxX - box.minX) * Double($0) / 8 }
    var sum = 0.0
    for (west, east) in zip(lines, lines.dropFirst()) {
      for (south, north) in zip(lines, lines.dropFirst()) {
        let cell = try Shapes.box(
          box.minX + west, box.minY + south, box.minX + east, box.minY + north)
        sum += kernel.overlap(large, PlaneShape(cell, in: .statutory)).area
      }
    }
    let common = try Shapes.box(
      box.minX, box.minY, box.minX + lines[8], box.minY + lines[8])
    let whole = kernel.overlap(PlaneShape(common, in: .statutory), large)
    #expect(whole.isSound)
    #expect(whole.area > 0 && whole.area < common.statutoryArea().squareMetres)
    #expect(abs(sum - whole.area) <= 1e-5)
    let inside = PlaneShape(try Shapes.box(75.9, 39.4, 75.901, 39.401), in: .statutory)
    #expect(kernel.overlap(large, inside).area == inside.area)
    let outside = PlaneShape(try Shapes.box(75.41, 39.85, 75.411, 39.851), in: .statutory)
    #expect(kernel.overlap(large, outside) == PairOverlap(area: 0, isSound: true))
  }

  @Test func `a position that is no number never reaches the kernel`() {
    let bad = [
      Position(x: 0, y: 0), Position(x: .nan, y: 0), Position(x: 1, y: 1), Position(x: 0, y: 0),
    ]
    #expect(throws: GeometryError.positionNotFinite(index: 1)) { try Ring(bad) }
    #expect(throws: GeometryError.positionOutOfRange(index: 0)) {
      try Ring([Position(x: 2e9, y: 0)] + bad.suffix(2) + bad.prefix(1))
    }
  }

  /// Positions that a frame cannot hold, such as metres where degrees are expected.
  static let beyond: [(PlaneFrame, Double)] = [
    (.statutory, 4.0585e7), (.statutory, 1e9), (.statutory, 400), (.asGiven(reaching: 1), 1e9),
    (.asGiven(reaching: 1), 40), (.asGiven(reaching: 0), 40),
  ]

  @Test(arguments: beyond)
  func `positions beyond the frame are told, and trap nowhere`(
    frame: PlaneFrame, reach: Double
  ) throws {
    let kernel = PairKernel()
    let third = reach / 3
    // Nearly collinear, so that the exact arithmetic is called upon.
    let shapes = try [
      Shapes.ring([(0, 0), (reach, third), (reach / 2, third)]),
      Shapes.ring([(0, 0), (reach, third * (1 + 0x1p-52)), (third, 0)]),
      Shapes.ring([(reach * 0.3, third * 0.3), (reach, third), (0, third)]),
    ].map { PlaneShape(MultiPolygon([Polygon(shell: $0)]), in: frame) }
    for one in shapes {
      #expect(!one.isSound)
      for other in shapes { #expect(!kernel.overlap(one, other).isSound) }
    }
  }
}
