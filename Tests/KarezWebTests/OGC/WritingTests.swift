import Foundation
import KarezCore
import KarezService
import KarezStore
import TestSupport
import Testing

@testable import KarezWeb

/// OGC API Features, part 4, over a map with three townships: every change goes the way of edits.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct WritingTests {
  typealias Client = WebServerTests.Client
  typealias Reply = WebServerTests.Reply

  static let items = "/ogc/collections/townships/items"
  static let first = items + "/653101001"
  static let third = items + "/653101003"
  static let geoJSON = "application/geo+json"
  static let patch = "application/merge-patch+json"

  static func body(
    _ id: String?, x: Double, name: String = "新镇", _ more: String = ""
  ) -> String {
    let code = id.map { "\"township_code\":\"\($0)\"," } ?? ""
    return """
      {"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[\(x),39],[\(x + 0.01),39],\
      [\(x + 0.01),39.01],[\(x),39.01],[\(x),39]]]},"properties":{\(code)\
      "county_code":"653101","name":"\(name)"\(more)}}
      """
  }

  static func send(
    _ method: String, _ path: String, _ body: String? = nil, type: String? = geoJSON,
    headers: [String: String] = [:], on client: Client
  ) async throws -> Reply {
    try await client.send(
      method, path, type: body == nil ? nil : type, body: body.map { Data($0.utf8) },
      headers: headers)
  }

  static func name(_ path: String, _ client: Client) async throws -> String? {
    try await client.get(path).json?["properties"]?["name"]?.string
  }

  // MARK: At the machine, where nobody else could sign

  @Test func `features are made, replaced, changed and ended`() async throws {
    try await CataloguePageTests.withCatalogue { client in
      let made = try await Self.send(
        "POST", Self.items + "?reason=%E6%96%B0%E8%AE%BE", Self.body("653101009", x: 76.1),
        on: client)
      #expect(made.status == 201, "\(made.body)")
      let path = try OGCTests.path(try #require(made.headers["location"]), client)
      #expect(path == Self.items + "/653101009" && made.headers["etag"] != nil)
      #expect(try await Self.name(path, client) == "新镇")
      let commits = try await client.get("/api/v1/commits?dataset=townships&limit=1")
      #expect(commits.json?["commits"]?.array?.first?["reason"]?.string == "新设")

      let put = try await Self.send(
        "PUT", path, Self.body(nil, x: 76.12, name: "改名镇"), on: client)
      #expect(put.status == 204 && put.headers["etag"] != made.headers["etag"], "\(put.body)")
      let replaced = try await client.get(path)
      #expect(OGCTests.corner(of: replaced) == [76.12, 39], "\(replaced.body)")

      let patched = try await Self.send(
        "PATCH", path, #"{"properties":{"name_ug":"يېزا"}}"#, type: Self.patch, on: client)
      #expect(patched.status == 204, "\(patched.body)")
      let now = try await client.get(path).json?["properties"]
      #expect(now?["name_ug"]?.string == "يېزا" && now?["name"]?.string == "改名镇")
      let taken = try await Self.send(
        "PATCH", path, #"{"properties":{"name_ug":null}}"#, type: Self.patch, on: client)
      #expect(taken.status == 204)
      #expect(try await client.get(path).json?["properties"]?["name_ug"] == .null)

      #expect(try await Self.send("DELETE", path, on: client).status == 204)
      #expect(try await client.get(path).status == 404)
      #expect(try await Self.send("DELETE", path, on: client).status == 404)
      #expect(try await client.get(path + "?datetime=../..").status == 404, "it held for no day")
    }
  }

  @Test func `a change holds from the day it names, and what was before stays`() async throws {
    try await CataloguePageTests.withCatalogue { client in
      let day = "?datetime=2025-08-01"
      let put = try await Self.send(
        "PUT", Self.third + day, Self.body("653101003", x: 76.04, name: "八月镇"), on: client)
      #expect(put.status == 204, "\(put.body)")
      #expect(try await Self.name(Self.third + "?datetime=2025-07-31", client) == "镇653101003")
      #expect(try await Self.name(Self.third + day, client) == "八月镇")
      let end = try await Self.send("DELETE", Self.third + "?datetime=2025-09-01", on: client)
      #expect(end.status == 204)
      #expect(try await client.get(Self.third + "?datetime=2025-09-01").status == 404)
      #expect(try await client.get(Self.third + "?datetime=2025-08-31").status == 200)
    }
  }

  @Test func `coordinates are of the system the request names`() async throws {
    try await CataloguePageTests.withCatalogue { client in
      let turned = """
        {"type":"Feature","id":"653101008","geometry":{"type":"Polygon","coordinates":\
        [[[39,76.2],[39,76.21],[39.01,76.21],[39.01,76.2],[39,76.2]]]},"properties":\
        {"county_code":"653101","name":"x"}}
        """
      let crs = ["Content-Crs": "<\(OGCTests.zone(4_490))>"]
      let made = try await Self.send("POST", Self.items, turned, headers: crs, on: client)
      #expect(made.status == 201, "\(made.body)")
      let reply = try await client.get(Self.items + "/653101008")
      #expect(OGCTests.corner(of: reply) == [76.2, 39], "\(reply.body)")
      let other = try await Self.send(
        "POST", Self.items, turned, headers: ["Content-Crs": "EPSG:3857"], on: client)
      #expect(other.status == 400)
    }
  }

  @Test func `what the gate refuses is answered with its findings, and nothing is recorded`()
    async throws
  {
    try await CataloguePageTests.withCatalogue { client in
      let before = try await client.get("/readyz").body
      // On the ground of another township.
      let over = try await Self.send(
        "POST", Self.items, Self.body("653101009", x: 76.005), on: client)
      #expect(over.status == 422 && over.code == "edit-refused", "\(over.body)")
      let findings = over.json?["findings"]?.array ?? []
      #expect(findings.contains { $0["severity"]?.string == "error" && $0["rule"] != nil })
      let nameless = try await Self.send(
        "PATCH", Self.first, #"{"properties":{"name":null}}"#, type: Self.patch, on: client)
      #expect(nameless.status == 422 && nameless.json?["findings"]?.array?.isEmpty == false)
      #expect(try await client.get("/readyz").body == before)
    }
  }

  @Test func `a version that is not the one seen is not changed`() async throws {
    try await CataloguePageTests.withCatalogue { client in
      let seen = try #require(try await client.get(Self.first).headers["etag"])
      let change = #"{"properties":{"name":"一"}}"#
      for (method, body) in [("PATCH", change), ("DELETE", nil), ("PUT", Self.body(nil, x: 76.0))] {
        let stale = try await Self.send(
          method, Self.first, body, type: method == "PATCH" ? Self.patch : Self.geoJSON,
          headers: ["If-Match": "\"0\""], on: client)
        #expect(stale.status == 412 && stale.code == "feature-changed", "\(method)")
        let weak = try await Self.send(
          method, Self.first, body, type: method == "PATCH" ? Self.patch : Self.geoJSON,
          headers: ["If-Match": "W/" + seen], on: client)
        #expect(weak.status == 412)
      }
      let fine = try await Self.send(
        "PATCH", Self.first, change, type: Self.patch, headers: ["If-Match": seen], on: client)
      #expect(fine.status == 204 && fine.headers["etag"] != seen, "\(fine.body)")
      let again = try await Self.send(
        "PATCH", Self.first, change, type: Self.patch, headers: ["If-Match": seen], on: client)
      #expect(again.status == 412, "somebody else was faster")
      // A form the feature was seen in makes no difference, nor does what was recorded elsewhere.
      let grid = try await client.get(Self.third + "?crs=" + OGCTests.zone(4_490))
      let tag = try #require(grid.headers["etag"])
      let other = try await Self.send("DELETE", Self.third, headers: ["If-Match": tag], on: client)
      #expect(other.status == 204)
      let none = try await Self.send(
        "PUT", Self.items + "/none", Self.body(nil, x: 76.3), headers: ["If-Match": "\"x\""],
        on: client)
      #expect(none.status == 404)
    }
  }

  @Test func `what is no feature of the dataset is refused, and says which member`() async throws {
    try await CataloguePageTests.withCatalogue { client in
      let line =
        #"{"type":"Feature","geometry":{"type":"LineString","coordinates":[[76,39],[77,39]]},"#
        + #""properties":{"township_code":"653101007"}}"#
      for (body, code, status) in [
        ("[]", "feature-malformed", 400), ("{", "json-malformed", 400),
        (#"{"type":"Polygon"}"#, "feature-malformed", 400),
        (#"{"type":"Feature","geometry":null}"#, "feature-malformed", 400),
        (Self.body(nil, x: 76.1), "identifier-missing", 400),
        (Self.body("653101009", x: 76.1, #","nothing":1"#), "attribute-unknown", 400),
        (Self.body("653101009", x: 76.1, #","name_ug":1"#), "value-malformed", 400),
        (line, "geometry-other", 400), (Self.body("653101001", x: 76.1), "feature-exists", 409),
      ] {
        let reply = try await Self.send("POST", Self.items, body, on: client)
        #expect(reply.status == status && reply.code == code, "\(body): \(reply.body)")
      }
      let other = try await Self.send("PUT", Self.first, Self.body("653101009", x: 76), on: client)
      #expect(other.status == 400 && other.code == "identifier-other")
      let renamed = try await Self.send(
        "PATCH", Self.first, #"{"properties":{"township_code":"653101009"}}"#, type: Self.patch,
        on: client)
      #expect(renamed.status == 400 && renamed.code == "identifier-other")
      for (method, path) in [("POST", Self.items), ("PUT", Self.first), ("PATCH", Self.first)] {
        let body = Self.body("653101009", x: 76.1)
        // Of a POST without a type Foundation's own client states one.
        let untyped = try await Self.send(method, path, body, type: nil, on: client)
        #expect(untyped.status == (method == "POST" ? 415 : 400))
        #expect(
          try await Self.send(method, path, body, type: "text/plain", on: client).status == 415)
      }
      // What was fetched can be sent back: what the server says of it is read over.
      let fetched = try await client.get(Self.first).body
      let back = try await Self.send("PUT", Self.first, fetched, on: client)
      #expect(back.code == "edit-nothing", "\(back.body)")
      let hidden = try await Self.send(
        "POST", "/ogc/collections/nothing/items", Self.body("1", x: 76.1), on: client)
      #expect(hidden.status == 404)
    }
  }

  @Test func `what may be done is said when it is asked`() async throws {
    try await CataloguePageTests.withCatalogue { client in
      let all = try await client.send("OPTIONS", Self.items)
      #expect(all.status == 200 && all.headers["allow"] == "GET, HEAD, OPTIONS, POST")
      #expect(all.headers["accept-post"]?.contains(Self.geoJSON) == true)
      let one = try await client.send("OPTIONS", Self.first)
      #expect(one.headers["allow"] == "GET, HEAD, OPTIONS, PUT, PATCH, DELETE")
      #expect(one.headers["accept-patch"] == Self.patch)
      #expect(try await client.send("OPTIONS", "/ogc/collections/nothing/items").status == 404)
    }
  }

  // MARK: Among people

  /// The townships, and somebody of each role who has signed in.
  static func withPeople(
    _ body: (Client, OneMap, [String: [String: String]]) async throws -> Void
  ) async throws {
    var headers: [String: [String: String]] = [:]
    try await Places.withTemporaryFolder { folder in
      try await WebServerTests.withServer { map in
        var order = ImportOrder(
          dataset: "townships",
          file: FileArgument(
            try CataloguePageTests.file(
              folder, "a.geojson", [("653101001", 76.0), ("653101002", 76.02)])),
          validFrom: try #require(LegalDate("2025-01-01")))
        order.reason = "年度更新"
        _ = try await map.importFile(order, by: .operator, in: .all) { _ in }
        for role in ["submitter", "approver", "viewer"] {
          let cookie = try await AccessMap.session(
            of: AccountOrder(id: role, name: role, roles: [role], ceiling: .confidential), map)
          headers[role] = ["Cookie": "karez-session=\(cookie)"]
        }
      } _: { client, map in
        try await body(client, map, headers)
      }
    }
  }

  @Test func `a change waits for a second person, and is recorded when that one has signed`()
    async throws
  {
    try await Self.withPeople { client, map, people in
      let (submitter, approver) = (people["submitter"] ?? [:], people["approver"] ?? [:])
      let sent = try await Self.send(
        "POST", Self.items, Self.body("653101009", x: 76.1), headers: submitter, on: client)
      #expect(sent.status == 202, "\(sent.body)")
      let place = try OGCTests.path(try #require(sent.headers["location"]), client)
      let id = try #require(sent.json?["id"]?.string)
      #expect(place == "/api/v1/submissions/" + id)
      try await Workers(map: map) { _, _ in }.runDue()
      let examined = try await client.get(place, headers: submitter)
      #expect(examined.json?["state"]?.string == "to-sign", "\(examined.body)")
      let path = Self.items + "/653101009"
      #expect(try await client.get(path, headers: submitter).status == 404, "nobody signed yet")
      let report = try #require(examined.json?["verdict"]?["sm3"]?.string)
      await #expect(throws: Problem.self, "nobody signs what they sent") {
        try await map.submissions.sign(
          id, report: report, by: try Self.principal(submitter, map))
      }
      _ = try await map.submissions.sign(id, report: report, by: try Self.principal(approver, map))
      try await Workers(map: map) { _, _ in }.runDue()
      #expect(try await client.get(path, headers: submitter).status == 200)
      #expect(try await map.verifyLog { _ in }.faults == [])
    }
  }

  static func principal(_ headers: [String: String], _ map: OneMap) async throws -> Principal {
    let cookie = try #require(headers["Cookie"]?.split(separator: "=").last)
    return try #require(try await map.accounts.signedIn(String(cookie))?.principal)
  }

  @Test func `who may not hand changes in changes nothing, and is told so`() async throws {
    try await Self.withPeople { client, map, people in
      let before = try await map.today().recorded
      for role in ["viewer", "approver"] {
        let who = people[role] ?? [:]
        for (method, path, body, type) in [
          ("POST", Self.items, Self.body("653101009", x: 76.1), Self.geoJSON),
          ("PUT", Self.first, Self.body(nil, x: 76.0), Self.geoJSON),
          ("PATCH", Self.first, #"{"properties":{"name":"x"}}"#, Self.patch),
          ("DELETE", Self.first, nil, Self.geoJSON),
        ] as [(String, String, String?, String)] {
          let reply = try await Self.send(
            method, path, body, type: type, headers: who, on: client)
          #expect(reply.status == 403 && reply.code == "not-permitted", "\(role) \(method)")
        }
        let options = try await client.send("OPTIONS", Self.items, headers: who)
        #expect(options.headers["allow"] == "GET, HEAD, OPTIONS")
      }
      let nobody = try await Self.send(
        "POST", Self.items, Self.body("653101009", x: 76.1), on: client)
      #expect(nobody.status == 401)
      let foreign = try await Self.send(
        "DELETE", Self.first,
        headers: (people["submitter"] ?? [:]).merging(["Origin": "http://elsewhere.example"]) {
          $1
        },
        on: client)
      #expect(foreign.status == 403)
      #expect(try await map.today().recorded == before)
      #expect(try await map.submissions.all(for: .operator).isEmpty)
    }
  }

  @Test func `what the gate refuses makes no submission`() async throws {
    try await Self.withPeople { client, map, people in
      let over = try await Self.send(
        "POST", Self.items, Self.body("653101009", x: 76.005), headers: people["submitter"] ?? [:],
        on: client)
      #expect(over.status == 422 && over.json?["findings"]?.array?.isEmpty == false)
      #expect(try await map.submissions.all(for: .operator).isEmpty)
    }
  }
}
