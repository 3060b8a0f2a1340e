import Foundation
import KarezCore
import KarezService
import TestSupport
import Testing

@testable import KarezWeb

/// `/ogc/processes` and `/ogc/jobs`: what pages and `/api/v1` compute, by the standard's door.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct ProcessTests {
  typealias Client = WebServerTests.Client
  typealias Reply = WebServerTests.Reply

  static let difference =
    #"{"dataset":"matrix-public","from":"2023-06-01","to":"2025-06-01","by":"qgrade"}"#
  static let boundary =
    "{\"boundary\":\(AccessChannel.square),\"purpose\":\"transport/road\","
    + "\"validOn\":\"2025-06-01\"}"

  static func execute(
    _ process: String, _ inputs: String, _ more: String = "", on client: Client,
    headers: [String: String] = [:]
  ) async throws -> Reply {
    try await client.send(
      "POST", "/ogc/processes/\(process)/execution", type: "application/json",
      body: Data("{\"inputs\":\(inputs)\(more)}".utf8), headers: headers)
  }

  // MARK: Descriptions

  @Test func `every process says what it takes and gives, in three languages`() async throws {
    try await OGCTests.withMap { client, _ in
      let list = try await client.get("/ogc/processes")
      let found = list.json?["processes"]?.array ?? []
      #expect(found.compactMap { $0["id"]?.string } == MapProcess.allCases.map(\.rawValue))
      for process in MapProcess.allCases {
        let path = "/ogc/processes/" + process.rawValue
        let reply = try await client.get(path)
        guard case .object(let inputs)? = reply.json?["inputs"],
          case .object(let outputs)? = reply.json?["outputs"]
        else {
          Issue.record("\(path): \(reply.body)")
          continue
        }
        #expect(Set(inputs.keys) == Set(process.inputs.map(\.name)))
        #expect(inputs.values.allSatisfy { $0["schema"]?["type"]?.string != nil })
        #expect(Array(outputs.keys) == [process.output])
        for language in ["zh", "en", "ug"] {
          for path in [path, "/ogc/processes", "/ogc/jobs"] {
            let page = try await client.get(path + "?f=html&lang=\(language)")
            #expect(page.status == 200 && !page.body.contains("{{"))
            #expect(!page.body.contains("process_") && !page.body.contains(" style="))
          }
        }
      }
      let unknown = try await client.get("/ogc/processes/nothing")
      #expect(unknown.status == 404)
      #expect(unknown.json?["type"]?.string?.hasSuffix("/no-such-process") == true)
    }
  }

  // MARK: At once

  @Test func `a process answers what the application's own address answers`() async throws {
    try await OGCTests.withMap { client, _ in
      let own = try await client.check(Self.boundary)
      let check = try await Self.execute("compliance-check", Self.boundary, on: client)
      #expect(check.status == 200, "\(check.body)")
      #expect(check.json?["digest"] == own.json?["digest"] && own.json?["digest"] != nil)
      let id = try #require(check.json?["id"]?.string)
      #expect(check.headers["link"]?.contains("/answers/\(id).json") == true)
      #expect(
        try await client.get("/answers/\(id).json").json?["digest"] == own.json?["digest"])

      let diff = try await Self.execute("diff", Self.difference, on: client)
      let compared = try await client.get(
        "/api/v1/datasets/matrix-public/diff?from=2023-06-01&to=2025-06-01&by=qgrade")
      #expect(diff.json == compared.json && diff.json?["patches"]?.array?.count == 2)

      let coverage = try await Self.execute(
        "coverage-check", #"{"dataset":"matrix-public"}"#, on: client)
      #expect(coverage.json?["examined"] == .integer(2), "\(coverage.body)")
      let before = try await Self.execute(
        "coverage-check", #"{"dataset":"matrix-public","validOn":"2023-01-01"}"#, on: client)
      #expect(before.json?["examined"] == .integer(0))
    }
  }

  @Test func `the result comes as a document or as its address, where that is asked`()
    async throws
  {
    try await OGCTests.withMap { client, _ in
      let document = try await Self.execute(
        "compliance-check", Self.boundary, #","response":"document""#, on: client)
      #expect(document.json?["answer"]?["digest"] != nil)
      let reference = #","outputs":{"answer":{"transmissionMode":"reference"}}"#
      let empty = try await Self.execute("compliance-check", Self.boundary, reference, on: client)
      #expect(empty.status == 204 && empty.body.isEmpty)
      #expect(empty.headers["link"]?.contains("/answers/") == true)
      let linked = try await Self.execute(
        "compliance-check", Self.boundary, reference + #","response":"document""#, on: client)
      let place = try #require(linked.json?["answer"]?["href"]?.string)
      #expect(try await client.get(try OGCTests.path(place, client)).status == 200)
      // Inputs may stand in objects of their own, as the standard has objects.
      let qualified = "{\"boundary\":{\"value\":\(AccessChannel.square),\"mediaType\":\"x\"}}"
      #expect(
        try await Self.execute("compliance-check", qualified, on: client).status == 200)
    }
  }

  @Test func `what is not understood is refused, and nothing is fetched from elsewhere`()
    async throws
  {
    try await OGCTests.withMap { client, _ in
      for (process, body, code) in [
        ("diff", "[]", "input-invalid"), ("diff", "{}", "input-missing"),
        ("diff", #"{"inputs":{"dataset":"matrix-public","from":"x","to":"y"}}"#, "input-invalid"),
        ("diff", #"{"inputs":{"nothing":1}}"#, "input-unknown"), ("diff", "{", "json-malformed"),
        ("diff", #"{"inputs":{},"mode":"sync"}"#, "input-invalid"),
        (
          "compliance-check", #"{"inputs":{"boundary":{"href":"http://127.0.0.1:9/"}}}"#,
          "input-referred"
        ),
        ("compliance-check", #"{"inputs":{"boundary":"x"}}"#, "input-invalid"),
        (
          "coverage-check",
          #"{"inputs":{"dataset":"matrix-public"},"outputs":{"report":{"transmissionMode":"#
            + #""reference"}}}"#, "input-invalid"
        ),
        ("coverage-check", #"{"inputs":{"dataset":"x"},"response":"xml"}"#, "input-invalid"),
        (
          "coverage-check", #"{"inputs":{"dataset":"matrix-public","gapWidthM":-1}}"#,
          "input-invalid"
        ),
      ] {
        let reply = try await client.send(
          "POST", "/ogc/processes/\(process)/execution", type: "application/json",
          body: Data(body.utf8))
        #expect(reply.status == 400 && reply.code == code, "\(body): \(reply.body)")
      }
      let path = "/ogc/processes/diff/execution"
      #expect(try await client.send("POST", path, type: "text/plain", body: Data()).status == 415)
      #expect(try await client.send("GET", path).status == 405)
    }
  }

  @Test func `a dataset out of scope is as one that never was`() async throws {
    var cookie = ""
    try await WebServerTests.withServer { map in
      try await AccessMap.prepare(map)
      cookie = try await AccessMap.session(
        of: AccountOrder(id: "li", name: "li", roles: ["viewer"], ceiling: .internal), map)
    } _: { client, _ in
      let who = ["Cookie": "karez-session=\(cookie)"]
      for headers in [who, who.merging(["Prefer": "respond-async"]) { $1 }] {
        for inputs in [
          #"{"dataset":"NAME"}"#, #"{"dataset":"NAME","from":"2024-01-01","to":"2025-01-01"}"#,
        ] {
          let process = inputs.contains("from") ? "diff" : "coverage-check"
          var replies: [String] = []
          for name in ["matrix-confidential", "matrix-nowhere"] {
            let reply = try await Self.execute(
              process, inputs.replacing("NAME", with: name), on: client, headers: headers)
            replies.append("\(reply.status) \(reply.body.replacing(name, with: "NAME"))")
          }
          #expect(replies[0] == replies[1] && replies[0].hasPrefix("404"), "\(replies)")
        }
      }
      let described = try await client.get("/ogc/processes/diff", headers: who).body
      #expect(described.contains("matrix-internal") && !described.contains("confidential"))
    }
  }

  // MARK: Jobs

  @Test func `a process is run by a job, and its result fetched later`() async throws {
    try await OGCTests.withMap { client, map in
      let later = ["Prefer": "respond-async, wait=1"]
      let made = try await Self.execute("diff", Self.difference, on: client, headers: later)
      #expect(made.status == 201 && made.headers["preference-applied"] == "respond-async")
      let place = try OGCTests.path(try #require(made.headers["location"]), client)
      #expect(made.json?["status"]?.string == "accepted")
      let early = try await client.get(place + "/results")
      #expect(early.status == 404)
      #expect(early.json?["type"]?.string?.hasSuffix("/result-not-ready") == true)
      try await Workers(map: map) { _, _ in }.runDue()
      let done = try await client.get(place)
      #expect(done.json?["status"]?.string == "successful", "\(done.body)")
      let results = try await client.get(place + "/results")
      #expect(results.json == (try await Self.execute("diff", Self.difference, on: client)).json)
      #expect(try await client.get(place + "?f=html&lang=en").body.contains("Done"))

      let check = try await Self.execute(
        "compliance-check", Self.boundary, #","response":"document""#, on: client,
        headers: later)
      try await Workers(map: map) { _, _ in }.runDue()
      let answered = try OGCTests.path(try #require(check.headers["location"]), client)
      let answer = try await client.get(answered + "/results")
      let id = try #require(answer.json?["answer"]?["id"]?.string, "\(answer.body)")
      #expect(try await client.get("/answers/\(id)").status == 200)

      let list = try await client.get("/ogc/jobs?processID=diff&status=successful")
      #expect(list.json?["jobs"]?.array?.count == 1)
      for query in [
        "processID=coverage-check", "status=failed", "minDuration=1000000",
        "datetime=2001-01-01",
      ] {
        let none = try await client.get("/ogc/jobs?" + query)
        #expect(none.json?["jobs"]?.array?.isEmpty == true, "\(query): \(none.body)")
      }
      #expect(try await client.get("/ogc/jobs?limit=1").json?["jobs"]?.array?.count == 1)
    }
  }

  @Test func `a job is dismissed, before it is done and afterwards`() async throws {
    try await OGCTests.withMap { client, map in
      let later = ["Prefer": "respond-async"]
      for isDone in [false, true] {
        let made = try await Self.execute("diff", Self.difference, on: client, headers: later)
        let place = try OGCTests.path(try #require(made.headers["location"]), client)
        if isDone { try await Workers(map: map) { _, _ in }.runDue() }
        let gone = try await client.send("DELETE", place)
        #expect(gone.status == 200 && gone.json?["status"]?.string == "dismissed", "\(gone.body)")
        #expect(try await client.get(place).json?["status"]?.string == "dismissed")
        #expect(try await client.get(place + "/results").status == 404)
      }
      let unknown = try await client.get("/ogc/jobs/none")
      #expect(unknown.status == 404)
      #expect(unknown.json?["type"]?.string?.hasSuffix("/no-such-job") == true)
      #expect(try await client.send("DELETE", "/ogc/jobs/none").status == 404)
    }
  }

  @Test func `a job that cannot be done fails with the problem it would have had at once`()
    async throws
  {
    try await OGCTests.withMap { client, map in
      let later = ["Prefer": "respond-async"]
      let unknown = Self.difference.replacing("qgrade", with: "nothing")
      for headers in [[:], later] {
        let reply = try await Self.execute("diff", unknown, on: client, headers: headers)
        #expect(reply.status == 400 && reply.code == "attribute-unknown", "\(reply.body)")
      }
      let inputs = Self.boundary.replacing("transport/road", with: "transport/none")
      let once = try await Self.execute("compliance-check", inputs, on: client)
      let made = try await Self.execute(
        "compliance-check", inputs, on: client, headers: later)
      try await Workers(map: map) { _, _ in }.runDue()
      let place = try OGCTests.path(try #require(made.headers["location"]), client)
      #expect(try await client.get(place).json?["status"]?.string == "failed")
      let results = try await client.get(place + "/results")
      #expect(results.status == once.status && results.code == once.code && once.code != nil)
    }
  }

  @Test func `nobody has more than a few jobs under way`() async throws {
    try await OGCTests.withMap { client, _ in
      let later = ["Prefer": "respond-async"]
      for number in 1...4 {
        let reply = try await Self.execute("diff", Self.difference, on: client, headers: later)
        #expect(reply.status == (number < 4 ? 201 : 503), "\(reply.body)")
      }
    }
  }

  @Test(.enabled(if: OGCTests.hasOWSLib, "OWSLib was not installed: run make setup"))
  func `OWSLib runs processes`() async throws {
    try await OGCTests.withMap { client, _ in
      let script = """
        from owslib.ogcapi.processes import Processes
        p = Processes('\(client.base)/ogc')
        assert [x['id'] for x in p.processes()] == ['compliance-check', 'coverage-check', 'diff']
        assert 'boundary' in p.process('compliance-check')['inputs']
        square = \(AccessChannel.square)
        r = p.execute('compliance-check', {'boundary': square, 'purpose': 'transport/road'})
        assert r['answer']['verdict'], r
        r = p.execute('diff', {'dataset': 'matrix-public', 'from': '2023-06-01',
                               'to': '2025-06-01'}, async_=True)
        assert r['status'] == 'accepted' and r['processID'] == 'diff', r
        print('run')
        """
      let outcome = try await AttackTests.run(OGCTests.python, ["-c", script])
      #expect(outcome.status == 0 && outcome.output.contains("run"), "\(outcome.output)")
    }
  }
}
