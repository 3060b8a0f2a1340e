import Foundation
import KarezCore
import KarezGeometry
import KarezStore
import KarezTiles
import TestSupport
import Testing

@testable import KarezService
@testable import KarezWeb

/// Tiles over the wire, of the access matrix's made-up facts.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles))
struct TileRouteTests {
  static let tiles = "/ogc/collections/matrix-public/tiles"
  static let one = tiles + "/WebMercatorQuad/10/422/796"

  static func withMap(
    _ body: (WebServerTests.Client, OneMap, [AccessMap.Person]) async throws -> Void
  ) async throws {
    var people: [AccessMap.Person] = []
    try await WebServerTests.withServer { map in
      try await AccessMap.prepare(map)
      people = try await AccessMap.people(map, ceilings: [.internal, .confidential])
    } _: { client, map in
      try await body(client, map, people)
    }
  }

  @Test func `a tile is there, is named, and is not sent twice`() async throws {
    try await Self.withMap { client, _, people in
      let person = try #require(
        people.first { $0.regions == nil && $0.reaches(.confidential) })
      let cookie = ["Cookie": "karez-session=\(person.cookie)"]
      for level in AccessMap.levels {
        let path = Self.one.replacing("matrix-public", with: AccessMap.dataset(level))
        let reply = try await client.get(path, headers: cookie)
        #expect(reply.status == 200, "\(path): \(reply.body)")
        #expect(reply.headers["content-type"] == TileRoutes.type)
        for county in AccessMap.counties {
          #expect(reply.body.contains(AccessMap.feature(level, county)))
        }
        // Public facts and others stand in one tile here; whoever sees both keeps neither.
        #expect(reply.headers["cache-control"] == "private, no-store")
        let tag = try #require(reply.headers["etag"])
        let again = try await client.get(
          path, headers: cookie.merging(["If-None-Match": "\"other\", W/" + tag]) { $1 })
        #expect(again.status == 304 && again.body.isEmpty)
      }
      let beside = try await client.get(
        Self.tiles + "/WebMercatorQuad/10/0/0", headers: cookie)
      #expect(beside.status == 204 && beside.body.isEmpty)
    }
  }

  @Test func `every tile is of a day and a commit`() async throws {
    try await Self.withMap { client, map, people in
      let person = try #require(people.first { $0.regions == nil && $0.reaches(.confidential) })
      let cookie = ["Cookie": "karez-session=\(person.cookie)"]
      func get(_ query: String) async throws -> WebServerTests.Reply {
        try await client.get(Self.one + "?" + query, headers: cookie)
      }
      #expect(try await get("datetime=2023-06-01").status == 204)
      let first = try await get("datetime=2024-06-01")
      let second = try await get("datetime=2025-06-01")
      #expect(first.status == 200 && second.status == 200)
      #expect(first.headers["etag"] != second.headers["etag"])
      // Days that show the same have one name.
      #expect(try await get("datetime=2024-07-01").headers["etag"] == first.headers["etag"])
      #expect(try await get("datetime=2025-06-01&recorded=0").status == 204)
      for same in ["2024-05-31T17:00:00Z", "2023-01-01/2024-06-01", "../2024-06-01"] {
        let reply = try await get("datetime=" + same)
        #expect(reply.headers["etag"] == first.headers["etag"], "\(same)")
      }
      #expect(try await get("datetime=2024-01-01/..").headers["etag"] == second.headers["etag"])
      for wrong in [
        "datetime=2025-02-30", "datetime=yesterday", "recorded=-1", "recorded=100000", "bbox=1",
        "datetime=2025-01-01&datetime=2025-01-01",
      ] {
        let reply = try await get(wrong)
        #expect(reply.status == 400, "\(wrong): \(reply.status)")
      }
      for wrong in ["21/0/0", "10/1024/0", "10/422/x", "10/-1/0", "10/0422/796"] {
        let reply = try await client.get(
          Self.tiles + "/WebMercatorQuad/" + wrong, headers: cookie)
        #expect(reply.status == 404, "\(wrong)")
      }
      #expect(try await map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `readers see their regions and their attributes`() async throws {
    try await Self.withMap { client, _, people in
      var (bound, seen) = (0, 0)
      for person in people {
        let cookie = ["Cookie": "karez-session=\(person.cookie)"]
        for level in AccessMap.levels {
          let path = Self.one.replacing("matrix-public", with: AccessMap.dataset(level))
          let reply = try await client.get(path, headers: cookie)
          guard person.reaches(level) else {
            #expect(reply.status == 404, "\(person): \(path)")
            continue
          }
          for county in AccessMap.counties {
            let isNear = person.regions.map { $0.contains(county) } ?? true
            #expect(
              reply.body.contains(AccessMap.feature(level, county)) == isNear, "\(person): \(path)")
            bound += isNear ? 0 : 1
            for (name, _) in AccessMap.attributes {
              let word = AccessMap.word(level, county, name)
              guard reply.body.contains(word) else { continue }
              seen += 1
              #expect(person.mayRead(level, county, name), "\(person): \(word)")
            }
          }
        }
      }
      try #require(bound > 5 && seen > 20)
    }
  }

  @Test func `what there is is described`() async throws {
    try await Self.withMap { client, _, people in
      let person = try #require(people.first { $0.regions == nil && $0.reaches(.confidential) })
      let cookie = ["Cookie": "karez-session=\(person.cookie)"]
      let sets = try await client.get("/ogc/tileMatrixSets", headers: cookie)
      let ids = sets.json?["tileMatrixSets"]?.array?.compactMap { $0["id"]?.string }
      #expect(ids == TileMatrixSet.allCases.map(\.id))
      for id in ids ?? [] {
        let set = try await client.get("/ogc/tileMatrixSets/\(id)", headers: cookie)
        #expect(set.json?["tileMatrices"]?.array?.count == TileMatrixSet.mostLevels + 1)
      }
      let web = try #require(
        try await client.get("/ogc/tileMatrixSets/WebMercatorQuad", headers: cookie).json?[
          "tileMatrices"]?.array?.first)
      // Table 1 of annex D.1.
      #expect(abs((web["scaleDenominator"]?.double ?? 0) - 559_082_264.028_717_8) < 1e-3)
      #expect(abs((web["cellSize"]?.double ?? 0) - 156_543.033_928_041) < 1e-6)
      let tilesets = try await client.get(Self.tiles, headers: cookie)
      #expect(tilesets.json?["tilesets"]?.array?.count == 3)
      let described = try await client.get(
        Self.tiles + "/WebMercatorQuad?f=tilejson", headers: cookie)
      #expect(described.json?["tilejson"]?.string == "3.0.0")
      #expect(
        described.json?["tiles"]?.array?.first?.string?.hasSuffix(
          "/ogc/collections/matrix-public/tiles/WebMercatorQuad/{z}/{y}/{x}") == true)
      for path in ["/ogc/tileMatrixSets/none", Self.tiles + "/none", "/ogc/collections/none/tiles"]
      {
        #expect(try await client.get(path, headers: cookie).status == 404, "\(path)")
      }
    }
  }

  @Test func `coarse tiles are drawn after the commit, and believed only as they were written`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let installation = Installation(home: Places.repository, programs: Program.folder)
      let map = try await OneMap.initialise(
        data: folder.appending(path: "data"), installation: installation, by: .operator)
      try await AccessMap.prepare(map)
      let today = try await map.today()
      let address = try #require(
        TileAddress(.webMercatorQuad, level: 8, row: 105, column: 199))
      let plain = try await map.tile(address, of: "matrix-public", asOf: today, in: .all)
      let job = Job(
        TileHandler.name, of: "matrix-public/1",
        subject: .object(["dataset": .string("matrix-public")]), by: .operator, at: map.clock.now())
      try await map.jobs.enqueue(job, by: .operator)
      try await Workers(map: map, notice: { _, _ in }).runDue()
      let done = try #require(try await map.jobs.job(job.id))
      #expect(done.state == .done && (done.result?["tiles"]?.integer ?? 0) >= 9)
      // Whoever made the commit may be bound to regions; the job looked at all there is.
      let bound = Scope(ceiling: .confidential, regionPrefixes: ["653101"])
      for (scope, isTold) in [(Scope.all, true), (bound, false)] {
        let asker = Principal(
          actor: .operator, name: nil, roles: [], permissions: [], scope: scope)
        let seen = try #require(try await map.jobs(for: asker).first { $0.id == job.id })
        #expect((seen.result != nil) == isTold, "\(scope)")
      }
      let own = folder.appending(path: "data/tiles/matrix-public")
      let key = try #require(try FileManager.default.contentsOfDirectory(atPath: own.path).first)
      let file = own.appending(path: key).appending(path: "8-105-199")
      var bytes = [UInt8](try Data(contentsOf: file))
      let kept = try #require(TilePyramids.content(bytes))
      #expect(kept.bytes == plain.content?.bytes && kept.features == plain.content?.features)
      bytes[bytes.count - 1] ^= 1
      #expect(TilePyramids.content(bytes) == nil)
      #expect(TilePyramids.content(Array(bytes.dropLast(3))) == nil)
    }
  }
}
