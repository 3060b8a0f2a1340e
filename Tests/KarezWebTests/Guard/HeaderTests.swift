import Foundation
import HTTPTypes
import KarezCore
import KarezPacks
import KarezService
import KarezStore
import TestSupport
import Testing

@testable import KarezWeb

/// What every answer carries, whatever was asked, and what every form has to bring.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct HeaderTests {
  typealias Reply = WebServerTests.Reply

  /// What is wrong with the headers of an answer.
  static func faults(of reply: Reply, isSecure: Bool) -> [String] {
    var faults: [String] = []
    func expect(_ name: String, _ value: String?) {
      let found = reply.headers[name]
      if found != value { faults.append("\(name): \(found ?? "none")") }
    }
    let policy = reply.headers["content-security-policy"] ?? ""
    for directive in [
      "default-src 'none'", "script-src 'self'", "style-src 'self'", "object-src 'none'",
      "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'",
    ] where !policy.contains(directive + ";") && !policy.hasSuffix(directive) {
      faults.append("no \(directive)")
    }
    for word in ["unsafe", "*", "http:", "https:", "'strict-dynamic'"] where policy.contains(word) {
      faults.append("policy has \(word)")
    }
    expect("x-content-type-options", "nosniff")
    expect("x-frame-options", "DENY")
    expect("referrer-policy", "same-origin")
    expect("cross-origin-opener-policy", "same-origin")
    expect("cross-origin-resource-policy", "same-origin")
    expect("strict-transport-security", isSecure ? "max-age=31536000" : nil)
    if reply.headers["permissions-policy"]?.contains("camera=()") != true {
      faults.append("no permissions policy")
    }
    if reply.headers["access-control-allow-origin"] != nil { faults.append("open to others") }
    if reply.headers["etag"] == nil { expect("cache-control", "private, no-store") }
    return faults
  }

  @Test func `every address answers with the same headers, whatever it answers`() async throws {
    let (client, map) = try await SharedServer.shared.client()
    var statuses: Set<Int> = []
    var asked = 0
    for route in try WebServer.routes(map: map) {
      let parts = route.split(separator: " ").map(String.init)
      let path = parts[1].replacing(/\{[a-zA-Z]+\}/, with: "none")
      let reply = try await client.send(parts[0], path)
      let faults = Self.faults(of: reply, isSecure: false)
      #expect(faults == [], "\(route): \(reply.status)")
      statuses.insert(reply.status)
      asked += 1
    }
    for (path, headers) in [
      ("/nowhere", [:]), ("/?validOn=x", [:]), ("/", ["Origin": "https://evil.example"]),
      ("/assets/frame.css", [:]), ("/assets/frame.css", ["If-None-Match": "\"x\""]),
    ] {
      let reply = try await client.get(path, headers: headers)
      #expect(Self.faults(of: reply, isSecure: false) == [], "\(path)")
      statuses.insert(reply.status)
    }
    #expect(asked > 70 && statuses.isSuperset(of: [200, 303, 400, 403, 404, 415]), "\(statuses)")
  }

  @Test func `behind TLS cookies are bound to the host, and a forged header makes no difference`()
    async throws
  {
    let secure = ["X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"]
    for isTrusted in [true, false] {
      try await WebServerTests.withServer(
        proxies: isTrusted ? ["127.0.0.1"] : [],
        prepare: { map in
          let secret = try await map.accounts.add(
            AccountOrder(id: "li", name: "li", roles: ["viewer"]), by: .operator)
          try await map.accounts.changePassword(
            of: "li", from: secret, to: SignInTests.password, keeping: nil)
        }
      ) { client, _ in
        let reply = try await client.post(
          "/sign-in?lang=en", "account=li&password=\(SignInTests.password)", headers: secure)
        #expect(reply.status == 303)
        #expect(Self.faults(of: reply, isSecure: isTrusted) == [])
        let set = try #require(reply.headers["set-cookie"])
        #expect(set.contains("HttpOnly") && set.contains("SameSite=Strict"))
        #expect(!set.contains("Domain") && set.contains("Path=/"))
        #expect(set.contains("; Secure") == isTrusted)
        #expect(set.contains("__Host-karez-session=") == isTrusted)
        let token = try #require(set.firstMatch(of: /karez-session=([0-9a-f]{64})/)?.1)
        // A cookie that something without TLS could have set opens nothing over TLS.
        for (name, opens) in [("__Host-karez-session", isTrusted), ("karez-session", !isTrusted)] {
          let page = try await client.get(
            "/", headers: secure.merging(["Cookie": "\(name)=\(token)"]) { $1 })
          #expect((page.status == 200) == opens, "\(name)")
        }
      }
    }
  }

  @Test func `without accounts nobody is the operator who may come from another machine`()
    async throws
  {
    for proxies in [Set<String>(), ["127.0.0.1"], ["192.0.2.1"]] {
      try await WebServerTests.withServer(proxies: proxies, prepare: { _ in }) { client, map in
        #expect(try await client.get("/accounts").status == (proxies.isEmpty ? 200 : 503))
        for headers in [
          ["X-Forwarded-For": "203.0.113.9"], ["X-Forwarded-Proto": "https"],
          ["X-Forwarded-Host": "localhost"], ["Forwarded": "for=127.0.0.1"],
          ["X-Real-IP": "127.0.0.1"], ["Via": "1.1 nginx"],
        ] {
          for path in ["/", "/accounts", "/api/v1/datasets", "/ogc/collections/counties/items"] {
            let reply = try await client.get(path, headers: headers)
            #expect(reply.status == 503, "\(proxies) \(headers) \(path)")
            if path.hasPrefix("/api/") { #expect(reply.code == "accounts-missing") }
          }
          // What is everybody's goes on, so that what watches the server is not told it is down.
          #expect(try await client.get("/healthz", headers: headers).status == 200)
        }
        let sent = try await client.send(
          "POST", "/api/v1/checks", type: "application/json", body: Data("{}".utf8),
          headers: ["X-Forwarded-For": "127.0.0.1"])
        #expect(sent.status == 503)
        _ = try await map.accounts.add(
          AccountOrder(id: "li", name: "li", roles: ["viewer"]), by: .operator)
        #expect(try await client.get("/api/v1/datasets").status == 401)
      }
    }
  }

  @Test func `no route that changes anything takes what a page of another site sends`()
    async throws
  {
    var people: [AccessMap.Person] = []
    try await WebServerTests.withServer { map in
      try await AccessMap.prepare(map)
      people = try await AccessMap.people(map, ceilings: [.confidential]).filter {
        $0.regions == nil
      }
      people.append(try await AccessMap.applicant(map))
    } _: { client, map in
      let before = try await map.verifyLog { _ in }
      let routes = try WebServer.routes(map: map).filter {
        !$0.hasPrefix("GET ") && !$0.hasPrefix("OPTIONS ")
      }
      #expect(routes.count > 25)
      var refused: Set<String> = []
      for route in routes {
        let path = Self.path(of: route)
        let method = String(route.prefix { $0 != " " })
        for (name, value) in [
          ("Origin", "https://evil.example"), ("Origin", "null"),
          ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"),
        ] {
          let reply = try await client.send(
            method, path, type: AccessChannel.form, body: Data("a=b".utf8),
            headers: Self.cookie(people[0]).merging([name: value]) { $1 })
          #expect(reply.status == 403, "\(route), \(name): \(value)")
        }
        // Of all people, until it is refused to one for want of the key and of nothing else.
        for person in people where !refused.contains(route) && !Self.withoutSession.contains(route)
        {
          let reply = try await Self.unkeyed(client, path, Self.cookie(person))
          #expect([403, 404].contains(reply.status), "\(route) as \(person): \(reply.status)")
          let isForKey =
            reply.code == "form-foreign" || reply.body.contains("the form is out of date")
          if reply.status == 403, isForKey { refused.insert(route) }
        }
      }
      #expect(refused.union(Self.withoutSession) == Set(routes), "everything was tried by someone")
      #expect(try await map.verifyLog { _ in } == before, "nothing was recorded")
    }
  }

  /// Forms of the door: there is no session yet that a stranger could use.
  ///
  /// And what takes nothing but JSON, or a method no form has: no form of another site can send it.
  private static let withoutSession: Set = [
    "POST /sign-in", "POST /sign-in/second", "POST /api/v1/statistics",
    "POST /join", "POST /join/confirm", "PUT /api/v1/my/drafts/{draft}",
    "POST /track", "POST /api/v1/track", "POST /api/v1/cases/{number}/tracking-code",
    "POST /api/v1/cases/{number}/acts", "POST /api/v1/cases/{number}/letter",
    "POST /api/v1/checks/saved", "POST /api/v1/deputies",
    "POST /api/v1/deputies/{id}/revocation",
    "POST /ogc/collections/{id}/items", "PUT /ogc/collections/{id}/items/{feature}",
    "PATCH /ogc/collections/{id}/items/{feature}", "DELETE /ogc/collections/{id}/items/{feature}",
    "POST /ogc/processes/{processId}/execution", "DELETE /ogc/jobs/{jobId}",
  ]

  private static func path(of route: String) -> String {
    String(route.split(separator: " ")[1]).replacing("{act}", with: "sign")
      .replacing(
        "{id}",
        with: route.contains("catalogue") || route.contains("ogc")
          ? "matrix-public" : "20250101-0003"
      )
      .replacing(/\{[a-zA-Z]+\}/, with: "none")
  }

  private static func cookie(_ person: AccessMap.Person) -> [String: String] {
    ["Cookie": "karez-session=\(person.cookie)", "Accept-Language": "en"]
  }

  /// A form without its key, sent as the route takes forms.
  private static func unkeyed(
    _ client: WebServerTests.Client, _ path: String, _ cookie: [String: String]
  ) async throws -> Reply {
    let plain = try await client.post(path, "a=b", headers: cookie)
    guard plain.status == 415 else { return plain }
    let body = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--b--\r\n"
    return try await client.send(
      "POST", path, type: "multipart/form-data; boundary=b", body: Data(body.utf8),
      headers: cookie)
  }
}
