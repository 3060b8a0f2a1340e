import KarezCore
import TestSupport
import Testing

@testable import KarezGeometry

/// Every kind of fault, by hand.
@Suite struct CoverageExaminationTests {
  typealias Samples = CoverageSamples

  static func examine(
    _ polygons: [MultiPolygon], limits: CoverageLimits = CoverageLimits()
  ) async throws -> (layer: Layer, examination: CoverageExamination) {
    let layer = try Samples.layer(polygons)
    return (layer, try await CoverageExamination(of: layer, limits: limits))
  }

  static func grid(without missing: Set<Int> = []) throws -> [MultiPolygon] {
    try (0..<9).filter { !missing.contains($0) }.map { index in
      let (x, y) = (Double(index % 3), Double(index / 3))
      return try Samples.box(x, y, x + 1, y + 1)
    }
  }

  @Test func `a whole coverage has no fault`() async throws {
    let (_, examination) = try await Self.examine(try Self.grid())
    #expect(examination.faults.isEmpty)
    #expect(examination.examined == 9)
    #expect(examination.unmatchedEdges == 12)
  }

  @Test func `a missing polygon is a gap of its area, for its neighbours`() async throws {
    let (layer, examination) = try await Self.examine(try Self.grid(without: [4]))
    try #require(examination.faults.count == 1)
    let gap = examination.faults[0]
    #expect(gap.kind == .gap)
    #expect(abs(gap.areaM2 - Samples.area(try Samples.box(1, 1, 2, 2))) < 1e-5)
    #expect(gap.rows(in: layer) == [1, 3, 4, 6])
    #expect(!gap.isNoise)
    #expect(try Samples.box(1, 1, 2, 2).covers(gap.place))
    #expect(gap.repair == .give(to: gap.features[0]))
    #expect(gap.geometry.map { Samples.area($0) } == gap.areaM2)
  }

  @Test func `a gap around an island does not count the island`() async throws {
    let island = try Samples.box(1.4, 1.4, 1.6, 1.6)
    let (_, examination) = try await Self.examine(try Self.grid(without: [4]) + [island])
    try #require(examination.faults.count == 1)
    let expected = Samples.area(try Samples.box(1, 1, 2, 2)) - Samples.area(island)
    #expect(abs(examination.faults[0].areaM2 - expected) < 1e-5)
    #expect(examination.faults[0].geometry?.polygons[0].holes.count == 1)
  }

  @Test func `a hole that nothing fills is a gap, one that is filled is none`() async throws {
    let hole = [(1.0, 1.0), (2, 1), (2, 2), (1, 2)]
    let frame = try Samples.polygon([(0, 0), (3, 0), (3, 3), (0, 3)], holes: [hole])
    let (_, open) = try await Self.examine([frame])
    #expect(open.faults.map(\.kind) == [.gap])
    let (_, filled) = try await Self.examine([frame, try Samples.polygon(hole)])
    #expect(filled.faults.isEmpty)
  }

  @Test func `wide gaps are meant to be there when a width is given`() async throws {
    // 0.001° are 86 m east and 111 m north here.
    let polygons = try Self.grid(without: [4])
    let (_, wide) = try await Self.examine(polygons, limits: CoverageLimits(gapWidthMetres: 80))
    #expect(wide.faults.isEmpty)
    #expect(wide.wideGaps == 1)
    let (_, narrow) = try await Self.examine(polygons, limits: CoverageLimits(gapWidthMetres: 90))
    #expect(narrow.faults.map(\.kind) == [.gap])
    #expect(narrow.wideGaps == 0)
  }

  @Test func `common land of two is an overlap, to be taken from the larger`() async throws {
    let (layer, examination) = try await Self.examine([
      try Samples.box(0, 0, 1, 1), try Samples.box(0.9, 0.2, 3, 0.8),
    ])
    try #require(examination.faults.count == 1)
    let overlap = examination.faults[0]
    #expect(overlap.kind == .overlap)
    #expect(abs(overlap.areaM2 - Samples.area(try Samples.box(0.9, 0.2, 1, 0.8))) < 1e-5)
    #expect(overlap.rows(in: layer) == [0, 1])
    #expect(layer.row(of: overlap.features[0]) == 1)
    #expect(overlap.repair == .take(from: overlap.features[0], leavingTo: overlap.features[1]))
    #expect(overlap.geometry?.covers(overlap.place) == true)
  }

  @Test func `the same land twice is a duplicate, whatever its vertices`() async throws {
    let again = try Samples.polygon([(1, 1), (1.5, 1), (2, 1), (2, 2), (1, 2)])
    let (layer, examination) = try await Self.examine(try Self.grid() + [again])
    let faults = examination.faults.filter { !$0.isNoise }
    try #require(faults.count == 1)
    #expect(faults[0].kind == .duplicate)
    #expect(faults[0].rows(in: layer) == [4, 9])
    #expect(layer.row(of: faults[0].features[0]) == 9)
    #expect(faults[0].repair == .drop(faults[0].features[0]))
  }

