import Foundation
import KarezCatalog
import KarezCore
import KarezGeometry
import KarezRules
import KarezStore
import TestSupport
import Testing

/// A draft of changes among the features that stay.
@Suite struct NeighbourTests {
  /// In thousandths of a degree from 76° E, 39° N.
  typealias Box = (west: Double, south: Double, east: Double, north: Double)

  static func shape(_ box: Box) throws -> Geometry {
    try Drafting.polygon(
      [
        (box.west, box.south), (box.east, box.south), (box.east, box.north),
        (box.west, box.north),
      ].map { (76 + $0.0 / 1_000, 39 + $0.1 / 1_000) })
  }

  static func feature(_ id: String, _ geometry: Geometry) -> Feature {
    Feature(id: id, geometry: geometry, attributes: ["identifier": .text(id)])
  }

  /// Squares of a thousandth of a degree, `c<column>r<row>`.
  static func grid(_ side: Int) throws -> [Feature] {
    try (0..<side).flatMap { column in
      try (0..<side).map { row in try cell(column, row) }
    }
  }

  static func cell(_ column: Int, _ row: Int, _ change: (inout Box) -> Void = { _ in }) throws
    -> Feature
  {
    var box: Box = (Double(column), Double(row), Double(column + 1), Double(row + 1))
    change(&box)
    return feature("c\(column)r\(row)", try shape(box))
  }

  /// What the gate says of rows, once the features are recorded.
  static func report(
    on recorded: [Feature], _ rows: [DraftRow], as mode: CommitMode = .changes,
    isWhole: Bool = false
  ) async throws -> GateReport {
    try await Places.withTemporaryFolder { folder in
      let store = try SQLiteStore(folder: folder) { "2025-03-01T08:00:00Z" }
      let schema = try Drafting.polygons
      try await store.define(schema, by: .operator, in: .all)
      let first = try #require(LegalDate("2024-01-01"))
      let base = try await draft(recorded.enumerated().map(row), .state, first, schema, store)
      _ = try await store.commit(
        base, CommitOrder(reason: "test", idempotencyKey: "base"), by: .operator, in: .all)
      let day = try #require(LegalDate("2025-01-01"))
      let changes = try await draft(rows, mode, day, schema, store)
      var setting = Gate.Setting(day: day, scratch: folder.path)
      setting.isWhole = isWhole
      let gate = Gate(schema: schema, setting: setting)
      return try await gate.examine(changes, in: store, earlier: GateReport(rules: gate.rules))
    }
  }

  static func row(_ index: Int, _ feature: Feature) -> DraftRow {
    DraftRow(row: Int64(index + 1), feature: feature)
  }

  static func end(_ index: Int, _ id: String) -> DraftRow {
    DraftRow(
      row: Int64(index + 1), feature: Feature(id: id, geometry: nil, attributes: [:]), ends: true)
  }

  private static func draft(
    _ rows: [DraftRow], _ mode: CommitMode, _ day: LegalDate, _ schema: DatasetSchema,
    _ store: SQLiteStore
  ) async throws -> DraftID {
    let plan = DraftPlan(
      dataset: schema.id, mode: mode, validity: try #require(Validity(from: day)),
      lineage: Lineage(source: "t", sourceSM3: "0", reader: "test", crs: "test"))
    let draft = try await store.openDraft(plan, by: .operator, in: .all)
    try await store.append(rows, to: draft)
    return draft
  }

  @Test func `a feature that keeps its shape is among its neighbours as before`() async throws {
    let report = try await Self.report(on: Self.grid(4), [Self.row(0, Self.cell(1, 1))])
    #expect(report.findings == [])
  }

  @Test func `a feature that grows over one that stays overlaps it, told once of the row`()
    async throws
  {
    let grown = try Self.cell(1, 1) { $0.east += 0.5 }
    let report = try await Self.report(on: Self.grid(4), [Self.row(0, grown)])
    let overlaps = report.findings.filter { $0.rule == GateRule.overlap.rawValue }
    #expect(overlaps.map(\.feature) == ["c1r1"] && overlaps.map(\.others) == [["c2r1"]])
    #expect(overlaps.first?.row == 1 && report.blocking() == ["overlap"])
  }

  @Test func `a feature that shrinks away from those that stay leaves a gap`() async throws {
    let shrunk = try Self.cell(1, 1) { $0.east -= 0.5 }
    let report = try await Self.report(on: Self.grid(4), [Self.row(0, shrunk)])
    #expect(report.counts["gap"] == 1 && report.blocking() == [])
    let gap = try #require(report.findings.first { $0.rule == "gap" })
    #expect(gap.row == 1 && gap.others.contains("c2r1"))
  }

  @Test func `a feature that ends leaves a gap between those that stay`() async throws {
    let report = try await Self.report(on: Self.grid(4), [Self.end(0, "c1r1")])
    #expect(report.counts == ["gap": 1])
    #expect(report.findings.first?.row == nil && report.findings.first?.feature != "c1r1")
  }

