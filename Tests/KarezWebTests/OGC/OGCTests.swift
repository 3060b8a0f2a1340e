import Foundation
import KarezCore
import KarezPacks
import KarezService
import KarezStore
import TestSupport
import Testing

@testable import KarezWeb

/// `/ogc`: features, as OGC API has them, of the map of the access matrix.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct OGCTests {
  typealias Client = WebServerTests.Client
  typealias Reply = WebServerTests.Reply

  static let items = "/ogc/collections/matrix-public/items"
  static let first = "canary_public_653101_id"
  static let second = "canary_public_653121_id"

  static func withMap(_ body: (Client, OneMap) async throws -> Void) async throws {
    try await WebServerTests.withServer(prepare: { try await AccessMap.prepare($0) }, body)
  }

  static func ids(_ reply: Reply) -> [String] {
    (reply.json?["features"]?.array ?? []).compactMap { $0["id"]?.string }
  }

  static func link(_ relation: String, in json: JSONValue?) -> String? {
    json?["links"]?.array?.first { $0["rel"]?.string == relation }?["href"]?.string
  }

  /// An address of a link without the server's own name.
  static func path(_ link: String, _ client: Client) throws -> String {
    #expect(link.hasPrefix(client.base + "/"), "\(link)")
    return String(link.dropFirst(client.base.count))
  }

  static func escaped(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
  }

  // MARK: Part 1

  @Test func `every link leads somewhere, and pages say what the JSON says`() async throws {
    try await Self.withMap { client, _ in
      var open = ["/ogc"]
      var seen: Set<String> = []
      while let path = open.popLast() {
        guard seen.insert(path).inserted else { continue }
        let reply = try await client.get(path)
        #expect(reply.status == 200, "\(path): \(reply.body.prefix(200))")
        let isRelevant = !path.contains("/collections/") || path.contains("matrix-public")
        guard isRelevant, let json = reply.json else { continue }
        let nested = json["collections"]?.array ?? []
        for one in [json] + nested {
          // What is run is not fetched.
          for link in one["links"]?.array ?? []
          where link["rel"]?.string != OGCProcess.execute {
            let path = try Self.path(try #require(link["href"]?.string), client)
            if !path.contains("/collections/") || path.contains("matrix-public") {
              open.append(path)
            }
          }
        }
      }
      #expect(seen.count > 20)
      let page = try await client.get("/ogc", headers: ["Accept": "text/html,*/*;q=0.8"])
      #expect(page.headers["content-type"]?.hasPrefix("text/html") == true)
      for path in ["/ogc", "/ogc/collections", Self.items, Self.items + "/" + Self.first] {
        for language in ["zh", "en", "ug"] {
          let page = try await client.get(path + "?f=html&lang=\(language)")
          #expect(page.status == 200 && !page.body.contains("{{") && !page.body.contains("ogc_"))
          #expect(!page.body.contains(" style="))
        }
      }
      let classes = try await client.get("/ogc/conformance").json?["conformsTo"]?.array ?? []
      #expect(classes.compactMap(\.string) == OGCConformance.classes && classes.count > 20)
    }
  }

  @Test func `items are those of the box and the day, as recorded`() async throws {
    try await Self.withMap { client, _ in
      for (query, expected) in [
        ("", [Self.first, Self.second]), ("bbox=100.011,30.001,100.012,30.002", [Self.second]),
        ("bbox=100.011,30.001,0,100.012,30.002,9", [Self.second]), ("bbox=1,1,2,2", []),
        ("datetime=2023-06-01", []), ("datetime=2024-06-01T00:00:00Z", [Self.first, Self.second]),
        ("datetime=2023-01-01/2023-12-31", []),
        ("datetime=../2024-06-01", [Self.first, Self.second]),
        ("datetime=2024-06-01/..", [Self.first, Self.second]), ("recorded=0", []),
        ("limit=1", [Self.first]),
      ] as [(String, [String])] {
        let reply = try await client.get(Self.items + "?" + query)
        #expect(reply.status == 200 && Self.ids(reply) == expected, "\(query): \(reply.body)")
        #expect(reply.headers["content-type"] == "application/geo+json")
      }
      let early = try await client.get(Self.items + "?datetime=2024-06-01")
      let late = try await client.get(Self.items)
      #expect(early.body.contains("_name.1") && late.body.contains("_name.1"))
      for query in [
        "bbox=1,2,3", "bbox=3,1,2,2", "bbox=a,b,c,d", "datetime=2025", "datetime=b/a", "limit=0",
        "limit=10001", "datetime=2025-01-02/2025-01-01", "recorded=99999", "f=xml", "extra=1",
        "crs=EPSG:4490", "filter-lang=sql", "sortby=nothing", "properties=nothing", "filter=1",
      ] {
        let reply = try await client.get(Self.items + "?" + query)
        #expect(reply.status == 400, "\(query): \(reply.status)")
      }
      for path in ["/ogc/collections/nothing", "/ogc/collections/nothing/items", Self.items + "/x"]
      {
        #expect(try await client.get(path).status == 404)
      }
      #expect(try await client.send("POST", "/ogc/collections").status == 405)
    }
  }

  @Test func `pages follow one another, of one state and one question`() async throws {
    try await Self.withMap { client, _ in
      for order in ["", "&sortby=-number", "&sortby=region,%2Bnumber&crs=" + Self.zone(4_521)] {
        let all = try await client.get(Self.items + "?limit=5" + order)
        #expect(Self.link("next", in: all.json) == nil)
        #expect(all.json?["numberMatched"]?.integer == 2)
        var reply = try await client.get(Self.items + "?limit=1" + order)
        var ids = Self.ids(reply)
        let next = try #require(Self.link("next", in: reply.json))
        #expect(next.contains("recorded=") && next.contains("datetime="))
        reply = try await client.get(try Self.path(next, client))
        ids += Self.ids(reply)
        #expect(Self.link("next", in: reply.json) == nil)
        #expect(ids == Self.ids(all) && ids.count == 2)
        let token = try #require(next.firstMatch(of: /cursor=([-_0-9A-Za-z]+)/)?.output.1)
        let other = try await client.get(
          "/ogc/collections/matrix-internal/items?cursor=\(token)")
        #expect(other.status == 400 && other.code == "cursor-invalid")
        let forged = try await client.get(Self.items + "?cursor=A" + token.dropFirst())
        #expect(forged.status == 400)
      }
    }
  }

  @Test func `an answer that is still the same is not sent again`() async throws {
    try await Self.withMap { client, map in
      let reply = try await client.get(Self.items)
      let tag = try #require(reply.headers["etag"])
      #expect(reply.headers["cache-control"] == "private, no-store", "not all of it is public")
      let again = try await client.get(Self.items, headers: ["If-None-Match": tag])
      #expect(again.status == 304 && again.body.isEmpty && again.headers["etag"] == tag)
      for (path, headers) in [
        (Self.items + "?limit=1", [:]), (Self.items, ["Accept-Language": "ug"]),
        ("/ogc/collections/matrix-internal/items", [:]),
      ] as [(String, [String: String])] {
        let other = try await client.get(
          path, headers: headers.merging(["If-None-Match": tag]) { $1 })
        #expect(other.status == 200)
      }
      let narrow = Scope(ceiling: .public)
      #expect(map.tag(of: ["a"], in: .all) != map.tag(of: ["a"], in: narrow))
    }
  }

  // MARK: Parts 2, 3 and 5

  static func zone(_ code: Int) -> String { "http://www.opengis.net/def/crs/EPSG/0/\(code)" }

  static func corner(_ reply: Reply) -> [Double] {
    let polygon = reply.json?["features"]?.array?.first?["geometry"]?["coordinates"]
    return polygon?.array?.first?.array?.first?.array?.compactMap(\.double) ?? []
  }

  /// Of one feature.
  static func corner(of reply: Reply) -> [Double] {
    let polygon = reply.json?["geometry"]?["coordinates"]
    return polygon?.array?.first?.array?.first?.array?.compactMap(\.double) ?? []
  }

  @Test func `coordinates come in the system asked for, in its own order`() async throws {
    try await Self.withMap { client, _ in
      let plain = try await client.get(Self.items + "?limit=1")
      #expect(Self.corner(plain) == [100, 30])
      #expect(
        plain.headers["content-crs"] == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>")
      let degrees = try await client.get(Self.items + "?limit=1&crs=" + Self.zone(4_490))
      #expect(Self.corner(degrees) == [30, 100])
      #expect(degrees.headers["content-crs"] == "<\(Self.zone(4_490))>")
      // Zone 33 of three degrees: 100°E is one degree east of its meridian.
      let grid = Self.corner(try await client.get(Self.items + "?limit=1&crs=" + Self.zone(4_521)))
      #expect(grid.count == 2 && abs(grid[0] - 3_320_113) < 2_000)
      #expect(abs(grid[1] - 33_596_490) < 500, "\(grid)")
      let far = try await client.get(Self.items + "?crs=" + Self.zone(4_513))
      #expect(far.status == 400 && far.code == "crs-out-of-reach")
      let box = "30.001,100.011,30.002,100.012"
      let turned = try await client.get(
        Self.items + "?bbox=\(box)&bbox-crs=" + Self.zone(4_490))
      #expect(Self.ids(turned) == [Self.second])
      let east = "\(grid[0] + 100),\(grid[1] + 1100),\(grid[0] + 200),\(grid[1] + 1200)"
      let inGrid = try await client.get(
        Self.items + "?bbox=\(east)&bbox-crs=" + Self.zone(4_521))
      #expect(Self.ids(inGrid) == [Self.second])
    }
  }

  @Test func `filters are CQL2, of what may be asked`() async throws {
    try await Self.withMap { client, _ in
      for (filter, expected) in [
        ("region = '653121'", [Self.second]), ("NOT region LIKE '%01'", [Self.second]),
        ("S_CONTAINS(geometry, POINT(100.005 30.005))", [Self.first]),
        ("validFrom > DATE('2024-12-31')", [Self.first, Self.second]),
        ("statutoryAreaM2 < 1000", []), ("qowner IS NULL AND number IS NULL", []),
        ("T_BEFORE(validFrom, DATE('2030-01-01'))", [Self.first, Self.second]),
      ] as [(String, [String])] {
        let reply = try await client.get(Self.items + "?filter=" + Self.escaped(filter))
        #expect(Self.ids(reply) == expected && reply.status == 200, "\(filter): \(reply.body)")
      }
      let json = #"{"op":"=","args":[{"property":"region"},"653121"]}"#
      let reply = try await client.get(
        Self.items + "?filter-lang=cql2-json&filter=" + Self.escaped(json))
      #expect(Self.ids(reply) == [Self.second])
      for (filter, code) in [
        ("region =", "filter-malformed"), ("nothing = 1", "property-unknown"),
        ("region = 1", "operator-unfit"), ("S_NEAR(geometry, POINT(1 1))", "operator-unknown"),
        ("S_EQUALS(geometry, POLYGON((0 0,1 1,0 1,1 0,0 0)))", "filter-shape"),
      ] {
        let reply = try await client.get(Self.items + "?filter=" + Self.escaped(filter))
        #expect(reply.status == 400 && reply.code == code, "\(filter): \(reply.body)")
      }
      let few = try await client.get(Self.items + "?properties=name,validFrom&skipGeometry=true")
      guard case .object(let members)? = few.json?["features"]?.array?.first?["properties"] else {
        Issue.record("no properties")
        return
      }
      #expect(Set(members.keys) == ["name", "validFrom"])
      #expect(few.json?["features"]?.array?.first?["geometry"] == .null)
      let queryables = try await client.get("/ogc/collections/matrix-public/queryables")
      #expect(queryables.headers["content-type"] == "application/schema+json")
      guard case .object(let known)? = queryables.json?["properties"] else { return }
      for name in known.keys where name != "geometry" {
        let asked = try await client.get(Self.items + "?filter=\(name)%20IS%20NULL&sortby=\(name)")
        #expect(asked.status == 200, "\(name): \(asked.body)")
      }
      #expect(known.count == 11)
    }
  }

  @Test func `whole answers are files by content negotiation`() async throws {
    try await Self.withMap { client, _ in
      let filter = "?filter=" + Self.escaped("region = '653121'")
      let csv = try await client.get(Self.items + filter, headers: ["Accept": "text/csv"])
      #expect(csv.status == 200 && csv.headers["content-type"]?.hasPrefix("text/csv") == true)
      #expect(csv.body.contains(Self.second) && !csv.body.contains(Self.first))
      for form in ["parquet", "gpkg"] {
        let file = try await client.get(Self.items + "?f=" + form)
        #expect(file.status == 200 && file.headers["karez-sm3"] != nil)
      }
      #expect(try await client.get(Self.items + "?f=csv&limit=1").status == 400)
    }
  }

  // MARK: Clients

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/ogrinfo")))
  func `GDAL reads it`() async throws {
    try await Self.withMap { client, _ in
      let all = try await AttackTests.run(
        "/usr/bin/ogrinfo",
        [
          "-ro", "-al", "-oo", "PAGE_SIZE=1", "OAPIF:" + client.base + "/ogc", "matrix-public",
          "-spat", "100.011", "30.001", "100.012", "30.002",
        ])
      #expect(all.status == 0, "\(all.output)")
      #expect(all.output.contains("Feature Count: 1") && all.output.contains(Self.second))
      try await Places.withTemporaryFolder { folder in
        let file = folder.appending(path: "out.gpkg").path
        let copied = try await AttackTests.run(
          "/usr/bin/ogr2ogr",
          ["-oo", "PAGE_SIZE=1", file, "OAPIF:" + client.base + "/ogc", "matrix-public"])
        #expect(copied.status == 0, "\(copied.output)")
        let shown = try await AttackTests.run("/usr/bin/ogrinfo", ["-ro", "-al", file])
        #expect(shown.output.contains("Feature Count: 2"), "\(shown.output)")
        #expect(shown.output.contains("canary_public_653121_name.1"))
      }
    }
  }

  static let python = Places.repository.appending(path: ".venv/bin/python").path
  static let hasOWSLib = FileManager.default.fileExists(
    atPath: Places.repository.appending(path: ".venv/lib/python3.11/site-packages/owslib").path)

  @Test(.enabled(if: hasOWSLib, "OWSLib was not installed: run make setup"))
  func `OWSLib reads it`() async throws {
    try await Self.withMap { client, _ in
      let script = """
        from owslib.ogcapi.features import Features
        f = Features('\(client.base)/ogc')
        assert any('features-1' in c for c in f.conformance()['conformsTo'])
        assert 'matrix-public' in f.feature_collections()
        assert f.collection('matrix-public')['id'] == 'matrix-public'
        assert 'region' in f.collection_queryables('matrix-public')['properties']
        r = f.collection_items('matrix-public', limit=1, bbox=[100.0, 30.0, 101.0, 31.0])
        assert r['numberReturned'] == 1, r
        r = f.collection_items('matrix-public', filter="region = '653121'")
        assert [i['id'] for i in r['features']] == ['\(Self.second)'], r
        one = f.collection_item('matrix-public', '\(Self.first)')
        assert one['properties']['region'] == '653101'
        print('read')
        """
      let outcome = try await AttackTests.run(Self.python, ["-c", script])
      #expect(outcome.status == 0 && outcome.output.contains("read"), "\(outcome.output)")
    }
  }
}