  @Test func `a polygon in another is contained, to be cut out`() async throws {
    let (layer, examination) = try await Self.examine([
      try Samples.box(0, 0, 3, 3), try Samples.box(1, 1, 2, 2),
    ])
    try #require(examination.faults.count == 1)
    let fault = examination.faults[0]
    #expect(fault.kind == .contained)
    #expect(fault.features.map { layer.row(of: $0) } == [1, 0])
    #expect(fault.repair == .cutOut(fault.features[0], from: fault.features[1]))
    #expect(try CoverageExamination.geometry(of: fault, in: layer) == Samples.box(1, 1, 2, 2))
  }

  @Test(arguments: [0.0, 1e-6, -1e-6])
  func `a vertex that a neighbour lacks is a mismatch, with the vertex`(
    offset: Double
  ) async throws {
    let (layer, examination) = try await Self.examine([
      try Samples.box(0, 0, 2, 1),
      try Samples.polygon([(0, 1), (1, 1 + offset), (1, 2), (0, 2)]),
      try Samples.polygon([(1, 1 + offset), (2, 1), (2, 2), (1, 2)]),
    ])
    try #require(examination.faults.count == 1, "\(examination.faults)")
    let mismatch = examination.faults[0]
    #expect(mismatch.kind == .mismatch)
    #expect(mismatch.isNoise)
    #expect(mismatch.place == Samples.place(1, 1 + offset))
    #expect(mismatch.rows(in: layer) == [0, 1, 2])
    #expect(layer.row(of: mismatch.features[0]) == 0)
    #expect(mismatch.repair == .insert(mismatch.place, into: mismatch.features[0]))
    let expected =
      offset == 0
      ? 0 : Samples.area(try Samples.polygon([(0, 1), (2, 1), (1, 1 + abs(offset))]))
    #expect(abs(mismatch.areaM2 - expected) < 1e-5)
  }

  @Test func `noise is told as noise, by the stated tolerance`() async throws {
    // 0.1 mm of a common vertex of two, over 200 m.
    let polygons = [
      try Samples.polygon([(0, 0), (2, 0), (2, 1), (1, 1.2), (0, 1)]),
      try Samples.polygon([(0, 1), (1, 1.200001), (2, 1), (2, 2), (0, 2)]),
    ]
    let (_, fine) = try await Self.examine(polygons)
    #expect(fine.faults.map(\.kind) == [.gap])
    #expect(fine.faults.allSatisfy { $0.isNoise && $0.areaM2 > 0.005 && $0.areaM2 < 0.01 })
    let (_, strict) = try await Self.examine(polygons, limits: CoverageLimits(toleranceM2: 0.005))
    #expect(strict.faults.map(\.isNoise) == [false])
  }

  @Test func `vertices kept in either form match where they are the same`() async throws {
    // The second polygon has one vertex off the grid of 1e-9°, so all of it is kept as Doubles.
    let off = Position(x: 76.0015, y: 39.0025000000003)
    let wide = try Ring([
      Samples.place(0, 1), Samples.place(1, 1), Samples.place(2, 1), off, Samples.place(0, 1),
    ])
    let polygons = [
      try Samples.polygon([(0, 0), (2, 0), (2, 1), (1, 1), (0, 1)]),
      MultiPolygon([Polygon(shell: wide)]),
    ]
    let (layer, examination) = try await Self.examine(polygons)
    #expect(examination.faults.isEmpty)
    #expect(examination.unmatchedEdges == 5)
    #expect(Set((0..<2).map { try? layer.place(of: $0).isWide }) == [true, false])
  }

  @Test func `a polygon that crosses itself is named, and counted by what it bounds`() async throws
  {
    let bowTie = try Samples.polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    let (layer, examination) = try await Self.examine([bowTie, try Samples.box(0.5, 0, 1, 2)])
    #expect(examination.unsound.map { layer.row(of: $0) } == [0])
    let overlaps = examination.faults.filter { $0.kind == .overlap }
    try #require(overlaps.count == 1)
    let expected = Samples.area(
      try Samples.polygon([(0.5, 0.5), (1, 1), (0.5, 1.5)]))
    #expect(abs(overlaps[0].areaM2 - expected) < 1e-3)
  }

  @Test func `polygons that lie apart, or touch at a corner, have no fault`() async throws {
    let (_, examination) = try await Self.examine([
      try Samples.box(0, 0, 1, 1), try Samples.box(1, 1, 2, 2), try Samples.box(3, 0, 4, 1),
    ])
    #expect(examination.faults.isEmpty)
  }

  @Test func `an empty layer and one polygon have no fault`() async throws {
    let (_, one) = try await Self.examine([try Samples.box(0, 0, 1, 1)])
    #expect(one.faults.isEmpty)
    let (_, none) = try await Self.examine([])
    #expect(none.faults.isEmpty)
    #expect(none.examined == 0)
  }
}
