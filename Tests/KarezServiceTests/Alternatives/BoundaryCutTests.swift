import KarezCore
import KarezGeometry
import TestSupport
import Testing

@testable import KarezService

/// A boundary less the ground of a line: nothing is lost and nothing kept that lies on it.
@Suite struct BoundaryCutTests {
  typealias Box = SurveyFixture.Box

  static let growth = RegionGrowth(
    around: BoundingBox(minX: 75.99, minY: 38.99, maxX: 76.05, maxY: 39.05))

  static func region(_ boxes: [Box]) throws -> PlaneRegion {
    try PlaneRegion.union(of: boxes.map { try $0.geometry })
  }

  /// What a cut promises, whatever the shapes.
  static func hold(
    _ boundary: PlaneRegion, _ line: PlaneRegion, clearance: Double, _ what: String
  ) throws {
    let cut = try BoundaryCut(
      boundary, leaving: line, clearance: clearance, tolerance: .squareMetres(1), growth)
    let overlap = try boundary.intersection(line).area.squareMetres
    let whole = boundary.area.squareMetres
    // Above the residue that shared edges leave nothing of the line is left.
    #expect(try cut.rest.intersection(line).area.squareMetres < 1e-4, "\(what)")
    #expect(abs(cut.occupied.squareMetres - overlap) < 1e-4, "\(what)")
    // Rest and what is given up are the old boundary, side by side.
    let sum = cut.rest.area.squareMetres + cut.givenUp.area.squareMetres
    #expect(abs(sum - whole) < 1e-3, "\(what): \(sum) \(whole)")
    #expect(try cut.rest.intersection(cut.givenUp).area.squareMetres < 1e-4, "\(what)")
    let joined = try cut.rest.union(cut.givenUp)
    #expect(try boundary.subtracting(joined).area.squareMetres < 1e-4, "\(what)")
    #expect(try joined.subtracting(boundary).area.squareMetres < 1e-4, "\(what)")
    let told = cut.occupied.squareMetres + cut.strip.squareMetres + cut.slivers.areaM2
    #expect(abs(told - cut.givenUp.area.squareMetres) < 1e-3, "\(what)")
    if clearance == 0 {
      // Nothing is given up but the overlap and splinters.
      #expect(
        abs(cut.givenUp.area.squareMetres - overlap - cut.slivers.areaM2) < 1e-3, "\(what)")
      #expect(cut.strip.squareMetres < 1e-3, "\(what)")
    }
    let parts = cut.parts.reduce(0) { $0 + $1.squareMetres }
    #expect(abs(parts - cut.rest.area.squareMetres) < 1e-3, "\(what)")
    #expect(cut.parts.allSatisfy { $0.squareMetres >= 1 }, "\(what)")
  }

  @Test(arguments: [0, 0.003])
  func `every box of a grid against every other`(clearance: Double) throws {
    let sides = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    var examined = 0
    let boundary = Box(0, 0, 3, 3)
    for across in sides {
      for up in sides {
        let line = Box(across.0, up.0, across.1, up.1)
        try Self.hold(
          Self.region([boundary]), Self.region([line]), clearance: clearance, "\(line)")
        // And the other way round: a small boundary on a large line.
        let cut = try BoundaryCut(
          Self.region([line]), leaving: Self.region([boundary]), clearance: clearance,
          tolerance: nil, Self.growth)
        #expect(cut.rest.isEmpty && cut.parts.isEmpty, "\(line)")
        #expect(abs(cut.givenUp.area.squareMetres - cut.occupied.squareMetres) < 1e-4)
        examined += 1
      }
    }
    #expect(examined == 36)
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `boxes at random, several of them`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    func boxes() -> [Box] {
      (0..<Int.random(in: 1...4, using: &random)).map { _ in SurveyTests.box(using: &random) }
    }
    let (boundary, line) = (boxes(), boxes())
    for clearance in [0, 0.003, 1] {
      try Self.hold(
        Self.region(boundary), Self.region(line), clearance: clearance,
        "\(boundary) \(line) \(clearance)")
    }
  }

  @Test func `a line across leaves two parts, and a splinter is given up and told of`() throws {
    let boundary = try Self.region([Box(0, 0, 10, 4)])
    let across = try BoundaryCut(
      boundary, leaving: Self.region([Box(4, -1, 5, 5)]), clearance: 0,
      tolerance: .squareMetres(1), Self.growth)
    #expect(across.parts.count == 2 && across.slivers.features == 0)
    let left = try Self.region([Box(0, 0, 1, 4)]).area.squareMetres
    let splinter = try BoundaryCut(
      boundary, leaving: Self.region([Box(1, -1, 12, 5)]), clearance: 0,
      tolerance: .squareMetres(left + 1), Self.growth)
    #expect(splinter.rest.isEmpty && splinter.slivers.features == 1)
    #expect(abs(splinter.slivers.areaM2 - left) < 1e-3)
    #expect(abs(splinter.givenUp.area.squareMetres - boundary.area.squareMetres) < 1e-6)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `a trade has the old area on free ground, or says how much there is`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let boundary = try Self.region([Box(4, 4, 12, 10)])
    let line = try Self.region([
      SurveyTests.box(using: &random), SurveyTests.box(using: &random),
    ])
    let cut = try BoundaryCut(
      boundary, leaving: line, clearance: 0, tolerance: .squareMetres(1), Self.growth)
    guard !cut.rest.isEmpty else { return }
    let free = try Self.growth.grown(boundary, by: 2_000).subtracting(line)
    for reach in [5.0, 1_000] {
      let trade = BoundaryTrade(growth: Self.growth, free: free, reachMetres: reach)
      switch try trade.outcome(letting: cut.rest, reach: boundary.area) {
      case .made(let region, let metres):
        #expect(abs(region.area.squareMetres - boundary.area.squareMetres) <= 0.005)
        #expect((0...reach).contains(metres))
        #expect(try region.intersection(line).area.squareMetres < 1e-3)
        #expect(try cut.rest.subtracting(region).area.squareMetres < 1e-4)
        let again = try trade.outcome(letting: cut.rest, reach: boundary.area)
        guard case .made(let same, let distance) = again else {
          Issue.record("the same question has another answer")
          continue
        }
        #expect(same.multiPolygon() == region.multiPolygon() && distance == metres)
      case .tooLittle(let found):
        #expect(found < boundary.area)
        #expect(found.squareMetres >= cut.rest.area.squareMetres - 1e-4)
      }
    }
  }
}
