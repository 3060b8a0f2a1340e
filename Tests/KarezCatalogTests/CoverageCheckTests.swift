import KarezCatalog
import KarezCore
import KarezGeometry
import KarezRules
import TestSupport
import Testing

/// Pairs that lie on one another: each once, whatever the order and the tiles.
@Suite struct CoverageCheckTests {
  static func report(
    _ shapes: [Geometry], crs: CoordinateReferenceSystem? = nil
  ) async throws -> GateReport {
    let converter = try crs.map { try CoordinateConverter(from: $0) }
    return try await Drafting.examine(Drafting.polygons, crs: crs) { mapping in
      try shapes.enumerated().map { index, shape in
        mapping.row(
          Int64(index + 1), fallback: "\(index)",
          geometry: try converter?.degrees(of: shape) ?? shape,
          source: crs == nil ? nil : shape, values: [:])
      }
    }
  }

  @Test func `neighbours that share an edge do not overlap`() async throws {
    let shapes = try (0..<6).flatMap { row in
      try (0..<6).map { column in
        try Drafting.square(
          x: 76 + Double(column) * 0.001, y: 39 + Double(row) * 0.001, side: 0.001)
      }
    }
    #expect(try await Self.report(shapes).counts["overlap"] == nil)
  }

  @Test func `an overlap is told once, with its statutory area and a place in it`()
    async throws
  {
    let shapes = [
      try Drafting.square(x: 76, y: 39, side: 0.01),
      try Drafting.square(x: 76.009, y: 39.009, side: 0.01),
    ]
    let report = try await Self.report(shapes)
    let finding = try #require(report.findings.first { $0.rule == GateRule.overlap.rawValue })
    #expect(report.counts["overlap"] == 1)
    let common = try Drafting.square(x: 76.009, y: 39.009, side: 0.001)
    guard case .polygons(let multi) = common else { return }
    #expect(finding.message.en.contains("by \(multi.statutoryArea().text) m²"))
    #expect(finding.row == 1 && finding.message.en.contains("overlaps feature 1 "))
    let place = try #require(finding.place)
    #expect(multi.covers(place))
  }

  @Test(arguments: [(0.0099, false), (0.0101, true)])
  func `more than a hundredth of a square metre is an overlap`(
    area: Double, isOverlap: Bool
  ) async throws {
    // A 100 m square in zone 26, whose neighbour reaches over the border by area / 100 m.
    let grid = try #require(GaussKruger(epsg: 4_514))
    let shapes = [
      try Drafting.square(x: 26_500_000, y: 4_370_000, side: 100),
      try Drafting.square(x: 26_500_100 - area / 100, y: 4_370_000, side: 100),
    ]
    let report = try await Self.report(shapes, crs: .gaussKruger(grid))
    #expect((report.counts["overlap"] == 1) == isOverlap)
  }

  @Test func `degrees of another datum are measured on the ellipsoid, not as a plane`()
    async throws
  {
    let shapes = [
      try Drafting.square(x: 76, y: 39, side: 0.001),
      try Drafting.square(x: 76.0005, y: 39, side: 0.001),
    ]
    let report = try await Self.report(shapes, crs: try CoordinateReferenceSystem(epsg: 4_326))
    #expect(report.counts["overlap"] == 1)
  }

  @Test func `an invalid polygon is compared by the area it bounds`() async throws {
    let bowTie = try Drafting.polygon([(76, 39), (76.01, 39.01), (76.01, 39), (76, 39.01)])
    let shapes = [
      bowTie, try Drafting.square(x: 76.008, y: 39.004, side: 0.002),
      try Drafting.square(x: 76.0045, y: 39.008, side: 0.001),
    ]
    let report = try await Self.report(shapes)
    #expect(report.counts["geometry-invalid"] == 1)
    // The first square lies in the right wing; the second between the wings, in neither.
    #expect(report.counts["contained"] == 1)
    #expect(report.counts["overlap"] == nil)
    let fault = try #require(report.findings.first { $0.rule == GateRule.geometryInvalid.rawValue })
    #expect(fault.place == Position(x: 76.005, y: 39.005))
  }

  @Test(arguments: 0..<3 as Range<UInt64>)
  func `every overlapping pair is found once, as comparing all with all finds it`(
    seed: UInt64
  ) async throws {
    var random = SplitMix64(seed: seed)
    // Enough for several tiles, in clumps, a few of them large.
    let boxes = (0..<6_000).map { index in
      let isLarge = index.isMultiple(of: 1_500)
      let x = Double(Int.random(in: 0..<3_000, using: &random))
      let y = Double(Int.random(in: 0..<3_000, using: &random))
      let side = Double(isLarge ? 400 : Int.random(in: 1...12, using: &random))
      return BoundingBox(minX: x, minY: y, maxX: x + side, maxY: y + side)
    }
    var expected = 0
    for left in boxes.indices {
      for right in boxes.indices.dropFirst(left + 1)
      where boxes[left].minX < boxes[right].maxX && boxes[right].minX < boxes[left].maxX
        && boxes[left].minY < boxes[right].maxY && boxes[right].minY < boxes[left].maxY
      {
        expected += 1
      }
    }
    let scale = 1e-4
    let shapes = try boxes.map {
      try Drafting.square(
        x: 76 + $0.minX * scale, y: 39 + $0.minY * scale, side: ($0.maxX - $0.minX) * scale)
    }
    let report = try await Self.report(shapes)
    let found = ["overlap", "contained", "geometry-duplicate"].reduce(0) {
      $0 + report.counts[$1, default: 0]
    }
    #expect(found == expected)
    #expect(expected > 300 && report.counts["overlap", default: 0] > 200)
  }
}
