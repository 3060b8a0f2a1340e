import Foundation
import KarezCore
import KarezPacks
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// 更新周期 in the answer: what was looked at but is older than its cycle allows.
@Suite struct StaleLayerTests {
  private func layer(on day: LegalDate, in fixture: SurveyFixture) async throws -> CheckedLayer {
    let packs = try PackLibrary.load(from: Places.repository.appending(path: "Packs").path)
    let boundary = try ReadBoundary(drawn: [SurveyFixture.Box(0, 0, 5, 5).geometry])
    let check = Check(
      request: CheckRequest(boundary: boundary, purpose: nil, validOn: day), packs: packs,
      store: fixture.store, scope: .all)
    let answer = try await check.answer(id: "a", at: "2025-03-01T08:00:00Z")
    return try #require(answer.layers.first { $0.dataset == SurveyFixture.patches })
  }

  @Test func `a layer past its cycle is stale, and still says what it holds`() async throws {
    try await Places.withTemporaryFolder { folder in
      let fixture = try SurveyFixture(folder)
      try await fixture.define(SurveyFixture.patches)
      try await fixture.record(
        [("a", SurveyFixture.Box(0, 0, 10, 10), "0103")], in: SurveyFixture.patches, key: "a")
      let packs = try PackLibrary.load(from: Places.repository.appending(path: "Packs").path)
      let days = try #require(packs.cycles[.yearly]?.days)
      let last = try #require(fixture.day.adding(days: days))
      let inTime = try await layer(on: last, in: fixture)
      #expect(inTime.status == .checked)
      let late = try await layer(on: try #require(last.adding(days: 1)), in: fixture)
      #expect(late.status == .stale)
      #expect(late.occupied == inTime.occupied && late.occupied > .zero)
      #expect(late.currentTo == fixture.day && late.features == 1)
    }
  }
}
