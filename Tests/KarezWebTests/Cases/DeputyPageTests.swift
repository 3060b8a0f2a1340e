import Foundation
import KarezCore
import TestSupport
import Testing

@testable import KarezService
@testable import KarezWeb

/// Deputies and projects over HTTP, on pages and as data.
@Suite struct DeputyPageTests {
  typealias Room = CaseRoom

  /// A case that stands where the chief decides.
  static func reviewed(_ room: Room) async throws -> String {
    let number = try await room.opened()
    for body in [
      "{\"act\":\"make\",\"step\":\"accept\"}",
      "{\"act\":\"make\",\"step\":\"review\",\"facts\":{\"compliance_checked\":true,\"conforms\":true}}",
    ] { #expect(try await room.act(number, body).status == 200) }
    let letter = try await room.form(
      "/api/v1/cases/\(number)/documents", ["document": "letter"],
      files: [("file", "letter.pdf", Room.paper)])
    #expect(letter.status == 200, "\(letter.body.prefix(300))")
    return number
  }

  @Test func `an officer names a deputy on the page, who finds the task, does it, and is told of`()
    async throws
  {
    try await Room.with { room in
      let number = try await Self.reviewed(room)
      let chief = try await room.person("chief", ["approver"])
      let clerk = try await room.person("clerk", ["submitter"])
      let page = try await room.client.get("/cases/deputies?lang=en", headers: chief)
      #expect(page.status == 200 && page.body.contains("value=\"clerk\""))
      let key = try await room.formKey(chief)
      let named = try await room.client.post(
        "/cases/deputies",
        "formKey=\(key)&deputy=clerk&from=2025-03-01&through=2025-03-07&reason=leave",
        headers: chief)
      #expect(named.status == 303 && named.headers["location"] == "/cases/deputies")
      let again = try await room.client.post(
        "/cases/deputies",
        "formKey=\(key)&deputy=clerk&from=2025-03-02&through=2025-03-03", headers: chief)
      #expect(again.status == 409 && again.body.contains("band stop"))

      let desk = try await room.client.get("/cases?lang=en", headers: clerk)
      #expect(desk.body.contains(number) && desk.body.contains("for chief: "))
      let view = try await room.client.get("/cases/\(number)?lang=en", headers: clerk)
      #expect(view.body.contains("name=\"deputyFor\" value=\"chief\""))
      let json = try await room.client.get("/api/v1/cases/\(number)", headers: clerk).json
      #expect(json?["deputyTasks"]?.array?.isEmpty == false)
      let version = try #require(json?["version"]?.integer)
      let own = try await room.formKey(clerk)
      let made = try await room.client.post(
        "/cases/\(number)",
        "formKey=\(own)&act=make&step=grant&deputyFor=chief&expecting=\(version)&key=k",
        headers: clerk)
      #expect(made.status == 303, "\(made.body.prefix(300))")
      let after = try await room.client.get("/cases/\(number)?lang=en", headers: clerk)
      #expect(after.body.contains("clerk (for chief)"))
      let told = try await room.client.get("/cases/deputies?lang=en", headers: chief)
      #expect(told.body.contains(number) && told.body.contains("in force"))
      let supervised = try await room.client.get("/cases/supervision?lang=en", headers: chief)
      #expect(supervised.body.contains("/cases/deputies"))
    }
  }

  @Test func `as data: named, listed, revoked, and of nobody else's concern`() async throws {
    try await Room.with { room in
      let chief = try await room.person("chief", ["approver"])
      let clerk = try await room.person("clerk", ["submitter"])
      let other = try await room.person("other", ["submitter"])
      let body = "{\"deputy\":\"clerk\",\"from\":\"2025-03-01\",\"through\":\"2025-03-07\"}"
      let named = try await room.post("/api/v1/deputies", body, chief)
      #expect(named.status == 201, "\(named.body)")
      let id = try #require(named.json?["id"]?.string)
      for wrong in [
        "{\"deputy\":\"clerk\"}",
        "{\"deputy\":\"clerk\",\"from\":\"x\",\"through\":\"2025-03-07\"}",
        "{\"deputy\":\"clerk\",\"from\":\"2025-03-01\",\"through\":\"2025-03-07\",\"procedures\":[1]}",
      ] {
        let reply = try await room.post("/api/v1/deputies", wrong, chief)
        #expect([400, 422].contains(reply.status), "\(reply.status) \(wrong)")
      }
      func count(_ who: [String: String]) async throws -> Int? {
        try await room.client.get("/api/v1/deputies", headers: who).json?["deputies"]?.array?.count
      }
      #expect(try await count(chief) == 1)
      #expect(try await count(clerk) == 1)
      #expect(try await count(other) == 0)
      let path = "/api/v1/deputies/\(id)/revocation"
      #expect(try await room.post(path, "{}", other).status == 404)
      #expect(try await room.post(path, "{}", clerk).status == 200)
      let left = try await room.client.get("/api/v1/deputies", headers: chief).json
      #expect(left?["deputies"]?.array?.first?["revokedOn"]?.string == "2025-03-01")
    }
  }

  @Test func `a project's page has its chain, its cases and the days of the whole`() async throws {
    try await Room.with { room in
      let number = try await room.opened()
      let page = try await room.client.get("/projects?code=2025-001&lang=en")
      #expect(page.status == 200 && page.body.contains("/cases/\(number)"))
      #expect(page.body.contains("Project on granted land") && page.body.contains("running"))
      #expect(page.body.contains("The code does not have the form"))
      #expect(try await room.client.get("/projects?lang=ug").status == 200)
      #expect(try await room.client.get("/projects?code=none").status == 404)
      let chain = "/projects?code=2025-001&chain=allocation&lang=zh"
      #expect(try await room.client.get(chain).body.contains("划拨用地项目"))
      let json = try await room.client.get("/api/v1/projects?code=2025-001").json
      #expect(json?["chain"]?.string == "grant" && json?["whole"]?["limit"] == .integer(120))
      #expect(try await room.client.get("/api/v1/projects").status == 400)
      let shown = try await room.client.get("/cases/\(number)")
      #expect(shown.body.contains("/projects?code=2025-001"))
    }
  }
}
