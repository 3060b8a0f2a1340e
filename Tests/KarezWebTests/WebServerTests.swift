import Foundation
import FoundationNetworking
import KarezCore
import KarezPacks
import KarezService
import Logging
import TestSupport
import Testing

@testable import KarezWeb

/// The server on a free loopback port, over an empty One Map.
@Suite(.serialized) struct WebServerTests {
  struct Reply {
    let status: Int
    let headers: [String: String]
    let body: String

    var json: JSONValue? { try? JSONValue(parsing: body) }
    var code: String? { json?["code"]?.string }
  }

  struct Client {
    /// Keeps no cookies and follows no redirects, so that every reply is seen as it is.
    static let session = {
      let configuration = URLSessionConfiguration.ephemeral
      configuration.httpCookieStorage = nil
      configuration.httpShouldSetCookies = false
      return URLSession(configuration: configuration, delegate: Staying(), delegateQueue: nil)
    }()

    let base: String

    func send(
      _ method: String, _ path: String, type: String? = nil, body: Data? = nil,
      headers: [String: String] = [:]
    ) async throws -> Reply {
      var request = URLRequest(url: try #require(URL(string: base + path)))
      // A machine under other tests answers late.
      request.timeoutInterval = 600
      request.httpMethod = method
      request.httpBody = body
      request.setValue(type, forHTTPHeaderField: "Content-Type")
      for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
      let (data, response) = try await Self.session.data(for: request)
      let http = try #require(response as? HTTPURLResponse)
      var fields: [String: String] = [:]
      for (name, value) in http.allHeaderFields {
        if let name = name as? String, let value = value as? String {
          fields[name.lowercased()] = value
        }
      }
      return Reply(
        status: http.statusCode, headers: fields, body: String(decoding: data, as: UTF8.self))
    }

    func get(_ path: String, headers: [String: String] = [:]) async throws -> Reply {
      try await send("GET", path, headers: headers)
    }

    /// Sends a form the plain way.
    func post(
      _ path: String, _ form: String, headers: [String: String] = [:]
    ) async throws -> Reply {
      try await send(
        "POST", path, type: "application/x-www-form-urlencoded", body: Data(form.utf8),
        headers: headers)
    }

    func check(_ body: String) async throws -> Reply {
      try await send(
        "POST", "/api/v1/checks", type: "application/json", body: Data(body.utf8))
    }
  }

  /// Shows where a reply leads instead of going there.
  final class Staying: NSObject, URLSessionTaskDelegate, Sendable {
    func urlSession(
      _ session: URLSession, task: URLSessionTask,
      willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
      completionHandler: @escaping (URLRequest?) -> Void
    ) { completionHandler(nil) }
  }

  static let hasBrowserFiles = FileManager.default.fileExists(
    atPath: Places.repository.appending(path: "Portal/vendor/ol.js").path)
  static let square =
    "{\"type\":\"Polygon\",\"coordinates\":[[[100,30],[100.01,30],[100.01,30.01],[100,30.01],"
    + "[100,30]]]}"

  /// The limits of the product, with allowances and times nothing here meets.
  static func generous() throws -> WebLimits {
    let file = Places.repository.appending(path: "Packs/web.yaml")
    var limits = try WebLimits.load(file: file.path)
    let plenty = WebLimits.Allowance(perMinute: 1_000_000, atOnce: 1_000_000)
    (limits.account, limits.address, limits.signIn) = (plenty, plenty, plenty)
    (limits.tile, limits.anonymous, limits.anonymousTile) = (plenty, plenty, plenty)
    limits.work.longestWait *= 30
    limits.work.checkWithin *= 30
    limits.connections.idleFor *= 30
    limits.connections.readingStartsWithin *= 30
    limits.connections.writingStallsFor *= 30
    return limits
  }

  static func withServer(_ body: (Client) async throws -> Void) async throws {
    try await withServer(prepare: { _ in }) { client, _ in try await body(client) }
  }

