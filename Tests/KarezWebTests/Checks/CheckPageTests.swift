import Foundation
import KarezCore
import KarezCrypto
import KarezPacks
import KarezStore
import Logging
import TestSupport
import Testing

@testable import KarezService
@testable import KarezWeb

/// The pages that go on from a check, over a map with permanent basic farmland in one corner.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles))
struct CheckPageTests {
  typealias Client = WebServerTests.Client

  static func square(_ west: Double, _ east: Double) -> String {
    "{\"type\":\"Polygon\",\"coordinates\":[[[\(west),39.001],[\(east),39.001],"
      + "[\(east),39.003],[\(west),39.003],[\(west),39.001]]]}"
  }

  static func withFarmland(_ body: (Client, OneMap) async throws -> Void) async throws {
    try await Places.withTemporaryFolder { folder in
      try await WebServerTests.withServer { map in
        let file = folder.appending(path: "farmland.geojson")
        let text =
          "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{"
          + "\"identifier\":\"a\",\"land_class\":\"0103\",\"location_code\":\"653101001001\"},"
          + "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[76.004,39],[76.008,39],"
          + "[76.008,39.004],[76.004,39.004],[76.004,39]]]}}]}"
        try Data(text.utf8).write(to: file)
        var order = ImportOrder(
          dataset: "permanent-basic-farmland", file: FileArgument(file.path),
          validFrom: try #require(LegalDate("2024-01-01")))
        order.reason = "划定"
        let outcome = try await map.importFile(order, by: .operator, in: .all) { _ in }
        #expect(outcome.json["commit"]?.integer != nil, "\(outcome.lines(in: .en))")
      } _: { client, map in
        try await body(client, map)
      }
    }
  }

  static func answer(_ client: Client, _ west: Double, _ east: Double) async throws -> String {
    let reply = try await client.check(
      "{\"boundary\":\(square(west, east)),\"purpose\":\"residential/rural\","
        + "\"validOn\":\"2025-11-01\"}")
    return try #require(reply.json?["id"]?.string, "\(reply.body.prefix(300))")
  }

  static func multipart(
    _ client: Client, _ path: String, _ fields: [(String, String)],
    files: [(name: String, text: String)] = []
  ) async throws -> WebServerTests.Reply {
    let parts =
      fields.map { name, value in
        "--x\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
      }
      + files.map { file in
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(file.name)\"\r\n\r\n"
          + "\(file.text)\r\n"
      }
    return try await client.send(
      "POST", path, type: "multipart/form-data; boundary=x",
      body: Data((parts.joined() + "--x--\r\n").utf8))
  }

  static func form(_ client: Client) async throws -> String {
    try SignInTests.formKey(try await client.get("/checks"))
  }

  @Test func `every page answers in three languages and obeys the page policy`() async throws {
    try await Self.withFarmland { client, map in
      let on = try await Self.answer(client, 76.002, 76.006)
      let off = try await Self.answer(client, 76.000, 76.003)
      let key = try await Self.form(client)
      _ = try await client.post(
        "/checks/saved", "formKey=\(key)&act=save&answer=\(on)&title=a&remark=b")
      let sent = try await Self.multipart(
        client, "/checks/batch", [("formKey", key), ("purpose", "residential/rural")],
        files: [("a.geojson", Self.square(76.002, 76.006)), ("b.geojson", Self.square(76, 76.003))])
      #expect(sent.status == 303, "\(sent.body.prefix(300))")
      let batch = try #require(sent.headers["location"])
      let waiting = try await client.get(batch + "?lang=en")
      #expect(waiting.body.contains("id=\"progress\""))
      try await Workers(map: map) { _, _ in }.runDue()
      for path in [
        "/checks", "/checks/compare", "/checks/compare?answers=\(on)",
        "/checks/compare?answers=\(on),\(off)", "/checks/avoid?answer=\(on)",
        "/checks/avoid?answer=\(off)", batch, batch + "?verdict=prohibited&from=1",
        "/?answer=\(on)", "/answers/\(on)",
      ] {
        for language in Language.allCases {
          let joint = path.contains("?") ? "&" : "?"
          let reply = try await client.get(path + joint + "lang=\(language.rawValue)")
          #expect(reply.status == 200, "\(path) \(reply.body.prefix(300))")
          #expect(!reply.body.contains(" style=") && !reply.body.contains("{{"), "\(path)")
          for prefix in ["checks_", "batch_", "compare_", "avoid_", "onward_", "bundle_", "again_"]
          {
            #expect(!reply.body.contains(">\(prefix)"), "\(path): a text is missing: \(prefix)")
          }
        }
      }
      let page = try await client.get(batch + "?lang=en").body
      #expect(page.contains("Prohibited") && page.contains("/?answer="))
      for format in ["xlsx", "csv", "gpkg"] {
        let file = try await client.get(batch + "/file?format=\(format)")
        #expect(file.status == 200 && file.headers["content-disposition"] != nil, "\(format)")
      }
      let shapes = try await client.get(batch + "/shapes").json?["shapes"]?.array
      #expect(shapes?.compactMap { $0["kind"]?.string }.first == "prohibited")
    }
  }

  @Test func `a suggestion is shown, taken along, checked, and put beside the old answer`()
    async throws
  {
    try await Self.withFarmland { client, _ in
      let id = try await Self.answer(client, 76.002, 76.006)
      let page = try await client.get("/checks/avoid?answer=\(id)&lang=en").body
      #expect(page.contains("not an approved site") && page.contains("still one piece"))
      let json = try #require(try await client.get("/api/v1/checks/avoid?answer=\(id)").json)
      #expect(json["lines"]?.array?.first?["id"]?.string == "permanent_basic_farmland")
      let file = "/checks/avoid/file?answer=\(id)&line=permanent_basic_farmland&part=rest"
      let text = try await client.get(file + "&format=txt")
      #expect(text.status == 200 && text.body.contains("[地块坐标]"))
      #expect(try await client.get(file + "&format=geojson").json?["geometry"] != nil)
      for bad in ["&format=dxf", "&format=txt&part=all", ""] {
        #expect(try await client.get(file + bad).status == 400 || bad.contains("part"), "\(bad)")
      }
      #expect(
        try await client.get("/checks/avoid/file?answer=\(id)&line=none&format=txt").status == 404)
      let key = try await Self.form(client)
      let checked = try await client.post(
        "/checks/avoid", "formKey=\(key)&answer=\(id)&line=permanent_basic_farmland&part=rest")
      let beside = try #require(checked.headers["location"])
      #expect(checked.status == 303 && beside.hasPrefix("/checks/compare?answers=\(id),"))
      let compared = try await client.get(
        beside.replacing("/checks/", with: "/api/v1/checks/")
      ).json
      #expect(
        compared?["answers"]?.array?.compactMap { $0["verdict"]?.string }.first == "prohibited")
      #expect(compared?["answers"]?.array?.last?["verdict"]?.string != "prohibited")
      let foreign = try await client.post("/checks/avoid", "formKey=0&answer=\(id)&line=x")
      #expect(foreign.status == 403)
    }
  }

  @Test func `another day, and another boundary, stand beside the first`() async throws {
    try await Self.withFarmland { client, _ in
      let id = try await Self.answer(client, 76.002, 76.006)
      let key = try await Self.form(client)
      let again = try await client.post(
        "/checks/again", "formKey=\(key)&answer=\(id)&validOn=2027-06-01")
      #expect(again.status == 303, "\(again.body.prefix(300))")
      let page = try await client.get(try #require(again.headers["location"]) + "&lang=en").body
      #expect(page.contains("One boundary on different days") && page.contains("2027-06-01"))
      let other = try await Self.multipart(
        client, "/checks/compare",
        [("formKey", key), ("answers", id), ("boundary", Self.square(76, 76.003))])
      #expect(other.status == 303, "\(other.body.prefix(300))")
      let beside = try await client.get(try #require(other.headers["location"]) + "&lang=en").body
      #expect(beside.contains("Findings that differ") && beside.contains("In force, but does not"))
      for bad in ["validOn=2027-13-01", "validOn=2027-06-01&recorded=999"] {
        let reply = try await client.post("/checks/again", "formKey=\(key)&answer=\(id)&\(bad)")
        #expect(reply.status == 400, "\(bad): \(reply.status)")
      }
      // By address alone, as programs ask.
      let program = try await client.check("{\"from\":\"\(id)\",\"validOn\":\"2024-06-01\"}")
      #expect(program.json?["asOf"]?["validOn"]?.string == "2024-06-01")
    }
  }

  @Test func `programs send a batch, save and compare`() async throws {
    try await Self.withFarmland { client, map in
      let collection =
        "{\"type\":\"GeometryCollection\",\"geometries\":[\(Self.square(76.002, 76.006)),"
        + "\(Self.square(76, 76.003))]}"
      func send(_ path: String, _ body: String) async throws -> WebServerTests.Reply {
        try await client.send("POST", path, type: "application/json", body: Data(body.utf8))
      }
      let one = try await send(
        "/api/v1/checks/batch",
        "{\"boundary\":\(Self.square(76.002, 76.006)),\"purpose\":\"residential/rural\","
          + "\"validOn\":\"2025-11-01\",\"title\":\"t\"}")
      #expect(one.status == 202, "\(one.body.prefix(300)) \(collection.count)")
      let name = try #require(one.json?["name"]?.string)
      try await Workers(map: map) { _, _ in }.runDue()
      let batch = try await client.get("/api/v1/checks/batch/\(name)").json
      #expect(batch?["state"]?.string == "done")
      let row = try #require(batch?["rows"]?.array?.first)
      #expect(row["verdict"]?.string == "prohibited")
      let id = try #require(row["answer"]?.string)
      let saved = try await send(
        "/api/v1/checks/saved", "{\"answer\":\"\(id)\",\"title\":\"甲\"}")
      let key = try #require(saved.json?["key"]?.string)
      let list = try await client.get("/api/v1/checks/saved?limit=5").json
      #expect(list?["checks"]?.array?.first?["title"]?.string == "甲")
      #expect(try await send("/api/v1/checks/saved", "{\"remove\":\"\(key)\"}").status == 200)
      #expect(try await client.get("/api/v1/checks/saved").json?["checks"]?.array == [])
      #expect(try await client.get("/answers/\(id).json").status == 200)
      for (path, body, status) in [
        ("/api/v1/checks/batch", "{}", 400), ("/api/v1/checks/batch", "{\"boundary\":1}", 422),
        ("/api/v1/checks/batch", "{\"boundary\":\(Self.square(76, 77)),\"more\":1}", 400),
        ("/api/v1/checks/saved", "{}", 400), ("/api/v1/checks/saved", "{\"answer\":\"x\"}", 404),
      ] {
        let reply = try await send(path, body)
        #expect((400...422).contains(reply.status), "\(path) \(body) \(reply.status) \(status)")
      }
      #expect(try await client.get("/api/v1/checks/compare?answers=\(id)").status == 400)
      #expect(try await client.get("/api/v1/checks/avoid").status == 400)
    }
  }

  @Test func `a bundle is signed where there is a key, and refused in words where there is none`()
    async throws
  {
    try await Self.withFarmland { client, map in
      let id = try await Self.answer(client, 76.002, 76.006)
      let key = try await Self.form(client)
      let none = try await client.post("/answers/\(id)/bundle", "formKey=\(key)")
      #expect(none.status == 503 && none.body.contains("karez seal"), "\(none.status)")
      #expect(try await client.post("/answers/\(id)/bundle", "a=b").status == 403)
      let signer = PrivateKey()
      let bytes = try await map.bundle(of: id, by: BundleSigning(signer), for: .operator)
      let outcome = try await BundleReplay.run(
        bytes, trusting: [signer.publicKey], named: "a.karez")
      #expect(outcome.differences.isEmpty && outcome.answer == id)
      let narrow = Principal(
        actor: Actor(id: "p"), name: "p", roles: [], permissions: [.view],
        scope: Scope(ceiling: .confidential, regionPrefixes: ["653101"]))
      await #expect(throws: Problem.self) {
        try await map.bundle(of: id, by: BundleSigning(signer), for: narrow)
      }
      let answer = try await map.answer(id: id, in: .all)
      let low = Principal(
        actor: Actor(id: "p"), name: "p", roles: [], permissions: [.view],
        scope: Scope(ceiling: .public))
      #expect(try await map.mayTakeBundle(of: answer, low) == false)
      #expect(try await map.mayTakeBundle(of: answer, .operator))
    }
  }
}
