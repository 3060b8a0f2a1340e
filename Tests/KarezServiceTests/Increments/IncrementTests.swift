import Foundation
import KarezCatalog
import KarezCore
import KarezCrypto
import KarezGeometry
import KarezRules
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Packages of changes, made on one installation and applied on another.
@Suite struct IncrementTests {
  typealias Box = SurveyFixture.Box
  typealias Patch = TimeFixture.Patch

  /// Two installations with the same state of four patches in two counties, at other commits.
  struct Pair {
    let county: TimeFixture
    let prefecture: TimeFixture

    var file: String { county.folder.appending(path: "changes.jsonl").path }

    /// Makes the package of all the county did since the base.
    @discardableResult
    func package(
      _ regions: [String] = [], since base: CommitNumber? = CommitNumber(1)
    ) async throws -> IncrementPackage {
      var order = IncrementOrder(
        dataset: TimeFixture.patches.text, since: try #require(base))
      order.regions = regions
      let package = try await county.map.increment(order, in: .all)
      try county.map.write(package, to: file)
      return package
    }

    func apply(
      _ change: (inout ImportOrder) -> Void = { _ in }
    ) async throws -> ImportOutcome {
      var order = ImportOrder(
        dataset: TimeFixture.patches.text, file: FileArgument(file),
        validFrom: try TimeFixture.day("2026-01-01"))
      order.mode = .versions
      change(&order)
      return try await prefecture.map.importFile(order, by: Actor(id: "li"), in: .all) { _ in }
    }
  }

  static let base = [
    Patch(id: "a", box: Box(0, 0, 10, 10)), Patch(id: "b", box: Box(10, 0, 20, 10)),
    Patch(id: "c", box: Box(20, 0, 30, 10), region: "653121001001"),
    Patch(id: "d", box: Box(0, 10, 10, 20)),
  ]

  static func withPair(
    _ engine: MapEngine, _ body: (Pair) async throws -> Void
  ) async throws {
    try await TimeFixture.with(.folder) { county in
      try await TimeFixture.with(engine) { prefecture in
        try await county.record(base, .state, from: "2024-01-01")
        // The same state, by two commits.
        try await prefecture.record(Array(base.prefix(2)), from: "2024-01-01")
        try await prefecture.record(Array(base.dropFirst(2)), from: "2024-01-01")
        try await body(Pair(county: county, prefecture: prefecture))
        #expect(try await prefecture.map.verifyLog { _ in }.faults == [])
      }
    }
  }

  static func digest(_ fixture: TimeFixture, at commit: Int? = nil) async throws -> String {
    let last = try await fixture.map.today().recorded
    return try await fixture.map.store.contentDigest(
      of: TimeFixture.patches, at: commit.flatMap { CommitNumber($0) } ?? last, in: .all)
  }

  /// A split with its parents, a change, an end and an addition, on three days.
  static func work(_ county: TimeFixture) async throws {
    let day = try TimeFixture.day("2025-03-01")
    let split = try #require(Succession(.split, of: ["a"], into: ["a1", "a2"], on: day))
    try await county.record(
      [
        Patch(id: "a1", box: Box(0, 0, 4, 10)),
        Patch(id: "a2", box: Box(4, 0, 10, 10), landClass: "0101"),
      ], ending: ["a"], from: "2025-03-01", [split])
    try await county.record(
      [Patch(id: "b", box: Box(10, 0, 20, 10), landClass: "0301")], from: "2025-05-01")
    try await county.record(
      [Patch(id: "e", box: Box(10, 10, 20, 20))], ending: ["d"], from: "2025-06-01")
  }

  @Test(arguments: MapEngine.installed)
  func `a package made here makes another installation say the same`(
    engine: MapEngine
  ) async throws {
    try await Self.withPair(engine) { pair in
      #expect(try await Self.digest(pair.county) == Self.digest(pair.prefecture))
      try await Self.work(pair.county)
      let package = try await pair.package()
      #expect(package.changes.map(\.id) == ["a", "a1", "a2", "b", "d", "e"])
      let outcome = try await pair.apply()
      #expect(!outcome.isBlocked, "\(outcome.lines(in: .en))")
      #expect(outcome.receipt.inserted == 3 && outcome.receipt.ended == 2)
      #expect(try await Self.digest(pair.prefecture) == package.result?.sm3)
      #expect(try await Self.digest(pair.prefecture) == Self.digest(pair.county))
      let history = try await pair.prefecture.map.history(of: "a", in: "land-patches", .all)
      #expect(history.children == ["a1", "a2"])
      let again = try await pair.apply()
      #expect(again.receipt.commit == nil && !again.isBlocked, "it may come twice")
    }
  }

