import Foundation
import KarezCore
import KarezGeometry
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Many small edits of a coverage, one after the other, by the use cases people use.
@Suite struct RandomEditTests {
  /// How many edits; `make edits` asks for ten thousand.
  static let count =
    ProcessInfo.processInfo.environment["KAREZ_EDITS"].flatMap { Int($0) } ?? 200

  /// The coverage as it must be: rectangles in thousandths of a degree, with fractions.
  struct World {
    struct Cell: Hashable {
      var west: Double
      var south: Double
      var east: Double
      var north: Double
      var region: String

      var geometry: MultiPolygon {
        get throws {
          let corners = [
            (west, south), (east, south), (east, north), (west, north), (west, south),
          ]
          return MultiPolygon([
            Polygon(shell: try Ring(corners.map { Position(x: $0.0, y: $0.1) }))
          ])
        }
      }
    }

    var cells: [String: Cell] = [:]
    private var last = 0

    /// Eight by eight squares; two counties of four columns.
    init() {
      for column in 0..<8 {
        for row in 0..<8 {
          let id = fresh()
          cells[id] = Cell(
            west: 76 + Double(column) / 1_000, south: 39 + Double(row) / 1_000,
            east: 76 + Double(column + 1) / 1_000, north: 39 + Double(row + 1) / 1_000,
            region: column < 4 ? "653101001001" : "653121001001")
        }
      }
    }

    mutating func fresh() -> String {
      last += 1
      return "p\(last)"
    }

    /// Two cells of one county whose common side is all of a side of both.
    func neighbour(of id: String) -> String? {
      guard let cell = cells[id] else { return nil }
      return cells.sorted { $0.key < $1.key }.first { other, its in
        other != id && its.region == cell.region
          && ((its.west == cell.east && its.south == cell.south && its.north == cell.north)
            || (its.south == cell.north && its.west == cell.west && its.east == cell.east))
      }?.key
    }
  }

  @Test func `random edits keep every county's total, and the ledger closes over all of them`()
    async throws
  {
    try await TimeFixture.with { fixture in
      var world = World()
      let features = try world.cells.sorted { $0.key < $1.key }.map { id, cell in
        Feature(
          id: id, geometry: .polygons(try cell.geometry),
          attributes: [
            "identifier": .text(id), "land_class": .text("0103"),
            "location_code": .text(cell.region),
          ])
      }
      try await fixture.record(
        features, ending: [], .state, from: "2020-01-01", in: TimeFixture.patches)
      let schema = try await fixture.map.schema(of: TimeFixture.patches.text, in: .all)
      var random = SplitMix64(seed: 11)
      let start = try TimeFixture.day("2020-01-02")
      var done = ["split": 0, "merge": 0, "class": 0]
      for number in 0..<Self.count {
        let day = try #require(start.adding(days: number))
        let kind = try await Self.edit(&world, on: day, schema, fixture, &random)
        done[kind, default: 0] += 1
      }
      #expect(done.values.allSatisfy { $0 > Self.count / 10 }, "\(done)")
      let last = try #require(start.adding(days: Self.count)).description
      let report = try await fixture.diff("2020-01-01", last)
      #expect(report.ledger.lines.allSatisfy { $0.closure == 0 })
      for region in report.ledger.regions {
        #expect(
          DecimalText.fixed(LedgerUnits.squareMetres(region.to - region.from), decimals: 2)
            == "0.00")
      }
      #expect(Set(report.ledger.regions.map(\.region)) == ["653101", "653121"])
      #expect(
        report.ledger.total.gain == report.ledger.total.loss + report.ledger.total.to
          - report.ledger.total.from)
      let found = try await fixture.map.asked { store throws(StoreError) in
        try await store.summary(
          of: schema.id, asOf: report.to, in: .all
        ).features
      }
      #expect(found == world.cells.count)
      #expect(try await fixture.map.verifyLog { _ in }.faults == [])
    }
  }

  /// One edit, of the map and of the world.
  static func edit(
    _ world: inout World, on day: LegalDate, _ schema: DatasetSchema, _ fixture: TimeFixture,
    _ random: inout SplitMix64
  ) async throws -> String {
    let why = EditReason(reason: "test")
    let ids = world.cells.keys.sorted()
    let id = try #require(ids.randomElement(using: &random))
    let cell = try #require(world.cells[id])
    switch Int.random(in: 0..<3, using: &random) {
    case 0:
      let share = Double.random(in: 0.3..<0.7, using: &random)
      var (one, other) = (cell, cell)
      if Bool.random(using: &random) {
        one.east = cell.west + (cell.east - cell.west) * share
        other.west = one.east
      } else {
        one.north = cell.south + (cell.north - cell.south) * share
        other.south = one.north
      }
      // Rectangles of a millimetre are no land; those stay whole.
      guard min(cell.east - cell.west, cell.north - cell.south) > 1e-5 else { return "kept" }
      let codes = [world.fresh(), world.fresh()]
      let parts = try [one, other].map {
        PartFile.Part(
          feature: Feature(id: "", geometry: .polygons(try $0.geometry), attributes: [:]),
          isNamed: false)
      }
      _ = try await fixture.map.split(
        schema, id, into: parts, codes: codes, on: day, why, by: .operator, in: .all)
      world.cells[id] = nil
      world.cells[codes[0]] = one
      world.cells[codes[1]] = other
      return "split"
    case 1:
      guard let neighbour = world.neighbour(of: id), let its = world.cells[neighbour] else {
        return "kept"
      }
      var order = MergeOrder(dataset: schema.id.text, ids: [id, neighbour], day: day, why: why)
      let code = world.fresh()
      order.code = code
      _ = try await fixture.map.merge(order, by: .operator, in: .all)
      world.cells[id] = nil
      world.cells[neighbour] = nil
      world.cells[code] = World.Cell(
        west: min(cell.west, its.west), south: min(cell.south, its.south),
        east: max(cell.east, its.east), north: max(cell.north, its.north), region: cell.region)
      return "merge"
    default:
      var order = CorrectionOrder(dataset: schema.id.text, id: id, from: day, why: why)
      order.values = [
        "land_class": try #require(["0101", "0103", "0301"].randomElement(using: &random))
      ]
      _ = try await fixture.map.correct(order, by: .operator, in: .all)
      return "class"
    }
  }
}
