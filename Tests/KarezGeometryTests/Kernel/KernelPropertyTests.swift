import KarezCore
import KarezGeometry
import TestSupport
import Testing

/// What holds of common areas whatever the shapes: seeded, and replayed by its seed.
@Suite struct KernelPropertyTests {
  /// On a grid 60 times as fine every edge of the 6×6 grid meets every upright line of that grid
  /// in a whole place, so that cuts are exact.
  static let fine = 60
  static let reach = 1_000

  /// A shape of the 6×6 grid, on the fine one.
  static func shape(using random: inout SplitMix64) -> GridShape {
    let isPlain = Bool.random(using: &random)
    let shape =
      isPlain
      ? GridShape(GridPolygons.random(size: 6, most: 10, using: &random))
      : GridPolygons.shape(size: 6, using: &random)
    return shape.mapped { GridPoint($0.x * fine, $0.y * fine) }
  }

  static func ready(_ shape: GridShape) throws -> PlaneShape {
    PlaneShape(try shape.multiPolygon(), in: .asGiven(reaching: Double(reach)))
  }

  /// The part of a ring on one side of an upright line, by walking along the ring.
  ///
  /// Where the ring crosses the line more than once the parts hang together by edges on the line.
  static func half(_ ring: [GridPoint], west: Bool, of x: Int) -> [GridPoint] {
    var kept: [GridPoint] = []
    for (index, here) in ring.enumerated() {
      let next = ring[(index + 1) % ring.count]
      if west ? here.x <= x : here.x >= x { kept.append(here) }
      if (here.x - x).signum() * (next.x - x).signum() < 0 {
        let rise = (next.y - here.y) * (x - here.x)
        kept.append(GridPoint(x, here.y + rise / (next.x - here.x)))
      }
    }
    return kept
  }

  /// The shape west or east of a line; rings of which nothing is left are dropped.
  static func half(_ shape: GridShape, west: Bool, of x: Int) -> GridShape {
    GridShape(
      shape.polygons.compactMap { rings in
        let parts = rings.map { half($0, west: west, of: x) }.filter { $0.count >= 3 }
        return parts.isEmpty ? nil : parts
      })
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `it does not matter which shape comes first`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let kernel = PairKernel()
    let shapes = try (0..<6).map { _ in try Self.ready(Self.shape(using: &random)) }
    for one in shapes {
      for other in shapes {
        let (there, back) = (kernel.overlap(one, other), kernel.overlap(other, one))
        #expect(there.isSound && back.isSound)
        #expect(abs(there.area - back.area) <= 1e-13 * one.area)
      }
    }
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `the pieces of a cut shape sum to it, and so do their overlaps`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let kernel = PairKernel()
    let (whole, other) = (Self.shape(using: &random), Self.shape(using: &random))
    let (readyWhole, readyOther) = (try Self.ready(whole), try Self.ready(other))
    let expected = kernel.overlap(readyWhole, readyOther).area
    var rest = whole
    var areas = 0.0
    var overlaps = 0.0
    for line in 1...5 {
      let piece = try Self.ready(Self.half(rest, west: true, of: line * Self.fine))
      rest = Self.half(rest, west: false, of: line * Self.fine)
      let beyond = try Self.ready(rest)
      #expect(piece.isSound && beyond.isSound)
      // Neighbours along the cut share not a sliver.
      #expect(abs(kernel.overlap(piece, beyond).area) <= 1e-15 * readyWhole.area)
      areas += piece.area
      overlaps += kernel.overlap(piece, readyOther).area
    }
    #expect(areas == readyWhole.area)
    #expect(abs(overlaps - expected) <= 1e-13 * readyWhole.area)
  }

