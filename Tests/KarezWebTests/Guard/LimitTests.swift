import Foundation
import KarezCore
import KarezPacks
import KarezService
import Logging
import Synchronization
import TestSupport
import Testing

@testable import KarezWeb

/// The limits as whoever meets them sees them.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct LimitTests {
  typealias Client = WebServerTests.Client

  static func withPerson(
    _ limits: WebLimits, proxies: Set<String> = [],
    _ body: (Client, [String: String]) async throws -> Void
  ) async throws {
    var cookie = ""
    try await WebServerTests.withServer(
      limits: limits, proxies: proxies,
      prepare: { map in
        _ = try await map.accounts.add(
          AccountOrder(id: "first", name: "first", roles: ["viewer"]), by: .operator)
        cookie =
          try await AccessMap.people(map, ceilings: [.internal])
          .first { $0.role.id == "viewer" }?.cookie ?? ""
      }
    ) { client, _ in try await body(client, ["Cookie": "karez-session=\(cookie)"]) }
  }

  @Test func `whoever tries passwords is slowed down, and nobody at another address is`()
    async throws
  {
    var limits = try WebServerTests.generous()
    limits.signIn = WebLimits.Allowance(perMinute: 1, atOnce: 3)
    try await Self.withPerson(limits, proxies: ["127.0.0.1"]) { client, _ in
      let here = ["X-Forwarded-For": "203.0.113.1"]
      for _ in 0..<3 {
        let reply = try await client.post("/sign-in", "account=x&password=y", headers: here)
        #expect(reply.status == 403)
      }
      let words = ["zh": "请求过于频繁", "ug": "قايتا سىناڭ", "en": "you ask too often"]
      for (language, word) in words {
        let reply = try await client.post(
          "/sign-in?lang=\(language)", "account=x&password=y", headers: here)
        #expect(reply.status == 429 && reply.body.contains(word), "\(language)")
        let seconds = try #require(reply.headers["retry-after"].flatMap { Int($0) })
        #expect((1...60).contains(seconds))
      }
      for path in ["/sign-in", "/healthz", "/readyz", "/assets/frame.css"] {
        #expect(try await client.get(path, headers: here).status == 200, "\(path)")
      }
      // Where a minute has gone by meanwhile, one try is free again.
      var forged: [Int] = []
      for _ in 0..<3 {
        let headers = ["X-Forwarded-For": "198.51.100.1, 203.0.113.1"]
        forged.append(
          try await client.post("/sign-in", "account=x&password=y", headers: headers).status)
      }
      #expect(forged.contains(429))
      let there = ["X-Forwarded-For": "203.0.113.2"]
      #expect(
        try await client.post("/sign-in", "account=x&password=y", headers: there).status == 403)
    }
  }

  @Test func `an account that asks too much is told so, as a program understands it`()
    async throws
  {
    var limits = try WebServerTests.generous()
    limits.account = WebLimits.Allowance(perMinute: 1, atOnce: 12)
    limits.costs["export"] = 10
    try await Self.withPerson(limits) { client, cookie in
      let export = "/api/v1/datasets/counties/export?format=csv"
      #expect(try await client.get(export, headers: cookie).status == 200)
      #expect(try await client.get("/catalogue", headers: cookie).status == 200)
      let refused = try await client.get(export, headers: cookie)
      #expect(refused.status == 429 && refused.code == "too-many-requests")
      #expect(refused.headers["content-type"] == "application/problem+json")
      #expect(refused.headers["retry-after"] != nil)
      #expect(try await client.get("/catalogue", headers: cookie).status == 200)
      #expect(try await client.get("/catalogue", headers: cookie).status == 429)
      #expect(try await client.get("/assets/frame.css", headers: cookie).status == 200)
    }
  }

  /// A server whose places for work the test takes itself.
  static func withPortal(
    _ change: (inout WebLimits) -> Void, prepare: (OneMap) async throws -> Void = { _ in },
    _ body: (Client, Portal) async throws -> Void
  ) async throws {
    var limits = try WebServerTests.generous()
    change(&limits)
    try await Places.withTemporaryFolder { folder in
      let map = try await OneMap.initialise(
        data: folder.appending(path: "data"),
        installation: Installation(home: Places.repository, programs: Program.folder),
        by: .operator)
      try await prepare(map)
      let portal = try Portal(map: map, limits: limits)
      var logger = Logger(label: "test")
      logger.logLevel = .critical
      let server = WebServer(map: map, logger: logger, limits: limits)
      let (addresses, announce) = AsyncStream<String>.makeStream()
      let running = Task {
        defer { announce.finish() }
        try await server.serve(portal, host: "127.0.0.1", port: 0) { announce.yield($0) }
      }
      defer { running.cancel() }
      var iterator = addresses.makeAsyncIterator()
      guard let address = await iterator.next() else { return try await running.value }
      try await body(Client(base: String(address.dropLast())), portal)
    }
  }

  @Test func `work is turned away where all places are taken; what costs little still passes`()
    async throws
  {
    try await Self.withPortal {
      $0.work.atOnce = 1
      $0.work.mostWaiting = 1
    } _: { client, portal in
      let held = WorkGateTests.Held(portal.work, 1)
      await WorkGateTests.until { portal.work.load.underWay == 1 }
      let queued = WorkGateTests.Held(portal.work, 2)
      await WorkGateTests.until { portal.work.load.waiting == 1 }
      let check = "{\"boundary\":\(WebServerTests.square)}"
      for reply in [
        try await client.check(check),
        try await client.get("/api/v1/datasets/counties/export?format=csv"),
        try await client.get("/api/v1/datasets/counties/increment?since=0"),
        try await client.get("/api/v1/datasets/counties/diff?from=2024-01-01&to=2025-01-01"),
      ] {
        #expect(reply.status == 503 && reply.code == "busy")
        #expect(reply.headers["retry-after"] == "10")
      }
      for path in ["/healthz", "/readyz", "/assets/frame.css", "/", "/catalogue", "/desk"] {
        #expect(try await client.get(path).status == 200, "\(path)")
      }
      #expect(try await client.get("/sign-in").status == 303)
      held.release.finish()
      queued.release.finish()
      _ = try await queued.task.value
      #expect(try await client.check(check).status == 200, "and afterwards all is as before")
    }
  }

  @Test func `a check that takes longer than it may is stopped, and says so`() async throws {
    try await Self.withPortal {
      $0.work.checkWithin = 0
    } _: { client, portal in
      let reply = try await client.check("{\"boundary\":\(WebServerTests.square)}")
      #expect(reply.status == 503 && reply.code == "took-too-long")
      #expect(reply.headers["retry-after"] != nil)
      await WorkGateTests.until { portal.work.load == (0, 0) }
      #expect(try await client.get("/healthz").status == 200)
    }
  }

  @Test func `a filter that takes longer than it may is stopped, and says how to narrow it`()
    async throws
  {
    try await Self.withPortal {
      $0.work.queryWithin = 0
    } prepare: {
      try await AccessMap.prepare($0)
    } _: { client, portal in
      let items = "/ogc/collections/matrix-public/items"
      for query in ["filter=name%20IS%20NOT%20NULL", "sortby=name", "f=html&sortby=-name"] {
        let reply = try await client.get(items + "?" + query)
        #expect(reply.status == 503, "\(query): \(reply.body)")
        #expect(reply.body.contains("bbox"), "it says how to narrow the question")
      }
      let stopped = try await client.get(items + "?sortby=name")
      #expect(stopped.code == "query-too-long")
      #expect(try await client.get(items + "?bbox=99,29,101,31").status == 200)
      #expect(try await client.get(items + "?f=csv&filter=name%20IS%20NOT%20NULL").status == 200)
      await WorkGateTests.until { portal.work.load == (0, 0) }
    }
  }

  @Test func `a cancelled check ends at its next dataset`() async throws {
    try await Places.withTemporaryFolder { folder in
      let map = try await OneMap.initialise(
        data: folder.appending(path: "data"),
        installation: Installation(home: Places.repository, programs: Program.folder),
        by: .operator)
      let request = CheckRequest(
        boundary: try map.readBoundary(geoJSON: try JSONValue(parsing: WebServerTests.square)),
        purpose: nil, validOn: try #require(LegalDate("2025-11-01")))
      let (start, begin) = AsyncStream<Void>.makeStream()
      let task = Task {
        for await _ in start {}
        return try await map.check(request, by: .operator, in: .all)
      }
      task.cancel()
      begin.finish()
      let outcome = await task.result
      #expect(throws: (any Error).self) { try outcome.get() }
    }
  }
}
