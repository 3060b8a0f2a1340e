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
  ]

  @Test(arguments: StoreEngine.all)
  func `every pair of intervals gives what the model gives`(engine: StoreEngine) async throws {
    var examined = 0
    for mode in CommitMode.allCases {
      for interval in Self.intervals {
        try await engine.withStore { store in
          let first = HistoryModel.Step(
            mode: mode, from: interval.from, until: interval.until, contents: Self.first)
          for (number, second) in Self.secondSteps().enumerated() {
            let dataset = try Fixture.dataset("case-\(number)")
            try await Self.compare([first, second], dataset, store, everyCommit: false)
            examined += 1
          }
        }
      }
    }
    #expect(examined == 2 * 10 * 2 * 10)
  }

  static func secondSteps() -> [HistoryModel.Step] {
    seconds.flatMap { mode, contents in
      intervals.map { .init(mode: mode, from: $0.from, until: $0.until, contents: contents) }
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
    let mode: CommitMode = Int.random(in: 0..<3, using: &random) == 0 ? .state : .changes
    let from = Int.random(in: 0..<5, using: &random)
    let until =
      Int.random(in: 0..<3, using: &random) == 0
      ? Int.random(in: from + 1...5, using: &random) : nil
    var contents: [String: Int?] = [:]
    for id in ["a", "b", "c"] where Bool.random(using: &random) {
      let ends = mode == .changes && Int.random(in: 0..<4, using: &random) == 0
      contents.updateValue(ends ? nil : Int.random(in: 1...2, using: &random), forKey: id)
    }
    if contents.isEmpty { contents.updateValue(1, forKey: "a") }
    return .init(mode: mode, from: from, until: until, contents: contents)
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
      var rows: [DraftRow] = []
      for (index, (id, content)) in step.contents.sorted(by: { $0.key < $1.key }).enumerated() {
        rows.append(
          DraftRow(
            row: Int64(index + 1), feature: try Fixture.feature(id, content ?? 0),
            ends: content == nil))
      }
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
