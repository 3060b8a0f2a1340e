import Foundation
import FoundationNetworking
import KarezCore
import TestSupport
import Testing

/// The server over real sockets; every test ends by looking at its log.
@Suite(.enabled(if: DemoMap.hasOutlines, "the outlines were not fetched: run make setup"))
struct ServeTests {
  struct Answer {
    let status: Int
    let headers: [String: String]
    let body: Data

    var json: JSONValue { get throws { try JSONValue(parsing: Array(body)) } }
    var text: String { String(decoding: body, as: UTF8.self) }
  }

  /// Serves the demo, runs the body, and expects a log without warnings or errors.
  private func serving(_ body: (String) async throws -> Void) async throws {
    let demo = try await DemoMap.shared.prepare()
    let served = try await ServedMap.serving(data: demo.data) { address, _ in
      try await body(address)
    }
    let complaints = served.log.split(separator: "\n").filter {
      $0.firstMatch(of: /"level":"(warning|error|critical)"/) != nil
    }
    #expect(complaints.isEmpty, "\(complaints.joined(separator: "\n"))")
  }

  private func ask(
    _ address: String, method: String = "GET", type: String? = nil, body: Data? = nil
  ) async throws -> Answer {
    var request = URLRequest(url: try #require(URL(string: address)))
    // A machine under other tests answers late.
    request.timeoutInterval = 600
    request.httpMethod = method
    request.httpBody = body
    if let type { request.setValue(type, forHTTPHeaderField: "Content-Type") }
    let (data, response) = try await URLSession.shared.data(for: request)
    let http = try #require(response as? HTTPURLResponse)
    var headers: [String: String] = [:]
    for (name, value) in http.allHeaderFields {
      headers["\(name)".lowercased()] = "\(value)"
    }
    return Answer(status: http.statusCode, headers: headers, body: data)
  }

  private func boundary(_ demo: DemoMap.Prepared) throws -> JSONValue {
    let outcome = try Program.run(
      "karez",
      [
        "check", demo.synth.appending(path: "sample-boundary.txt").path, "--data", demo.data,
        "--on", DemoMap.day, "--json",
      ], environment: ["KAREZ_HOME": Places.repository.path])
    return try #require(JSONValue(parsing: outcome.output)["boundary"]?["geometry"])
  }

  @Test func `a program gets the answer, and finds it again in every view`() async throws {
    let demo = try await DemoMap.shared.prepare()
    let drawn = try boundary(demo)
    try await serving { address in
      let body = JSONValue.object([
        "boundary": drawn, "purpose": .string("transport/road"),
        "validOn": .string(DemoMap.day),
      ])
      let made = try await ask(
        address + "api/v1/checks", method: "POST", type: "application/json",
        body: Data(body.canonicalText.utf8))
      #expect(made.status == 200, "\(made.text)")
      let answer = try made.json
      let id = try #require(answer["id"]?.string)
      #expect(answer["findings"]?.array?.isEmpty == false)
      let page = try await ask(address + "answers/\(id)")
      #expect(page.status == 200)
      #expect(page.text.contains(answer["digest"]?.string ?? "-"))
      let again = try await ask(address + "answers/\(id).json")
      #expect(try again.json["digest"] == answer["digest"])
      let sheet = try await ask(address + "answers/\(id).pdf")
      #expect(sheet.status == 200 && sheet.body.starts(with: Array("%PDF-".utf8)))
      #expect(sheet.headers["cache-control"]?.contains("no-store") == true)
    }
  }

  @Test func `a state of a dataset is downloaded whole, and what cannot be is told`()
    async throws
  {
    try await serving { address in
      let dataset = address + "api/v1/datasets/counties/export"
      let shapes = try await ask(dataset + "?format=shp&validOn=\(DemoMap.day)")
      #expect(shapes.status == 200, "\(shapes.text)")
      #expect(shapes.body.starts(with: [0x50, 0x4B, 0x03, 0x04]))
      #expect(shapes.headers["content-type"] == "application/zip")
      #expect(
        shapes.headers["content-disposition"]
          == "attachment; filename=\"counties-\(DemoMap.day).shp.zip\"")
      #expect(shapes.headers["karez-sm3"]?.isEmpty == false)
      let features = try await ask(dataset + "?format=geojson&validOn=\(DemoMap.day)")
      let found = try features.json["features"]?.array?.count
      #expect((found ?? 0) > 0)
      #expect(features.headers["content-length"] == String(features.body.count))
      for (query, status) in [
        ("", 400), ("?format=shape", 400), ("?format=shp&encoding=big5", 400),
        ("?format=kml&crs=EPSG:4513", 422),
      ] {
        let refused = try await ask(dataset + query)
        #expect(refused.status == status, "\(query): \(refused.text)")
        #expect(try refused.json["message"]?["zh"]?.string?.contains("；") == true)
      }
      let none = try await ask(address + "api/v1/datasets/nothing/export?format=gpkg")
      #expect(none.status == 404, "\(none.text)")
    }
  }

