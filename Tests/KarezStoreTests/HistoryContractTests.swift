import KarezCore
import KarezStore
import TestSupport
import Testing

/// The semantics of `state` and `changes`, held against the model on every day and commit.
@Suite struct HistoryContractTests {
  /// Every interval on four points: those that end, and those that do not.
  static let intervals: [(from: Int, until: Int?)] = (0..<4).flatMap { from in
    [(from, nil)] + (from + 1..<4).map { (from, $0) }
  }

  /// Four features that the second import treats in each way there is, and a fifth that is new.
  static let first: [String: Int?] = ["kept": 1, "other": 1, "ended": 1, "absent": 1]
  static let seconds: [(CommitMode, [String: Int?])] = [
    (.state, ["kept": 1, "other": 2, "new": 1]),
    (.changes, ["kept": 1, "other": 2, "ended": nil, "new": 1]),
    (.versions, ["kept": 1, "other": 2, "ended": nil, "new": 1]),
  ]

  @Test(arguments: StoreEngine.all)
  func `every pair of intervals gives what the model gives`(engine: StoreEngine) async throws {
    var examined = 0
    for interval in Self.intervals {
      try await engine.withStore { store in
        let first = HistoryModel.Step(
          mode: .state, from: interval.from, until: interval.until, contents: Self.first)
        for (number, second) in Self.secondSteps().enumerated() {
          let dataset = try Fixture.dataset("case-\(number)")
          try await Self.compare([first, second], dataset, store, everyCommit: false)
          examined += 1
        }
      }
    }
    #expect(examined == 10 * 3 * 10)
  }

