import Foundation
import KarezCore
import TestSupport
import Testing

@testable import KarezGeometry

/// The kernel against GEOS, which builds the common shape and measures that.
@Suite struct KernelAgainstGEOSTests {
  /// A star, with a hole in it if it has corners enough to keep its edges from the middle.
  static func stars(
    _ corners: Int, around centre: Position, radius: Double, using random: inout SplitMix64
  ) throws -> MultiPolygon {
    let shell = try Shapes.star(around: centre, radius: radius, corners: corners, using: &random)
    guard corners >= 12 else { return MultiPolygon([Polygon(shell: shell)]) }
    // No corner comes nearer than 0.4 of the radius, and no edge nearer than 0.35.
    let hole = try Shapes.star(
      around: centre, radius: radius * 0.33, corners: corners / 3, using: &random)
    return MultiPolygon([Polygon(shell: shell, holes: [hole])])
  }

  /// By how much kernel and GEOS differ in the plane as given, both ways round.
  static func difference(
    _ one: MultiPolygon, _ other: MultiPolygon, reach: Double
  ) throws -> (metres2: Double, area: Double) {
    let frame = PlaneFrame.asGiven(reaching: reach)
    let shapes = (PlaneShape(one, in: frame), PlaneShape(other, in: frame))
    let expected = try PlaneRegion(one, plane: .asGiven)
      .intersection(PlaneRegion(other, plane: .asGiven)).area.squareMetres
    let kernel = PairKernel()
    let (there, back) = (kernel.overlap(shapes.0, shapes.1), kernel.overlap(shapes.1, shapes.0))
    #expect(there.isSound && back.isSound)
    return (max(abs(there.area - expected), abs(back.area - expected)), expected)
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `stars with holes have the common area of GEOS`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    // A few hundred metres across, near the origin: what rounds is far below the tolerance.
    for corners in [3, 7, 40, 150] {
      let one = try Self.stars(
        corners, around: Position(x: 500, y: 500), radius: 300, using: &random)
      let place = Position(
        x: .random(in: 200..<800, using: &random), y: .random(in: 200..<800, using: &random))
      let other = try Self.stars(corners / 2 + 3, around: place, radius: 200, using: &random)
      #expect(try Self.difference(one, other, reach: 1_024).metres2 <= 1e-8)
    }
  }

  /// A ring whose distance from its centre wanders, as a shore's does, by parts of the radius.
  static func shore(
    _ corners: Int, around centre: Position, radius: Double, step: Double = 0.02,
    using random: inout SplitMix64
  ) throws -> MultiPolygon {
    var reach = 0.8
    let positions = (0..<corners).map { index -> Position in
      reach = min(1, max(0.6, reach + .random(in: -step...step, using: &random)))
      let angle = 2 * Double.pi * Double(index) / Double(corners)
      return Position(
        x: centre.x + radius * reach * cos(angle), y: centre.y + radius * reach * sin(angle))
    }
    return MultiPolygon([Polygon(shell: try Ring(positions + positions.prefix(1)))])
  }

  @Test(arguments: [1_000, 3_000, 10_000])
  func `polygons of thousands of vertices have the common area of GEOS`(corners: Int) throws {
    var random = SplitMix64(seed: UInt64(corners))
    let one = try Self.shore(
      corners, around: Position(x: 500, y: 500), radius: 400, using: &random)
    for other in [4, 90, 300, corners] {
      for radius in [3.0, 60, 350] {
        // On the shore, where the outlines cross; and somewhere, mostly inside.
        let places = [
          one.polygons[0].shell.positions[Int.random(in: 0..<corners, using: &random)],
          Position(
            x: .random(in: 300..<700, using: &random), y: .random(in: 300..<700, using: &random)),
        ]
        for place in places {
          let small = try Self.shore(other, around: place, radius: radius, using: &random)
          let found = try Self.difference(one, small, reach: 1_024)
          #expect(found.metres2 <= 1e-7, "\(other) vertices of \(radius) m")
        }
      }
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `stars on the ellipsoid have the common area of GEOS in the statutory plane`(
    seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    let kernel = PairKernel()
    // From the equator to the far north, and on both sides of the meridian.
    let middle = Position(
      x: .random(in: -170..<170, using: &random), y: .random(in: -70..<70, using: &random))
    for corners in [4, 50, 150] {
      let one = Self.onGrid(
        try Self.stars(corners, around: middle, radius: 0.003, using: &random))
      let place = Position(
        x: middle.x + .random(in: -0.003..<0.003, using: &random),
        y: middle.y + .random(in: -0.003..<0.003, using: &random))
      let other = Self.onGrid(
        try Self.stars(corners, around: place, radius: 0.003, using: &random))
      let expected = try PlaneRegion(Self.planed(one, from: middle), plane: .asGiven)
        .intersection(PlaneRegion(Self.planed(other, from: middle), plane: .asGiven))
        .area.squareMetres
      let overlap = kernel.overlap(
        PlaneShape(one, in: .statutory), PlaneShape(other, in: .statutory))
      #expect(overlap.isSound)
      #expect(abs(overlap.area - expected) <= 1e-5, "\(corners) around \(middle)")
    }
  }

  /// The multipolygon with its degrees rounded to nine decimals, as layers keep them.
  static func onGrid(_ multi: MultiPolygon) -> MultiPolygon {
    multi.mapped { Position(x: ($0.x * 1e9).rounded() / 1e9, y: ($0.y * 1e9).rounded() / 1e9) }
  }

  /// In the statutory plane, by the series and not the kernel's table, from a place nearby.
  static func planed(_ multi: MultiPolygon, from middle: Position) -> MultiPolygon {
    let origin = StatutoryPlane.position(ofDegrees: middle)
    return multi.mapped {
      let place = StatutoryPlane.position(ofDegrees: $0)
      return Position(x: place.x - origin.x, y: place.y - origin.y)
    }
  }

  @Test(arguments: 0..<6 as Range<UInt64>)
  func `cells of two coverages with common corners have the common areas of GEOS`(
    seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    let box = BoundingBox(minX: 0, minY: 0, maxX: 800, maxY: 800)
    let cells = try Shapes.coverage(of: box, columns: 8, rows: 8, using: &random)
    // Unions of cells share whole chains of edges with the cells they are made of.
    let unions = try stride(from: 0, to: cells.count - 12, by: 7).map { first in
      try PlaneRegion.union(of: Array(cells[first..<first + 12]), plane: .asGiven).multiPolygon()
    }
    let frame = PlaneFrame.asGiven(reaching: 1_024)
    let kernel = PairKernel()
    for union in unions {
      let ready = PlaneShape(union, in: frame)
      let region = try PlaneRegion(union, plane: .asGiven)
      #expect(ready.isSound)
      for (index, cell) in cells.enumerated() where index.isMultiple(of: 3) {
        let expected = try region.intersection(PlaneRegion(cell, plane: .asGiven))
          .area.squareMetres
        let overlap = kernel.overlap(ready, PlaneShape(cell, in: frame))
        #expect(abs(overlap.area - expected) <= 1e-7)
        // A cell is one of the union's or none of it: no sliver in between.
        #expect(
          abs(overlap.area) <= 1e-9 || abs(overlap.area - cell.planarArea().squareMetres) <= 1e-9)
      }
    }
  }
}
