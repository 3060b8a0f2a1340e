import Foundation
import KarezAccounts
import KarezCore
import KarezGeometry
import KarezPacks
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Whoever reads what is not public stands in the log.
@Suite struct ReadLedgerTests {
  static func query(_ fixture: TimeFixture, _ id: String? = nil) async throws -> FeatureQuery {
    FeatureQuery(
      dataset: TimeFixture.patches,
      asOf: AsOf(
        validOn: try TimeFixture.day("2025-03-01"),
        recorded: try await fixture.map.store.lastCommit()), id: id)
  }

  static func reads(_ fixture: TimeFixture) async throws -> [LogEntry] {
    try await fixture.map.logEntries(after: 0, limit: 1_000).filter { $0.kind == "read" }
  }

  @Test func `a read is an entry by the account, and many gathered reads are one`() async throws {
    try await TimeFixture.with { fixture in
      let map = fixture.map
      try await fixture.record(
        [.init(id: "p1", box: .init(0, 0, 4, 4)), .init(id: "p2", box: .init(4, 0, 8, 4))],
        from: "2025-01-01")
      let one = try await Self.query(fixture, "p1")
      try await Reader.$actor.withValue(Actor(id: "zhang")) {
        try await Reader.$purpose.withValue("transport/road") {
          _ = try await map.features(one, limit: 1, in: .all)
        }
      }
      let entry = try #require(try await Self.reads(fixture).first)
      #expect(entry.actor.id == "zhang" && entry.body["purpose"]?.string == "transport/road")
      #expect(entry.body["features"] == .array([.string("p1")]))
      await map.reads.beginGathering()
      let all = try await Self.query(fixture)
      for _ in 0..<3 {
        try await Reader.$actor.withValue(Actor(id: "li")) {
          _ = try await map.features(all, limit: 9, in: .all)
        }
      }
      #expect(try await Self.reads(fixture).count == 1)
      await map.flushReads()
      let gathered = try #require(try await Self.reads(fixture).last)
      #expect(gathered.actor.id == "li" && gathered.body["reads"]?.integer == 3)
      #expect(gathered.body["count"]?.integer == 6)
      #expect(gathered.body["features"] == .array([.string("p1"), .string("p2")]))
      let policy = try map.evidencePolicy()
      for _ in 0..<policy.mostGathered { _ = try await map.features(one, limit: 1, in: .all) }
      #expect(try await Self.reads(fixture).count == 3, "what waits is bounded")
      let (readings, next) = try await map.readings(
        of: "p1", before: nil, limit: 10, by: .operator)
      #expect(readings.map(\.actor.id) == ["operator", "li", "zhang"] && next == nil)
      #expect(readings.last?.purpose == "transport/road")
      #expect(
        try await map.readings(of: "p2", before: nil, limit: 10, by: .operator).readings.count
          == 1)
      #expect(try await map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `what is read by itself is named whatever was read before, and the rest is told of`()
    async throws
  {
    try await TimeFixture.with { fixture in
      let map = fixture.map
      let most = try map.evidencePolicy().mostNamed
      let patches = ReadSubject.dataset(TimeFixture.patches)
      await map.reads.beginGathering()
      func read(as id: String, _ pieces: [String], count: Int? = nil) async throws {
        try await Reader.$actor.withValue(Actor(id: id)) {
          try await map.reads.note(patches, pieces, count: count)
        }
      }
      // Decoys one by one, and decoys together, before the one that is meant.
      for number in 0...most { try await read(as: "li", ["decoy-\(number)"]) }
      try await read(as: "li", ["target"])
      try await read(as: "zhang", (0..<most * 2).map { "decoy-\($0)" })
      try await read(as: "zhang", ["target"])
      try await read(as: "wang", ["decoy-1", "target"])
      await map.flushReads()
      let entries = try await Self.reads(fixture)
      func entry(_ id: String) throws -> LogEntry {
        try #require(entries.first { $0.actor.id == id })
      }
      for id in ["li", "zhang", "wang"] {
        let named = try entry(id).body["features"]?.array
        #expect(named?.contains(.string("target")) == true, "\(id)")
      }
      let dataset = TimeFixture.patches.text
      #expect(try entry("li").body["features"]?.array?.count == most + 2)
      #expect(try entry("li").among(dataset) == nil, "all are named")
      #expect(try entry("zhang").body["features"]?.array?.count == most + 1)
      #expect(try entry("zhang").among(dataset) == Int64(most * 2 + 1))
      #expect(try entry("wang").among(dataset) == nil)
      #expect(try entry("zhang").among("parcels") == nil)
    }
  }

  @Test func `an export is told to whoever's land may be in it`() async throws {
    try await TimeFixture.with { fixture in
      try await fixture.record(
        [.init(id: "p1", box: .init(0, 0, 4, 4)), .init(id: "p2", box: .init(4, 0, 8, 4))],
        from: "2025-01-01")
      let order = ExportOrder(
        dataset: TimeFixture.patches.text, path: fixture.folder.appending(path: "o.csv").path)
      _ = try await fixture.map.exportFile(order, by: Actor(id: "li"), in: .all) { _ in }
      let entries = try await fixture.map.logEntries(after: 0, limit: 1_000)
      let export = try #require(entries.last { $0.kind == "export" })
      #expect(export.among(TimeFixture.patches.text) == 2 && export.among("parcels") == nil)
      let increment = IncrementOrder(dataset: TimeFixture.patches.text, since: .none)
      let package = try await fixture.map.increment(increment, in: .all)
      _ = try await fixture.map.delivered(package, to: Actor(id: "li"))
      let taken = try #require(try await fixture.map.logEntries(after: 0, limit: 1_000).last)
      #expect(taken.kind == "export" && taken.actor.id == "li")
      #expect(taken.among(TimeFixture.patches.text) == 2)
    }
  }

  @Test func `another's answer and an account are read with an entry, one's own answer without`()
    async throws
  {
    try await TimeFixture.with { fixture in
      let map = fixture.map
      try await fixture.record([.init(id: "p1", box: .init(0, 0, 4, 4))], from: "2025-01-01")
      let square = """
        {"type":"Polygon","coordinates":[[[76.1,39.4],[76.103,39.4],[76.103,39.403],[76.1,39.403],
        [76.1,39.4]]]}
        """
      let request = CheckRequest(
        boundary: try map.readBoundary(geoJSON: try JSONValue(parsing: square)), purpose: nil,
        validOn: try TimeFixture.day("2025-03-01"))
      let zhang = Actor(id: "zhang")
      let id = try await map.check(request, by: zhang, in: .all).id
      func entries(of what: String) async throws -> [LogEntry] {
        try await Self.reads(fixture).filter { $0.body[what] != nil }
      }
      try await Reader.$actor.withValue(zhang) { _ = try await map.answer(id: id, in: .all) }
      #expect(try await entries(of: "answers").isEmpty)
      try await Reader.$actor.withValue(Actor(id: "li")) {
        _ = try await map.answer(id: id, in: .all)
      }
      let read = try await entries(of: "answers")
      #expect(read.map(\.actor.id) == ["li"])
      #expect(read.first?.body["answers"] == .array([.string(id)]))
      _ = try await map.keptAnswer(id: id, in: .all)
      #expect(try await entries(of: "answers").count == 1, "what shows it to nobody is no read")

      let account = "annual-plan-quota/653121/2026/any"
      let orders = """
        [{"act": "post", "key": "a", "day": "2026-01-05", "reason": "下达", "moves":
          [{"rule": "plan-issued", "from": "annual-plan-issued/653121/2026/any",
          "to": "\(account)", "amount": "12.50"}]}]
        """
      let ledgers = try map.ledgers()
      _ = try await ledgers.post(
        try LedgerOrderReader(ledgers.chart).orders(JSONValue(parsing: orders)), by: .operator,
        in: .all)
      let name = try #require(AccountName(account))
      let time = LedgerTime(validOn: try TimeFixture.day("2026-02-01"), recorded: nil)
      try await Reader.$actor.withValue(Actor(id: "li")) {
        _ = try await ledgers.statement(of: name, at: time, in: .all)
      }
      let books = try await entries(of: "accounts")
      #expect(books.map(\.actor.id) == ["li"])
      #expect(books.first?.body["accounts"] == .array([.string(account)]))
      #expect(try await map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `what is all public is read without an entry, and nobody's log is shown to nobody`()
    async throws
  {
    try await TimeFixture.with { fixture in
      let map = fixture.map
      let dataset = try #require(DatasetID("open-data"))
      let text = LocalizedText(zh: "公开", en: "open")
      try await map.store.define(
        DatasetSchema(
          id: dataset, title: text, steward: text, theme: "survey", classification: .public,
          geometry: .polygon, isCoverage: false, identifier: "identifier",
          attributes: [
            Attribute(
              name: "identifier", title: text, type: .text, isRequired: true, isUnique: true,
              classification: .public)
          ]), by: .operator, in: .all)
      try await fixture.record(
        [
          Feature(
            id: "o1", geometry: .polygons(try SurveyFixture.Box(0, 0, 1, 1).geometry),
            attributes: ["identifier": .text("o1")])
        ], ending: [], .state, from: "2025-01-01", in: dataset)
      let asOf = try await Self.query(fixture).asOf
      let page = try await map.features(
        FeatureQuery(dataset: dataset, asOf: asOf), limit: 5, in: .all)
      #expect(page.features.count == 1)
      #expect(try await Self.reads(fixture) == [])
      await #expect(throws: Problem.self) {
        try await map.searchLog(LogSearch(), before: nil, limit: 5, by: .nobody)
      }
      await #expect(throws: Problem.self) {
        try await map.readings(of: "o1", before: nil, limit: 5, by: .nobody)
      }
      #expect(
        try await map.searchLog(
          LogSearch(kind: "commit", dataset: "open-data", day: Clock.today), before: nil,
          limit: 5, by: .operator
        ).entries.count == 1)
    }
  }
}
