import Foundation
import KarezCore
import KarezIndicators
import KarezPacks
import KarezRules
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Indicators from the map: what they come to, what they rest on, and who may see them.
@Suite struct IndicatorTests {
  typealias Box = SurveyFixture.Box

  private static let head = "series,region,year,value,unit,source\n"

  /// A map of the region with land of two counties: cultivated, built up, and built up.
  private static func with(
    _ engine: MapEngine = .folder, _ body: (TimeFixture, Indicators) async throws -> Void
  ) async throws {
    try await engine.withServer { server in
      try await Places.withTemporaryFolder { folder in
        let map = try await OneMap.initialise(
          data: folder.appending(path: "karez-data"), server: server,
          installation: Installation(home: Places.repository, programs: Program.folder),
          region: "653100", by: .operator)
        let fixture = TimeFixture(on: map, in: folder)
        try await fixture.record(
          [
            .init(id: "a", box: Box(0, 0, 2, 2)),
            .init(id: "b", box: Box(2, 0, 4, 2), landClass: "0702"),
            .init(id: "c", box: Box(4, 0, 6, 2), landClass: "0601", region: "653121001001"),
          ], .state, from: "2023-01-01")
        try await body(fixture, try map.indicators())
      }
    }
  }

  private static func bring(
    _ lines: String, _ fixture: TimeFixture, _ own: Indicators
  ) async throws -> SeriesReceipt {
    let file = fixture.folder.appending(path: "values.csv")
    try (head + lines).write(to: file, atomically: true, encoding: .utf8)
    return try await own.bring(file.path, steward: "统计局", by: .operator)
  }

  private static func refusal(
    _ body: () async throws -> Void
  ) async -> Problem? {
    do {
      try await body()
      return nil
    } catch { return error as? Problem }
  }

  @Test(arguments: MapEngine.installed)
  func `figures are the land of their classes and regions, and lead to it`(
    engine: MapEngine
  ) async throws {
    try await Self.with(engine) { fixture, own in
      let all = try await own.compute(year: 2025, by: .operator, in: .all)
      #expect(all.map(\.region).first == "653100" && all.count == 13)
      func value(_ region: String) -> Double? {
        all.first { $0.region == region }?.figure("urban-rural-construction-land")?.value?.value
      }
      let (whole, one, other) = (
        try #require(value("653100")), try #require(value("653101")), try #require(value("653121"))
      )
      #expect(one > 0 && other > 0 && abs(whole - one - other) < 0.02)
      let input = try #require(
        all[0].figure("urban-rural-construction-land")?.inputs.first?.reading)
      guard case .map(let tally, let day, _, let features, let codes) = input.origin else {
        Issue.record("not from the map")
        return
      }
      #expect(tally.dataset.text == "land-patches" && day.description == "2025-12-31")
      #expect(features == 2 && codes == ["0601", "0702"])
      // What is kept says the same, whatever engine kept it.
      #expect(try await own.kept(year: 2025, in: .all) == all)
      #expect(all[0].figure("new-coal")?.absence == .missing([FactID("coal_added")]))
      #expect(try await own.years() == [2025])
      #expect(try await fixture.map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `values from outside are taken whole or not at all, with who answers for them`()
    async throws
  {
    try await Self.with { fixture, own in
      let receipt = try await Self.bring(
        "population,653100,2025,450,万人,公报\ncoal_added,653100,2025,900,万吨,评审\n", fixture, own)
      #expect(receipt.values == 2 && receipt.news == 2 && receipt.doubts.isEmpty)
      let again = try await Self.bring("population,653100,2025,450,万人,公报\n", fixture, own)
      #expect(again.news == 0)
      let all = try await own.compute(year: 2025, by: .operator, in: .all)
      let coal = try #require(all[0].figure("new-coal"))
      #expect(coal.value == Quantity(9_000_000, .tonne))
      #expect(
        coal.inputs.first?.reading?.origin
          == .external(source: "公报", steward: "统计局", year: 2025)
          || coal.inputs.first?.reading?.origin
            == .external(source: "评审", steward: "统计局", year: 2025)
      )
      for (line, place) in [
        ("population,653100,2025,450,万亩,公报", "values.csv:2"),
        ("population,653100,2025,一百,万人,公报", "values.csv:2"),
        ("basic_farmland,653100,2025,1,万亩,公报", "values.csv:2"),
        ("population,110000,2025,1,万人,公报", "values.csv:2"),
        ("gdp,653100,2025,1,亿元,公报\ngdp,653100,2025,2,亿元,公报", "values.csv:3"),
        ("gdp,653100,2025,1,亿元,", "values.csv:2"), ("gdp,653100,25,1,亿元,公报", "values.csv:2"),
        ("gdp,653100,2025", "values.csv:2"),
      ] {
        let problem = await Self.refusal { _ = try await Self.bring(line, fixture, own) }
        #expect(problem?.place == place && problem?.kind == .refused, "\(line)")
      }
    }
  }

  @Test func `a year that is locked stands, until it is opened with a reason`() async throws {
    try await Self.with { fixture, own in
      try await own.compute(year: 2025, by: .operator, in: .all)
      let bare = await Self.refusal {
        try await own.setLock(true, year: 2025, because: "", by: .operator)
      }
      #expect(bare?.code == "indicators-reason")
      try await own.setLock(true, year: 2025, because: "已上报", by: .operator)
      #expect(try await own.kept(year: 2025, in: .all).allSatisfy { $0.lock?.reason == "已上报" })
      let locked = await Self.refusal {
        try await own.compute(year: 2025, by: .operator, in: .all)
      }
      #expect(locked?.kind == .conflict)
      try await own.compute(year: 2024, by: .operator, in: .all)
      try await own.setLock(false, year: 2025, because: "更正", by: .operator)
      try await own.compute(year: 2025, by: .operator, in: .all)
      let none = await Self.refusal {
        try await own.setLock(true, year: 1999, because: "x", by: .operator)
      }
      #expect(none?.kind == .notFound)
    }
  }

