import Foundation
import KarezCore
import KarezService
import TestSupport
import Testing

@testable import KarezWeb

/// `/ogc/collections/catalogue`: the catalogue as OGC API Records has it.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct RecordTests {
  static let catalogue = "/ogc/collections/catalogue"
  static let items = catalogue + "/items"

  static func matrix(_ reply: WebServerTests.Reply) -> [String] {
    OGCTests.ids(reply).filter { $0.hasPrefix("matrix-") }.sorted()
  }

  @Test func `the catalogue is found from the landing page and in the list of collections`()
    async throws
  {
    try await OGCTests.withMap { client, _ in
      let landing = try await client.get("/ogc")
      let place = try #require(OGCTests.link(OGCAddresses.catalogue, in: landing.json))
      let found = try await client.get(try OGCTests.path(place, client))
      #expect(found.headers["content-type"] == "application/ogc-catalog+json")
      #expect(
        found.json?["itemType"]?.string == "record" && found.json?["id"]?.string == "catalogue")
      let listed = try await client.get("/ogc/collections").json?["collections"]?.array ?? []
      #expect(listed.contains { $0["itemType"]?.string == "record" })
      for path in [Self.catalogue, Self.items, Self.items + "/matrix-public"] {
        for language in ["zh", "en", "ug"] {
          let page = try await client.get(path + "?f=html&lang=\(language)")
          #expect(page.status == 200 && !page.body.contains("{{"), "\(path)")
          #expect(!page.body.contains("ogc_") && !page.body.contains(" style="))
        }
      }
    }
  }

  @Test func `records are the datasets, each with ways to get it`() async throws {
    try await OGCTests.withMap { client, _ in
      let all = try await client.get(Self.items + "?limit=1000")
      #expect(all.headers["content-type"] == "application/geo+json")
      let known = try await client.get("/api/v1/datasets").json?.array?.count
      #expect(OGCTests.ids(all).count == known && known != nil)
      #expect(all.json?["numberMatched"]?.integer == known.map(Int64.init))
      let one = try await client.get(Self.items + "/matrix-public")
      let record = try #require(one.json)
      #expect(record["properties"]?["type"]?.string == "dataset" && record["geometry"] != .null)
      #expect(record["time"]?["interval"]?.array?.first?.string == "2025-01-01")
      let relations = Set(
        record["links"]?.array?.compactMap { $0["rel"]?.string } ?? [])
      #expect(
        relations.isSuperset(of: [
          "self", "collection", "items", "describedby", "enclosure", "about",
          OGCAddresses.tilesets,
        ]))
      for link in record["links"]?.array ?? [] {
        let path = try OGCTests.path(try #require(link["href"]?.string), client)
        #expect(try await client.get(path).status == 200, "\(path)")
      }
      #expect(try await client.get(Self.items + "/nothing").status == 404)
    }
  }

  @Test func `records are found by words, land, day, sort and name`() async throws {
    try await OGCTests.withMap { client, _ in
      let all = ["confidential", "internal", "public", "restricted"].map { "matrix-" + $0 }
      for (query, expected) in [
        ("", all), ("q=canary_public_all_title", ["matrix-public"]),
        (
          "q=canary_public_all_title,canary_internal_all_title",
          ["matrix-internal", "matrix-public"]
        ),
        ("q=nothingofthekind", []), ("type=dataset", all), ("type=service", []),
        ("type=service,dataset", all), ("bbox=100.001,30.001,100.002,30.002", all),
        ("bbox=1,1,2,2", []), ("datetime=2024-06-01", all), ("datetime=2023-06-01", []),
        ("datetime=2023-01-01/2024-06-01", all), ("datetime=../2023-06-01", []),
        ("ids=matrix-public,counties", ["matrix-public"]), ("externalIds=x", []),
        ("q=&bbox=&type=&ids=&datetime=&externalIds=", all),
      ] as [(String, [String])] {
        let reply = try await client.get(Self.items + "?limit=1000&" + query)
        #expect(reply.status == 200 && Self.matrix(reply) == expected, "\(query): \(reply.body)")
      }
      for query in ["limit=0", "offset=-1", "bbox=1,2", "datetime=x", "extra=1", "f=xml"] {
        #expect(try await client.get(Self.items + "?" + query).status == 400, "\(query)")
      }
    }
  }

  @Test func `records come page by page`() async throws {
    try await OGCTests.withMap { client, _ in
      let all = OGCTests.ids(try await client.get(Self.items + "?limit=1000"))
      var ids: [String] = []
      var next: String? = Self.items + "?limit=7"
      while let path = next {
        let reply = try await client.get(path)
        ids += OGCTests.ids(reply)
        next = try OGCTests.link("next", in: reply.json).map { try OGCTests.path($0, client) }
      }
      #expect(ids == all && ids.count > 14)
    }
  }

  @Test(.enabled(if: OGCTests.hasOWSLib, "OWSLib was not installed: run make setup"))
  func `OWSLib finds records`() async throws {
    try await OGCTests.withMap { client, _ in
      let script = """
        from owslib.ogcapi.records import Records
        r = Records('\(client.base)/ogc')
        assert r.records() == ['catalogue'], r.records()
        found = r.collection_items('catalogue', q='canary_public_all_title', limit=5)
        assert [f['id'] for f in found['features']] == ['matrix-public'], found
        one = r.collection_item('catalogue', 'matrix-public')
        assert one['properties']['type'] == 'dataset'
        print('found')
        """
      let outcome = try await AttackTests.run(OGCTests.python, ["-c", script])
      #expect(outcome.status == 0 && outcome.output.contains("found"), "\(outcome.output)")
    }
  }
}