  @Test func `bad input is problem+json with place and remedy, and the server goes on`()
    async throws
  {
    try await serving { address in
      let ring = "[[75.9,39.4],[75.91,39.41],[75.91,39.4],[75.9,39.41],[75.9,39.4]]"
      let bodies: [(String, Int)] = [
        ("{\"boundary\":{\"type\":\"Polygon\",\"coordinates\":[\(ring)]}}", 422),
        ("{\"boundary\":", 400), ("[]", 400), ("", 400), ("{\"boundary\":null}", 400),
        ("{\"boundary\":{\"type\":\"Point\",\"coordinates\":[1,2]}}", 422),
        ("{\"boundary\":{\"type\":\"Polygon\",\"coordinates\":[[[1e999,2]]]}}", 422),
      ]
      for (body, status) in bodies {
        let refused = try await ask(
          address + "api/v1/checks", method: "POST", type: "application/json",
          body: Data(body.utf8))
        #expect([status, 422].contains(refused.status), "\(body): \(refused.status)")
        #expect(refused.headers["content-type"]?.hasPrefix("application/problem+json") == true)
        let problem = try refused.json
        #expect(problem["code"]?.string?.isEmpty == false)
        #expect(problem["message"]?["zh"]?.string?.contains("；") == true, "\(body)")
      }
      let deep = String(repeating: "[", count: 100_000)
      let refused = try await ask(
        address + "api/v1/checks", method: "POST", type: "application/json", body: Data(deep.utf8))
      #expect((400...422).contains(refused.status))
      #expect(try await ask(address + "healthz").status == 200)
    }
  }

  @Test func `pages carry a strict policy, and what is not there is 404`() async throws {
    try await serving { address in
      let home = try await ask(address)
      #expect(home.status == 200)
      let policy = try #require(home.headers["content-security-policy"])
      #expect(policy.contains("default-src 'self'") || policy.contains("default-src 'none'"))
      #expect(!policy.contains("unsafe-"))
      #expect(home.headers["x-content-type-options"] == "nosniff")
      for path in [
        "answers/none", "answers/..%2f..%2fetc%2fpasswd.json", "assets/../../Package.swift",
        "assets/%2e%2e/%2e%2e/Package.swift", "api/v1/datasets/none/features", "no-such-page",
      ] {
        let missing = try await ask(address + path)
        #expect([400, 404].contains(missing.status), "\(path): \(missing.status)")
        #expect(!missing.text.contains("swift-tools-version"))
      }
      for language in ["zh", "ug", "en"] {
        let page = try await ask(address + "?lang=\(language)")
        #expect(page.text.contains("dir=\"\(language == "ug" ? "rtl" : "ltr")\""))
      }
    }
  }

  @Test func `any address but loopback is refused`() async throws {
    let demo = try await DemoMap.shared.prepare()
    let outcome = try Program.run(
      "karez", ["serve", "--data", demo.data, "--host", "0.0.0.0", "--port", "0"],
      environment: ["KAREZ_HOME": Places.repository.path])
    #expect(outcome.status == 4, "\(outcome.problems)")
  }

  @Test func `a page of another site, or a name that is not this machine, gets nothing`()
    async throws
  {
    try await serving { address in
      for (name, value) in [("Origin", "http://evil.example"), ("Host", "evil.example")] {
        let outcome = try Program.run(
          "/usr/bin/curl",
          ["-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", "\(name): \(value)", address])
        #expect(outcome.output == "403", "\(name): \(outcome.output)")
      }
      #expect(try await ask(address + "healthz").status == 200)
    }
  }
}