  /// The server over a map that was made ready first.
  static func withServer(
    port: Int = 0, limits: WebLimits? = nil, proxies: Set<String> = [],
    logger: Logger? = nil, clock: WallClock? = nil,
    changing change: (inout OneMap) -> Void = { _ in },
    prepare: (OneMap) async throws -> Void,
    _ body: (Client, OneMap) async throws -> Void
  ) async throws {
    try await Places.withTemporaryFolder { folder in
      let installation = Installation(home: Places.repository, programs: Program.folder)
      var map = try await OneMap.initialise(
        data: folder.appending(path: "data"), installation: installation, by: .operator)
      if let clock {
        map = try await OneMap.open(
          data: folder.appending(path: "data"), installation: installation, clock: clock)
      }
      change(&map)
      try await prepare(map)
      var silent = Logger(label: "test")
      silent.logLevel = .critical
      let server = WebServer(
        map: map, logger: logger ?? silent, limits: try limits ?? generous(), proxies: proxies)
      let (addresses, announce) = AsyncStream<String>.makeStream()
      let running = Task {
        // A server that cannot start must not be waited for.
        defer { announce.finish() }
        try await server.run(host: "127.0.0.1", port: port) { announce.yield($0) }
      }
      defer { running.cancel() }
      var iterator = addresses.makeAsyncIterator()
      guard let address = await iterator.next() else { return try await running.value }
      try await body(Client(base: String(address.dropLast())), map)
    }
  }

  @Test(.enabled(if: hasBrowserFiles))
  func `pages obey their own policy: no inline script, no inline style`() async throws {
    try await Self.withServer { client in
      for path in [
        "/", "/?lang=ug", "/?lang=en&validOn=2024-05-01", "/nowhere", "/cases",
        "/cases/supervision", "/procedures/administrative-procedure/site-selection?lang=ug",
      ] {
        let reply = try await client.get(path)
        #expect(reply.status == (path == "/nowhere" ? 404 : 200))
        let policy = try #require(reply.headers["content-security-policy"])
        #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
        #expect(reply.headers["x-content-type-options"] == "nosniff")
        #expect(reply.headers["referrer-policy"] == "same-origin")
        #expect(reply.headers["cache-control"] == "private, no-store")
        #expect(reply.headers["x-request-id"] != nil)
        #expect(!reply.body.contains(" style=") && !reply.body.contains("<style"))
        #expect(reply.body.firstMatch(of: /<script(?![^>]*src=)/) == nil)
        #expect(reply.body.firstMatch(of: /\son[a-z]+=/) == nil)
        #expect(!reply.body.contains("{{"))
      }
      let uyghur = try await client.get("/?lang=ug").body
      #expect(uyghur.contains("<html lang=\"ug\" dir=\"rtl\">"))
      let preferred = try await client.get("/", headers: ["Accept-Language": "en-GB,en;q=0.9"])
      #expect(preferred.body.contains("<html lang=\"en\" dir=\"ltr\">"))
      let past = try await client.get("/?validOn=2024-05-01").body
      #expect(past.contains("bar past"))
    }
  }

  @Test(.enabled(if: hasBrowserFiles))
  func `only the listed files are served, and are not sent twice`() async throws {
    try await Self.withServer { client in
      for name in Assets.files.keys {
        let reply = try await client.get("/assets/\(name)")
        #expect(reply.status == 200, "\(name)")
        let tag = try #require(reply.headers["etag"])
        let again = try await client.get("/assets/\(name)", headers: ["If-None-Match": tag])
        #expect(again.status == 304 && again.body.isEmpty, "\(name)")
      }
      for path in [
        "/assets/..%2fmessages%2fzh.json", "/assets/../messages/zh.json", "/assets/zh.json",
        "/assets/%2e%2e%2fNOTICES.md", "/templates/portal.mustache",
      ] {
        #expect(try await client.get(path).status == 404, "\(path)")
      }
    }
  }

