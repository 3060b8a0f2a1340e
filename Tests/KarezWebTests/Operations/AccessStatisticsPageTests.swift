import KarezCore
import KarezPacks
import KarezService
import TestSupport
import Testing

@testable import KarezWeb

/// Statistics as the audit office reads them, and the mark of a scope as a cache asks for it.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct AccessStatisticsPageTests {
  @Test func `what was asked is counted, shown in three languages, and taken away as a table`()
    async throws
  {
    try await CataloguePageTests.withCatalogue { client, map in
      for _ in 0..<3 { _ = try await client.get("/catalogue/townships") }
      _ = try await client.get("/catalogue/no-such-dataset")
      _ = try await client.get("/ogc/collections/townships/items")
      await map.flushReads { Issue.record("\($0)") }
      for (language, word) in [("zh", "访问统计"), ("ug", "زىيارەت"), ("en", "Access statistics")] {
        let page = try await client.get("/log/statistics?lang=\(language)")
        #expect(page.status == 200 && page.body.contains(word), "\(page.body.prefix(300))")
        #expect(!page.body.contains("{{") && page.body.contains("/catalogue/townships"))
        #expect(!page.body.contains("no-such-dataset"))
      }
      let table = try await client.get("/log/statistics.csv?lang=en")
      #expect(table.headers["content-type"] == "text/csv; charset=utf-8")
      #expect(table.body.contains("\"At the machine\",\"townships\",\"Pages\",\"3\""))
      #expect(table.body.contains("\"townships\",\"Features\",\"1\""))
      let before = try await client.get("/log/statistics?from=2020-01&until=2020-03&lang=en")
      #expect(before.body.contains("No access in these months"))
      for query in ["from=2020", "from=2020-13", "until=x", "from=2025-02&until=2025-01"] {
        #expect(try await client.get("/log/statistics?" + query).status == 400, "\(query)")
      }
      #expect(
        try await client.get("/log/statistics?from=1990-01&until=2020-01").status == 400)
    }
  }

  @Test func `a cache is told scopes apart, and that a stranger has none`() async throws {
    var cookies: [(String, String)] = []
    try await WebServerTests.withServer(
      prepare: { map in
        cookies = try await AccessMap.people(map, ceilings: [.public, .internal]).map {
          ("\($0.role.ceiling.rawValue) \($0.ceiling.rawValue) \($0.regions ?? [])", $0.cookie)
        }
      }
    ) { client, _ in
      #expect(try await client.get("/scope").status == 401)
      let token = ["Authorization": "Bearer x"]
      #expect(try await client.get("/scope", headers: token).status == 401)
      var marks: [String: Set<String>] = [:]
      for (scope, cookie) in cookies {
        let reply = try await client.get("/scope", headers: ["Cookie": "karez-session=\(cookie)"])
        #expect(reply.status == 204)
        marks[scope, default: []].insert(try #require(reply.headers["karez-scope"]))
      }
      #expect(marks.values.allSatisfy { $0.count == 1 }, "one mark a scope: \(marks)")
      let whole = try #require(marks.first { $0.key.hasSuffix("internal []") }?.value)
      let bound = try #require(marks.first { $0.key.hasSuffix("internal [\"653101\"]") }?.value)
      let open = try #require(marks.first { $0.key.hasSuffix("public []") }?.value)
      #expect(whole.isDisjoint(with: bound) && whole.isDisjoint(with: open))
    }
  }
}
