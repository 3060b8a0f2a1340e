import KarezCore
import KarezGeometry
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// What changed between two states: which patches, how, and the account of the land.
@Suite struct DiffTests {
  typealias Patch = TimeFixture.Patch
  typealias Box = SurveyFixture.Box

  /// Four squares in a row, of two counties and two classes.
  static let row = [
    Patch(id: "a", box: Box(0, 0, 2, 2)), Patch(id: "b", box: Box(2, 0, 4, 2)),
    Patch(id: "c", box: Box(4, 0, 6, 2), landClass: "0301"),
    Patch(id: "d", box: Box(6, 0, 8, 2), region: "653121001001"),
  ]

  static func kinds(_ report: DiffReport) -> [String: PatchChange.Kind] {
    Dictionary(uniqueKeysWithValues: report.changes.map { ($0.id, $0.kind) })
  }

  @Test func `states that say the same differ in nothing`() async throws {
    try await TimeFixture.with { fixture in
      try await fixture.record(Self.row, .state, from: "2024-01-01")
      try await fixture.record(Self.row, .state, from: "2025-01-01")
      for (from, to) in [("2024-06-01", "2024-06-01"), ("2024-06-01", "2025-06-01")] {
        let report = try await fixture.diff(from, to)
        #expect(report.changes.isEmpty)
        #expect(report.ledger.lines.count == 3)
        #expect(report.ledger.lines.allSatisfy { $0.gain == 0 && $0.loss == 0 && $0.from > 0 })
      }
      // Before anything was said there is nothing.
      let all = try await fixture.diff("2023-01-01", "2024-06-01")
      #expect(Self.kinds(all) == ["a": .inserted, "b": .inserted, "c": .inserted, "d": .inserted])
      #expect(all.ledger.total.from == 0 && all.ledger.total.gain == all.ledger.total.to)
    }
  }

  @Test func `a class that changes is a loss of one line and a gain of another`() async throws {
    try await TimeFixture.with { fixture in
      try await fixture.record(Self.row, .state, from: "2024-01-01")
      var changed = Self.row[0]
      changed.landClass = "0301"
      try await fixture.record([changed], from: "2024-07-01")
      let report = try await fixture.diff("2024-06-01", "2024-08-01")
      let area = try changed.box.geometry.statutoryArea().squareMetres
      let units = ExactArea(squareMetres: area).printed
      #expect(Self.kinds(report) == ["a": .changed])
      #expect(abs((report.changes.first?.areaM2 ?? 0) - area) < 1e-5)
      let lines = report.ledger.lines.filter { $0.region == "653101" }
      #expect(lines.map(\.className) == ["0103", "0301"])
      #expect(abs(lines[0].loss - units) <= 2 && lines[1].loss == 0)
      #expect(lines[0].gain == 0 && abs(lines[1].gain - units) <= 2)
      #expect(report.ledger.lines.last?.gain == 0)
      // Told as one text, with the numbers that close it.
      let total = report.ledger.total
      let last = try #require(report.lines(in: .en).last)
      #expect(last.hasPrefix("\(total.fromM2) + \(total.gainM2) − \(total.lossM2) = "))
      #expect(last.hasSuffix("closure 0.0000"))
    }
  }

  @Test func `a patch with another owner is a change that moves no land`() async throws {
    try await TimeFixture.with { fixture in
      try await fixture.record(Self.row, .state, from: "2024-01-01")
      var feature = try TimeFixture.feature(Self.row[0])
      feature = Feature(
        id: feature.id, geometry: feature.geometry,
        attributes: feature.attributes.merging(["owner_name": .text("张三")]) { $1 })
      try await fixture.record(
        [feature], ending: [], .changes, from: "2024-07-01", in: TimeFixture.patches)
      let report = try await fixture.diff("2024-06-01", "2024-08-01")
      #expect(Self.kinds(report) == ["a": .changed])
      #expect(report.ledger.lines.allSatisfy { $0.gain == 0 && $0.loss == 0 })
    }
  }

