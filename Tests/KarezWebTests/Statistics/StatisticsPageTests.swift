import Foundation
import KarezCore
import KarezService
import TestSupport
import Testing

@testable import KarezWeb

/// The pages of statistics over a map with two commits of two townships.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles))
struct StatisticsPageTests {
  static let asked = "dataset=townships&validOn=2025-07-01&level=county"
  /// Half of township 653101001, and land of nobody.
  static let corners = "76 39\n76.005 39\n76.005 39.02\n76 39.02"

  static func takeArea(_ client: WebServerTests.Client, _ parts: [(String, String)]) async throws
    -> WebServerTests.Reply
  {
    let body =
      parts.map { name, value in
        "--x\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
      }.joined() + "--x--\r\n"
    return try await client.send(
      "POST", "/statistics", type: "multipart/form-data; boundary=x", body: Data(body.utf8))
  }

  @Test func `every page answers in three languages and obeys the page policy`() async throws {
    try await CataloguePageTests.withCatalogue { client in
      for path in [
        "/statistics", "/statistics?\(Self.asked)", "/statistics/rows?\(Self.asked)",
        "/statistics?dataset=land-patches",
      ] {
        for language in Language.allCases {
          let joint = path.contains("?") ? "&" : "?"
          let reply = try await client.get(path + joint + "lang=\(language.rawValue)")
          #expect(reply.status == 200, "\(path) \(reply.body.prefix(300))")
          #expect(!reply.body.contains(" style=") && !reply.body.contains("<style"), "\(path)")
          #expect(!reply.body.contains("{{"), "\(path)")
          #expect(!reply.body.contains("statistics_"), "\(path): a text is missing")
        }
      }
    }
  }

  @Test func `figures close, lead to their features, and come as files`() async throws {
    try await CataloguePageTests.withCatalogue { client in
      let json = try #require(try await client.get("/api/v1/statistics?\(Self.asked)").json)
      let total = try #require(json["total"]?["statutoryAreaM2"]?.string)
      let regions = json["regions"]?.array ?? []
      let sum = regions.compactMap { $0["statutoryAreaM2"]?.string }
        .compactMap { Decimal(string: $0) }.reduce(0, +)
      #expect(Decimal(string: total) == sum && json["total"]?["features"]?.integer == 2)
      let page = try await client.get("/statistics?\(Self.asked)&lang=en").body
      #expect(page.contains("/statistics/rows?") && page.contains("echarts") == false)
      let rows = try await client.get("/statistics/rows?\(Self.asked)&region=653101&lang=en").body
      for words in ["653101001", "653101003", "validOn=2025-07-01", "国土调查办发"] {
        #expect(rows.contains(words), "\(words)")
      }
      #expect(!rows.contains("653101002"))
      let csv = try await client.get("/statistics/file?\(Self.asked)&format=csv")
      #expect(csv.status == 200 && csv.body.contains("area_ha") && csv.body.contains("653101"))
      let sheet = try await client.get("/statistics/file?\(Self.asked)&format=xlsx")
      #expect(sheet.status == 200 && sheet.headers["content-type"]?.contains("sheet") == true)
    }
  }

  @Test func `an area that was typed bounds the sums, and its address can be passed on`()
    async throws
  {
    try await CataloguePageTests.withCatalogue { client in
      let form = try SignInTests.formKey(try await client.get("/statistics"))
      let fields = [("dataset", "townships"), ("validOn", "2025-07-01"), ("level", "county")]
      let reply = try await Self.takeArea(
        client, fields + [("formKey", form), ("coordinates", Self.corners)])
      #expect(reply.status == 303, "\(reply.body.prefix(300))")
      let address = try #require(reply.headers["location"])
      #expect(address.contains("area=") && address.contains("validOn=2025-07-01"))
      let page = try await client.get(address + "&lang=en")
      #expect(page.status == 200 && page.body.contains("no feature of this dataset"))
      let api = address.replacing("/statistics?", with: "/api/v1/statistics?")
      let half = try #require(try await client.get(api).json)
      let whole = try #require(
        try await client.get("/api/v1/statistics?\(Self.asked)").json)
      func area(_ json: JSONValue) -> Double {
        json["total"]?["statutoryAreaM2"]?.string.flatMap { Double($0) } ?? 0
      }
      #expect(half["total"]?["features"]?.integer == 1)
      // Two townships of one size; half of one of them.
      #expect(abs(area(half) * 4 - area(whole)) < 0.5)
      let foreign = try await Self.takeArea(
        client, fields + [("formKey", "0000"), ("coordinates", Self.corners)])
      #expect(foreign.status == 403)
      let nothing = try await Self.takeArea(client, fields + [("formKey", form)])
      #expect(nothing.status == 400)
    }
  }

  @Test func `programs send the area with the question`() async throws {
    try await CataloguePageTests.withCatalogue { client in
      let boundary =
        "{\"type\":\"Polygon\",\"coordinates\":[[[76,39],[76.005,39],[76.005,39.02],[76,39.02],"
        + "[76,39]]]}"
      func ask(_ body: String) async throws -> WebServerTests.Reply {
        try await client.send(
          "POST", "/api/v1/statistics", type: "application/json", body: Data(body.utf8))
      }
      let reply = try await ask(
        "{\"dataset\":\"townships\",\"validOn\":\"2025-07-01\",\"boundary\":\(boundary)}")
      #expect(reply.status == 200, "\(reply.body.prefix(300))")
      #expect(reply.json?["area"]?["statutoryAreaM2"]?.string != nil)
      #expect(reply.json?["total"]?["features"]?.integer == 1)
      for bad in [
        "{}", "[]", "{\"dataset\":\"townships\"}", "{\"boundary\":\(boundary)}",
        "{\"dataset\":\"townships\",\"boundary\":\(boundary),\"more\":1}",
        "{\"dataset\":\"townships\",\"boundary\":\(boundary),\"level\":\"street\"}",
      ] {
        #expect((400...422).contains(try await ask(bad).status), "\(bad)")
      }
      #expect(
        try await ask("{\"dataset\":\"no-such\",\"boundary\":\(boundary)}").status == 404)
    }
  }

  @Test func `what is not understood is refused, what is not there is not found`() async throws {
    try await CataloguePageTests.withCatalogue { client in
      for (path, status) in [
        ("/statistics?dataset=no-such", 404), ("/statistics?dataset=townships&level=x", 400),
        ("/statistics?dataset=townships&by=nothing", 400),
        ("/statistics?dataset=townships&area=00000000000000000000000000000000", 404),
        ("/statistics?dataset=townships&area=..%2F..", 404),
        ("/statistics/rows", 400), ("/statistics/file?dataset=townships&format=exe", 400),
        ("/api/v1/statistics", 400), ("/statistics/progress", 404),
      ] {
        let reply = try await client.get(path)
        #expect(reply.status == status, "\(path)")
      }
    }
  }
}
