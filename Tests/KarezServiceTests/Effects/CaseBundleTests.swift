import Foundation
import KarezCore
import KarezCrypto
import KarezPacks
import KarezRules
import KarezStore
import KarezWorkflow
import TestSupport
import Testing

@testable import KarezService

/// A case sealed with all it rests on, and replayed of nothing but the file.
@Suite struct CaseBundleTests {
  static let key = PrivateKey()

  static func decided(_ room: EffectRoom) async throws -> String {
    try await room.issue("20000.00")
    let number = try await room.open(0)
    try await room.make("accept", number)
    try await room.work()
    _ = try await room.cases.draft(number, for: "grant", key: "d", by: .operator)
    try await room.make("grant", number, facts: EffectRoom.grants)
    try await room.work()
    return number
  }

  static func replay(_ bundle: SealedBundle) async throws -> BundleReplay.Outcome {
    try await BundleReplay.run(
      bundle.bytes(), trusting: [key.publicKey], named: "case.karez")
  }

  static func resigned(
    _ bundle: SealedBundle, _ name: String, _ change: (String) -> String
  ) throws -> SealedBundle {
    var parts = bundle.parts
    let text = String(decoding: try #require(parts[name]), as: UTF8.self)
    let changed = change(text)
    try #require(changed != text, "\(name) was not changed")
    parts[name] = Array(changed.utf8)
    return try .sealed(bundle.head, parts, by: key)
  }

  @Test(arguments: MapEngine.installed)
  func `a sealed case comes out the same when the map is gone`(engine: MapEngine) async throws {
    try await EffectRoom.with(engine) { room in
      let number = try await Self.decided(room)
      let bundle = try await room.map.seal(case: number, by: Self.key, for: .operator)
      let entry = try #require(try await room.map.logEntries(after: 0, limit: 1_000).last)
      #expect(entry.kind == "case-sealed" && entry.body["case"]?.string == number)
      try FileManager.default.removeItem(at: room.home)
      let outcome = try await Self.replay(bundle)
      #expect(outcome.differences == [] && outcome.answer == number)
      #expect(bundle.parts.keys.contains("answer.json"))
      #expect(bundle.parts.keys.count { $0.hasPrefix("case/files/") } == 4)
      #expect(bundle.parts.keys.contains("packs/calendar/pack.yaml"))
    }
  }

  @Test func `what was altered and signed anew is told of by name`() async throws {
    try await EffectRoom.with { room in
      let number = try await Self.decided(room)
      let bundle = try await room.map.seal(case: number, by: Self.key, for: .operator)
      let alterations: [(part: String, from: String, to: String, told: String)] = [
        ("data/counties.json", "喀什市", "喀什县", ""),
        (CaseBundle.eventsName, "\"put\":[\"granted\"]", "\"put\":[\"issued\"]", "grant"),
        (CaseBundle.eventsName, "\"applicant\":\"a-1\"", "\"applicant\":\"a-2\"", ""),
        (CaseBundle.stateName, "\"over\":false", "\"over\":true", "view.over"),
        (
          "answer.json", "\"verdict\":\"needs-determination\"", "\"verdict\":\"conforms\"",
          "verdict"
        ),
      ]
      for alteration in alterations where !alteration.told.isEmpty {
        let other = try Self.resigned(bundle, alteration.part) {
          $0.replacing(alteration.from, with: alteration.to)
        }
        let outcome = try await Self.replay(other)
        #expect(
          outcome.differences.contains { $0.contains(alteration.told) },
          "\(alteration.part): \(outcome.differences)")
      }
      let file = try #require(bundle.parts.keys.first { $0.hasPrefix("case/files/") })
      let torn = try Self.resigned(bundle, file) { $0 + " " }
      #expect(try await Self.replay(torn).differences == [file])
      await #expect(throws: Problem.self) {
        try await BundleReplay.run(
          bundle.bytes(), trusting: [PrivateKey().publicKey], named: "case.karez")
      }
    }
  }

  @Test func `who may not reach what the check read does not get the bundle`() async throws {
    try await EffectRoom.with { room in
      let number = try await Self.decided(room)
      // Who supervises sees the case and not all its check read; who looks on has no papers.
      for (permissions, codes) in [
        ([.view, .signOff], ["answer-unknown", "bundle-out-of-scope"]), ([.view], ["case-unknown"]),
      ] as [(Set<Permission>, [String])] {
        let county = Principal(
          actor: Actor(id: "li"), name: nil, roles: [], permissions: permissions,
          scope: Scope(ceiling: .internal, regionPrefixes: ["653101"]))
        do {
          _ = try await room.map.seal(case: number, by: Self.key, for: county)
          Issue.record("sealed")
        } catch let problem as Problem {
          #expect(codes.contains(problem.code), "\(problem)")
        }
      }
    }
  }
}