  @Test func `land that one gives and another takes fits`() async throws {
    let rows = try [
      Self.row(0, Self.cell(1, 1) { $0.east += 0.25 }),
      Self.row(1, Self.cell(2, 1) { $0.west += 0.25 }),
    ]
    let report = try await Self.report(on: Self.grid(4), rows)
    // Neighbours above and below lack the new corner; that is told, and no more.
    #expect(Set(report.counts.keys).isSubset(of: ["mismatch", "noise"]))
  }

  @Test func `what is wrong between two that stay is not told again`() async throws {
    var recorded = try Self.grid(4)
    recorded.append(
      Self.feature("old", try Self.shape((west: 2.2, south: 1.2, east: 2.8, north: 1.8))))
    let report = try await Self.report(on: recorded, [Self.row(0, Self.cell(1, 1))])
    #expect(report.findings == [])
  }

  @Test func `land enclosed by what was read is no gap where something else lies on it`()
    async throws
  {
    // A U around a row of three; the row is behind the change and touches it in no box.
    let corners: [(Double, Double)] = [
      (0, 0), (5, 0), (5, 2), (1, 2), (1, 3), (5, 3), (5, 5), (0, 5),
    ]
    let around = try Drafting.polygon(corners.map { (76 + $0.0 / 1_000, 39 + $0.1 / 1_000) })
    let recorded = try [
      Self.feature("u", around), Self.feature("a", Self.shape((1, 2, 2, 3))),
      Self.feature("b", Self.shape((2, 2, 3, 3))), Self.feature("c", Self.shape((3, 2, 4, 3))),
      Self.feature("plug", Self.shape((4, 2, 5, 3))),
    ]
    let report = try await Self.report(on: recorded, [Self.row(0, recorded[4])])
    #expect(report.counts["gap"] == nil)
    let without = try await Self.report(
      on: recorded.filter { $0.id != "c" }, [Self.row(0, recorded[4])])
    #expect(without.counts["gap"] == 1)
  }

  @Test func `rows of different days are not laid on one another`() async throws {
    let moved = try Self.cell(1, 1) { $0.east += 0.5 }
    let other = try Self.cell(2, 1) { $0.west += 0.5 }
    let early = try #require(Validity(from: LegalDate("2025-01-01") ?? Fixed.day, until: Fixed.day))
    let late = try #require(Validity(from: Fixed.day))
    let sameDays = try await Self.report(
      on: Self.grid(4),
      [
        DraftRow(row: 1, feature: moved, validity: late),
        DraftRow(row: 2, feature: other, validity: late),
      ], as: .versions)
    #expect(sameDays.counts["overlap"] == nil)
    let apart = try await Self.report(
      on: Self.grid(4),
      [
        DraftRow(row: 1, feature: moved, validity: early),
        DraftRow(row: 2, feature: other, validity: late),
      ], as: .versions)
    #expect(apart.counts["overlap"] == 1, "until the other gives way")
    let twice = try await Self.report(
      on: Self.grid(4),
      [
        DraftRow(row: 1, feature: try Self.cell(1, 1), validity: early),
        DraftRow(row: 2, feature: try Self.cell(1, 1), validity: late),
      ], as: .versions)
    #expect(twice.findings == [], "one feature may stand in two rows")
  }

  enum Fixed {
    static let day: LegalDate = {
      guard let day = LegalDate("2025-07-01") else { preconditionFailure("a day") }
      return day
    }()
  }

  @Test(arguments: 0..<20)
  func `changes are told the same faults as the whole state they make`(seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    let recorded = try Self.grid(5)
    var state = Dictionary(uniqueKeysWithValues: recorded.map { ($0.id, $0) })
    var rows: [DraftRow] = []
    for feature in recorded.shuffled(using: &random).prefix(4) {
      let name = feature.id.dropFirst().split(separator: "r").compactMap { Int($0) }
      if Int.random(in: 0..<4, using: &random) == 0 {
        rows.append(Self.end(rows.count, feature.id))
        state[feature.id] = nil
        continue
      }
      let changed = try Self.cell(name[0], name[1]) { box in
        box.east += Double.random(in: -0.4...0.4, using: &random)
        box.north += Double.random(in: -0.4...0.4, using: &random)
      }
      rows.append(Self.row(rows.count, changed))
      state[feature.id] = changed
    }
    let whole = try await Self.report(
      on: recorded, state.values.sorted { $0.id < $1.id }.enumerated().map(Self.row), as: .state,
      isWhole: true)
    let changes = try await Self.report(on: recorded, rows)
    func told(_ report: GateReport) -> Set<String> {
      Set(
        report.findings.map { finding in
          // Neighbours that touch a gap in a corner only are named or not as edges are met.
          let members =
            finding.rule == GateRule.gap.rawValue
            ? "" : ([finding.feature] + finding.others).sorted().joined(separator: " ")
          return "\(finding.rule) \(members) \(DecimalText.fixed(finding.areaM2 ?? 0, decimals: 4))"
        })
    }
    #expect(told(changes) == told(whole))
  }
}
