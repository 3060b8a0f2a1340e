import KarezCore
import KarezGeometry
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// A county is cut in two, a township gets another name and another code: nothing is lost.
@Suite struct UnitTests {
  typealias Box = SurveyFixture.Box
  typealias Patch = TimeFixture.Patch

  static let counties = DatasetID("counties")
  static let townships = DatasetID("townships")
  static let why = EditReason(reason: "设立新县", caseNumber: "国函〔2026〕1号")

  static func unit(_ code: String, _ name: String, _ box: Box, key: String) throws -> Feature {
    var attributes: [String: AttributeValue] = ["name": .text(name)]
    attributes["county_code"] = .text(String(code.prefix(6)))
    attributes[key] = .text(code)
    return Feature(id: code, geometry: .polygons(try box.geometry), attributes: attributes)
  }

  /// Two counties side by side, a township, and four patches of the western county and one of the
  /// eastern.
  static func prepared(_ fixture: TimeFixture) async throws {
    let units = try #require(counties)
    let below = try #require(townships)
    try await fixture.record(
      [
        unit("653101", "甲县", Box(0, 0, 40, 20), key: "county_code"),
        unit("653121", "乙县", Box(40, 0, 60, 20), key: "county_code"),
      ], ending: [], .state, from: "2020-01-01", in: units)
    try await fixture.record(
      [unit("653101100", "东乡", Box(20, 0, 40, 20), key: "township_code")], ending: [], .state,
      from: "2020-01-01", in: below)
    try await fixture.record(
      [
        Patch(id: "a", box: Box(0, 0, 10, 20)), Patch(id: "b", box: Box(10, 0, 20, 20)),
        Patch(id: "c", box: Box(20, 0, 30, 20)),
        Patch(id: "d", box: Box(30, 0, 40, 20), landClass: "0301"),
        Patch(id: "e", box: Box(40, 0, 60, 20), region: "653121001001"),
      ], .state, from: "2020-01-01")
  }

  /// From 2026 on the east of the western county is a county of its own.
  static func cut(_ fixture: TimeFixture) async throws {
    let schema = try await fixture.map.schema(of: "counties", in: .all)
    let parts = try [
      ("653101", "甲县", Box(0, 0, 20, 20)), ("653199", "丙县", Box(20, 0, 40, 20)),
    ].map { code, name, box in
      PartFile.Part(feature: try unit(code, name, box, key: "county_code"), isNamed: true)
    }
    let outcome = try await fixture.map.split(
      schema, "653101", into: parts, codes: [], on: try TimeFixture.day("2026-01-01"), why,
      by: .operator, in: .all)
    #expect(outcome.children == ["653101", "653199"])
  }

