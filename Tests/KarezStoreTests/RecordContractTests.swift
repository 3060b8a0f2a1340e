import Foundation
import KarezCore
import KarezStore
import Testing

/// What every engine promises of the platform's own small documents.
@Suite struct RecordContractTests {
  static let account = RecordKind.witnessed("account")
  static let job = RecordKind.transient("job")

  static func record(
    _ key: String, kind: RecordKind = account, state: String = "open", due: String? = nil,
    owner: String? = nil, body: JSONValue = .object(["n": .integer(1)])
  ) -> PlatformRecord {
    PlatformRecord(kind: kind, key: key, state: state, due: due, owner: owner, body: body)
  }

  static func batch(_ changes: RecordChange...) -> RecordBatch {
    RecordBatch(changes, entry: RecordBatch.Entry(kind: "tested", body: ["why": .string("test")]))
  }

  @Test(arguments: StoreEngine.all)
  func `a record comes back as it was written, and the log has its digest`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let body = JSONValue.object([
        "name": .string("阿依古丽 \u{202E}“'\\"), "list": .array([.null, .boolean(true)]),
        "most": .integer(1 << 53), "half": .number(0.5),
      ])
      let first = Self.record("li", due: "2025-03-04", owner: "li", body: body)
      #expect(try await store.record(Self.account, "li") == nil)
      try await store.put(Self.batch(.write(first)), by: Actor(id: "a"))
      #expect(try await store.record(Self.account, "li") == first)
      let second = first.next(state: "closed", due: nil, owner: nil, body: .object([:]))
      try await store.put(Self.batch(.write(second)), by: Actor(id: "b"))
      #expect(try await store.record(Self.account, "li") == second)
      #expect(second.version == 2)
      let entries = try await store.logEntries(after: 0, limit: 10)
      #expect(entries.map(\.kind) == ["tested", "tested"])
      #expect(entries.map(\.actor.id) == ["a", "b"])
      let said = entries[0].body["records"]?.array?.first
      #expect(said?["key"] == .string("li") && said?["version"] == .integer(1))
      #expect(entries[0].body["why"] == .string("test"))
      #expect(!entries[0].body.canonicalText.contains("阿依古丽"), "the log has no names")
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `who knows an older version is refused, and nothing of the batch is written`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let first = Self.record("li")
      try await store.put(Self.batch(.write(first)), by: .operator)
      let second = first.next(state: "b", due: nil, owner: nil, body: .null)
      try await store.put(Self.batch(.write(second)), by: .operator)
      let refused = [
        (Self.record("li"), 0), (first.next(state: "c", due: nil, owner: nil, body: .null), 1),
        (
          second.next(state: "d", due: nil, owner: nil, body: .null)
            .next(state: "e", due: nil, owner: nil, body: .null), 3
        ),
      ]
      for (record, expected) in refused {
        await #expect(
          throws: StoreError.recordConflict(
            kind: "account", key: "li", expected: expected, found: 2)
        ) {
          try await store.put(
            Self.batch(.write(Self.record("wang")), .write(record)), by: .operator)
        }
      }
      let absent = Self.record("zhang").next(state: "c", due: nil, owner: nil, body: .null)
      await #expect(
        throws: StoreError.recordConflict(kind: "account", key: "zhang", expected: 1, found: 0)
      ) { try await store.put(Self.batch(.write(absent)), by: .operator) }
      #expect(try await store.record(Self.account, "li") == second)
      #expect(try await store.record(Self.account, "wang") == nil)
      #expect(try await store.logEntries(after: 0, limit: 10).count == 2)
    }
  }

  @Test(arguments: StoreEngine.all)
  func `of many who write the same version at once, one succeeds`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let first = Self.record("j", kind: Self.job)
      try await store.put(RecordBatch([.write(first)]), by: .operator)
      let winners = await withTaskGroup(of: String?.self) { group in
        for number in 0..<12 {
          group.addTask {
            let mine = first.next(state: "w\(number)", due: nil, owner: nil, body: .null)
            do {
              try await store.put(RecordBatch([.write(mine)]), by: .operator)
              return mine.state
            } catch { return nil }
          }
        }
        return await group.reduce(into: [String]()) { if let won = $1 { $0.append(won) } }
      }
      #expect(winners.count == 1)
      #expect(try await store.record(Self.job, "j")?.state == winners.first)
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a transient record leaves no entry, can be removed, and begins anew`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let first = Self.record("s", kind: Self.job)
      try await store.put(RecordBatch([.write(first)]), by: .operator)
      #expect(try await store.logEntries(after: 0, limit: 10).isEmpty)
      let second = first.next(state: "b", due: nil, owner: nil, body: .null)
      try await store.put(RecordBatch([.write(second)]), by: .operator)
      await #expect(
        throws: StoreError.recordConflict(
          kind: "transient/job", key: "s", expected: 1, found: 2)
      ) { try await store.put(RecordBatch([.remove(first)]), by: .operator) }
      try await store.put(RecordBatch([.remove(second)]), by: .operator)
      #expect(try await store.record(Self.job, "s") == nil)
      try await store.put(RecordBatch([.write(first)]), by: .operator)
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `lists are found by state, owner, prefix and due time, page by page`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      var all: [PlatformRecord] = []
      for number in 0..<24 {
        let due = number % 4 == 3 ? nil : "2025-03-\(10 + number % 5)"
        all.append(
          Self.record(
            (number % 2 == 0 ? "a%_" : "b/") + String(format: "%02d", number), kind: Self.job,
            state: ["x", "y", "z"][number % 3], due: due, owner: number % 5 == 0 ? "li" : "wang"))
      }
      // Another kind with the same keys must never show.
      let others = all.map { Self.record($0.key) }
      try await store.put(RecordBatch(all.map(RecordChange.write)), by: .operator)
      try await store.put(
        RecordBatch(
          others.map(RecordChange.write), entry: RecordBatch.Entry(kind: "t", body: [:])),
        by: .operator)
      for query in Self.queries {
        let expected = Self.expected(query, of: all)
        for limit in [1, 3, 100] {
          var found: [PlatformRecord] = []
          var last: PlatformRecord?
          var pages = 0
          repeat {
            let page = try await store.records(query, after: last, limit: limit)
            #expect(page.records.count <= limit)
            found += page.records
            last = page.next
            pages += 1
          } while last != nil && pages < 100
          #expect(found == expected, "\(query) by \(limit)")
        }
      }
    }
  }

  static let queries: [RecordQuery] = {
    var queries: [RecordQuery] = []
    for order in [RecordQuery.Order.key, .keyDescending, .due] {
      for states in [[], ["x"], ["x", "z"], ["none"]] {
        for owner in [nil, "li"] {
          for prefix in [nil, "a%_", "b/1", ""] {
            for due in [nil, "2025-03-12", "2025-01-01"] {
              queries.append(
                RecordQuery(
                  job, states: states, owner: owner, keyPrefix: prefix, dueUntil: due,
                  order: order))
            }
          }
        }
      }
    }
    return queries
  }()

  /// The list by the words of the query alone.
  static func expected(_ query: RecordQuery, of all: [PlatformRecord]) -> [PlatformRecord] {
    let matching = all.filter { record in
      (query.states.isEmpty || query.states.contains(record.state))
        && (query.owner == nil || query.owner == record.owner)
        && record.key.hasPrefix(query.keyPrefix ?? "")
        && (query.dueUntil == nil || record.due.map { $0 <= query.dueUntil ?? "" } == true)
    }
    switch query.order {
    case .key: return matching.sorted { $0.key < $1.key }
    case .keyDescending: return matching.sorted { $0.key > $1.key }
    case .due:
      return matching.filter { $0.due != nil }
        .sorted { ($0.due ?? "", $0.key) < ($1.due ?? "", $1.key) }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `records written with a commit are there exactly when the commit is`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try Fixture.dataset("land-patches")
      try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
      let row = DraftRow(row: 1, feature: try Fixture.feature("f", 3))
      func record(_ key: String, _ record: PlatformRecord) async throws -> CommitReceipt {
        let validity = try #require(Validity(from: Fixture.day(0), until: nil))
        let plan = DraftPlan(
          dataset: dataset, mode: .changes, validity: validity, lineage: Fixture.lineage)
        let draft = try await store.openDraft(plan, by: .operator, in: .all)
        try await store.append([row], to: draft)
        return try await store.commit(
          draft, CommitOrder(reason: "test", idempotencyKey: key), by: .operator, in: .all
        ) { receipt in
          let body = JSONValue.object(["inserted": .integer(Int64(receipt.inserted))])
          return Self.batch(
            .write(record.next(state: "committed", due: nil, owner: nil, body: body)))
        }
      }
      let submission = Self.record("s")
      try await store.put(Self.batch(.write(submission)), by: .operator)
      // Somebody else's version: the commit must not be there either.
      let stale = submission.next(state: "x", due: nil, owner: nil, body: .null)
      await #expect(throws: StoreError.self) { _ = try await record("a", stale) }
      #expect(try await store.lastCommit() == .none)
      let receipt = try await record("a", submission)
      #expect(receipt.commit?.value == 1)
      let found = try await store.record(Self.account, "s")
      #expect(found?.state == "committed" && found?.body["inserted"] == .integer(1))
      // The same key again: nothing is recorded twice, and nothing is written beside it.
      #expect(try await record("a", submission) == receipt)
      #expect(try await store.record(Self.account, "s") == found)
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }
}