  /// The same with features of all intervals in one dataset, which no state has spoken of.
  @Test(arguments: StoreEngine.all)
  func `every pair of intervals gives what the model gives, without a state`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      for (number, second) in Self.secondSteps().enumerated() {
        var first = HistoryModel.Step(mode: .versions, from: 0, contents: [:])
        var contents: [String: Int?] = [:]
        for (place, interval) in Self.intervals.enumerated() {
          first.spans += Self.first.map { id, content in
            .init(
              id: "\(id)-\(place)", from: interval.from, until: interval.until,
              content: content)
          }
          for (id, content) in second.contents {
            contents.updateValue(content, forKey: "\(id)-\(place)")
          }
        }
        var all = second
        all.contents = contents
        let dataset = try Fixture.dataset("case-\(number)")
        try await Self.compare([first, all], dataset, store, everyCommit: false)
      }
    }
  }

  static func secondSteps() -> [HistoryModel.Step] {
    seconds.flatMap { mode, contents in
      intervals.map { .init(mode: mode, from: $0.from, until: $0.until, contents: contents) }
    }
  }

  /// Two rows of one feature that share no day, whatever was recorded of it before.
  @Test(arguments: StoreEngine.all)
  func `rows with days of their own are what they say, and nothing else changes`(
    engine: StoreEngine
  ) async throws {
    var examined = 0
    try await engine.withStore { store in
      for (number, earlier) in Self.intervals.enumerated() {
        var contents = ["g": 1]
        var changes: [String: Int?] = [:]
        var spans: [HistoryModel.Span] = []
        for (one, other, content, next) in Self.pairsOfRows() {
          let id = "f\(spans.count)"
          contents[id] = 1
          changes[id] = 2
          spans += [
            .init(id: id, from: other.from, until: other.until, content: next),
            .init(id: id, from: one.from, until: one.until, content: content),
          ]
          examined += 1
        }
        let steps: [HistoryModel.Step] = [
          .init(mode: .state, from: 2, contents: contents),
          .init(mode: .changes, from: earlier.from, until: earlier.until, contents: changes),
          .init(mode: .versions, from: 0, contents: ["g": 2], spans: spans),
        ]
        let dataset = try Fixture.dataset("case-\(number)")
        try await Self.compare(steps, dataset, store, everyCommit: false)
      }
    }
    #expect(examined == 10 * 15 * 9)
  }

  /// Two intervals one after the other, and what a feature is over each.
  static func pairsOfRows() -> [(
    one: (from: Int, until: Int?), other: (from: Int, until: Int?), content: Int?, next: Int?
  )] {
    let contents: [Int?] = [1, 2, nil]
    return intervals.flatMap { one in
      intervals.filter { other in one.until.map { $0 <= other.from } ?? false }.flatMap { other in
        contents.flatMap { content in contents.map { (one, other, content, $0) } }
      }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `two rows of one feature that share a day are refused`(engine: StoreEngine) async throws {
    try await engine.withStore { store in
      let dataset = try Fixture.dataset("pairs")
      try await store.define(Fixture.schema(dataset, geometry: .none), by: .operator, in: .all)
      for (number, one) in Self.intervals.enumerated() {
        for (place, other) in Self.intervals.enumerated() {
          let days = [one, other].compactMap {
            Validity(from: Fixture.day($0.from), until: $0.until.map(Fixture.day))
          }
          let rows = try days.enumerated().map { index, days in
            DraftRow(
              row: Int64(index + 1), feature: try Fixture.feature("f\(number)", index),
              validity: days)
          }
          let key = "\(number) \(place)"
          guard days[0].overlaps(days[1]) else {
            try await store.importing(
              rows, into: dataset, .versions, from: Fixture.day(0), key: key)
            continue
          }
          let twice = StoreError.duplicateIdentifier(dataset, id: "f\(number)", row: 2)
          await #expect(throws: twice) {
            try await store.importing(
              rows, into: dataset, .versions, from: Fixture.day(0), key: key)
          }
        }
      }
    }
  }

  @Test(arguments: StoreEngine.all, 0..<40 as Range<UInt64>)
  func `a random history is read back on every day at every commit`(
    engine: StoreEngine, seed: UInt64
  ) async throws {
    var random = SplitMix64(seed: seed)
    let steps = (0..<12).map { _ in Self.step(using: &random) }
    try await engine.withStore { store in
      try await Self.compare(steps, try Fixture.dataset("history"), store, everyCommit: true)
      let verification = try await store.verifyLog { _ in }
      #expect(verification.faults == [])
    }
  }

  static func step(using random: inout SplitMix64) -> HistoryModel.Step {
    let choice = Int.random(in: 0..<6, using: &random)
    let mode: CommitMode = choice < 2 ? .state : choice < 5 ? .changes : .versions
    let from = Int.random(in: 0..<5, using: &random)
    let until =
      Int.random(in: 0..<3, using: &random) == 0
      ? Int.random(in: from + 1...5, using: &random) : nil
    var contents: [String: Int?] = [:]
    for id in ["a", "b", "c"] where Bool.random(using: &random) {
      let ends = mode != .state && Int.random(in: 0..<4, using: &random) == 0
      contents.updateValue(ends ? nil : Int.random(in: 1...2, using: &random), forKey: id)
    }
    if contents.isEmpty { contents.updateValue(1, forKey: "a") }
    return .init(mode: mode, from: from, until: until, contents: contents)
  }

  static func rows(of step: HistoryModel.Step) throws -> [DraftRow] {
    let whole = step.contents.sorted { $0.key < $1.key }.map { id, content in
      (HistoryModel.Span(id: id, from: step.from, content: content), Validity?.none)
    }
    let own = step.spans.map { span in
      (span, Validity(from: Fixture.day(span.from), until: span.until.map(Fixture.day)))
    }
    return try (whole + own).enumerated().map { index, item in
      DraftRow(
        row: Int64(index + 1), feature: try Fixture.feature(item.0.id, item.0.content ?? 0),
        ends: item.0.content == nil, validity: item.1)
    }
  }

  /// Applies the steps to both, and compares receipts and what is known afterwards.
  static func compare(
    _ steps: [HistoryModel.Step], _ dataset: DatasetID, _ store: any OneMapStore,
    everyCommit: Bool
  ) async throws {
    let schema = Fixture.schema(dataset, geometry: everyCommit ? .polygon : .none)
    try await store.define(schema, by: .operator, in: .all)
    let base = try await store.lastCommit().value
    var model = HistoryModel()
    for (number, step) in steps.enumerated() {
      let commits = model.known.count
      let counts = model.apply(step)
      let rows = try Self.rows(of: step)
      let receipt = try await store.importing(
        rows, into: dataset, step.mode, from: Fixture.day(step.from),
        until: step.until.map(Fixture.day), key: "\(dataset) \(number)")
      let isNew = model.known.count > commits
      let expected = CommitReceipt(
        commit: isNew ? CommitNumber(base + model.known.count - 1) : nil,
        inserted: counts.inserted, changed: counts.changed, ended: counts.ended)
      #expect(receipt == expected, "\(steps) step \(number)")
    }
    for commit in everyCommit ? 0..<model.known.count : model.known.count - 1..<model.known.count {
      let number = try #require(CommitNumber(base + commit))
      for day in 0..<HistoryModel.days {
        let found = try await store.contents(of: dataset, on: Fixture.day(day), at: number)
        #expect(found == model.known[commit][day], "\(steps) day \(day) commit \(commit)")
      }
    }
  }
}