  @Test(arguments: MapEngine.installed)
  func `units of one day are followed to another, with the document each step rests on`(
    engine: MapEngine
  ) async throws {
    try await TimeFixture.with(engine) { fixture in
      try await Self.prepared(fixture)
      let before = try await fixture.map.today().recorded
      try await Self.cut(fixture)
      var order = RenumberOrder(
        dataset: "townships", id: "653101100", code: "653199100",
        day: try TimeFixture.day("2026-01-01"), why: Self.why)
      order.values = ["county_code": "653199"]
      _ = try await fixture.map.renumber(order, by: .operator, in: .all)
      var name = CorrectionOrder(
        dataset: "townships", id: "653199100", from: try TimeFixture.day("2026-07-01"),
        why: EditReason(reason: "撤乡设镇"))
      name.values = ["name": "东镇"]
      _ = try await fixture.map.correct(name, by: .operator, in: .all)

      func table(
        _ dataset: String, _ from: String, _ to: String, at commit: CommitNumber? = nil
      ) async throws -> UnitSuccession {
        try await fixture.map.unitSuccession(
          of: dataset, from: TimeFixture.day(from), to: TimeFixture.day(to), recorded: commit,
          in: .all)
      }
      let counties = try await table("counties", "2025-01-01", "2027-01-01")
      let cut = try #require(counties.units.first)
      #expect(cut.successors == ["653101", "653199"] && cut.names == ["甲县", "丙县"])
      #expect(cut.steps.map(\.basis) == ["国函〔2026〕1号"] && cut.steps.map(\.kind) == [.split])
      #expect(counties.units.last?.isUnchanged == true && counties.added.isEmpty)
      let townships = try await table("townships", "2025-12-31", "2026-12-31")
      #expect(townships.units.map(\.code) == ["653101100"])
      #expect(townships.units.first?.successors == ["653199100"])
      #expect(townships.units.first?.names == ["东镇"] && townships.units.first?.name == "东乡")
      let half = try await table("townships", "2025-12-31", "2026-01-01")
      #expect(half.units.first?.names == ["东乡"], "renamed half a year later")
      let known = try await table("counties", "2025-01-01", "2027-01-01", at: before)
      #expect(known.units.allSatisfy { $0.isUnchanged }, "as recorded before the cut")
      let later = try await table("counties", "2026-01-01", "2027-01-01")
      #expect(later.units.allSatisfy { $0.isUnchanged })
      #expect(try await fixture.map.verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: MapEngine.installed)
  func `the ledger closes across the cut, by the units of either day and by recorded codes`(
    engine: MapEngine
  ) async throws {
    try await TimeFixture.with(engine) { fixture in
      try await Self.prepared(fixture)
      try await Self.cut(fixture)
      // The survey takes the new code over a year later, and one patch is used otherwise.
      try await fixture.record(
        [
          Patch(id: "c", box: Box(20, 0, 30, 20), region: "653199001001"),
          Patch(id: "d", box: Box(30, 0, 40, 20), landClass: "0601", region: "653199001001"),
        ], from: "2027-01-01")
      func ledger(_ unitsOn: String?) async throws -> AreaLedger {
        let report = try await fixture.diff("2025-06-01", "2027-06-01") { order in
          order.units = unitsOn.map { _ in "counties" }
          order.unitsOn = unitsOn.flatMap { LegalDate($0) }
        }
        #expect(report.ledger.lines.allSatisfy { $0.closure == 0 })
        #expect(report.ledger.total.to == report.ledger.total.from)
        return report.ledger
      }
      func lines(_ ledger: AreaLedger) -> [String: AreaLedger.Line] {
        Dictionary(uniqueKeysWithValues: ledger.regions.map { ($0.region, $0) })
      }
      let codes = lines(try await ledger(nil))
      #expect(codes["653199"]?.from == 0 && codes["653199"]?.gain == codes["653101"]?.loss)
      let before = try await ledger("2025-06-01")
      #expect(Set(before.regions.map(\.region)) == ["653101", "653121"])
      let western = try #require(lines(before)["653101"])
      #expect(western.from == western.to, "the cut moves no land out of the old county")
      let after = lines(try await ledger("2027-06-01"))
      #expect(Set(after.keys) == ["653101", "653121", "653199"])
      let (rest, new) = try (#require(after["653101"]), #require(after["653199"]))
      #expect(rest.from == rest.to && new.from == new.to && new.from > 0)
      #expect(rest.from + new.from == western.from)
      // What was used otherwise moved between classes of the new county.
      #expect(new.gain > 0 && new.gain == new.loss && rest.gain == 0)
    }
  }

  @Test func `the units of a day that has none are refused, as are days the wrong way round`()
    async throws
  {
    try await TimeFixture.with { fixture in
      try await Self.prepared(fixture)
      func code(_ body: () async throws -> Void) async throws -> String? {
        do {
          try await body()
          return nil
        } catch let problem as Problem { return problem.code }
      }
      let missing = try await code {
        _ = try await fixture.diff("2025-01-01", "2026-01-01") { order in
          order.units = "counties"
          order.unitsOn = LegalDate("2019-12-31")
        }
      }
      #expect(missing == "units-missing")
      let reversed = try await code {
        _ = try await fixture.map.unitSuccession(
          of: "counties", from: TimeFixture.day("2026-01-01"), to: TimeFixture.day("2025-01-01"),
          in: .all)
      }
      #expect(reversed == "days-reversed")
      let same = try await code {
        _ = try await fixture.map.renumber(
          RenumberOrder(
            dataset: "counties", id: "653101", code: "653101",
            day: TimeFixture.day("2025-01-01"), why: Self.why), by: .operator, in: .all)
      }
      #expect(same == "renumber-same")
      let used = try await code {
        _ = try await fixture.map.renumber(
          RenumberOrder(
            dataset: "counties", id: "653101", code: "653121",
            day: TimeFixture.day("2025-01-01"), why: Self.why), by: .operator, in: .all)
      }
      #expect(used == "code-used")
    }
  }
}
