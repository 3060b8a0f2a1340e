import Foundation
import KarezCore
import KarezGeometry
import KarezPacks
import TestSupport
import Testing

@testable import KarezService
@testable import KarezStore
@testable import KarezWeb

/// The search of the header: what it finds, for whom, and what it costs.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct SearchTests {
  typealias Client = WebServerTests.Client

  /// Records features of a dataset of the packs, a square each.
  static func record(
    _ rows: [(id: String, values: [String: String], x: Double)], in dataset: String, _ map: OneMap,
    key: String = "search"
  ) async throws {
    let schema = try #require(map.packs.schemas.first { $0.id.text == dataset })
    let day = try #require(LegalDate("2024-01-01"))
    let plan = DraftPlan(
      dataset: schema.id, mode: .changes, validity: try #require(Validity(from: day)),
      lineage: Lineage(source: "test", sourceSM3: "", reader: "test", crs: "EPSG:4490"))
    let draft = try await map.store.openDraft(plan, by: .operator, in: .all)
    let drafted = try rows.enumerated().map { place, row in
      let corners = [(0.0, 39.0), (0.01, 39), (0.01, 39.01), (0, 39.01), (0, 39)].map {
        Position(x: row.x + $0.0, y: $0.1)
      }
      let geometry: Geometry =
        schema.geometry == .point
        ? .points([corners[0]])
        : .polygons(MultiPolygon([Polygon(shell: try Ring(corners))]))
      var values = row.values.mapValues { AttributeValue.text($0) }
      values[schema.identifier] = .text(row.id)
      return DraftRow(
        row: Int64(place + 1),
        feature: Feature(id: row.id, geometry: geometry, attributes: values))
    }
    try await map.store.append(drafted, to: draft)
    _ = try await map.store.commit(
      draft, CommitOrder(reason: "test", idempotencyKey: dataset + key), by: .operator, in: .all)
  }

  static func prepare(_ map: OneMap) async throws {
    try await record(
      [
        ("653101001001", ["name": "喀什村", "township_code": "653101001"], 75.9),
        ("653101001002", ["name": "喀什噶尔新村", "township_code": "653101001"], 76.0),
        ("653121002001", ["name": "Upper Karez", "township_code": "653121002"], 76.1),
      ], in: "villages", map)
    try await record(
      [
        ("653101HZ0001", ["name": "喀什北坡", "county_code": "653101"], 75.95),
        ("653121HZ0001", ["name": "喀什南坡", "county_code": "653121"], 76.05),
      ], in: "hazard-sites", map)
  }

  private static func groups(_ reply: WebServerTests.Reply) -> [String: [String]] {
    let groups = reply.json?["groups"]?.array ?? []
    return groups.reduce(into: [:]) { found, group in
      found[group["kind"]?.string ?? "-"] = (group["items"]?.array ?? []).compactMap {
        $0["feature"]?.string ?? $0["title"]?.string
      }
    }
  }

  private static func asked(
    _ question: String, _ client: Client, _ headers: [String: String] = [:]
  ) async throws -> [String: [String]] {
    let reply = try await client.get(
      "/api/v1/search?lang=en&q=" + Asked.escaped(question), headers: headers)
    #expect(reply.status == 200, "\(question): \(reply.body)")
    return groups(reply)
  }

  @Test func `codes whole, names in part or by pinyin, datasets as the catalogue finds them`()
    async throws
  {
    try await WebServerTests.withServer(prepare: Self.prepare) { client, _ in
      #expect(try await Self.asked("653101001001", client)["codes"] == ["653101001001"])
      #expect(try await Self.asked("653101hz0001", client)["codes"] == ["653101HZ0001"])
      #expect(try await Self.asked("65310100100", client)["codes"] == nil, "a code is whole")
      let plain = try await Self.asked("喀什", client)["places"]
      #expect(plain?.first == "653101001001" && plain?.count == 4)
      for letters in ["kashi", "ksgexc", "kashigaerxc"] {
        let found = try await Self.asked(letters, client)["places"] ?? []
        #expect(found.contains("653101001002"), "\(letters): \(found)")
      }
      #expect(try await Self.asked("karez", client)["places"] == ["653121002001"])
      #expect(try await Self.asked("yjjbnt", client)["datasets"]?.first != nil)
      #expect(try await Self.asked("k", client).isEmpty, "one letter is in nearly every name")
      #expect(try await Self.asked("村", client)["places"]?.count == 2)
      #expect(try await Self.asked("'; DROP", client).isEmpty)
      let long = String(repeating: "a", count: 101)
      #expect(try await client.get("/search?q=" + long).status == 400)
      #expect(try await client.get("/api/v1/search").status == 400)
      let item = try await client.get("/api/v1/search?q=653101001001").json?["groups"]?.array?
        .first?["items"]?.array?.first
      let map = try #require(item?["mapAddress"]?.string)
      #expect(map.contains("layers=villages,counties") && map.contains("view=75.905"))
      #expect(try await client.get(map).status == 200)
      #expect(try await client.get(try #require(item?["address"]?.string)).status == 200)
    }
  }

  @Test func `the page needs no script, in three languages, and the box stands in every frame`()
    async throws
  {
    try await WebServerTests.withServer(prepare: Self.prepare) { client, _ in
      for (language, words) in [("zh", "地名与名称"), ("ug", "خەرىتىدە"), ("en", "On the map")] {
        let page = try await client.get("/search?lang=\(language)&q=" + Asked.escaped("喀什"))
        #expect(page.status == 200 && page.body.contains(words), "\(language)")
        #expect(page.body.contains("653101001001") && !page.body.contains("{{"))
        let none = try await client.get("/search?lang=\(language)&q=nowhere-at-all")
        #expect(none.status == 200 && none.body.contains("nowhere-at-all"))
        #expect(try await client.get("/search?lang=\(language)").status == 200)
      }
      for path in ["/", "/catalogue", "/desk", "/cases", "/checks", "/statistics", "/nowhere"] {
        #expect(try await client.get(path).body.contains("id=\"find\""), "\(path)")
      }
    }
  }

  @Test func `what is hidden is not found, by code, name or number`() async throws {
    var cookies: [String: [String: String]] = [:]
    try await WebServerTests.withServer(
      changing: { $0.offices.zone.publicEdition = .view },
      prepare: { map in
        try await Self.prepare(map)
        for (id, regions) in [("all", nil), ("near", ["653101"])] as [(String, [String]?)] {
          let order = AccountOrder(id: id, name: id, roles: ["viewer"], regions: regions)
          cookies[id] = ["Cookie": "karez-session=" + (try await AccessMap.session(of: order, map))]
        }
      }
    ) { client, map in
      let all = try #require(cookies["all"])
      let near = try #require(cookies["near"])
      #expect(try await Self.asked("喀什", client, all)["places"]?.count == 4)
      let bound = try await Self.asked("喀什", client, near)["places"] ?? []
      #expect(Set(bound) == ["653101001001", "653101001002", "653101HZ0001"])
      #expect(try await Self.asked("653121HZ0001", client, near).isEmpty)
      let open = try await Self.asked("喀什", client)["places"] ?? []
      #expect(Set(open) == ["653101001001", "653101001002"], "public names alone")
      #expect(try await Self.asked("653101HZ0001", client).isEmpty)
      // What was found of what is not public is a read, of whoever was shown it.
      await map.flushReads()
      let read = try await map.store.logEntries(after: 0, limit: 1_000)
        .filter { $0.kind == "read" }
      #expect(!read.isEmpty && read.allSatisfy { ["all", "near"].contains($0.actor.id) })
    }
  }

  @Test func `case numbers are found by those who read cases`() async throws {
    try await CaseRoom.with { room in
      let number = try await room.opened()
      let clerk = try await room.person("clerk", ["submitter"])
      let boss = try await room.person("boss", ["operator"])
      #expect(try await Self.asked(number, room.client, clerk)["cases"] == [number])
      #expect(try await Self.asked(number.lowercased(), room.client, clerk)["cases"] == [number])
      #expect(try await Self.asked(number, room.client, boss)["cases"] == nil)
    }
  }

  @Test func `names are read once for a commit, and what is new is found after it`() async throws {
    try await WebServerTests.withServer(prepare: Self.prepare) { client, map in
      #expect(try await Self.asked("karez", client)["places"]?.count == 1)
      let bytes = map.names.bytes
      #expect(bytes > 0)
      #expect(try await Self.asked("upper", client)["places"]?.count == 1)
      #expect(map.names.bytes == bytes, "a second question reads no row")
      try await Self.record(
        [("653121002002", ["name": "Lower Karez", "township_code": "653121002"], 76.2)],
        in: "villages", map, key: "again")
      #expect(try await Self.asked("karez", client)["places"]?.count == 2)
    }
  }
}