  @Test func `a figure far from its target is warned of, handled and closed`() async throws {
    try await Self.with { fixture, own in
      _ = try await Self.bring("coal_added,653100,2025,920,万吨,评审\n", fixture, own)
      let all = try await own.compute(year: 2025, by: .operator, in: .all)
      #expect(all[0].levels["new-coal"] == .yellow)
      let open = try await own.warnings(in: .all)
      #expect(open.map(\.indicator) == ["new-coal"] && open[0].state == .open)
      // Just below the threshold it stays where it was.
      _ = try await Self.bring("coal_added,653100,2025,952,万吨,评审\n", fixture, own)
      let near = try await own.compute(year: 2025, by: .operator, in: .all)
      #expect(near[0].levels["new-coal"] == .yellow)
      func handle(_ words: String, _ isClosing: Bool) async throws {
        try await own.handle(
          "new-coal", region: "653100", saying: words, isClosing: isClosing, by: .operator,
          in: .all)
      }
      try await handle("督促勘查", false)
      #expect(try await own.warnings(in: .all).first?.state == .handling)
      try await handle("已补足", true)
      #expect(try await own.warnings(in: .all).first?.words == ["督促勘查", "已补足"])
      let twice = await Self.refusal { try await handle("再办", true) }
      #expect(twice?.kind == .conflict)
    }
  }

  @Test func `who sees one county sees its figures alone, and computes none`() async throws {
    try await Self.with { fixture, own in
      try await own.compute(year: 2025, by: .operator, in: .all)
      let county = Scope(ceiling: .confidential, regionPrefixes: ["653121"])
      #expect(try await own.kept(year: 2025, in: county).map(\.region) == ["653121"])
      let refused = await Self.refusal {
        try await own.compute(year: 2025, by: .operator, in: county)
      }
      #expect(refused?.code == "indicators-scope")
      // A dataset out of scope takes its figures with it.
      let outside = Scope(ceiling: .public)
      let kept = try await own.kept(year: 2025, in: outside).first
      #expect(kept?.figure("urban-rural-construction-land") == nil)
      #expect(kept?.figure("construction-land-per-head") == nil)
      #expect(kept?.figure("new-coal") != nil)
      let projects = try await own.projects(in: county)
      #expect(!projects.isEmpty && projects.allSatisfy { $0.entry.region == "653121" })
    }
  }

  @Test func `a figure is seen with all it rests on, and its warning with it`() async throws {
    try await Self.with { fixture, own in
      _ = try await Self.bring("coal_added,653100,2025,920,万吨,评审\n", fixture, own)
      let computed = try await own.compute(year: 2025, by: .operator, in: .all)
      let day = try #require(LegalDate("2025-12-31"))
      let patches = try #require(DatasetID("land-patches"))
      func figure(_ id: String, _ origin: SeriesReading.Origin) -> IndicatorFigure {
        IndicatorFigure(
          indicator: id, region: "653100", year: 2025, value: nil, absence: nil,
          inputs: [
            .init(
              name: FactID("a"), reading: SeriesReading(Quantity(1, .squareMetre), from: origin))
          ])
      }
      func tally(_ attribute: String?) -> SeriesReading.Origin {
        .map(
          MapTally(dataset: patches, attribute: attribute, prefixes: [], measure: .area),
          validOn: day, recorded: computed[0].recorded, features: 1, codes: [])
      }
      var kept = computed[0]
      kept.figures = [
        figure("account", .ledger(kind: "compensation-quota", validOn: day)),
        figure("land", tally("land_class")), figure("hidden", tally("not-theirs")),
        figure("above", .indicator("account")),
      ]
      func seen(_ scope: Scope) async throws -> [String] {
        try await kept.seen(by: scope, of: fixture.map).figures.map(\.indicator)
      }
      let office = try await seen(Scope(ceiling: .internal))
      #expect(office == ["account", "land", "above"])
      #expect(try await seen(Scope(ceiling: .public)) == [])
      #expect(try await own.warnings(in: .all).map(\.indicator) == ["new-coal"])
      #expect(try await own.warnings(in: Scope(ceiling: .public)).count == 1)
      let county = Scope(ceiling: .confidential, regionPrefixes: ["653121"])
      #expect(try await own.warnings(in: county) == [])
    }
  }

  @Test func `a project that is late says why, and its ground is on the map`() async throws {
    try await Self.with { fixture, own in
      func record(_ number: Int, _ stage: String, _ reason: String?, _ ground: String?)
        async throws
      {
        try await own.record(
          PlanProjectProgress(
            number: number, stage: stage, spent: 5, reason: reason, footprint: ground),
          by: .operator, in: .all)
      }
      try await record(69, "running", nil, "land-patches/a")
      try await record(69, "delayed", "资金未到位", nil)
      let project = try #require(
        try await own.projects(in: .all).first { $0.entry.number == 69 })
      #expect(project.stage == "delayed" && project.progress?.reason == "资金未到位")
      for (number, stage, reason, ground, code) in [
        (69, "delayed", nil, nil, "plan-project-reason"), (69, "x", nil, nil, "plan-project-stage"),
        (41, "running", nil, nil, "plan-project-unknown"),
        (69, "running", nil, "land-patches/none", "plan-project-footprint"),
        (69, "running", nil, "land-patches", "plan-project-footprint"),
      ] as [(Int, String, String?, String?, String)] {
        let problem = await Self.refusal { try await record(number, stage, reason, ground) }
        #expect(problem?.code == code)
      }
    }
  }
}
