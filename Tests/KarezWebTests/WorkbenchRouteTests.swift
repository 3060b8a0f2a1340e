import Foundation
import KarezCore
import KarezGeometry
import KarezService
import TestSupport
import Testing

@testable import KarezWeb

/// What the map's page asks the server for: what is at a place, and what a line measures.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles))
struct WorkbenchRouteTests {
  static let corners = "100,30,100.01,30,100.01,30.01,100,30.01"

  // MARK: Measuring

  @Test func `land drawn on the map has the area every other channel gives it`() async throws {
    try await WebServerTests.withServer { client in
      let reply = try await client.get("/api/v1/measure?line=\(Self.corners)&closed=true")
      let json = try #require(reply.json)
      let ring = [(100.0, 30.0), (100.01, 30.0), (100.01, 30.01), (100.0, 30.01), (100.0, 30.0)]
      let shape = try Ring(ring.map { Position(x: $0.0, y: $0.1) })
      #expect(json["statutoryAreaM2"]?.string == shape.statutoryArea().text)
      #expect(json["planarCRS"]?.string == "EPSG:4521" && json["planarZone"]?.integer == 33)
      let planar = try #require(json["planarAreaM2"]?.string.flatMap(Double.init))
      let statutory = shape.statutoryArea().squareMetres
      // A degree from the meridian the plane is larger by 2.3e-4 of the land, and never the same.
      #expect(planar != statutory && abs(planar / statutory - 1) < 3e-4)
      #expect(json["lengthM"]?.string != json["planarLengthM"]?.string)
    }
  }

  @Test func `a line that is not closed has a length, and outside the grid no plane`() async throws
  {
    try await WebServerTests.withServer { client in
      let line = try #require(
        try await client.get("/api/v1/measure?line=76,39,76,39.00900774573073").json)
      #expect(line["lengthM"]?.string == "1000.00")
      #expect(line["statutoryAreaM2"] == .null && line["planarAreaM2"] == .null)
      let abroad = try #require(try await client.get("/api/v1/measure?line=-10,39,-10,40").json)
      #expect(abroad["lengthM"]?.string != nil)
      #expect(abroad["planarLengthM"] == .null && abroad["planarCRS"] == .null)
    }
  }

  @Test func `what cannot be measured is refused, and not given a figure`() async throws {
    try await WebServerTests.withServer { client in
      let crossing = "100,30,100.01,30.01,100.01,30,100,30.01"
      let crossed = try await client.get("/api/v1/measure?line=\(crossing)&closed=true&lang=en")
      #expect(crossed.status == 422, "\(crossed.body)")
      #expect(try await client.get("/api/v1/measure?line=\(crossing)").status == 200)
      for bad in [
        "", "line=", "line=100,30", "line=100,30,101", "line=100,30,x,31", "line=1e3,30,100,31",
        "line=100,30,100.01,30&closed=true", "line=\(Self.corners)&closed=1",
        "line=\(Self.corners)&unit=mu",
      ] {
        #expect(try await client.get("/api/v1/measure?\(bad)").status == 400, "\(bad)")
      }
      for far in ["line=181,30,100,31", "line=100,91,100,31"] {
        #expect(try await client.get("/api/v1/measure?\(far)").status == 422, "\(far)")
      }
    }
  }

  // MARK: What is at a place

  private static func identify(
    _ client: WebServerTests.Client, _ query: String
  ) async throws -> WebServerTests.Reply {
    try await client.get("/identify?lang=en&" + query)
  }

  @Test func `a place tells the features there with their codes, version and source`() async throws
  {
    try await CataloguePageTests.withCatalogue { client in
      let page = try await Self.identify(client, "at=76.005,39.005&layers=townships,counties")
      #expect(page.status == 200 && !page.body.contains("{{"), "\(page.body)")
      for words in [
        "data-feature=\"653101001\"", "data-dataset=\"townships\"", "镇653101001",
        "/catalogue/townships/features/653101001", "tab=history", "年度更新",
        // The second file says the same of it, so it is still of the first.
        "a.geojson", "2025-01-01", "<bdi class=\"figure\">1</bdi>",
      ] {
        #expect(page.body.contains(words), "\(words)\n\(page.body)")
      }
      #expect(!page.body.contains("653101003") && !page.body.contains("<html"))
      let beside = try await Self.identify(client, "at=76.015,39.005&layers=townships")
      #expect(beside.status == 200 && beside.body.contains("Nothing here"))
      let before = try await Self.identify(
        client, "at=76.025,39.005&layers=townships&validOn=2025-03-01")
      // That it ends was said by the second file, which wrote the version that says so.
      #expect(before.body.contains("653101002") && before.body.contains("2025-01-01 – 2025-06-01"))
      #expect(before.body.contains("b.geojson"))
      let after = try await Self.identify(client, "at=76.025,39.005&layers=townships")
      #expect(!after.body.contains("653101002"))
      // As it was recorded before the second commit, it was still there.
      let recorded = try await Self.identify(
        client, "at=76.025,39.005&layers=townships&recorded=1")
      #expect(recorded.body.contains("653101002") && recorded.body.contains("recorded=1"))
      #expect(recorded.body.contains("a.geojson"))
    }
  }

  @Test func `a question that names no place or no layer is not understood`() async throws {
    try await WebServerTests.withServer { client in
      for bad in [
        "at=76,39", "layers=townships", "at=76&layers=townships", "at=76,x&layers=townships",
        "at=190,39&layers=townships", "at=76,39&layers=townships&within=-1",
        "at=76,39&layers=townships&within=1e9", "at=76,39&layers=townships&recorded=9",
        "at=76,39&layers=townships&validOn=today",
        "at=76,39&layers=" + Array(repeating: "a", count: 65).joined(separator: ","),
      ] {
        let reply = try await Self.identify(client, bad)
        #expect(reply.status == 400, "\(bad)")
      }
      let hidden = try await Self.identify(client, "at=76,39&layers=no-such")
      #expect(hidden.status == 404)
    }
  }

  // MARK: The page

  @Test func `the page is of a day and a commit, and says so`() async throws {
    try await CataloguePageTests.withCatalogue { client in
      let now = try await client.get("/?lang=en").body
      #expect(now.contains("<header class=\"bar\">") && now.contains("data-last=\"2\""))
      let past = try await client.get("/?lang=en&recorded=1").body
      #expect(past.contains("<header class=\"bar past\">") && past.contains("data-recorded=\"1\""))
      #expect(past.contains("as recorded at commit 1"))
      // The last commit is now, also where the address names it.
      let last = try await client.get("/?lang=en&recorded=2").body
      #expect(last.contains("<header class=\"bar\">"))
      #expect(try await client.get("/?recorded=3").status == 400)
      // A page a feature's link leads to is of the same state.
      let feature = try await client.get(
        "/catalogue/townships/features/653101002?recorded=1&lang=en"
      ).body
      #expect(feature.contains("<header class=\"bar past\">"))
    }
  }

  @Test func `every room of the workbench is served, and none is too large for a reader`() throws {
    let folder = Places.repository.appending(path: "Portal/assets/workbench")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    try #require(names.count > 10)
    var bytes = 0
    for name in names {
      #expect(Assets.files[name] == "assets/workbench/" + name, "\(name)")
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      #expect(text.count { $0 == "\n" } <= 350, "\(name)")
      bytes += text.utf8.count
    }
    // The first view is to weigh less than a megabyte besides tiles and vendored libraries.
    #expect(bytes < 200_000, "\(bytes)")
  }
}
