import Foundation
import KarezCore
import Testing

@testable import KarezGeometry

/// The kernel on pairs a person can work out.
@Suite struct PairKernelTests {
  static func square(_ x: Double, _ y: Double, _ size: Double) throws -> Ring {
    try Ring([
      Position(x: x, y: y), Position(x: x + size, y: y), Position(x: x + size, y: y + size),
      Position(x: x, y: y + size), Position(x: x, y: y),
    ])
  }

  static func shape(_ polygons: [Polygon]) -> PlaneShape {
    PlaneShape(MultiPolygon(polygons), in: .asGiven(reaching: 16))
  }

  @Test func `every way two squares can lie has its area`() throws {
    let kernel = PairKernel()
    let unit = Self.shape([Polygon(shell: try Self.square(4, 4, 2))])
    for x in stride(from: 0.0, through: 8, by: 0.5) {
      for y in stride(from: 0.0, through: 8, by: 0.5) {
        for size in [0.5, 1, 2, 4] {
          let other = Self.shape([Polygon(shell: try Self.square(x, y, size))])
          let width = max(0, min(6, x + size) - max(4, x))
          let height = max(0, min(6, y + size) - max(4, y))
          let overlap = kernel.overlap(unit, other)
          #expect(overlap.isSound)
          #expect(abs(overlap.area - width * height) < 1e-12, "\(x), \(y), \(size)")
          #expect(abs(kernel.overlap(other, unit).area - width * height) < 1e-12)
        }
      }
    }
  }

  @Test func `a hole is not part of the polygon`() throws {
    let kernel = PairKernel()
    let frame = Self.shape([
      Polygon(shell: try Self.square(0, 0, 8), holes: [try Self.square(2, 2, 4)])
    ])
    #expect(frame.isSound)
    #expect(frame.area == 48)
    let inHole = Self.shape([Polygon(shell: try Self.square(3, 3, 2))])
    let fillsHole = Self.shape([Polygon(shell: try Self.square(2, 2, 4))])
    let across = Self.shape([Polygon(shell: try Self.square(1, 1, 6))])
    #expect(kernel.overlap(frame, inHole).area == 0)
    #expect(kernel.overlap(frame, fillsHole).area == 0)
    #expect(kernel.overlap(across, frame).area == 20)
    #expect(kernel.overlap(frame, frame).area == 48)
  }

  @Test func `what bounds no area properly is told`() throws {
    func ring(_ pairs: [(Double, Double)]) throws -> Ring {
      try Ring(pairs.map { Position(x: $0.0, y: $0.1) })
    }
    let bowTie = try ring([(0, 0), (4, 4), (4, 0), (0, 4), (0, 0)])
    let twice = try ring([
      (0, 0), (4, 0), (4, 4), (0, 4), (0, 0), (4, 0), (4, 4), (0, 4), (0, 0),
    ])
    for bad in [bowTie, twice] {
      #expect(!Self.shape([Polygon(shell: bad)]).isSound)
    }
    let spike = try ring([(0, 0), (4, 0), (8, 0), (4, 0), (4, 4), (0, 4), (0, 0)])
    #expect(Self.shape([Polygon(shell: spike)]).isSound)
    #expect(
      !Self.shape([
        Polygon(shell: try Self.square(0, 0, 2), holes: [try Self.square(4, 4, 2)])
      ]).isSound)
  }

  @Test(arguments: [5, 40, 200, 1_500])
  func `overlaps of stars are those GEOS finds`(count: Int) throws {
    let kernel = PairKernel()
    for seed in 0..<20 {
      let a = try Self.star(count, seed: UInt64(seed), around: Position(x: 76, y: 39))
      let b = try Self.star(
        count / 2 + 3, seed: UInt64(seed + 100), around: Position(x: 76.002, y: 39.001))
      let shapes = (PlaneShape(a, in: .statutory), PlaneShape(b, in: .statutory))
      let expected = try Self.inGEOS(shapes.0, shapes.1)
      let overlap = kernel.overlap(shapes.0, shapes.1)
      #expect(overlap.isSound)
      #expect(abs(overlap.area - expected) < 1e-5, "seed \(seed): \(expected)")
      #expect(abs(kernel.overlap(shapes.1, shapes.0).area - expected) < 1e-5)
    }
  }

  /// The same overlap by GEOS, in the same units of the same plane.
  static func inGEOS(_ a: PlaneShape, _ b: PlaneShape) throws -> Double {
    func region(_ shape: PlaneShape) throws -> PlaneRegion {
      let shift = shape.origin - a.origin
      let rings = try shape.rings.map { ring in
        try Ring(
          shape.points[ring.first...(ring.first + ring.count)].map {
            Position(x: $0.x + shift.x, y: ($0.y + shift.y) / 0x1p10)
          })
      }
      return try PlaneRegion(
        MultiPolygon([Polygon(shell: rings[0], holes: Array(rings.dropFirst()))]),
        plane: .asGiven)
    }
    let area = try region(a).intersection(region(b)).area.squareMetres
    return area * 0x1p10 * a.frame.unitArea
  }

  /// A ring around a centre, of many vertices and no self-crossing.
  static func star(_ count: Int, seed: UInt64, around centre: Position) throws -> MultiPolygon {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    var positions = (0..<count).map { index -> Position in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let radius = 0.002 * (0.5 + Double(state >> 40) / 0x1p25)
      let angle = 2 * Double.pi * Double(index) / Double(count)
      return Position(x: centre.x + radius * cos(angle), y: centre.y + radius * sin(angle))
    }
    positions.append(positions[0])
    return MultiPolygon([Polygon(shell: try Ring(positions))])
  }
}
