import Foundation
import KarezCore
import Testing

@testable import KarezGeometry

/// Whole layers against one another.
@Suite struct OverlayBatchTests {
  static func layer(
    of polygons: [MultiPolygon], classes: Int
  ) throws -> Layer {
    let writer = LayerWriter(columns: ["class"], spoolingIn: LayerTests.folder)
    for (index, polygon) in polygons.enumerated() {
      try writer.append(
        row: Int64(index), id: "\(index)", values: ["c\(index % classes)"], polygon)
    }
    return try writer.finish()
  }

  static func rectangle(_ box: [Double]) throws -> MultiPolygon {
    let ring = try Ring([
      Position(x: box[0], y: box[1]), Position(x: box[2], y: box[1]),
      Position(x: box[2], y: box[3]), Position(x: box[0], y: box[3]),
      Position(x: box[0], y: box[1]),
    ])
    return MultiPolygon([Polygon(shell: ring)])
  }

  /// Rows as (left row, group name, area), and what else was counted.
  static func run(
    _ left: [LayerSelection], _ right: [LayerSelection], plane: OverlayBatch.Plane = .statutory,
    threads: Int = 2
  ) async throws -> (rows: [String: Double], order: [String], repaired: Int) {
    let batch = OverlayBatch(
      left: left, right: right, by: "class", plane: plane, threads: threads)
    var rows: [String: Double] = [:]
    var order: [String] = []
    var repaired = 0
    try await batch.run { stretch in
      repaired += stretch.repaired
      for row in stretch.rows {
        let id = left[stretch.part].layer.row(of: Int(row.polygon))
        let key = "\(id)/\(batch.groupNames[Int(row.group)])"
        rows[key] = row.areaM2
        order.append(key)
      }
    }
    return (rows, order, repaired)
  }

  @Test func `rows and their order do not depend on the threads`() async throws {
    let left = LayerSelection(try Self.layer(of: try LayerTests.polygons(120), classes: 1))
    let right = LayerSelection(try Self.layer(of: try LayerTests.polygons(200), classes: 7))
    let one = try await Self.run([left], [right], threads: 1)
    let many = try await Self.run([left], [right], threads: 5)
    try #require(one.rows.count > 50)
    #expect(one.rows == many.rows)
    #expect(one.order == many.order)
  }

  @Test func `pieces of a gapless coverage sum to what they were cut from`() async throws {
    // Twelve by twelve cells whose corners lie on no grid line of anything.
    var cells: [MultiPolygon] = []
    func at(_ index: Int) -> Double { Double(index) / 997 + Double(index * index % 7) / 100_003 }
    for column in 0..<12 {
      for row in 0..<12 {
        cells.append(
          try Self.rectangle([
            76 + at(column), 39 + at(row), 76 + at(column + 1), 39 + at(row + 1),
          ]))
      }
    }
    let right = LayerSelection(try Self.layer(of: cells, classes: 5))
    let sites = try (0..<20).map { seed in
      try PairKernelTests.star(
        40, seed: UInt64(seed), around: Position(x: 76.006, y: 39.006))
    }
    let leftLayer = try Self.layer(of: sites, classes: 1)
    let found = try await Self.run([LayerSelection(leftLayer)], [right])
    var sums: [Int64: Double] = [:]
    for (key, area) in found.rows {
      sums[Int64(key.split(separator: "/")[0]) ?? -1, default: 0] += area
    }
    for number in 0..<leftLayer.count {
      let sum = sums[leftLayer.row(of: number)] ?? 0
      #expect(abs(sum - leftLayer.areaM2(of: number)) < 1e-6)
    }
  }

  @Test func `a pair with a faulty polygon counts by the area it does bound`() async throws {
    let bowTie = MultiPolygon([
      Polygon(
        shell: try Ring([
          Position(x: 76, y: 39), Position(x: 76.01, y: 39.01), Position(x: 76.01, y: 39),
          Position(x: 76, y: 39.01), Position(x: 76, y: 39),
        ]))
    ])
    let around = try Self.rectangle([75.9, 38.9, 76.1, 39.1])
    let found = try await Self.run(
      [LayerSelection(try Self.layer(of: [around], classes: 1))],
      [LayerSelection(try Self.layer(of: [bowTie], classes: 1))])
    let bounded = try PlaneRegion(
      around, plane: .statutory, session: GEOSSession(), isRepairing: true
    ).intersection(
      PlaneRegion(bowTie, plane: .statutory, session: GEOSSession(), isRepairing: true)
    ).area.squareMetres
    #expect(found.repaired == 1)
    #expect(abs((found.rows["0/c0"] ?? 0) - bounded) < 1e-3)
    #expect(bounded > 1)
  }

  @Test func `what a selection leaves out takes no part`() async throws {
    let layer = try Self.layer(of: try LayerTests.polygons(60), classes: 3)
    let all = try await Self.run([LayerSelection(layer)], [LayerSelection(layer)])
    let even = LayerSelection(layer) { layer.row(of: $0) % 2 == 0 }
    let some = try await Self.run([even], [LayerSelection(layer)])
    let expected = all.rows.filter { (Int($0.key.split(separator: "/")[0]) ?? 1) % 2 == 0 }
    #expect(some.rows == expected)
    try #require(some.rows.count < all.rows.count)
  }

  @Test func `planar areas are those of the grid`() async throws {
    let site = try Self.rectangle([78, 39, 78.01, 39.01])
    let half = try Self.rectangle([78, 39, 78.005, 39.01])
    let grid = try #require(GaussKruger(zone: 26, isPrefixed: false))
    let found = try await Self.run(
      [LayerSelection(try Self.layer(of: [site], classes: 1))],
      [LayerSelection(try Self.layer(of: [half], classes: 1))], plane: .planar(grid))
    // Edges are straight in the grid, so the half's parallels do not lie on the site's.
    let expected = try PlaneRegion(grid.projected(half), plane: .asGiven)
      .intersection(PlaneRegion(grid.projected(site), plane: .asGiven)).area.squareMetres
    #expect(abs((found.rows["0/c0"] ?? 0) - expected) < 1e-5)
    #expect(try grid.projected(half).planarArea().squareMetres > expected + 1)
  }
}