  @Test(arguments: MapEngine.installed)
  func `taking an applied package back is another commit, and gives the base again`(
    engine: MapEngine
  ) async throws {
    try await Self.withPair(engine) { pair in
      try await Self.work(pair.county)
      let package = try await pair.package()
      let commit = try #require(try await pair.apply().receipt.commit)
      let outcome = try await pair.prefecture.map.revert(
        commit, of: "land-patches", EditReason(reason: "误报"), by: .operator, in: .all)
      #expect(outcome.conflicts.isEmpty && outcome.receipt.commit?.value == commit.value + 1)
      #expect(try await Self.digest(pair.prefecture) == package.base.sm3)
      let successions = try await pair.prefecture.map.successions(
        of: TimeFixture.patches, ["a"], at: pair.prefecture.map.today().recorded, in: .all)
      #expect(successions.isEmpty)
    }
  }

  @Test(arguments: MapEngine.installed)
  func `a feature changed in between is a conflict that says what, by whom and what to do`(
    engine: MapEngine
  ) async throws {
    try await Self.withPair(engine) { pair in
      try await Self.work(pair.county)
      try await pair.package()
      try await pair.prefecture.record(
        [Patch(id: "b", box: Box(10, 0, 20, 10), landClass: "0201")], from: "2025-01-01")
      let before = try await Self.digest(pair.prefecture)
      let outcome = try await pair.apply()
      #expect(outcome.isBlocked && outcome.isInConflict && outcome.receipt.commit == nil)
      #expect(outcome.blocking == [GateRule.baseChanged.rawValue])
      let finding = try #require(outcome.report.findings.first { $0.rule == "base-changed" })
      #expect(finding.feature == "b" && finding.place != nil)
      #expect(finding.message.en.contains("commit 3, operator"))
      #expect(finding.message.en.contains("it was 2024-01-01… "))
      #expect(finding.message.en.contains("now 2024-01-01…2025-01-01 "))
      #expect(finding.message.zh.contains("第 3 次提交"))
      #expect(try await Self.digest(pair.prefecture) == before, "nothing is half-done")
      let overruled = try await pair.apply { order in
        order.accepted = ["base-changed"]
        order.reason = "以县级成果为准"
      }
      #expect(overruled.receipt.commit?.value == 4)
    }
  }

  @Test(arguments: MapEngine.installed)
  func `ground that another feature took in between is a conflict`(engine: MapEngine) async throws {
    try await Self.withPair(engine) { pair in
      try await Self.work(pair.county)
      try await pair.package()
      try await pair.prefecture.record(
        [Patch(id: "x", box: Box(15, 10, 25, 20))], from: "2025-02-01")
      let outcome = try await pair.apply()
      #expect(outcome.isInConflict)
      let finding = try #require(outcome.report.findings.first { $0.rule == "ground-changed" })
      #expect(finding.feature == "e" && finding.others == ["x"])
      #expect((finding.areaM2 ?? 0) > 100_000 && finding.message.en.contains("commit 3"))
      #expect(outcome.counts["overlap"] == 1, "the gate sees the neighbour that stays, too")
    }
  }

  @Test func `what changed elsewhere in between is told, and in nobody's way`() async throws {
    try await Self.withPair(.folder) { pair in
      try await Self.work(pair.county)
      try await pair.package()
      try await pair.prefecture.record(
        [Patch(id: "far", box: Box(70, 70, 80, 80))], from: "2025-02-01")
      let outcome = try await pair.apply()
      #expect(!outcome.isBlocked && outcome.counts["base-other"] == 1)
      #expect(outcome.receipt.commit != nil)
    }
  }

  @Test func `a package of a region says nothing of others, and its digests are the region's`()
    async throws
  {
    try await Self.withPair(.folder) { pair in
      try await Self.work(pair.county)
      try await pair.county.record(
        [Patch(id: "c", box: Box(20, 0, 30, 10), landClass: "0201", region: "653121001001")],
        from: "2025-07-01")
      let package = try await pair.package(["653101"])
      #expect(!package.changes.map(\.id).contains("c") && package.regions == ["653101"])
      // The other county goes on meanwhile; the region's base still stands.
      try await pair.prefecture.record(
        [Patch(id: "c", box: Box(20, 0, 30, 10), landClass: "0401", region: "653121001001")],
        from: "2025-02-01")
      let outcome = try await pair.apply()
      #expect(!outcome.isBlocked && outcome.counts["base-other"] == nil)
      let region = Scope(ceiling: .confidential, regionPrefixes: ["653101"])
      let digest = try await pair.prefecture.map.store.contentDigest(
        of: TimeFixture.patches, at: pair.prefecture.map.today().recorded, in: region)
      #expect(digest == package.result?.sm3)
    }
  }

