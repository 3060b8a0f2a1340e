import Foundation
import KarezCore
import KarezService
import TestSupport
import Testing

@testable import KarezWeb

/// The catalogue as pages and as an API, over a map with two commits of two townships.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles))
struct CataloguePageTests {
  static func file(_ folder: URL, _ name: String, _ squares: [(String, Double)]) throws -> String {
    let features = squares.map { id, x in
      """
      {"type":"Feature","properties":{"township_code":"\(id)","county_code":"653101",\
      "name":"镇\(id)"},"geometry":{"type":\
      "Polygon","coordinates":[[[\(x),39],[\(x + 0.01),39],[\(x + 0.01),39.01],[\(x),39.01],\
      [\(x),39]]]}}
      """
    }
    let path = folder.appending(path: name)
    let text =
      "{\"type\":\"FeatureCollection\",\"features\":[\(features.joined(separator: ","))]}"
    try Data(text.utf8).write(to: path)
    return path.path
  }

  static func withCatalogue(_ body: (WebServerTests.Client) async throws -> Void) async throws {
    try await withCatalogue { client, _ in try await body(client) }
  }

  static func withCatalogue(
    _ body: (WebServerTests.Client, OneMap) async throws -> Void
  ) async throws {
    try await Places.withTemporaryFolder { folder in
      try await WebServerTests.withServer { map in
        for (name, day, squares) in [
          ("a.geojson", "2025-01-01", [("653101001", 76.0), ("653101002", 76.02)]),
          ("b.geojson", "2025-06-01", [("653101001", 76.0), ("653101003", 76.04)]),
        ] {
          var order = ImportOrder(
            dataset: "townships", file: FileArgument(try file(folder, name, squares)),
            validFrom: try #require(LegalDate(day)))
          order.reason = "年度更新"
          let outcome = try await map.importFile(order, by: .operator, in: .all) { _ in }
          #expect(outcome.json["commit"]?.integer != nil, "\(outcome.lines(in: .en))")
        }
      } _: { client, map in
        try await body(client, map)
      }
    }
  }

  @Test func `every page answers in three languages and obeys the page policy`() async throws {
    try await Self.withCatalogue { client in
      for path in [
        "/catalogue", "/catalogue?search=xz", "/catalogue?theme=boundaries",
        "/catalogue/townships", "/catalogue/land-patches?validOn=2024-01-01",
        "/catalogue/townships/features/653101001",
        "/catalogue/townships/features/653101002?tab=history", "/differences",
        "/differences?dataset=townships&from=2025-02-01&to=2025-07-01",
      ] {
        for language in Language.allCases {
          let joint = path.contains("?") ? "&" : "?"
          let reply = try await client.get(path + joint + "lang=\(language.rawValue)")
          #expect(reply.status == 200, "\(path) \(reply.body.prefix(300))")
          #expect(!reply.body.contains(" style=") && !reply.body.contains("<style"), "\(path)")
          let scripts = ["<script", "<script src="].map { reply.body.ranges(of: $0).count }
          #expect(scripts[0] == scripts[1] && scripts[0] > 0, "\(path)")
          #expect(!reply.body.contains("{{"), "\(path)")
        }
      }
    }
  }

  @Test func `a dataset's page tells its form, its steward and the lineage of its commits`()
    async throws
  {
    try await Self.withCatalogue { client in
      let page = try await client.get("/catalogue/townships?lang=en").body
      for words in [
        "townships", "Steward", "every-dataset 1.0.0", "b.geojson", "karez-reader/1", "年度更新",
        "2025-06-01", "metadata.xml",
      ] {
        #expect(page.contains(words), "\(words)")
      }
      let record = try #require(try await client.get("/api/v1/catalogue/townships").json)
      #expect(record["commits"]?.array?.compactMap { $0["commit"]?.integer } == [2, 1])
      #expect(record["attributes"]?.array?.isEmpty == false && record["features"]?.integer == 2)
      let past = try #require(
        try await client.get("/api/v1/catalogue/townships?recorded=1").json)
      #expect(past["commits"]?.array?.compactMap { $0["commit"]?.integer } == [1])
      #expect(try await client.get("/api/v1/catalogue/no-such").status == 404)
      #expect(try await client.get("/catalogue/no-such").status == 404)
      #expect(try await client.get("/catalogue/No%20Such").status == 404)
      #expect(try await client.get("/catalogue/townships?recorded=9").status == 400)
    }
  }

