import Foundation
import KarezCore
import KarezIndicators
import KarezPacks
import KarezRules
import TestSupport
import Testing

/// The indicators, targets, commitments and projects that are shipped, and what they are refused for.
@Suite struct SupervisionTests {
  static let plan = try? PackLibrary.load(
    from: Places.repository.appending(path: "Packs").path
  ).supervision

  @Test func `the table of the plan is there, each indicator with its target`() throws {
    let plan = try #require(Self.plan)
    let asked = plan.book.definitions.filter { $0.nature != .watched }
    #expect(asked.count == 19 && plan.targets.count == 19)
    for one in asked {
      let target = try #require(plan.target(of: one.id, region: "653100"), "\(one.id)")
      #expect(target.year == 2025 && target.unit.dimension == one.unit.dimension)
      #expect(one.title.ug != nil && one.group.ug != nil)
    }
    #expect(plan.target(of: "mining-right-count", region: "653100")?.bound == .atMost(300))
    #expect(plan.target(of: "new-mineral-sites", region: "653100")?.bound == .between(2, 5))
    #expect(plan.target(of: "red-line-area", region: "653100")?.bound == .handedDown)
    #expect(plan.target(of: "red-line-area", region: "653100")?.baseline == 34_184.88)
    // The survey's cultivated land and the assigned task are two indicators.
    #expect(plan.book.definition("surveyed-cultivated-land-area") != nil)
    #expect(plan.book.definition("cultivated-land-retained")?.note != nil)
  }

  @Test func `what the health check asks is unconfirmed, and computed, not typed in`() throws {
    let plan = try #require(Self.plan)
    let watched = plan.book.definitions.filter { $0.nature == .watched }
    #expect(watched.count == 42)
    for one in watched {
      #expect(one.certainty == .unconfirmed)
      #expect(!plan.book.series(under: one).isEmpty)
    }
    #expect(plan.scale?.raisedAt == [0.01, 0.05, 0.1, 0.2])
  }

  @Test func `commitments and projects are those of the plan, and budgets sum exactly`() throws {
    let plan = try #require(Self.plan)
    #expect(plan.commitments.count == 57 && plan.projects.count == 117)
    #expect(plan.projects.map(\.number) == plan.projects.map(\.number).sorted())
    #expect(plan.projects.first { $0.printed == "787" }?.number == 87)
    #expect(plan.projects.count { $0.slip != nil } == 12)
    let sums = BudgetSum.sums(of: plan.projects, by: \.category)
    #expect(sums.map(\.key).count == 5)
    let whole = sums.reduce(Int64(0)) { $0 + $1.budget }
    #expect(whole == plan.projects.reduce(Int64(0)) { $0 + ($1.budget ?? 0) })
    #expect(sums.reduce(0) { $0 + $1.pending } == 23)
  }

  private static let head = """
    # 试验
    version: "1.0.0"

    """

  /// The faults of a copy of the packs with another file among the indicators.
  private func faults(_ file: String, _ text: String) async throws -> [PackFault] {
    try await Places.withTemporaryFolder { folder in
      let packs = folder.appending(path: "Packs")
      try FileManager.default.copyItem(
        at: Places.repository.appending(path: "Packs"), to: packs)
      try text.write(
        to: packs.appending(path: "plan-supervision/" + file), atomically: true, encoding: .utf8)
      do throws(RulePackError) {
        _ = try PackLibrary.load(from: packs.path)
        return []
      } catch {
        guard case .refused(let faults) = error else { return [] }
        return faults
      }
    }
  }

  private func indicator(_ id: String, _ formula: String, unit: String = "公顷") -> String {
    """
      - id: "\(id)"
        title: { zh: "试", en: "test" }
        group: { zh: "试", en: "test" }
        unit: "\(unit)"
        decimals: "2"
        nature: watched
        direction: none
        formula: "\(formula)"
        source: { zh: "试", en: "test" }
        certainty: unconfirmed

    """
  }

  @Test func `loops, unknown series, other dimensions and units are refused where they stand`()
    async throws
  {
    let file = "indicators/test.yaml"
    let loop = try await faults(
      file, Self.head + "indicators:\n" + indicator("x-a", "x_b") + indicator("x-b", "x_a"))
    #expect(loop.map(\.fact) == [.indicator(.loop(["x-a", "x-b", "x-a"]))])
    #expect(loop.first?.place.file == "plan-supervision/" + file && loop.first?.place.line == 4)
    let unknown = try await faults(file, Self.head + "indicators:\n" + indicator("x-a", "nowhere"))
    #expect(
      unknown.map(\.fact)
        == [.indicator(.expression(.unknownFact("nowhere", offset: 0), in: "x-a"))])
    let other = try await faults(
      file, Self.head + "indicators:\n" + indicator("x-a", "hazard_sites"))
    #expect(other.count == 1)
    let unit = try await faults(
      file, Self.head + "indicators:\n" + indicator("x-a", "land", unit: "尺"))
    #expect(unit.map(\.fact) == [.planUnitUnknown("尺")])
    let dataset = try await faults(
      file,
      Self.head
        + "series:\n  - name: \"x_s\"\n    title: { zh: \"试\", en: \"t\" }\n    unit: \"个\"\n"
        + "    dataset: \"nowhere\"\n    measure: count\n")
    #expect(dataset.map(\.fact) == [.datasetUnknown("nowhere")])
  }

  @Test func `a target of another dimension, or of no indicator, is refused`() async throws {
    let head = "indicator,region,year,bound,unit,baseline,source,certainty\n"
    let found = try await faults(
      "plan/targets.csv",
      head + "nowhere,653100,2025,1,亩,,试,certain\nred-line-area,653100,2025,1,个,,试,certain\n"
        + "red-line-area,653100,2025,多,亩,,试,certain\n")
    #expect(found.map(\.place.line) == [2, 3, 4])
    #expect(found.first?.fact == .target(.indicatorUnknown("nowhere")))
    #expect(found.dropFirst().first?.fact == .target(.unitDiffers(found: "个", asked: "平方千米")))
  }
}