  @Test(.enabled(if: hasBrowserFiles))
  func `a program checks a boundary and gets the answer, or the reason why not`() async throws {
    try await Self.withServer { client in
      let answered = try await client.check(
        "{\"boundary\":\(Self.square),\"purpose\":\"transport/road\",\"validOn\":\"2025-11-01\"}")
      #expect(answered.status == 200)
      #expect(answered.headers["content-type"] == "application/json")
      let id = try #require(answered.json?["id"]?.string)
      let kept = try await client.get("/answers/\(id).json")
      #expect(kept.json?["digest"] == answered.json?["digest"])
      #expect(try await client.get("/answers/\(id)").body.contains(id))
      #expect(try await client.get("/?answer=\(id)").body.contains("data-answer=\"\(id)\""))

      let refusals: [(String, Int, String)] = [
        ("not json", 400, "json-malformed"), ("[]", 400, "field-invalid"),
        ("{}", 400, "boundary-missing"),
        ("{\"boundary\":\(Self.square),\"extra\":1}", 400, "field-invalid"),
        ("{\"boundary\":\(Self.square),\"validOn\":\"2025-13-01\"}", 400, "field-invalid"),
        ("{\"boundary\":\(Self.square),\"recorded\":-1}", 400, "field-invalid"),
        ("{\"boundary\":\(Self.square),\"purpose\":\"no-such\"}", 400, "purpose-unknown"),
      ]
      for (body, status, code) in refusals {
        let reply = try await client.check(body)
        #expect(reply.status == status && reply.code == code, "\(body): \(reply)")
        #expect(reply.headers["content-type"] == "application/problem+json")
      }
      let open = Self.square.replacing(",[100,30]]]", with: ",[100,30.005]]]")
      #expect(try await client.check("{\"boundary\":\(open)}").status == 422)
      #expect(try await client.get("/answers/none.json").status == 404)
      #expect(try await client.get("/answers/\(id).exe").status == 404)
    }
  }

  @Test(.enabled(if: hasBrowserFiles))
  func `a reader's form is answered with a part of the page, and refused with one`() async throws {
    try await Self.withServer { client in
      let home = try await client.get("/").body
      let key = try #require(home.firstMatch(of: /name="formKey" value="([0-9a-f]{64})"/)?.1)
      func form(_ fields: [String: String]) -> Data {
        let keyed = fields.merging(["formKey": String(key)]) { given, _ in given }
        let parts = keyed.sorted { $0.key < $1.key }.map {
          "--b\r\nContent-Disposition: form-data; name=\"\($0.key)\"\r\n\r\n\($0.value)\r\n"
        }
        return Data((parts.joined() + "--b--\r\n").utf8)
      }
      let type = "multipart/form-data; boundary=b"
      let asPart = ["HX-Request": "true"]
      let corners = "100 30\n100.01 30\n100.01 30.01"
      let answered = try await client.send(
        "POST", "/checks", type: type, body: form(["coordinates": corners, "lang": "en"]),
        headers: asPart)
      #expect(answered.status == 200)
      #expect(answered.body.hasPrefix("<article id=\"answer\""))
      let refused = try await client.send(
        "POST", "/checks", type: type, body: form(["coordinates": "1 2"]), headers: asPart)
      #expect(refused.status == 422)
      #expect(refused.body.contains("role=\"alert\""))
      #expect(!refused.body.contains("<html"))
      let foreign = try await client.send(
        "POST", "/checks", type: type, body: form(["coordinates": corners, "formKey": "x"]))
      #expect(foreign.status == 403)
      let empty = try await client.send("POST", "/checks", type: type, body: form([:]))
      #expect(empty.status == 400)
      for body in ["", "--b", "--b\r\n\r\n\r\n--b--", "--c--", "--b--"] {
        let reply = try await client.send(
          "POST", "/api/v1/checks", type: type, body: Data(body.utf8))
        #expect(reply.status == 400, "\(body)")
      }
      let wrong = try await client.send(
        "POST", "/api/v1/checks", type: "text/plain", body: Data("x".utf8))
      #expect(wrong.status == 415 && wrong.code == "media-type-unsupported")
    }
  }

