import Foundation
import GRDB
import KarezCore
import KarezStore
import TestSupport
import Testing

/// Answers are remembered only for as long as nobody recorded anything.
@Suite struct ReadMemoryTests {
  /// Two processes' views of one folder.
  static func withTwo(_ body: (SQLiteStore, SQLiteStore, URL) async throws -> Void) async throws {
    try await Places.withTemporaryFolder { folder in
      let one = try SQLiteStore(folder: folder, clock: Fixture.clock)
      try await TamperTests.prepare(one)
      let other = try SQLiteStore(folder: folder, clock: Fixture.clock)
      try await body(one, other, folder)
    }
  }

  static func layer(_ store: SQLiteStore) async throws -> MapLayer {
    let dataset = try Fixture.dataset("land-patches")
    let asOf = AsOf(validOn: Fixture.day(9), recorded: try await store.lastCommit())
    return try #require(
      try await store.layers(of: [dataset], asOf: asOf, near: nil, in: .all)[dataset])
  }

  @Test func `what another records is seen by the very next question`() async throws {
    try await Self.withTwo { one, other, _ in
      // Twice, so that the second answer is a remembered one.
      for _ in 0..<2 {
        #expect(try await one.lastCommit().value == 2)
        #expect(try await one.record(RecordContractTests.account, "li") == nil)
        #expect(try await one.schemas(in: .all).count == 1)
        #expect(try await Self.layer(one).commit.value == 2)
      }
      let query = RecordQuery(RecordContractTests.account)
      for _ in 0..<2 {
        #expect(try await one.records(query, after: nil, limit: 1).records.isEmpty)
      }
      let record = RecordContractTests.record("li")
      try await other.put(RecordContractTests.batch(.write(record)), by: .operator)
      #expect(try await one.record(RecordContractTests.account, "li") == record)
      #expect(try await one.records(query, after: nil, limit: 1).records == [record])
      try await other.define(
        Fixture.schema(try Fixture.dataset("more")), by: .operator, in: .all)
      #expect(try await one.schemas(in: .all).count == 2)
      try await other.changing(
        [DraftRow(row: 1, feature: try Fixture.feature("h", 2))],
        in: try Fixture.dataset("land-patches"), from: Fixture.day(3), key: "c")
      #expect(try await one.lastCommit().value == 3)
      #expect(try await Self.layer(one).commit.value == 3)
    }
  }

  @Test func `what a store records itself is seen by its own next question`() async throws {
    try await Self.withTwo { one, _, _ in
      var last = RecordContractTests.record("li")
      for round in 1...20 {
        try await one.put(RecordContractTests.batch(.write(last)), by: .operator)
        for _ in 0..<2 {
          #expect(try await one.record(RecordContractTests.account, "li")?.version == round)
        }
        last = last.next(
          state: "s\(round)", due: nil, owner: nil, body: .integer(Int64(round)))
      }
    }
  }

  @Test func `one reader's answer is not another's`() async throws {
    try await Self.withTwo { one, _, _ in
      let narrow = Scope(ceiling: .public)
      for _ in 0..<2 {
        let all = try await one.schemas(in: .all)
        let few = try await one.schemas(in: narrow)
        #expect(all.count == 1)
        #expect(few == all.filter { $0.classification == .public })
      }
    }
  }

  @Test func `a row another program changed is noticed after it was remembered`() async throws {
    try await Self.withTwo { one, _, folder in
      let record = RecordContractTests.record("li")
      try await one.put(RecordContractTests.batch(.write(record)), by: .operator)
      #expect(try await one.record(RecordContractTests.account, "li") == record)
      let intruder = try DatabaseQueue(path: folder.appending(path: "karez.gpkg").path)
      try await intruder.write {
        try $0.execute(sql: "UPDATE karez_record SET state = 'forged' WHERE key = 'li'")
      }
      #expect(try await one.record(RecordContractTests.account, "li")?.state == "forged")
    }
  }
}
