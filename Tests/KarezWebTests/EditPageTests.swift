import Foundation
import KarezCore
import KarezService
import TestSupport
import Testing

@testable import KarezWeb

/// What a reader can have done from a dataset's and a feature's page, by forms.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles))
struct EditPageTests {
  typealias Client = WebServerTests.Client

  private static func key(of page: String) throws -> String {
    String(try #require(page.firstMatch(of: /name="formKey" value="([^"]+)"/)).1)
  }

  private static func post(
    _ client: Client, _ path: String, _ fields: String
  ) async throws -> WebServerTests.Reply {
    try await client.send(
      "POST", path, type: "application/x-www-form-urlencoded", body: Data(fields.utf8))
  }

  private static func post(
    _ client: Client, _ path: String, parts: [String: String]
  ) async throws -> WebServerTests.Reply {
    let body = parts.sorted { $0.key < $1.key }.map { name, value in
      "--x\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
    }
    return try await client.send(
      "POST", path, type: "multipart/form-data; boundary=x",
      body: Data((body.joined() + "--x--\r\n").utf8))
  }

  @Test func `a small dataset is downloaded at once, from the dataset's own page`() async throws {
    try await CataloguePageTests.withCatalogue { client in
      let page = try await client.get("/catalogue/townships?lang=en").body
      #expect(page.contains("action=\"/catalogue/townships/download\""))
      #expect(page.contains("EPSG:4513") && page.contains("all regions"))
      let key = try Self.key(of: page)
      let path = "/catalogue/townships/download"
      let file = try await Self.post(
        client, path, "formKey=\(key)&format=geojson&crs=EPSG:4490&validOn=2025-02-01")
      #expect(file.status == 200 && file.body.contains("653101002"), "\(file.body.prefix(300))")
      let name = "attachment; filename=\"townships-2025-02-01.geojson\""
      #expect(file.headers["content-disposition"] == name)
      for (fields, status) in [
        ("formKey=\(key)&format=nothing", 400), ("formKey=\(key)&format=csv&validOn=x", 400),
        ("format=csv", 403),
      ] {
        #expect(try await Self.post(client, path, fields).status == status, "\(fields)")
      }
      #expect(try await client.get("/downloads/none").status == 404)
      #expect(try await client.get("/downloads/none/file").status == 404)
    }
  }

  @Test func `an end is prepared, shown and recorded; what is wrong stands above the form`()
    async throws
  {
    try await CataloguePageTests.withCatalogue { client in
      let feature = "/catalogue/townships/features/653101003"
      for language in ["zh", "ug", "en"] {
        let page = try await client.get(feature + "?tab=edit&lang=\(language)").body
        #expect(page.contains("name=\"verb\" value=\"end\"") && !page.contains("{{"))
        #expect(page.contains("name=\"set.name\"") && !page.contains("name=\"set.township_code\""))
      }
      let key = try Self.key(of: try await client.get(feature + "?tab=edit").body)
      let wrong = try await Self.post(
        client, feature + "?lang=en",
        parts: ["formKey": key, "verb": "end", "day": "2020-01-01", "reason": "x"])
      #expect(wrong.status == 422 && wrong.body.contains("role=\"alert\""))
      let bare = try await Self.post(
        client, feature + "?lang=en", parts: ["formKey": key, "verb": "end", "day": "2025-09-01"])
      #expect(bare.status == 422 && bare.body.contains("role=\"alert\""))
      let planned = try await Self.post(
        client, feature,
        parts: ["formKey": key, "verb": "end", "day": "2025-09-01", "reason": "撤销"])
      let address = try #require(planned.headers["location"])
      #expect(planned.status == 303 && address.hasPrefix("/edits/"), "\(planned.body)")
      for language in ["zh", "ug", "en"] {
        let shown = try await client.get(address + "?lang=\(language)")
        #expect(shown.status == 200 && shown.body.contains("653101003"))
        #expect(!shown.body.contains("{{") && !shown.body.contains(" style="))
      }
      #expect(try await client.get("/edits/0000").status == 404)
      #expect(try await client.get("/edits/..%2f").status == 404)
      let sent = try await Self.post(client, address, "formKey=\(key)")
      #expect(sent.status == 303, "\(sent.body)")
      let gone = try await client.get(feature + "?lang=en&validOn=2025-10-01").body
      #expect(gone.contains("Not there on this day"))
      let back = try await Self.post(
        client, "/catalogue/townships/revert", "formKey=\(key)&commit=3&reason=x")
      #expect(back.status == 303 && back.headers["location"]?.hasPrefix("/edits/") == true)
    }
  }

  @Test func `the differences' map gets the shapes that were kept with the page`() async throws {
    try await CataloguePageTests.withCatalogue { client in
      let query = "?dataset=townships&from=2025-02-01&to=2025-07-01"
      #expect(try await client.get("/differences/shapes" + query).status == 404)
      let page = try await client.get("/differences" + query).body
      #expect(page.contains("data-shapes=\"/differences/shapes?dataset=townships"))
      let shapes = try #require(try await client.get("/differences/shapes" + query).json)
      #expect(shapes["patches"]?.array?.count == 2)
      #expect(shapes["patches"]?.array?.allSatisfy { $0["geometry"] != nil } == true)
      #expect(try await client.get("/differences/progress" + query).headers["hx-refresh"] == "true")
    }
  }
}
