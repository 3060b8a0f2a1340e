import KarezCore
import KarezGeometry
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// After a commit, those that refer to what changed are looked at.
@Suite struct ReferenceTests {
  @Test(arguments: MapEngine.installed)
  func `ending a county is told with the townships that still name it`(
    engine: MapEngine
  ) async throws {
    try await TimeFixture.with(engine) { fixture in
      try await UnitTests.prepared(fixture)
      let schema = try await fixture.map.schema(of: "counties", in: .all)
      let renamed = RenumberOrder(
        dataset: "counties", id: "653101", code: "653102", day: try TimeFixture.day("2025-01-01"),
        why: EditReason(reason: "换码"))
      let receipt = try await fixture.map.renumber(renamed, by: .operator, in: .all)
      let commit = try #require(receipt.commit)
      let id = "references/\(schema.id)/\(commit)"
      #expect(try await fixture.map.jobs.job(id)?.state == .queued, "recorded with the commit")
      while try await fixture.map.jobs.runOne(worker: "test") {}
      let job = try #require(try await fixture.map.jobs.job(id))
      let told = job.result?["dependants"]?.array?.first { $0["dataset"] == .string("townships") }
      #expect(job.state == .done && told?["missing"] == .integer(1))
      #expect(told?["features"] == .array([.string("653101100")]))
      let broken = try await fixture.map.brokenReferences(of: "townships", in: .all)
      #expect(broken.map(\.features) == [["653101100"]] && broken.first?.examined == commit)
      #expect(broken.first?.missing == 1 && broken.first?.isOlder == false)
      let elsewhere = Scope(ceiling: .confidential, regionPrefixes: ["653125"])
      #expect(try await fixture.map.brokenReferences(of: "townships", in: elsewhere).isEmpty)
      let log = try await fixture.map.logEntries(after: 0, limit: 10_000)
      #expect(log.last { $0.kind == "references-broken" }?.body["dataset"] == .string("counties"))
      // The township ends with the county it was of, and nothing is missing any more.
      let follows = EndOrder(
        dataset: "townships", ids: ["653101100"], day: try TimeFixture.day("2025-01-01"),
        why: EditReason(reason: "随县撤销"))
      #expect(try await fixture.map.end(follows, by: .operator, in: .all).ended == 1)
      let older = try await fixture.map.brokenReferences(of: "townships", in: .all)
      #expect(older.first?.isOlder == true, "the dataset was changed after it was looked at")
      var name = CorrectionOrder(
        dataset: "counties", id: "653102", from: try TimeFixture.day("2025-02-01"),
        why: EditReason(reason: "更名"))
      name.values = ["name": "新甲县"]
      let last = try #require(
        try await fixture.map.correct(name, by: .operator, in: .all).commit)
      while try await fixture.map.jobs.runOne(worker: "test") {}
      let after = try #require(try await fixture.map.jobs.job("references/counties/\(last)"))
      let missing = after.result?["dependants"]?.array?.compactMap { $0["missing"]?.integer }
      #expect(missing == [0])
      #expect(try await fixture.map.brokenReferences(of: "townships", in: .all).isEmpty)
      #expect(try await fixture.map.verifyLog { _ in }.faults == [])
    }
  }
}