  @Test func `commits of the map come last first and page by page`() async throws {
    try await Self.withCatalogue { client in
      let whole = try #require(try await client.get("/api/v1/commits").json)
      #expect(whole["commits"]?.array?.compactMap { $0["commit"]?.integer } == [2, 1])
      #expect(whole["next"] == .null)
      let first = try #require(try await client.get("/api/v1/commits?limit=1").json)
      #expect(first["commits"]?.array?.compactMap { $0["commit"]?.integer } == [2])
      let rest = try #require(
        try await client.get(
          "/api/v1/commits?limit=1&before=\(first["next"]?.integer ?? 0)"
        ).json)
      #expect(rest["commits"]?.array?.compactMap { $0["commit"]?.integer } == [1])
      #expect(rest["next"] == .null)
      #expect(rest["commits"]?.array?.first?["profiles"]?.array?.isEmpty == false)
      #expect(
        try await client.get("/api/v1/commits?dataset=counties").json?["commits"]?.array == [])
      #expect(try await client.get("/api/v1/commits?dataset=no-such").status == 404)
      for bad in ["limit=0", "limit=x", "before=-1"] {
        #expect(try await client.get("/api/v1/commits?\(bad)").status == 400, "\(bad)")
      }
    }
  }

  @Test func `a feature's page tells what it is and every version, also of one that ended`()
    async throws
  {
    try await Self.withCatalogue { client in
      let there = try await client.get("/catalogue/townships/features/653101003?lang=en").body
      #expect(there.contains("In force") && there.contains("镇653101003"))
      let gone = try await client.get("/catalogue/townships/features/653101002?lang=en").body
      #expect(gone.contains("Not there on this day") && !gone.contains("镇653101002"))
      let then = try await client.get(
        "/catalogue/townships/features/653101002?lang=en&validOn=2025-02-01"
      ).body
      #expect(then.contains("In force") && then.contains("镇653101002"))
      let history = try await client.get(
        "/catalogue/townships/features/653101002?lang=en&tab=history"
      ).body
      #expect(history.contains("2025-01-01 – 2025-06-01") && history.contains("2 versions"))
      #expect(try await client.get("/catalogue/townships/features/nobody").status == 404)
      let sought = try await client.get("/catalogue/townships/features?feature=%20653101001%20")
      #expect(sought.status == 303)
      let whither = "/catalogue/townships/features/653101001"
      #expect(sought.headers["location"]?.hasPrefix(whither) == true)
      let nothing = try await client.get("/catalogue/townships/features?feature=")
      #expect(nothing.headers["location"] == "/catalogue/townships")
    }
  }

  @Test func `a feature is found whatever its identifier is written with`() async throws {
    let identifiers = ["甲 乙", "a/b", "50%", "a&b=c", "<i>", "ئا"]
    try await Places.withTemporaryFolder { folder in
      let features = identifiers.enumerated().map { place, id in
        let x = 76 + Double(place) * 0.02
        return """
          {"type":"Feature","properties":{"identifier":"\(id)"},"geometry":{"type":"Polygon",\
          "coordinates":[[[\(x),39],[\(x + 0.01),39],[\(x + 0.01),39.01],[\(x),39]]]}}
          """
      }
      let file = folder.appending(path: "a.geojson")
      let text =
        "{\"type\":\"FeatureCollection\",\"features\":[\(features.joined(separator: ","))]}"
      try Data(text.utf8).write(to: file)
      try await WebServerTests.withServer { map in
        let order = ImportOrder(
          dataset: "polygons", file: FileArgument(file.path),
          validFrom: try #require(LegalDate("2025-01-01")))
        let outcome = try await map.importFile(order, by: .operator, in: .all) { _ in }
        #expect(outcome.json["commit"]?.integer == 1, "\(outcome.lines(in: .en))")
      } _: { client, _ in
        for id in identifiers {
          let sought = try await client.get(
            "/catalogue/polygons/features?feature=" + Asked.escaped(id))
          let address = try #require(sought.headers["location"])
          let page = try await client.get(address + "?lang=en")
          #expect(page.status == 200, "\(id) \(address)")
          #expect(page.body.contains("In force") && !page.body.contains("<i>"), "\(id)")
        }
      }
    }
  }

  @Test func `the differences page shows what changed and an account that closes`() async throws {
    try await Self.withCatalogue { client in
      let page = try await client.get(
        "/differences?dataset=townships&from=2025-02-01&to=2025-07-01&lang=en"
      ).body
      for words in ["653101002", "653101003", "inserted", "ended", "closure 0.0000"] {
        #expect(page.contains(words), "\(words)")
      }
      #expect(!page.contains("data-patch=\"653101001\""))
      let same = try await client.get(
        "/differences?dataset=townships&from=2025-02-01&to=2025-03-01&lang=en"
      ).body
      #expect(same.contains("do not differ"))
      let form = try await client.get("/differences?dataset=townships&lang=en").body
      #expect(form.contains("value=\"2025-06-01\""), "the newest state is proposed")
      for bad in [
        "dataset=townships&from=2025-02-30&to=2025-07-01",
        "dataset=townships&from=2025-02-01&to=2025-07-01&recorded=x",
      ] {
        #expect(try await client.get("/differences?\(bad)").status == 400, "\(bad)")
      }
      let unknown = try await client.get("/differences?dataset=no&from=2025-02-01&to=2025-07-01")
      #expect(unknown.status == 404)
    }
  }
}
