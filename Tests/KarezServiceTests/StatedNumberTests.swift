import Foundation
import KarezCore
import KarezGeometry
import KarezRules
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Facts that are numbers features or applicants state.
@Suite struct StatedNumberTests {
  typealias Box = SurveyFixture.Box

  private func measured(
    _ measure: MapMeasure.Measure, of texts: [String]
  ) async throws -> Quantity? {
    try await Places.withTemporaryFolder { folder in
      let fixture = try SurveyFixture(folder)
      try await fixture.define(SurveyFixture.zone, isCoverage: false)
      // The last lies beside the boundary and says nothing.
      let boxes = texts.indices.map { Box(0, Int($0), 2, Int($0) + 1) } + [Box(9, 0, 10, 1)]
      try await fixture.record(
        zip(boxes, texts + ["0.001"]).enumerated().map { ("f\($0)", $1.0, $1.1) },
        in: SurveyFixture.zone, key: "a")
      let survey = try await fixture.survey(Box(0, 0, 2, 4))
      let fact = SurveyFixture.fact(measure, of: SurveyFixture.zone)
      let found = try await fixture.measurer(survey).measure(fact)
      guard case .quantity(let quantity)? = found?.value else { return nil }
      return quantity
    }
  }

  @Test func `the least and the greatest are of what meets the boundary and states a number`()
    async throws
  {
    let texts = ["2.5", "2", "none"]
    let least = try await measured(.least(of: "land_class", in: .one), of: texts)
    #expect(least == Quantity(2, .one))
    let greatest = try await measured(.greatest(of: "land_class", in: .metre), of: texts)
    #expect(greatest == Quantity(2.5, .metre))
    #expect(try await measured(.least(of: "land_class", in: .one), of: ["none"]) == nil)
  }

  @Test func `days are counted from the earliest to the day that is asked about`() async throws {
    // The fixture asks about 2025-01-01; 2024 has a leap day.
    let found = try await measured(
      .days(since: "land_class"), of: ["2024-12-31", "2024-01-01", "none"])
    #expect(found == Quantity(366, .day))
    #expect(try await measured(.days(since: "land_class"), of: ["none"]) == nil)
  }

  @Test func `what is proposed is part of the question, of its digest and of its bundle`()
    async throws
  {
    try await AlternativesFixture.withMap { fixture in
      let boundary = try ReadBoundary(drawn: [Box(4, 0, 6, 2).geometry])
      let day = try #require(LegalDate("2025-11-01"))
      func answer(_ proposed: [String: String]) async throws -> ComplianceAnswer {
        try await fixture.map.check(
          CheckRequest(
            boundary: boundary, purpose: "temporary/works", proposed: proposed, validOn: day),
          by: .operator, in: .all)
      }
      let rule = "land-acquisition/temporary-land/term"
      func outcome(_ answer: ComplianceAnswer) -> String? {
        answer.findings.first { $0.finding.rule == rule }?.finding.outcome
      }
      let unsaid = try await answer([:])
      let two = try await answer(["requested_years": "2"])
      let more = try await answer(["requested_years": "2.5"])
      #expect(outcome(unsaid) == "needs-determination")
      #expect(outcome(two) == nil)
      #expect(outcome(more) == "term-exceeded")
      #expect(Set([unsaid, two, more].map(\.digest)).count == 3)
      #expect(try ComplianceAnswer(json: more.json).json == more.json)
      let sealed = try SealedRequest(json: SealedRequest.json(of: more))
      #expect(sealed.request.proposed == ["requested_years": "2.5"])
      for wrong in [["requested_years": "two"], ["boundary_area": "1"], ["no_fact": "1"]] {
        let problem = await #expect(throws: Problem.self) { try await answer(wrong) }
        #expect(problem?.place.hasSuffix("proposed") == true)
      }
    }
  }
}
