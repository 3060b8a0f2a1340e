import KarezCore
import KarezService
import TestSupport
import Testing

@testable import KarezWeb

/// The log as a page, and who looked at one feature.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles))
struct LogPageTests {
  @Test func `the log is searched in three languages, and a feature shows who looked`()
    async throws
  {
    try await CataloguePageTests.withCatalogue { client in
      _ = try await client.get("/catalogue/townships/features/653101001")
      for language in Language.allCases {
        for path in ["/log?", "/log?kind=commit&dataset=townships&", "/log?day=2025-01-01&"] {
          let reply = try await client.get(path + "lang=\(language.rawValue)")
          #expect(reply.status == 200, "\(path) \(reply.body.prefix(300))")
          #expect(!reply.body.contains("{{"), "\(path)")
        }
        let readers = try await client.get("/log/parcel/653101001?lang=\(language.rawValue)")
        #expect(readers.status == 200, "\(readers.body.prefix(300))")
      }
      let commits = try await client.get("/log?kind=commit&lang=en")
      #expect(commits.body.contains("/catalogue/townships"))
      #expect(!commits.body.contains("dataset-defined"))
      let older = try await client.get("/log?before=9&lang=en")
      #expect(
        older.body.contains("/log?lang=en&amp;kind=")
          && !older.body.contains("before=9&amp;lang=en&amp;kind="),
        "a kind is looked up from its newest entry on")
      let none = try await client.get("/log?kind=no-such-kind&lang=en")
      #expect(none.body.contains("No entry matches"))
      let reads = try await client.get("/log?kind=read&feature=653101001&lang=en")
      #expect(reads.body.contains("No entry matches"), "what is public is anybody's to read")
      #expect(try await client.get("/log?before=x").status == 400)
      #expect(try await client.get("/log?day=x").status == 400)
    }
  }
}
