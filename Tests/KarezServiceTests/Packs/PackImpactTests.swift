import Foundation
import KarezCore
import KarezGeometry
import KarezPacks
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// 影响分析: what a draft of the packs would change of the answers that were kept.
@Suite(.enabled(if: DemoOutlines.arePresent, "the outlines were not fetched: run make setup"))
struct PackImpactTests {
  private static let waste = "public-services/waste"
  private static let rule = "three-lines/basic-farmland/waste-facility: activity-banned"
  private static let day = "2026-09-01"

  @Test func `a draft changes the answers its rule speaks in, and no other`() async throws {
    try await Places.withTemporaryFolder { folder in
      let map = try await Self.prefecture(in: folder)
      let farmland = try await Self.square(on: "permanent-basic-farmland", of: map)
      let asked = [
        try await Self.keep(farmland, Self.waste, on: map),
        try await Self.keep(farmland, "industrial", on: map),
        try await Self.keep(farmland, "energy/oil-gas-field", on: map),
      ]
      let draft = try Self.draft(in: folder) { text in
        text.replacingOccurrences(
          of: "and purpose == 'public-services/waste'", with: "and purpose == 'industrial'")
      }
      let since = try #require(Clock.today.adding(days: -1))
      let impact = try await map.impact(
        ofPacksIn: draft, on: PackImpact.Question(since: since), for: .operator, threads: 2)
      #expect(impact.examined == 3 && impact.unasked.isEmpty)
      // The newest first.
      #expect(impact.changes.map(\.answer) == [asked[1].id, asked[0].id])
      #expect(impact.changes.map(\.new) == [[Self.rule], []])
      #expect(impact.changes.map(\.gone) == [[], [Self.rule]])
      #expect(impact.changes.last?.before == asked[0].verdict)

      let library = try PackLibrary.load(from: draft.path)
      for change in impact.changes {
        let kept = try await map.keptAnswer(id: change.answer, in: .all)
        let check = Check(
          request: CheckRequest(
            boundary: ReadBoundary(of: kept), purpose: kept.purpose, validOn: kept.asOf.validOn,
            recorded: kept.asOf.recorded), packs: library, store: map.store, scope: .all)
        #expect(try await check.answer(id: "a", at: kept.answeredAt).verdict == change.after)
      }
      try await Self.tryTheSame(on: map, in: folder)
      try await Self.tryWithout("energy/oil-gas-field", asked[2].id, on: map, in: folder)
    }
  }

  /// The same packs change nothing, on an answer's own day as on another.
  private static func tryTheSame(on map: OneMap, in folder: URL) async throws {
    let draft = try Self.draft(in: folder) { $0 + "\n# nothing else\n" }
    for day in [nil, LegalDate("2026-08-14"), LegalDate("2026-08-15")] {
      let impact = try await map.impact(
        ofPacksIn: draft,
        on: PackImpact.Question(since: try #require(LegalDate("2026-01-01")), day: day),
        for: .operator, threads: 1)
      #expect(impact.examined == 3 && impact.changes.isEmpty, "\(impact.changes)")
    }
    let tomorrow = try #require(Clock.today.adding(days: 1))
    let none = try await map.impact(
      ofPacksIn: draft, on: PackImpact.Question(since: tomorrow), for: .operator, threads: 1)
    #expect(none.examined == 0)
    let one = try await map.impact(
      ofPacksIn: draft, on: PackImpact.Question(since: Clock.today, most: 1), for: .operator,
      threads: 1)
    #expect(one.examined == 1)
  }

  /// What a draft does not know cannot be asked under it.
  private static func tryWithout(
    _ purpose: String, _ answer: String, on map: OneMap, in folder: URL
  ) async throws {
    let draft = try Self.draft(in: folder, "three-lines/codes/purposes.csv") { text in
      text.split(separator: "\n", omittingEmptySubsequences: false)
        .filter { !$0.hasPrefix(purpose + ",") }.joined(separator: "\n")
    }
    let impact = try await map.impact(
      ofPacksIn: draft, on: PackImpact.Question(since: Clock.today), for: .operator, threads: 1)
    #expect(impact.examined == 3 && impact.changes.isEmpty)
    #expect(impact.unasked.map(\.answer) == [answer])
    #expect(impact.unasked.first?.why.en == "there is no purpose \(purpose)")
  }

  @Test func `a draft that does not link is refused with its faults`() async throws {
    try await PackPublicationTests.with { room in
      let map = try await room.initialise()
      let draft = try Self.draft(in: room.folder) {
        $0.replacingOccurrences(of: "permanent_basic_farmland > 0 m2", with: "no_such_fact > 0 m2")
      }
      let problem = await #expect(throws: Problem.self) {
        try await map.impact(
          ofPacksIn: draft, on: PackImpact.Question(since: Clock.today), for: .operator,
          threads: 1)
      }
      #expect(problem?.what.zh.contains("no_such_fact") == true, "\(problem?.what.zh ?? "")")
    }
  }

  @Test func `who may neither propose nor publish packs is told nothing`() async throws {
    try await PackPublicationTests.with { room in
      let map = try await room.initialise()
      let problem = await #expect(throws: Problem.self) {
        try await map.impact(
          ofPacksIn: Places.repository.appending(path: "Packs"),
          on: PackImpact.Question(since: Clock.today), for: .nobody, threads: 1)
      }
      #expect(problem?.kind == .forbidden)
    }
  }

  // MARK: What is asked

  private static func prefecture(in folder: URL) async throws -> OneMap {
    try await Demo(
      installation: Installation(home: Places.repository, programs: Program.folder),
      data: folder.appending(path: "data"), out: folder.appending(path: "out"), patches: 3_000,
      seed: 7
    ).prepare(say: { _ in }, progress: { _ in })
  }

  /// A feature of a dataset, as a boundary.
  private static func square(on dataset: String, of map: OneMap) async throws -> MultiPolygon {
    let day = try #require(LegalDate(day))
    let id = try #require(DatasetID(dataset))
    let last = try await map.store.lastCommit()
    let page = try await map.store.features(
      FeatureQuery(dataset: id, asOf: AsOf(validOn: day, recorded: last)), after: nil, limit: 1,
      in: .all)
    guard case .polygons(let shape)? = page.versions.first?.feature.geometry else {
      throw Missing()
    }
    return shape
  }

  private struct Missing: Error {}

  private static func keep(
    _ shape: MultiPolygon, _ purpose: String, on map: OneMap
  ) async throws -> ComplianceAnswer {
    try await map.check(
      CheckRequest(
        boundary: try ReadBoundary(drawn: [shape]), purpose: purpose,
        validOn: try #require(LegalDate(day))), by: .operator, in: .all)
  }

  /// A copy of the packs with one file rewritten.
  private static func draft(
    in folder: URL, _ name: String = "three-lines/rules/basic-farmland-soil.yaml",
    rewriting: (String) -> String
  ) throws -> URL {
    let draft = folder.appending(path: "draft")
    try? FileManager.default.removeItem(at: draft)
    try FileManager.default.copyItem(at: Places.repository.appending(path: "Packs"), to: draft)
    let file = draft.appending(path: name)
    let text = try String(contentsOf: file, encoding: .utf8)
    try rewriting(text).write(to: file, atomically: true, encoding: .utf8)
    return draft
  }
}
