import Foundation
import KarezCore
import KarezPacks
import TestSupport
import Testing

@testable import KarezService
@testable import KarezStore
@testable import KarezWeb

/// 公众版: what people see who have not signed in, with the zone's switch on and off.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles))
struct PublicEditionTests {
  typealias Client = WebServerTests.Client
  typealias Reply = WebServerTests.Reply

  /// The server over the matrix's map; `widened` is what becomes of an anonymous scope in a call.
  static func withMap(
    _ edition: PublicEdition?, limits: WebLimits? = nil,
    widened: (@Sendable (PortCall) -> Scope?)? = nil,
    _ body: (Client, OneMap, AccessMap.Business) async throws -> Void
  ) async throws {
    var business: AccessMap.Business?
    try await WebServerTests.withServer(
      limits: limits,
      changing: { map in
        map.offices.zone.publicEdition = edition
        guard let widened, let store = map.store as? RelationalStore else { return }
        map.store = store.under(
          AccessRule(integrity: store.integrity) { call, scope in
            scope == Principal.publicReader.scope ? widened(call) ?? scope : scope
          })
      },
      prepare: { map in
        try AccessMap.nameDirectory(map)
        try await AccessMap.prepare(map)
        business = try await AccessMap.business(map)
      }
    ) { client, map in try await body(client, map, try #require(business)) }
  }

  /// Everything the matrix asks, asked by nobody in particular.
  static func score(
    _ edition: PublicEdition?, only isWanted: (String) -> Bool = { _ in true },
    widened: (@Sendable (PortCall) -> Scope?)? = nil
  ) async throws -> ChannelMatrixTests.Score {
    var score = ChannelMatrixTests.Score()
    try await withMap(edition, widened: widened) { client, map, business in
      let square = try map.readBoundary(geoJSON: try JSONValue(parsing: AccessChannel.square))
      let request = CheckRequest(
        boundary: square, purpose: nil, validOn: try #require(LegalDate("2025-06-01")))
      let asking = Asking(
        client: client, person: try AccessMap.anonymous(map, reaches: edition != nil),
        answer: try await map.check(request, by: .operator, in: .all).id, own: nil,
        others: try #require(try await AccessMap.ownThings(of: [], map)[""]),
        business: business)
      for (route, channels) in AccessChannel.all.sorted(by: { $0.key < $1.key })
      where isWanted(route) {
        for channel in channels { try await asking.ask(channel, of: route, &score) }
      }
    }
    return score
  }

  // MARK: The matrix

  @Test(arguments: [PublicEdition.view, .download])
  func `whoever has not signed in is told what is public, and nothing else, by any address`(
    edition: PublicEdition
  ) async throws {
    let score = try await Self.score(edition)
    print(
      "public edition (\(edition)): \(score.cells) cells, \(score.seen) words in scope seen, "
        + "\(score.shared) answers anybody may keep")
    #expect(score.leaks.isEmpty, "\(score.leaks.count): \(score.leaks.prefix(8))")
    #expect(score.cells > 300 && score.seen > 200 && score.shared > 20)
    #expect(score.granted == 0 && score.told == 0, "nothing of the business")
  }

  @Test func `where the zone has no public edition, nothing of the map is told`() async throws {
    let score = try await Self.score(nil)
    #expect(score.leaks.isEmpty, "\(score.leaks.count): \(score.leaks.prefix(8))")
    #expect(score.cells > 300 && score.seen == 0 && score.shared == 0 && score.told == 0)
  }

  @Test func `a scope that is too wide for the public is noticed`() async throws {
    let internalOnes = Scope(ceiling: .internal)
    let mutants: [(name: String, widened: @Sendable (PortCall) -> Scope?)] = [
      ("internal everywhere", { _ in internalOnes }),
      ("all there is", { _ in .all }),
      ("datasets that are listed", { $0 == .schemas ? internalOnes : nil }),
      ("what stands below a list", { $0 == .schemas ? nil : internalOnes }),
    ]
    for (name, widened) in mutants {
      let score = try await Self.score(
        .view, only: { PublicDoor.viewed.contains(String($0.dropFirst(4))) }, widened: widened)
      #expect(!score.leaks.isEmpty, "\(name)")
    }
  }

  @Test func `the door opens routes there are, which show and do nothing`() {
    let routes = Set(AccessChannel.all.keys)
    for route in PublicDoor.viewed.union(PublicDoor.downloaded) {
      #expect(routes.contains("GET " + route), "\(route)")
    }
    #expect(PublicDoor.viewed.isDisjoint(with: PublicDoor.downloaded))
  }

  // MARK: Caches

  /// Addresses whose answers may be kept, of the public dataset of the matrix.
  private static let kept = [
    "/ogc/collections/matrix-public", "/ogc/collections/matrix-public/items",
    "/ogc/collections/matrix-public/items/" + AccessMap.feature(.public, "653101"),
    "/ogc/collections/matrix-public/tiles/WebMercatorQuad/10/422/796",
    AccessChannel.wms + "request=GetMap&layers=matrix-public&format=image/png&"
      + AccessChannel.frame,
    "/ogc/wmts?service=WMTS&request=GetTile&layer=matrix-public&tilematrixset=w&tilematrix=10"
      + "&tilerow=422&tilecol=796",
  ]

  @Test func `what anybody may keep is the public's, and no officer's answer is among it`()
    async throws
  {
    try await Self.withMap(.view) { client, map, _ in
      let people = try await AccessMap.people(map, ceilings: [.internal])
        .filter { $0.role.id == "viewer" }
      #expect(people.count == 2)
      for path in Self.kept {
        let shared = try await client.get(path)
        #expect(shared.status == 200, "\(path)")
        #expect(shared.headers["cache-control"] == "public, no-cache", "\(path)")
        let vary = shared.headers["vary"] ?? ""
        #expect(vary.contains("Cookie") && vary.contains("Authorization"), "\(path)")
        #expect(shared.headers["set-cookie"] == nil)
        let tag = try #require(shared.headers["etag"], "\(path)")
        let again = try await client.get(path, headers: ["If-None-Match": tag])
        #expect(again.status == 304 && again.headers["cache-control"] == "public, no-cache")
        #expect(try await client.get(path + Self.inEnglish(path)).headers["set-cookie"] == nil)
        for person in people {
          let own = try await client.get(path, headers: person.headers)
          #expect(own.headers["cache-control"]?.hasPrefix("public") == false, "\(path)")
          guard own.body != shared.body else { continue }
          // A cache that asks about one with the tag of the other is told that it is another.
          #expect(own.headers["etag"] != tag, "\(person): \(path)")
          let asked = try await client.get(
            path, headers: person.headers.merging(["If-None-Match": tag]) { $1 })
          #expect(asked.status != 304, "\(person): \(path)")
          let other = try await client.get(
            path, headers: ["If-None-Match": own.headers["etag"] ?? "\"-\""])
          #expect(other.status == 200 && other.body == shared.body, "\(person): \(path)")
        }
      }
      // A cache in front keeps answers apart by marks.
      let mark = try #require(try await client.get("/scope").headers["karez-scope"])
      for person in people {
        let own = try await client.get("/scope", headers: person.headers)
        #expect(own.headers["karez-scope"] != mark && own.headers["karez-scope"] != nil)
      }
    }
  }

  private static func inEnglish(_ path: String) -> String {
    path.contains("?") ? "&lang=en" : "?lang=en"
  }

  // MARK: Limits

  @Test func `an address that has not signed in has an allowance of its own`() async throws {
    var limits = try WebServerTests.generous()
    limits.anonymous = WebLimits.Allowance(perMinute: 1, atOnce: 6)
    limits.anonymousTile = WebLimits.Allowance(perMinute: 1, atOnce: 2)
    try await Self.withMap(.view, limits: limits) { client, map, _ in
      let person = try #require(
        try await AccessMap.people(map, ceilings: [.internal]).first { $0.role.id == "viewer" })
      let rows = "/api/v1/datasets/matrix-public/features"
      #expect(try await client.get(rows).status == 200)
      let refused = try await client.get(rows)
      #expect(refused.status == 429 && refused.headers["retry-after"] != nil)
      let tile = "/ogc/collections/matrix-public/tiles/WebMercatorQuad/10/422/796"
      for _ in 0..<2 { #expect(try await client.get(tile).status == 200) }
      #expect(try await client.get(tile).status == 429)
      #expect(try await client.get("/assets/frame.css").status == 200)
      for path in [rows, tile] {
        #expect(try await client.get(path, headers: person.headers).status == 200, "\(path)")
      }
    }
  }

  // MARK: Pages

  @Test func `pages say that they are the public edition, and where to sign in`() async throws {
    try await Self.withMap(.view) { client, map, _ in
      let words = ["zh": "公众版", "ug": "ئاممىۋى نەشرى", "en": "Public edition"]
      let feature = AccessMap.feature(.public, "653101")
      for path in [
        "/", "/catalogue", "/catalogue/matrix-public", "/statistics",
        "/catalogue/matrix-public/features/" + feature,
        "/catalogue/matrix-public/features/\(feature)?tab=history",
        "/statistics?dataset=matrix-public", "/ogc/collections?f=html",
      ] {
        for (language, word) in words {
          let address = path + (path.contains("?") ? "&" : "?") + "lang=" + language
          let page = try await client.get(address)
          #expect(page.status == 200 && page.body.contains(word), "\(address)")
          #expect(page.body.contains("href=\"/sign-in?next="), "\(address)")
          #expect(!page.body.contains("{{") && !page.body.contains("action=\"/sign-out\""))
          #expect(page.headers["cache-control"] == "private, no-store", "\(address)")
        }
      }
      for path in [
        "/desk", "/cases", "/checks", "/differences", "/print", "/jobs", "/log", "/accounts",
        "/account", "/my", "/exchange", "/submissions", "/?answer=x", "/statistics?area=x",
      ] {
        let reply = try await client.get(path)
        #expect(reply.status == 303, "\(path)")
        #expect(reply.headers["location"]?.hasPrefix("/sign-in?next=") == true, "\(path)")
      }
      for path in ["/api/v1/cases", "/api/v1/jobs", "/api/v1/ledger/accounts"] {
        #expect(try await client.get(path).status == 401, "\(path)")
      }
      let drawn = "{\"boundary\":\(AccessChannel.square)}"
      #expect(try await client.check(drawn).status == 401, "no check is kept of nobody")
    }
  }

  @Test func `files are taken away where the switch says so, and who recorded is not told`()
    async throws
  {
    let files = [
      "/api/v1/datasets/matrix-public/export?format=csv",
      "/ogc/collections/matrix-public/items?f=csv",
      "/statistics/file?dataset=matrix-public&format=csv",
    ]
    try await Self.withMap(.view) { client, _, _ in
      for path in files {
        #expect([303, 401].contains(try await client.get(path).status), "\(path)")
      }
      #expect(try await client.get("/ogc/collections/matrix-public/items?f=nothing").status == 400)
      let page = try await client.get("/catalogue/matrix-public?lang=en").body
      #expect(!page.contains("format=csv") && page.contains("an officer"))
      let commits = try await client.get("/api/v1/commits?dataset=matrix-public")
      #expect(commits.json?["commits"]?.array?.isEmpty == false)
      for commit in commits.json?["commits"]?.array ?? [] { #expect(commit["actor"] == .null) }
    }
    try await Self.withMap(.download) { client, map, _ in
      for path in files {
        let reply = try await client.get(path)
        // Whether statistics can be made of it is the statistics' to say.
        let isMade = reply.status == 200 || path.hasPrefix("/statistics") && reply.status == 400
        #expect(isMade, "\(path): \(reply.status)")
        #expect(!reply.body.contains("qowner") && !reply.body.contains("qgrade"), "\(path)")
      }
      #expect(try await client.get("/catalogue/matrix-public").body.contains("format=csv"))
      let person = try #require(
        try await AccessMap.people(map, ceilings: [.internal]).first { $0.role.id == "viewer" })
      let commits = try await client.get(
        "/api/v1/commits?dataset=matrix-public", headers: person.headers)
      #expect(commits.json?["commits"]?.array?.first?["actor"] == .string("operator"))
    }
  }

  @Test func `a session that is over is told so once, and then reads the public edition`()
    async throws
  {
    try await Self.withMap(.view) { client, _, _ in
      let old = ["Cookie": "karez-session=" + String(repeating: "0", count: 64)]
      let reply = try await client.get("/", headers: old)
      #expect(reply.status == 303)
      #expect(reply.headers["set-cookie"]?.contains("karez-session=;") == true)
      #expect(try await client.get("/ogc/collections", headers: old).status == 401)
      #expect(try await client.get("/scope", headers: old).status == 401)
      let wrong = ["Authorization": "Bearer nothing"]
      #expect(try await client.get("/ogc/collections", headers: wrong).status == 401)
      #expect(try await client.get("/").status == 200)
    }
  }
}
