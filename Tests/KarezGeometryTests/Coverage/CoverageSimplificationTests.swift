import KarezCore
import TestSupport
import Testing

@testable import KarezGeometry

/// Simplified coverages stay coverages.
@Suite struct CoverageSimplificationTests {
  typealias Samples = CoverageSamples

  /// A jittered coverage whose borders wriggle: every edge gets vertices beside it.
  static func wriggling(seed: UInt64, columns: Int = 8) throws -> [MultiPolygon] {
    let cells = try Samples.jittered(columns: columns, rows: columns, seed: seed)
    return try cells.map { cell in
      let positions = cell.polygons[0].shell.positions
      var corners: [Position] = []
      for (start, end) in zip(positions, positions.dropFirst()) {
        corners.append(start)
        // The same vertices from either side.
        let isForward = (start.x, start.y) < (end.x, end.y)
        let (a, b) = isForward ? (start, end) : (end, start)
        var between = (1...4).map { step in
          let share = Double(step) / 5
          let aside = step % 2 == 0 ? 0.02 : -0.015
          return Position(
            x: ((a.x + (b.x - a.x) * share - (b.y - a.y) * aside) * 1e9).rounded() / 1e9,
            y: ((a.y + (b.y - a.y) * share + (b.x - a.x) * aside) * 1e9).rounded() / 1e9)
        }
        if !isForward { between.reverse() }
        corners += between
      }
      return MultiPolygon([Polygon(shell: try Ring(corners + corners.prefix(1)))])
    }
  }

  static func simplified(
    _ layer: Layer, _ tolerance: CoverageSimplification.Tolerance
  ) async throws -> (layer: Layer, left: Int) {
    let simplification = try await CoverageSimplification(of: layer, tolerance: tolerance)
    let polygons = try (0..<layer.count).map { try simplification.geometry(of: $0) }
    let count = polygons.reduce(0) { sum, polygon in
      sum + polygon.polygons.reduce(0) { $0 + $1.rings.reduce(0) { $0 + $1.positions.count - 1 } }
    }
    #expect(count == simplification.remainingCount)
    return (try Samples.layer(polygons), count)
  }

  @Test(arguments: 0..<25)
  func `what was a coverage is one after simplifying, at every tolerance`(
    seed: UInt64
  ) async throws {
    // Wriggling borders may cross one another at sharp corners; then it was no coverage.
    let layer = try Samples.layer(try Self.wriggling(seed: seed))
    let before = try await CoverageExamination(of: layer)
    guard before.faults.isEmpty, before.unsound.isEmpty else { return }
    for tolerance in [
      CoverageSimplification.Tolerance.squareMetres(300), .squareMetres(1e9), .metres(9),
      .metres(1e6),
    ] {
      let (after, left) = try await Self.simplified(layer, tolerance)
      let examination = try await CoverageExamination(of: after)
      #expect(examination.faults.isEmpty, "\(tolerance): \(examination.faults.prefix(2))")
      #expect(examination.unsound.isEmpty)
      #expect(after.count == layer.count)
      #expect(left < layer.vertexCount, "\(tolerance)")
      for number in 0..<after.count {
        #expect(try after.geometry(of: number).validityFault() == nil)
      }
    }
  }

  @Test func `most of the samples are coverages`() async throws {
    var whole = 0
    for seed in 0..<25 {
      let layer = try Samples.layer(try Self.wriggling(seed: UInt64(seed)))
      let examination = try await CoverageExamination(of: layer)
      if examination.faults.isEmpty, examination.unsound.isEmpty { whole += 1 }
    }
    #expect(whole >= 5, "\(whole)")
  }

  @Test func `a vertex goes for both sides, or for neither`() async throws {
    let polygons = [
      try Samples.polygon([(0, 0), (2, 0), (2, 1), (1, 1.01), (0, 1)]),
      try Samples.polygon([(0, 1), (1, 1.01), (2, 1), (2, 2), (0, 2)]),
    ]
    let layer = try Samples.layer(polygons)
    let (after, left) = try await Self.simplified(layer, .metres(2))
    #expect(left == 8)
    let expected = [try Samples.box(0, 0, 2, 1), try Samples.box(0, 1, 2, 2)].map(Samples.area)
    for (number, area) in zip(0..<2, expected.sorted()) {
      #expect(abs([0, 1].map { after.areaM2(of: $0) }.sorted()[number] - area) < 1e-5)
    }
    // 1.1 m off the line: kept at a metre.
    #expect(try await Self.simplified(layer, .metres(1)).left == 10)
  }

  @Test func `a border stays clear of an island beside it`() async throws {
    // Without the corner the border would cut through the island.
    let island = try Samples.box(0.95, 0.95, 1.05, 1.05)
    let hole = [(0.95, 0.95), (1.05, 0.95), (1.05, 1.05), (0.95, 1.05)]
    let around = try Samples.polygon([(0, 0), (2, 0), (1.08, 1.08), (0, 2)], holes: [hole])
    let layer = try Samples.layer([around, island])
    let (after, _) = try await Self.simplified(layer, .squareMetres(1e9))
    let examination = try await CoverageExamination(of: after)
    #expect(examination.faults.isEmpty)
    #expect(
      (0..<2).contains {
        (try? after.geometry(of: $0).polygons[0].shell.positions.contains(
          Samples.place(1.08, 1.08))) == true
      })
  }

  @Test func `what overlaps is refused`() async throws {
    let layer = try Samples.layer([try Samples.box(0, 0, 2, 1), try Samples.box(1, 0, 3, 1)])
    await #expect(throws: CoverageError.notACoverage(faults: 1)) {
      try await CoverageSimplification(of: layer, tolerance: .metres(1))
    }
  }
}
