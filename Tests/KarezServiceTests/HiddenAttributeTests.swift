import KarezCore
import KarezRules
import TestSupport
import Testing

@testable import KarezService

/// What a reader may not know is not taken for what is not there.
@Suite struct HiddenAttributeTests {
  typealias Box = SurveyFixture.Box

  @Test func `a fact that rests on a hidden attribute is not measured, one that does not is`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let fixture = try SurveyFixture(folder)
      try await fixture.define(SurveyFixture.patches)
      try await fixture.record(
        [("a", Box(0, 0, 4, 4), "01"), ("b", Box(4, 0, 8, 4), "02")], in: SurveyFixture.patches,
        key: "1")
      let resting = [
        SurveyFixture.fact(.area, of: SurveyFixture.patches, classes: ["01"]),
        SurveyFixture.fact(.values(of: "land_class"), of: SurveyFixture.patches),
        SurveyFixture.fact(
          .count, of: SurveyFixture.patches, classes: ["01"], within: Quantity(50, .metre)),
      ]
      let free = SurveyFixture.fact(.area, of: SurveyFixture.patches)
      for (scope, isTold) in [
        (Scope.all, true), (Scope(ceiling: .confidential, withheld: ["land_class"]), false),
        (Scope(ceiling: .confidential, withheld: ["land-patches/land_class"]), false),
        (Scope(ceiling: .confidential, withheld: ["parcels/land_class"]), true),
      ] {
        let survey = try BoundarySurvey(
          boundary: try Box(1, 1, 7, 3).geometry, asOf: try await fixture.asOf(),
          store: fixture.store, scope: scope, reaches: [SurveyFixture.patches: 50])
        let measurer = try fixture.measurer(survey)
        for fact in resting {
          let measured = try await measurer.measure(fact)
          #expect((measured != nil) == isTold, "\(scope.clauses)")
        }
        #expect(try await measurer.measure(free)?.number ?? 0 > 0)
      }
    }
  }
}
