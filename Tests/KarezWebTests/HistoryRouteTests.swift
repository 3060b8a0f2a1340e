import Foundation
import KarezCore
import KarezService
import TestSupport
import Testing

/// What changed, as a package, and what became of units, over HTTP.
@Suite(.serialized) struct HistoryRouteTests {
  static let township = """
    {"type":"FeatureCollection","features":[{"type":"Feature","properties":{
    "township_code":"653101001","name":"东乡","county_code":"653101"},"geometry":{"type":"Polygon",
    "coordinates":[[[100,30],[100.01,30],[100.01,30.01],[100,30.01],[100,30]]]}}]}
    """

  static func prepare(_ map: OneMap) async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "a.geojson")
      try township.write(to: file, atomically: true, encoding: .utf8)
      let order = ImportOrder(
        dataset: "townships", file: FileArgument(file.path),
        validFrom: try #require(LegalDate("2024-01-01")))
      let outcome = try await map.importFile(order, by: .operator, in: .all) { _ in }
      try #require(!outcome.isBlocked)
    }
    var name = CorrectionOrder(
      dataset: "townships", id: "653101001", from: try #require(LegalDate("2025-01-01")),
      why: EditReason(reason: "撤乡设镇", caseNumber: "新政函〔2025〕1号"))
    name.values = ["name": "东镇"]
    _ = try await map.correct(name, by: .operator, in: .all)
  }

  @Test func `a package over HTTP is the one the command line makes, and is applied as such`()
    async throws
  {
    try await WebServerTests.withServer(prepare: Self.prepare) { client, map in
      let reply = try await client.get("/api/v1/datasets/townships/increment?since=1")
      #expect(reply.status == 200 && reply.headers["content-type"] == "application/jsonl")
      let since = try #require(CommitNumber(1))
      let made = try await map.increment(
        IncrementOrder(dataset: "townships", since: since), in: .all)
      #expect(reply.body == made.text && made.base != made.result)
      let region = try await client.get(
        "/api/v1/datasets/townships/increment?since=1&region=653125")
      #expect(region.status == 200 && !region.body.contains("653101001"))
      for (query, status, code) in [
        ("", 400, "field-invalid"), ("?since=x", 400, "field-invalid"),
        ("?since=9", 400, "increment-empty"),
      ] {
        let reply = try await client.get("/api/v1/datasets/townships/increment" + query)
        #expect(reply.status == status && reply.code == code, "\(query): \(reply.body)")
      }
      #expect(try await client.get("/api/v1/datasets/none/increment?since=1").status == 404)
    }
  }

  @Test func `a township's old name and new name stand beside one another`() async throws {
    try await WebServerTests.withServer(prepare: Self.prepare) { client, _ in
      let reply = try await client.get(
        "/api/v1/datasets/townships/units?from=2024-06-01&to=2025-06-01")
      let unit = try #require(reply.json?["units"]?.array?.first)
      #expect(unit["name"] == .string("东乡") && unit["names"] == .array([.string("东镇")]))
      #expect(unit["successors"] == .array([.string("653101001")]))
      let reversed = try await client.get(
        "/api/v1/datasets/townships/units?from=2025-06-01&to=2024-06-01")
      #expect(reversed.status == 400 && reversed.code == "days-reversed")
      #expect(try await client.get("/api/v1/datasets/townships/units").status == 400)
    }
  }
}
