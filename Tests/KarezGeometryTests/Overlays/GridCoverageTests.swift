import KarezCore
import TestSupport
import Testing

@testable import KarezGeometry

/// Borders moved to a grid: what comes out is a coverage, on the grid, and not far away.
@Suite struct GridCoverageTests {
  static let box = BoundingBox(minX: 76, minY: 39, maxX: 76.03, maxY: 39.02)

  static func isOnGrid(_ place: Position, _ step: Double) -> Bool {
    let plane = StatutoryPlane.position(ofDegrees: place)
    return [plane.x, plane.y].allSatisfy { abs(($0 / step).rounded() * step - $0) < 1e-3 }
  }

  @Test(arguments: 0..<8 as Range<UInt64>, [25.0, 120])
  func `a coverage stays one, whatever the grid does to its polygons`(
    seed: UInt64, step: Double
  ) async throws {
    var random = SplitMix64(seed: seed)
    let cells = try Shapes.coverage(of: Self.box, columns: 12, rows: 10, using: &random)
    let layer = try CoverageSamples.layer(cells)
    let grid = try GridCoverage(of: layer, stepMetres: step)
    try #require(grid.polygons.count == layer.count)
    let left = grid.polygons.filter { !$0.polygons.isEmpty }
    #expect(left.count > layer.count / 2)
    let examination = try await CoverageExamination(of: try CoverageSamples.layer(left))
    #expect(examination.faults.isEmpty && examination.unsound.isEmpty, "seed \(seed)")
    for polygon in left {
      #expect(try polygon.validityFault() == nil)
      for place in polygon.polygons.lazy.flatMap(\.rings).flatMap(\.positions) {
        #expect(Self.isOnGrid(place, step))
      }
    }
    // The whole moved at its outline only.
    let was = cells.reduce(0) { $0 + $1.statutoryArea().squareMetres }
    let isNow = left.reduce(0) { $0 + $1.statutoryArea().squareMetres }
    #expect(abs(isNow - was) < 10_000 * step)
  }

  @Test func `simplified first, neighbours still have their vertices in common`() async throws {
    var random = SplitMix64(seed: 3)
    let cells = try Shapes.coverage(of: Self.box, columns: 12, rows: 10, using: &random)
    let layer = try CoverageSamples.layer(cells)
    let simplified = try await CoverageSimplification(of: layer, tolerance: .metres(40))
    let grid = try GridCoverage(of: layer, simplified, stepMetres: 25)
    let left = grid.polygons.filter { !$0.polygons.isEmpty }
    let examination = try await CoverageExamination(of: try CoverageSamples.layer(left))
    #expect(examination.faults.isEmpty && examination.unsound.isEmpty)
    #expect(left.reduce(0) { $0 + $1.vertexCount } <= cells.reduce(0) { $0 + $1.vertexCount })
  }

  @Test func `what is moved to the nearest point is off by the grid over the root of six`() throws {
    var random = SplitMix64(seed: 11)
    let places = (0..<4_000).map { _ in
      Position(
        x: Double.random(in: 76..<77, using: &random),
        y: Double.random(in: 39..<40, using: &random))
    }
    guard case .points(let moved)? = Geometry.points(places).onGrid(stepMetres: 25) else {
      Issue.record("points stay points")
      return
    }
    let squares = zip(places, moved).map { place, other in
      let metres = place.metres(to: other)
      return metres * metres
    }
    let error = (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    // No less in any latitude, for the plane's metres are true on the average of both directions.
    #expect(error > 25 / 6.0.squareRoot() && error < 12)
  }

  @Test func `a line shorter than the grid is no line, a longer one keeps its course`() {
    let short = [Position(x: 76, y: 39), Position(x: 76.00001, y: 39)]
    #expect(Geometry.lines([short]).onGrid(stepMetres: 100) == nil)
    let long = [Position(x: 76, y: 39), Position(x: 76.01, y: 39), Position(x: 76.02, y: 39.01)]
    guard case .lines(let moved)? = Geometry.lines([long, short]).onGrid(stepMetres: 100) else {
      Issue.record("a line is left")
      return
    }
    #expect(moved.count == 1 && moved[0].count == 3)
  }
}
