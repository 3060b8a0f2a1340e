import KarezCore
import KarezStore
import TestSupport
import Testing

@Suite struct LogQueryTests {
  @Test(arguments: StoreEngine.all)
  func `entries are found by what they are about, page by page`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      try await Witnessed.fill(store, rounds: 3)
      for feature in ["f_1", "f%1", "fx1"] {
        try await store.record(
          kind: "read",
          body: .object(["dataset": .string("roads"), "features": .array([.string(feature)])]),
          by: Actor(id: "zhang"))
      }
      func found(_ query: LogQuery) async throws -> [Int64] {
        try await store.logEntries(query, before: nil, limit: 100).entries.map(\.number)
      }
      #expect(try await found(LogQuery(kind: "commit")) == [14, 8, 2])
      #expect(try await found(LogQuery(actor: "zhang")) == [22, 21, 20])
      #expect(try await found(LogQuery(dataset: "roads")) == [22, 21, 20])
      #expect(try await found(LogQuery(feature: "f_1")) == [20], "no wild cards")
      #expect(try await found(LogQuery(feature: "f%1")) == [21])
      #expect(try await found(LogQuery(from: "2025-03-01T08:00:01Z")) == [])
      #expect(
        try await found(LogQuery(from: "2025-03-01T08:00:00Z", until: "2025-03-02")).count == 22)
      var pages: [[Int64]] = []
      var before: Int64?
      repeat {
        let page = try await store.logEntries(
          LogQuery(kind: "note"), before: before, limit: 4)
        pages.append(page.entries.map(\.number))
        before = page.next
      } while before != nil
      #expect(pages == [[19, 18, 17, 13], [12, 11, 7, 6], [5]])
    }
  }
}