  @Test(.enabled(if: hasBrowserFiles))
  func `limits of the API hold`() async throws {
    try await Self.withServer { client in
      let path = "/api/v1/datasets/land-patches/features"
      for query in [
        "bbox=1,2,3", "bbox=3,2,1,4", "bbox=a,b,c,d", "bbox=nan,0,1,1", "bbox=0,0,181,1",
        "limit=0", "limit=10001", "limit=x", "validOn=2025-02-30", "recorded=-1",
        "minimumAreaM2=-1",
      ] {
        let reply = try await client.get(path + "?" + query)
        #expect(reply.status == 400 && reply.code == "field-invalid", "\(query)")
      }
      let page = try await client.get(path + "?bbox=70,30,80,40&limit=10&validOn=2025-11-01")
      #expect(page.status == 200)
      #expect(page.json?["type"]?.string == "FeatureCollection")
      #expect(try await client.get("/api/v1/datasets/no-such/features").code == "not-found")
      #expect(try await client.get("/api/v1/datasets").json?.array?.isEmpty == false)
      let large = "{\"boundary\":\"" + String(repeating: "x", count: 3 << 20) + "\"}"
      #expect(try await client.check(large).code == "body-too-large")
      #expect(try await client.get("/healthz").status == 200)
      #expect(try await client.get("/readyz").json?["status"]?.string == "ready")
      let catalogue = try await client.get("/api/v1/catalogue?search=yjjbnt")
      let found = catalogue.json?["datasets"]?.array?.compactMap { $0["id"]?.string }
      #expect(Set(found ?? []).isSuperset(of: ["permanent-basic-farmland", "farmland-reserve"]))
      #expect(catalogue.json?["themes"]?.array?.isEmpty == false)
      let themed = try await client.get("/api/v1/catalogue?theme=planning")
      let themes = Set((themed.json?["datasets"]?.array ?? []).compactMap { $0["theme"]?.string })
      #expect(themes == ["control-lines", "spatial-plans", "zoning"])
      #expect(try await client.get("/api/v1/catalogue?theme=none").code == "theme-unknown")
      let long = String(repeating: "a", count: 101)
      #expect(try await client.get("/api/v1/catalogue?search=\(long)").status == 400)
      let described = try await client.get("/api/v1/openapi.json")
      #expect(described.json?["paths"]?["/api/v1/checks"] != nil)
      #expect(described.json?["paths"]?["/api/v1/datasets/{id}/export"] != nil)
      let file = "/api/v1/datasets/counties/export"
      #expect(try await client.get(file).code == "field-invalid")
      #expect(try await client.get(file + "?format=docx").code == "field-invalid")
      #expect(
        try await client.get("/api/v1/datasets/no-such/export?format=csv").code == "not-found")
      let empty = try await client.get(file + "?format=geojson&validOn=2025-11-01")
      #expect(empty.status == 200)
      #expect(empty.json?["features"]?.array?.isEmpty == true)
      #expect(
        empty.headers["content-disposition"]
          == "attachment; filename=\"counties-2025-11-01.geojson\"")
    }
  }

  @Test func `only a loopback address is served`() async throws {
    try await Places.withTemporaryFolder { folder in
      let installation = Installation(home: Places.repository, programs: Program.folder)
      let map = try await OneMap.initialise(
        data: folder.appending(path: "data"), installation: installation, by: .operator)
      let server = WebServer(map: map, logger: Logger(label: "test"))
      for host in ["0.0.0.0", "::", "192.0.2.1", "example.org", ""] {
        let problem = await #expect(throws: Problem.self) {
          try await server.run(host: host, port: 0) { _ in }
        }
        #expect(problem?.code == "address-not-loopback")
      }
    }
  }
}
