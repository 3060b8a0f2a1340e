import Foundation
import KarezCore
import KarezCrypto
import Logging
import Synchronization
import TestSupport
import Testing

@testable import KarezService
@testable import KarezWeb

/// The door: who gets in, who does not, and what a form has to bring.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct SignInTests {
  typealias Client = WebServerTests.Client
  typealias Reply = WebServerTests.Reply

  static let password = "Salt-and-water-7"

  /// Codes for recovery that `boss` has left, by the address of the server.
  private static let codes = Mutex<[String: [String]]>([:])

  /// A server whose map has an operator `boss`, with a second factor, and a viewer `li`.
  static func withAccounts(_ body: (Client, OneMap) async throws -> Void) async throws {
    try await WebServerTests.withServer(
      prepare: { map in
        for (id, role) in [("boss", "operator"), ("li", "viewer")] {
          let order = AccountOrder(id: id, name: "<b>\(id)</b>", roles: [role])
          let secret = try await map.accounts.add(order, by: .operator)
          guard id == "boss" else { continue }
          try await map.accounts.changePassword(
            of: id, from: secret, to: password, keeping: nil)
        }
      },
      { client, map in
        let secret = try await map.accounts.enrol("boss", password: password).secret
        let fresh = try await map.accounts.confirm("boss", code: try code(secret))
        codes.withLock { $0[client.base] = fresh }
        try await body(client, map)
      })
  }

  /// The code an authenticator with this secret shows now.
  static func code(_ secret: String) throws -> String {
    let password = OneTimePassword(secret: try #require(Base32.bytes(of: secret)))
    return password.code(
      step: OneTimePassword.step(atSeconds: Int64(Date().timeIntervalSince1970)))
  }

  /// Signs in, through the second step where there is one.
  static func signIn(
    _ client: Client, _ id: String, _ password: String, next: String = "/"
  ) async throws -> Reply {
    let reply = try await client.post(
      "/sign-in", "account=\(id)&password=\(password)&next=\(next)")
    guard reply.status == 200, let ticket = try ticket(reply) else { return reply }
    let code = try #require(codes.withLock { $0[client.base]?.popLast() })
    return try await client.post(
      "/sign-in/second", "ticket=\(ticket)&code=\(code)&next=\(next)")
  }

  static func ticket(_ reply: Reply) throws -> String? {
    reply.body.firstMatch(of: /name="ticket" value="([0-9a-f]{64})"/).map { String($0.1) }
  }

  static func formKey(_ page: Reply) throws -> String {
    String(
      try #require(page.body.firstMatch(of: /name="formKey" value="([0-9a-f]{64})"/)?.1))
  }

  static func cookie(_ reply: Reply) throws -> [String: String] {
    let set = try #require(reply.headers["set-cookie"])
    let match = try #require(set.firstMatch(of: /karez-session=([0-9a-f]{64})/))
    return ["Cookie": "karez-session=\(match.1)"]
  }

  @Test func `once there is an account, everything but the public pages wants a sign-in`()
    async throws
  {
    try await Self.withAccounts { client, _ in
      for path in ["/", "/answers/x", "/password", "/nowhere", "/?lang=en&validOn=2025-01-01"] {
        let reply = try await client.get(path)
        #expect(reply.status == 303, "\(path): \(reply.status)")
        #expect(reply.headers["location"]?.hasPrefix("/sign-in?next=%2F") == true)
      }
      for path in ["/api/v1/datasets", "/answers/x.json", "/api/v1/nowhere"] {
        let reply = try await client.get(path)
        #expect(reply.status == 401 && reply.code == "sign-in-needed", "\(path)")
      }
      #expect(try await client.check("{}").status == 401)
      let part = try await client.get("/", headers: ["HX-Request": "true"])
      #expect(part.status == 204 && part.headers["hx-redirect"]?.hasPrefix("/sign-in") == true)
      for path in ["/sign-in", "/healthz", "/readyz", "/assets/frame.css", "/favicon.ico"] {
        #expect(try await client.get(path).status == 200, "\(path)")
      }
      let door = try await client.get("/sign-in?lang=en").body
      #expect(!door.contains("class=\"rail\"") && door.contains("type=\"password\""))
    }
  }

  @Test func `a session opens the pages, shows the name safely, and ends when told`()
    async throws
  {
    try await Self.withAccounts { client, _ in
      let wrong = try await Self.signIn(client, "boss", "wrong")
      #expect(wrong.status == 403 && wrong.headers["set-cookie"] == nil)
      #expect(wrong.body.contains("role=\"alert\"") && wrong.body.contains("value=\"boss\""))
      let reply = try await Self.signIn(client, "boss", Self.password, next: "/%3Flang%3Den")
      #expect(reply.status == 303 && reply.headers["location"] == "/?lang=en")
      let set = try #require(reply.headers["set-cookie"])
      #expect(set.contains("HttpOnly") && set.contains("SameSite=Strict"))
      let cookie = try Self.cookie(reply)
      let page = try await client.get("/", headers: cookie)
      #expect(page.status == 200 && page.body.contains("&lt;b&gt;boss&lt;/b&gt;"))
      #expect(!page.body.contains("<b>boss"))
      #expect(try await client.get("/api/v1/datasets", headers: cookie).status == 200)
      let key = try #require(page.body.firstMatch(of: /name="formKey" value="([0-9a-f]{64})"/)?.1)
      let form = "application/x-www-form-urlencoded"
      // Another site's form, or one of another session, does not end the session.
      for body in ["", "formKey=", "formKey=\(String(repeating: "0", count: 64))"] {
        let refused = try await client.send(
          "POST", "/sign-out", type: form, body: Data(body.utf8), headers: cookie)
        #expect(refused.status == 403)
      }
      #expect(try await client.get("/", headers: cookie).status == 200)
      let foreign = try await client.send(
        "POST", "/sign-out", type: form, body: Data("formKey=\(key)".utf8),
        headers: cookie.merging(["Origin": "http://evil.example"]) { $1 })
      #expect(foreign.status == 403)
      let out = try await client.send(
        "POST", "/sign-out", type: form, body: Data("formKey=\(key)".utf8), headers: cookie)
      #expect(out.status == 303 && out.headers["set-cookie"]?.contains("Max-Age=0") == true)
      #expect(try await client.get("/", headers: cookie).status == 303)
    }
  }

  @Test func `a first secret leads to the password page and nowhere else`() async throws {
    try await Self.withAccounts { client, map in
      let secret = try await map.accounts.reset("li", by: .operator)
      let cookie = try Self.cookie(try await Self.signIn(client, "li", secret))
      let detour = try await client.get("/", headers: cookie)
      #expect(detour.status == 303 && detour.headers["location"] == "/password")
      #expect(
        try await client.get("/api/v1/datasets", headers: cookie).code == "password-to-change")
      let page = try await client.get("/password", headers: cookie).body
      let key = try #require(page.firstMatch(of: /name="formKey" value="([0-9a-f]{64})"/)?.1)
      func change(_ new: String, _ again: String) async throws -> Reply {
        try await client.send(
          "POST", "/password", type: "application/x-www-form-urlencoded",
          body: Data("formKey=\(key)&old=\(secret)&new=\(new)&again=\(again)".utf8),
          headers: cookie)
      }
      #expect(try await change("Other-water-88", "Other-water-89").status == 422)
      #expect(try await change("short", "short").status == 422)
      #expect(try await change("Other-water-88", "Other-water-88").status == 303)
      #expect(try await client.get("/", headers: cookie).status == 200)
    }
  }

  @Test(arguments: [
    "//evil.example", "http://evil.example", "/\\evil.example", "javascript:1", "",
    "/%0d%0aSet-Cookie:x=1", "/\t/evil.example", "/\u{A0}/evil.example", "/ /evil.example",
    "/\r/evil.example",
  ])
  func `after signing in nobody is led off this portal`(next: String) async throws {
    try await Self.withAccounts { client, _ in
      let escaped = next.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
      let reply = try await Self.signIn(client, "boss", Self.password, next: escaped)
      #expect(reply.status == 303)
      let location = try #require(reply.headers["location"])
      #expect(location == "/" || location.hasPrefix("/%0d%0a"), "\(location)")
      #expect(reply.headers["x"] == nil)
    }
  }
}
