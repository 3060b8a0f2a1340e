import Foundation
import KarezCore
import KarezGeometry
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Patches adjusted to the control figures that the profile of land patches names.
@Suite struct AdjustTests {
  static let village = "653101001001"

  /// Four patches of a village, and the village they make up.
  static let quarters = [
    TimeFixture.Patch(id: "4", box: .init(0, 0, 3, 3)),
    TimeFixture.Patch(id: "1", box: .init(3, 0, 7, 3)),
    TimeFixture.Patch(id: "3", box: .init(0, 3, 3, 7)),
    TimeFixture.Patch(id: "2", box: .init(3, 3, 7, 7)),
  ]

  static func village(_ box: TimeFixture.Box, code: String = village) throws -> Feature {
    Feature(
      id: code, geometry: .polygons(try box.geometry),
      attributes: [
        "village_code": .text(code), "name": .text("村"),
        "township_code": .text(String(code.prefix(9))),
        "county_code": .text(String(code.prefix(6))),
      ])
  }

  static func adjusted(
    _ map: TimeFixture, _ change: (inout AdjustOrder) -> Void = { _ in }
  ) async throws -> AdjustReport {
    var order = AdjustOrder(dataset: "land-patches", on: try TimeFixture.day("2025-01-01"))
    change(&order)
    return try await map.map.adjusted(order, by: .operator, in: .all)
  }

  @Test func `patches come to their village to the hundredth, each with its adjustment`()
    async throws
  {
    try await TimeFixture.with { map in
      let villages = try #require(DatasetID("villages"))
      try await map.record(
        [try Self.village(.init(0, 0, 7, 7))], ending: [], .state, from: "2024-01-01",
        in: villages)
      try await map.record(Self.quarters, .state, from: "2024-01-01")
      let report = try await Self.adjusted(map)
      #expect(report.isComplete && report.rule == "land-patches/village-closure")
      let group = try #require(report.groups.first)
      #expect(report.groups.count == 1 && group.patches.map(\.id) == ["1", "2", "3", "4"])
      #expect(group.patches.compactMap(\.adjusted).reduce(0, +) == group.figure)
      for patch in group.patches {
        // A millionth of the patch at most, and the hundredth it is rounded to.
        let adjustment = Double(try #require(patch.adjustment)) / 1e6
        #expect(abs(adjustment) <= patch.measuredM2 * 1e-6 + 0.01)
      }
      let lines = report.lines(in: .en)
      #expect(lines.count == 6 && lines[0].split(separator: "\t").count == 4, "\(lines)")
      #expect(lines[4].hasPrefix("= \(Self.village): control "))
      #expect(lines[5].hasPrefix("4 polygons adjusted to 1 control figures"))
      #expect(report.lines(in: .zh, withPatches: false).count == 2)
    }
  }

  @Test func `what is too far off is told, and not scaled away`() async throws {
    try await TimeFixture.with { map in
      let villages = try #require(DatasetID("villages"))
      try await map.record(
        [
          try Self.village(.init(0, 0, 7, 8)),
          try Self.village(.init(9, 0, 10, 1), code: "653101001002"),
        ],
        ending: [], .state, from: "2024-01-01", in: villages)
      let stray = TimeFixture.Patch(
        id: "9", box: .init(20, 0, 21, 1), region: "653101001009")
      let good = TimeFixture.Patch(
        id: "5", box: .init(9, 0, 10, 1), region: "653101001002")
      try await map.record(Self.quarters + [stray, good], .state, from: "2024-01-01")
      let report = try await Self.adjusted(map)
      #expect(!report.isComplete)
      #expect(report.groups.map(\.state) == [.tooFarOff, .adjusted, .withoutControl])
      #expect(report.groups[0].patches.allSatisfy { $0.adjusted == nil })
      let lines = report.lines(in: .en, withPatches: false)
      #expect(lines[0].hasSuffix("; not adjusted"))
      #expect(lines[2].hasPrefix("! 653101001009: no control figure"))
      #expect(lines[3].hasPrefix("2 of 3 groups were not adjusted"))
    }
  }

  @Test func `a file is adjusted before it is handed in, into a table`() async throws {
    try await TimeFixture.with { map in
      let villages = try #require(DatasetID("villages"))
      try await map.record(
        [try Self.village(.init(0, 0, 7, 7))], ending: [], .state, from: "2024-01-01",
        in: villages)
      let features = try Self.quarters.map { patch in
        JSONValue.object([
          "type": .string("Feature"), "geometry": Geometry.polygons(try patch.box.geometry).geoJSON,
          "properties": .object([
            "BSM": .string(patch.id), "ZLDWDM": .string(patch.region + "0000000"),
          ]),
        ])
      }
      let file = map.folder.appending(path: "patches.geojson")
      try JSONValue.object(["type": .string("FeatureCollection"), "features": .array(features)])
        .canonicalText.write(to: file, atomically: true, encoding: .utf8)
      let report = try await Self.adjusted(map) {
        $0.file = FileArgument(file.path)
        $0.crs = "EPSG:4490"
      }
      #expect(report.isComplete && report.groups.map(\.patches.count) == [4])
      let table = map.folder.appending(path: "adjusted.csv")
      try report.write(to: table.path)
      let lines = try String(contentsOf: table, encoding: .utf8).split(separator: "\n")
      #expect(lines.first == "id,control,measured_m2,adjusted_m2,adjustment_m2")
      #expect(lines.count == 5)
      // Nothing of it was recorded.
      let state = try await map.map.today()
      let summary = try await map.map.store.summary(
        of: TimeFixture.patches, asOf: state, in: .all)
      #expect(summary.features == 0)
    }
  }

  @Test func `without a rule or a control figure it says what to do`() async throws {
    try await TimeFixture.with { map in
      await #expect(throws: Problem.self) { try await Self.adjusted(map) }
      do {
        _ = try await Self.adjusted(map)
      } catch let problem as Problem {
        #expect(problem.code == "control-missing")
      }
      do {
        var order = AdjustOrder(dataset: "parcels", on: try TimeFixture.day("2025-01-01"))
        order.rule = "parcels/none"
        _ = try await map.map.adjusted(order, by: .operator, in: .all)
        Issue.record("parcels have no closure rule")
      } catch let problem as Problem {
        #expect(problem.code == "closure-rule-unclear")
      }
    }
  }
}