  /// Changes of the plane that keep areas and whole places whole.
  static let motions: [(name: String, change: @Sendable (GridPoint) -> GridPoint)] = [
    ("moved", { GridPoint($0.x - 417, $0.y + 253) }),
    ("turned by a quarter", { GridPoint(-$0.y, $0.x) }),
    ("turned by a half", { GridPoint(-$0.x, -$0.y) }),
    ("mirrored", { GridPoint(-$0.x, $0.y) }),
    ("mirrored at the diagonal", { GridPoint($0.y, $0.x) }),
    ("sheared", { GridPoint($0.x + $0.y, $0.y) }),
    ("sheared upwards", { GridPoint($0.x, $0.y - 2 * $0.x) }),
  ]

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `moving, turning, mirroring and shearing both keeps the common area`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let kernel = PairKernel()
    let (one, other) = (Self.shape(using: &random), Self.shape(using: &random))
    let expected = kernel.overlap(try Self.ready(one), try Self.ready(other)).area
    for (name, change) in Self.motions {
      let moved = (try Self.ready(one.mapped(change)), try Self.ready(other.mapped(change)))
      let overlap = kernel.overlap(moved.0, moved.1)
      #expect(overlap.isSound)
      #expect(abs(overlap.area - expected) <= 1e-13 * moved.0.area, "\(name): \(one) \(other)")
    }
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `direction, first vertex, order of rings and points on edges change nothing`(
    seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    let kernel = PairKernel()
    let (one, other) = (Self.shape(using: &random), Self.shape(using: &random))
    let (readyOne, readyOther) = (try Self.ready(one), try Self.ready(other))
    let expected = kernel.overlap(readyOne, readyOther).area
    var written = [GridShape(one.polygons.map { $0.map { $0.reversed() } })]
    written.append(GridShape(one.polygons.reversed()))
    written.append(
      GridShape(one.polygons.map { rings in rings.prefix(1) + rings.dropFirst().reversed() }))
    written.append(
      GridShape(
        one.polygons.map { rings in
          rings.map { ring in
            let start = Int.random(in: 0..<ring.count, using: &random)
            return Array(ring[start...] + ring[..<start])
          }
        }))
    written.append(
      GridShape(
        one.polygons.map {
          $0.map { GridPolygons.subdivided($0, into: [1, 2, 3, 4, 5, 6, 60], &random) }
        }))
    for same in written {
      let ready = try Self.ready(same)
      let overlap = kernel.overlap(ready, readyOther)
      #expect(ready.isSound && overlap.isSound)
      #expect(ready.area == readyOne.area)
      #expect(abs(overlap.area - expected) <= 1e-13 * readyOne.area, "\(same) \(other)")
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `inside and outside of a shape make up every other`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let kernel = PairKernel()
    let ring = GridPolygons.random(size: 6, most: 12, using: &random)
    let frame = [GridPoint(-1, -1), GridPoint(7, -1), GridPoint(7, 7), GridPoint(-1, 7)]
    let (inside, outside) = (
      try Self.ready(GridShape(ring)), try Self.ready(GridShape([[frame, ring]]))
    )
    #expect(kernel.overlap(inside, outside).area == 0)
    for _ in 0..<10 {
      let other = try Self.ready(GridPolygons.shape(size: 6, using: &random))
      let sum = kernel.overlap(inside, other).area + kernel.overlap(outside, other).area
      #expect(abs(sum - other.area) <= 1e-13 * outside.area)
    }
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `the pieces of a patch in a coverage sum to its statutory area`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let box = BoundingBox(minX: 75.9, minY: 39.4, maxX: 76, maxY: 39.5)
    let cells = try Shapes.coverage(of: box, columns: 12, rows: 12, using: &random)
      .map { PlaneShape($0, in: .statutory) }
    let kernel = PairKernel()
    for corners in [5, 60, 700] {
      let centre = Position(x: 75.95, y: 39.45)
      let shell = try Shapes.star(around: centre, radius: 0.05, corners: corners, using: &random)
      let multi = MultiPolygon([Polygon(shell: shell)])
      let patch = PlaneShape(multi, in: .statutory)
      let sum = cells.reduce(0) { $0 + kernel.overlap(patch, $1).area }
      #expect(abs(sum - patch.area) <= 1e-6)
      #expect(abs(patch.area - multi.statutoryArea().squareMetres) <= 1e-3)
    }
    for (index, cell) in cells.enumerated() {
      for other in cells[..<index] { #expect(abs(kernel.overlap(cell, other).area) <= 1e-9) }
    }
  }
}