  @Test func `pieces that cover a patch are its split, patches that one covers are merged`()
    async throws
  {
    try await TimeFixture.with { fixture in
      try await fixture.record(Self.row, .state, from: "2024-01-01")
      try await fixture.record(
        [
          Patch(id: "a1", box: Box(0, 0, 2, 1)), Patch(id: "a2", box: Box(0, 1, 2, 2)),
          Patch(id: "bc", box: Box(2, 0, 6, 2)),
        ], ending: ["a", "b", "c"], from: "2024-07-01")
      let report = try await fixture.diff("2024-06-01", "2024-08-01")
      #expect(
        Self.kinds(report) == [
          "a": .split, "a1": .inserted, "a2": .inserted, "b": .merged, "bc": .inserted,
          "c": .merged,
        ])
      let byID = Dictionary(uniqueKeysWithValues: report.changes.map { ($0.id, $0) })
      #expect(byID["a"]?.into == ["a1", "a2"] && byID["a1"]?.from == ["a"])
      #expect(byID["b"]?.into == ["bc"] && byID["bc"]?.from == ["b", "c"])
      #expect(report.changes.allSatisfy { $0.witness == .geometry })
      // Looked at backwards, what was split is merged.
      let back = try await fixture.diff("2024-08-01", "2024-06-01")
      #expect(
        Self.kinds(back) == [
          "a": .inserted, "a1": .merged, "a2": .merged, "b": .inserted, "bc": .split,
          "c": .inserted,
        ])
      // Half of what "bc" has was forest.
      let lines = report.ledger.lines.filter { $0.region == "653101" }
      let forest = try Self.row[2].box.geometry.statutoryArea().squareMetres
      #expect(abs(LedgerUnits.squareMetres(lines[0].gain) - forest) < 0.001)
      #expect(lines[0].loss == 0 && lines[1].gain == 0 && lines[1].to == 0)
    }
  }

  @Test func `a feature that keeps its id for a part is split, one that takes another in merged`()
    async throws
  {
    try await TimeFixture.with { fixture in
      try await fixture.record(Self.row, .state, from: "2024-01-01")
      try await fixture.record(
        [
          Patch(id: "a", box: Box(0, 0, 2, 1)), Patch(id: "new", box: Box(0, 1, 2, 2)),
          Patch(id: "b", box: Box(2, 0, 6, 2)),
        ], ending: ["c"], from: "2024-07-01")
      let report = try await fixture.diff("2024-06-01", "2024-08-01")
      #expect(
        Self.kinds(report) == ["a": .split, "new": .inserted, "b": .merged, "c": .merged])
      #expect(report.changes.first?.into == ["a", "new"])
    }
  }

  @Test(arguments: [0.0, 0.5, 1.0, 2.0, 20.0])
  func `pieces may miss a patch by the tolerance and no more`(tolerance: Double) async throws {
    try await TimeFixture.with { fixture in
      let whole = Patch(id: "a", box: Box(0, 0, 4, 1))
      try await fixture.record([whole], .state, from: "2024-01-01")
      // The eastern part ends a centimetre short of the border.
      let short = try Ring(
        [(76.002, 39.0), (76.0039999, 39.0), (76.0039999, 39.001), (76.002, 39.001), (76.002, 39)]
          .map { Position(x: $0.0, y: $0.1) })
      let parts = [
        try Box(0, 0, 2, 1).geometry, MultiPolygon([Polygon(shell: short)]),
      ]
      let features = try parts.enumerated().map { number, part in
        Feature(
          id: "a\(number)", geometry: .polygons(part),
          attributes: try TimeFixture.feature(whole).attributes)
      }
      try await fixture.record(
        features, ending: ["a"], .changes, from: "2024-07-01", in: TimeFixture.patches)
      let areas = parts.map { $0.statutoryArea().squareMetres }
      let missing = try whole.box.geometry.statutoryArea().squareMetres - areas[0] - areas[1]
      #expect(missing > 0.5 && missing < 2)
      let report = try await fixture.diff("2024-06-01", "2024-08-01") {
        $0.toleranceM2 = tolerance
      }
      #expect(report.changes.first?.kind == (missing <= tolerance ? .split : .ended))
    }
  }

  @Test func `what was recorded of a succession is believed before geometry`() async throws {
    try await TimeFixture.with { fixture in
      try await fixture.record(Self.row, .state, from: "2024-01-01")
      let day = try TimeFixture.day("2024-07-01")
      try await fixture.record(
        [
          // Borders drawn anew: no piece lies in the old ones.
          Patch(id: "x", box: Box(0, 0, 6, 1)), Patch(id: "y", box: Box(0, 1, 6, 2)),
        ], ending: ["a", "b", "c"], from: "2024-07-01",
        [#require(Succession(.redraw, of: ["a", "b", "c"], into: ["x", "y"], on: day))])
      let drawn = try await fixture.diff("2024-06-01", "2024-08-01")
      #expect(
        Self.kinds(drawn) == [
          "a": .ended, "b": .ended, "c": .ended, "x": .inserted, "y": .inserted,
        ])
      #expect(drawn.changes.first?.into == ["x", "y"])
      #expect(drawn.changes.allSatisfy { $0.witness == .lineage })
      try await fixture.record(
        [Patch(id: "e", box: Box(8, 8, 9, 9)), Patch(id: "f", box: Box(9, 9, 10, 10))],
        ending: ["d"], from: "2024-09-01",
        [
          #require(
            Succession(.split, of: ["d"], into: ["e", "f"], on: TimeFixture.day("2024-09-01")))
        ])
      let moved = try await fixture.diff("2024-08-01", "2024-10-01")
      #expect(Self.kinds(moved) == ["d": .split, "e": .inserted, "f": .inserted])
      // As recorded before, nobody knew.
      let before = try await fixture.diff("2024-06-01", "2024-10-01") {
        $0.recorded = CommitNumber(2)
      }
      #expect(Self.kinds(before)["d"] == nil)
    }
  }

  @Test func `a reader bound to a county gets its patches and its ledger`() async throws {
    try await TimeFixture.with { fixture in
      try await fixture.record(Self.row, .state, from: "2024-01-01")
      var moved = Self.row[1]
      moved.region = "653121001001"
      var other = Self.row[0]
      other.landClass = "0301"
      try await fixture.record([moved, other], from: "2024-07-01")
      let scope = Scope(ceiling: .internal, regionPrefixes: ["653121"])
      let report = try await fixture.diff("2024-06-01", "2024-08-01", scope: scope)
      #expect(Self.kinds(report) == ["b": .inserted])
      #expect(Set(report.ledger.lines.map(\.region)) == ["653121"])
      #expect(report.ledger.total.closure == 0)
      let whole = try await fixture.diff("2024-06-01", "2024-08-01")
      #expect(whole.ledger.lines.filter { $0.region == "653121" } == report.ledger.lines)
    }
  }

  @Test func `a commit is told by the states before and after it`() async throws {
    try await TimeFixture.with { fixture in
      try await fixture.record(Self.row, .state, from: "2024-01-01")
      var changed = Self.row[2]
      changed.landClass = "0103"
      try await fixture.record([changed], from: "2024-03-01")
      let report = try await fixture.diff("2024-06-01", "2024-06-01") {
        $0.recorded = CommitNumber(1)
        $0.recordedTo = CommitNumber(2)
      }
      #expect(Self.kinds(report) == ["c": .changed])
      #expect(report.from.recorded.value == 1 && report.to.recorded.value == 2)
      let json = report.json()
      #expect(json["patches"]?.array?.first?["change"] == .string("changed"))
      #expect(json["ledger"]?.array?.count == 3)
      #expect(json["total"]?["fromM2"] == json["total"]?["toM2"])
      #expect(report.json(atMost: 0)["isComplete"] == .boolean(false))
    }
  }

  @Test func `datasets without land tell their changes, and no ledger`() async throws {
    try await TimeFixture.with { fixture in
      let sites = try #require(DatasetID("hazard-sites"))
      let feature = Feature(
        id: "s", geometry: .points([Position(x: 76, y: 39)]), attributes: ["site_code": .text("s")])
      try await fixture.record([feature], ending: [], .state, from: "2024-01-01", in: sites)
      let report = try await fixture.diff("2023-06-01", "2024-06-01", in: sites)
      #expect(Self.kinds(report) == ["s": .inserted])
      #expect(report.ledger.lines.isEmpty && report.changes.first?.areaM2 == nil)
      await #expect(throws: Problem.self) {
        try await fixture.diff("2023-06-01", "2024-06-01", in: try #require(DatasetID("nothing")))
      }
      await #expect(throws: Problem.self) {
        try await fixture.diff("2023-06-01", "2024-06-01") { $0.attribute = "colour" }
      }
    }
  }
}