  @Test func `the same states give the same file`() async throws {
    try await Self.withPair(.folder) { pair in
      try await Self.work(pair.county)
      try await pair.package()
      let first = try Data(contentsOf: URL(filePath: pair.file))
      try await pair.package()
      #expect(try Data(contentsOf: URL(filePath: pair.file)) == first)
      let read = try IncrementReader.read(pair.file, named: "changes.jsonl")
      #expect(IncrementLines.text(of: read) == String(decoding: first, as: UTF8.self))
    }
  }

  @Test func `a file that is not what was made is refused with its place`() async throws {
    try await Self.withPair(.folder) { pair in
      try await Self.work(pair.county)
      try await pair.package()
      let text = try String(contentsOf: URL(filePath: pair.file), encoding: .utf8)
      func code(of changed: String) async throws -> String? {
        try changed.write(toFile: pair.file, atomically: true, encoding: .utf8)
        do {
          _ = try await pair.apply()
          return nil
        } catch let problem as Problem { return problem.code }
      }
      #expect(try await code(of: "") == "increment-cut")
      #expect(try await code(of: String(text.dropLast(1))) == "increment-cut")
      for length in stride(from: 1, to: text.count - 1, by: 97) {
        #expect(try await code(of: String(text.prefix(length))) == "increment-cut")
      }
      #expect(
        try await code(of: text.replacing("\"0301\"", with: "\"0302\"")) == "increment-altered")
      #expect(
        try await code(of: Self.sealed(text.replacing("\"0301\"", with: "\"0302\"")))
          == "increment-content")
      #expect(
        try await code(of: Self.sealed(text.replacing("increment/1", with: "increment/9")))
          == "increment-format")
      #expect(
        try await code(of: Self.sealed(text.replacing("\"land-patches\"", with: "\"parcels\"")))
          == "increment-dataset")
      #expect(
        try await code(of: Self.sealed(text.replacing("\"2025-06-01\"", with: "\"2025-06-31\"")))
          == "increment-malformed")
      #expect(
        try await code(of: Self.sealed(text.replacing("\"ground\"", with: "\"soil\"")))
          == "increment-malformed")
      #expect(try await Self.digest(pair.prefecture, at: 2) == Self.digest(pair.prefecture))
    }
  }

  /// The text with an end line that fits it.
  static func sealed(_ text: String) -> String {
    let lines = text.split(separator: "\n").dropLast()
    let body = lines.map { $0 + "\n" }.joined()
    let end = JSONValue.object([
      "end": .object([
        "lines": .integer(Int64(lines.count)), "sm3": .string(SM3.digest(body).description),
      ])
    ])
    return body + end.canonicalText + "\n"
  }

  @Test func `applied to the base, the changes between any two states give the later`()
    async throws
  {
    try await Self.withPair(.folder) { pair in
      var random = SplitMix64(seed: 29)
      var since = try #require(CommitNumber(1))
      for round in 0..<20 {
        for _ in 0..<8 { try await Self.edit(pair.county, after: since, &random) }
        let package = try await pair.package(since: since)
        let outcome = try await pair.apply()
        #expect(!outcome.isBlocked, "\(round): \(outcome.lines(in: .en))")
        #expect(outcome.counts["base-other"] == nil)
        #expect(try await Self.digest(pair.prefecture) == package.result?.sm3)
        since = try await pair.county.map.today().recorded
      }
      #expect(try await Self.digest(pair.prefecture) == Self.digest(pair.county))
    }
  }

  /// One random commit: changes, ends, corrections of the past, and some taken back.
  private static func edit(
    _ fixture: TimeFixture, after base: CommitNumber, _ random: inout SplitMix64
  ) async throws {
    let last = try await fixture.map.today().recorded
    if last > base, Int.random(in: 0..<5, using: &random) == 0 {
      _ = try await fixture.map.revert(
        last, of: "land-patches", EditReason(reason: "test"), by: .operator, in: .all)
      return
    }
    // Each has ground of its own, so that no gate has anything to say.
    let grounds = [
      "a": Box(0, 0, 10, 10), "b": Box(10, 0, 20, 10), "d": Box(0, 10, 10, 20),
      "e": Box(60, 60, 70, 70),
    ]
    let chosen = grounds.keys.sorted().shuffled(using: &random).prefix(2)
    let day = try #require(
      try TimeFixture.day("2024-01-01").adding(days: Int.random(in: 1..<900, using: &random)))
    let isEnded = Int.random(in: 0..<4, using: &random) == 0
    let landClass = try #require(["0101", "0103", "0301"].randomElement(using: &random))
    try await fixture.record(
      isEnded
        ? []
        : chosen.map { Patch(id: $0, box: grounds[$0] ?? Box(0, 0, 1, 1), landClass: landClass) },
      ending: isEnded ? Array(chosen) : [], from: day.description)
  }
}
