import Foundation
import KarezCore
import KarezStore
import Logging
import Synchronization
import TestSupport
import Testing

@testable import KarezService
@testable import KarezWeb

/// 结构化日志: one JSON object a line, and nothing in it that is anybody's.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct LogLinesTests {
  final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }

    func logger(_ level: Logger.Level) -> Logger {
      Logger(label: "test") { label in
        LogLines(label: label, level: level) { line in self.lines.withLock { $0.append(line) } }
      }
    }
  }

  @Test func `a line is one JSON object, whatever is said in it`() throws {
    let lines = Lines()
    var logger = lines.logger(.info)
    logger[metadataKey: "hb.request.id"] = "7"
    logger.info("a \"word\"\nand\u{0} more", metadata: ["ms": .stringConvertible(3), "x": ["a"]])
    logger.debug("unsaid")
    #expect(lines.all.count == 1)
    let line = try #require(lines.all.first)
    #expect(!line.contains("\n"))
    let json = try JSONValue(parsing: line)
    #expect(json["message"]?.string == "a \"word\"\nand\u{0} more")
    #expect(json["request"]?.string == "7" && json["ms"]?.integer == 3)
    #expect(json["level"]?.string == "info" && json["log"]?.string == "test")
    #expect(Timestamp(json["at"]?.string ?? "") != nil)
  }

  @Test func `what fails inside is told to the log, and to nobody who asks`() async throws {
    let lines = Lines()
    try await WebServerTests.withServer(logger: lines.logger(.info)) { map in
      _ = try await map.accounts.add(
        AccountOrder(id: "li", name: "li", roles: ["viewer"]), by: .operator)
    } _: { client, map in
      // A session somebody wrote into the database without the key.
      let bare = try SQLiteStore(folder: map.data, clock: Clock.timestamp)
      let (session, cookie) = Session.begin(
        for: "li", by: ["password"], at: map.clock.now(), longest: 600)
      try await bare.put(
        RecordBatch(
          [.write(session.record)], entry: RecordBatch.Entry(kind: "note", body: [:])),
        relabelling: nil, by: .operator)
      for path in ["/api/v1/datasets", "/", "/wms?service=WMS&request=GetCapabilities"] {
        let reply = try await client.get(path, headers: ["Cookie": "karez-session=\(cookie)"])
        #expect(reply.status == 503, "\(path)")
        #expect(!reply.body.contains("record/") && !reply.body.contains("transient"), "\(path)")
        if path.hasPrefix("/api/") {
          #expect(reply.code == "integrity-broken" && reply.json?["place"]?.string == "")
        }
      }
      #expect(
        lines.all.contains { $0.contains("integrity-broken") && $0.contains("record/transient") })
    }
    let reason = "connection to server at 10.1.2.3, port 5432 failed: user karez_app"
    let missing = Problem.store(.unavailable(reason: reason))
    let readiness = Readiness(
      parts: [Readiness.Part(name: "store", isNeeded: true, missing: missing)], lastCommit: nil)
    let told = readiness.json.canonicalText
    #expect(told.contains("store-unavailable") && !told.contains("10.1.2.3"))
    #expect(readiness.insideWords.first?.contains("10.1.2.3") == true)
    for error in [
      StoreError.corrupt(what: "account li"), .integrityBroken(subject: "record/account/li"),
      .integrityKey(stated: "k-li", found: nil), .notAOneMap(file: "/srv/li"),
    ] {
      let outward = Problem.store(error).outward
      #expect(!outward.json.canonicalText.contains("li\""), "\(error)")
      #expect(outward.place.isEmpty && outward.kind == .unavailable, "\(error)")
    }
  }

  @Test func `after a day's work the log names no person, no place and no secret`() async throws {
    let lines = Lines()
    let secrets = [
      "zhang.san", "张三丰", "13800138000", "653101199001011234", "Salt-and-water-7", "100.0123",
      "203.0.113.77", "guessed-password", "evil.example", "TOP-NAME",
    ]
    try await WebServerTests.withServer(
      proxies: ["127.0.0.1"], logger: lines.logger(.info),
      prepare: { map in
        let secret = try await map.accounts.add(
          AccountOrder(id: "zhang.san", name: "张三丰", roles: ["viewer"]), by: .operator)
        try await map.accounts.changePassword(
          of: "zhang.san", from: secret, to: SignInTests.password, keeping: nil)
      }
    ) { client, map in
      let from = ["X-Forwarded-For": "203.0.113.77"]
      let signed = try await client.post(
        "/sign-in", "account=zhang.san&password=\(SignInTests.password)", headers: from)
      let own = from.merging(try SignInTests.cookie(signed)) { $1 }
      _ = try await client.post(
        "/sign-in", "account=zhang.san&password=guessed-password", headers: from)
      for path in [
        "/?lang=en", "/catalogue?search=13800138000", "/catalogue/counties/features/zhang.san",
        "/api/v1/datasets/counties/features?bbox=100.0123,30,101,31",
        "/api/v1/datasets/counties/features/653101199001011234/history",
        "/api/v1/catalogue?search=TOP-NAME&unknown=张三丰", "/log/parcel/653101199001011234",
        "/answers/TOP-NAME", "/nowhere/13800138000", "/assets/TOP-NAME",
      ] {
        let escaped = path.replacing("张三丰", with: "%E5%BC%A0%E4%B8%89%E4%B8%B0")
        _ = try await client.get(escaped, headers: own)
      }
      let square = WebServerTests.square.replacing("100.01", with: "100.0123")
      let body = Data("{\"boundary\":\(square),\"purpose\":\"TOP-NAME\"}".utf8)
      for origin in ["https://evil.example", ""] {
        var headers = own
        if !origin.isEmpty { headers["Origin"] = origin }
        _ = try await client.send(
          "POST", "/api/v1/checks", type: "application/json", body: body, headers: headers)
      }
      let token = try #require(own["Cookie"]?.split(separator: "=").last.map(String.init))
      let log = lines.all.joined(separator: "\n")
      for secret in secrets + [token] {
        #expect(!log.contains(secret), "\(secret) stands in the log")
      }
      let requests = try lines.all.map { try JSONValue(parsing: $0) }
        .filter { $0["message"]?.string == "request" }
      #expect(requests.count >= 14)
      let mark = map.accounts.mark(of: Actor(id: "zhang.san"))
      #expect(requests.count { $0["account"]?.string == mark } >= 10)
      let keys = Set(requests.flatMap { $0.members.keys })
      let known: Set = [
        "account", "at", "level", "log", "message", "method", "ms", "request", "route", "status",
      ]
      #expect(keys.subtracting(known).sorted() == [])
      let routes = Set(requests.compactMap { $0["route"]?.string })
      #expect(routes.isSuperset(of: ["/log/parcel/{feature}", "/answers/{file}", "-", "/sign-in"]))
    }
  }
}

extension JSONValue {
  fileprivate var members: [String: JSONValue] {
    guard case .object(let members) = self else { return [:] }
    return members
  }
}
