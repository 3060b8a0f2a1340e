import Foundation
import KarezCore
import KarezPacks
import KarezStore
import TestSupport
import Testing

@testable import KarezService
@testable import KarezWeb

/// Cases as programs open them, act in them and find them.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct CaseRouteTests {
  @Test func `a case is opened once under a key, and says by when and why`() async throws {
    try await CaseRoom.with { room in
      let first = try await room.opening(key: "once")
      #expect(first.status == 201 && first.headers["etag"]?.hasPrefix("\"") == true)
      let number = try #require(first.json?["number"]?.string)
      #expect(number == "YD653101202500001")
      #expect(first.headers["location"] == "/api/v1/cases/\(number)")
      let again = try await room.opening(key: "once")
      #expect(again.json?["number"]?.string == number)
      let shown = try await room.client.get("/api/v1/cases/\(number)")
      let clock = try #require(shown.json?["clocks"]?.array?.first)
      #expect(clock["due"]?.string == "2025-03-07")
      let why = clock["explanation"]?.array?.compactMap { $0["zh"]?.string } ?? []
      #expect(why.contains { $0.contains("第三十二条") })
      #expect(shown.json?["events"]?.array?.first?["kind"]?.string == "opened")
      let tag = try #require(shown.headers["etag"])
      let same = try await room.client.get(
        "/api/v1/cases/\(number)", headers: ["If-None-Match": tag])
      #expect(same.status == 304 && same.body.isEmpty)
      let bare = try await room.post(
        "/api/v1/cases",
        "{\"procedure\":\"\(CaseRoom.procedure)\",\"region\":\"653101\",\"applicant\":\"a\"}")
      #expect(bare.status == 422 && bare.code == "case-document-missing")
    }
  }

  @Test func `two officers act at once: one is carried out, the other told what to do`()
    async throws
  {
    try await CaseRoom.with { room in
      let number = try await room.opened()
      let tag = try #require(
        try await room.client.get("/api/v1/cases/\(number)").headers["etag"])
      let replies = try await withThrowingTaskGroup(of: WebServerTests.Reply.self) { group in
        for step in ["accept", "tell-what-is-missing"] {
          group.addTask {
            try await room.act(
              number, "{\"act\":\"make\",\"step\":\"\(step)\"}", ["If-Match": tag])
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(replies.map(\.status).sorted() == [200, 412])
      let refused = try #require(replies.first { $0.status == 412 })
      #expect(refused.code == "case-stale-version")
      #expect(refused.json?["message"]?["en"]?.string?.contains("open it again") == true)
      let version = Int(tag.dropFirst().dropLast()) ?? 0
      let late = try await room.act(
        number, "{\"act\":\"establish\",\"facts\":{\"conforms\":true},\"expecting\":\(version)}")
      #expect(late.status == 409 && late.code == "case-stale-version")
      #expect(try await room.map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `a case goes its way by acts, with pauses, reviews and facts`() async throws {
    try await CaseRoom.with { room in
      let number = try await room.opened()
      let orders = [
        "{\"act\":\"review\",\"document\":\"boundary\",\"accepted\":true,\"note\":\"ok\"}",
        "{\"act\":\"make\",\"step\":\"accept\"}",
        "{\"act\":\"pause\",\"reason\":\"hearing\"}", "{\"act\":\"resume\",\"reason\":\"hearing\"}",
        "{\"act\":\"extend\",\"clock\":\"decision\",\"note\":\"材料复杂\"}",
        "{\"act\":\"make\",\"step\":\"review\",\"facts\":{\"compliance_checked\":true,"
          + "\"conforms\":true}}",
      ]
      for order in orders {
        let reply = try await room.act(number, order)
        #expect(reply.status == 200, "\(order): \(reply.body.prefix(300))")
      }
      let events = try #require(
        try await room.client.get("/api/v1/cases/\(number)").json?["events"]?.array)
      let kinds = events.compactMap { $0["kind"]?.string }
      for kind in ["document-reviewed", "paused", "resumed", "extended", "established", "moved"] {
        #expect(kinds.contains(kind), "\(kind)")
      }
      for (order, status, code) in [
        ("{\"act\":\"fly\"}", 400, "field-invalid"), ("{\"act\":\"make\"}", 400, "field-invalid"),
        ("{\"act\":\"make\",\"step\":\"fly\"}", 404, "case-transition-unknown"),
        ("{\"act\":\"establish\",\"facts\":{\"nothing\":true}}", 404, "case-fact-unknown"),
        ("{\"act\":\"establish\",\"facts\":{\"conforms\":\"x\"}}", 422, "case-fact-of-wrong-kind"),
        ("{\"act\":\"establish\",\"facts\":[]}", 400, "field-invalid"),
        ("{\"act\":\"tick\"}", 400, "field-invalid"), ("{\"act\":7}", 400, "field-invalid"),
        ("{\"act\":\"establish\",\"expecting\":-1}", 400, "field-invalid"),
        ("{\"act\":\"establish\",\"extra\":1}", 400, "field-invalid"),
        ("{\"act\":\"pause\",\"reason\":\"weather\"}", 404, "case-pause-unknown"),
      ] {
        let reply = try await room.act(number, order)
        #expect(reply.status == status && reply.code == code, "\(order): \(reply.body)")
      }
      let after = try await room.client.get("/api/v1/cases/\(number)").json?["events"]?.array
      #expect(after?.count == events.count)
    }
  }

  @Test func `lists are read page by page, each case once, by whom and when it concerns`()
    async throws
  {
    try await CaseRoom.with { room in
      var numbers: [String] = []
      for place in 0..<5 { numbers.append(try await room.opened(CaseRoom.counties[place % 2])) }
      func read(_ query: String) async throws -> [String] {
        var (found, after): ([String], String?) = ([], nil)
        repeat {
          let more = after.map { "&after=\($0)" } ?? ""
          let reply = try await room.client.get("/api/v1/cases?\(query)&limit=2\(more)")
          #expect(reply.status == 200, "\(reply.body)")
          found += reply.json?["cases"]?.array?.compactMap { $0["number"]?.string } ?? []
          after = reply.json?["next"]?.string
        } while after != nil
        return found
      }
      // Of one case no clock runs any more; it comes after those that are due.
      _ = try await room.act(numbers[0], "{\"act\":\"make\",\"step\":\"tell-what-is-missing\"}")
      let rest = numbers.dropFirst().sorted()
      for list in ["mine", "open"] {
        #expect(try await read("list=\(list)") == rest + [numbers[0]], "\(list)")
      }
      #expect(try await read("list=all") == numbers.sorted())
      #expect(try await read("list=due-soon") == rest)
      #expect(try await read("list=overdue") == [])
      #expect(try await read("list=open&region=653121") == [numbers[1], numbers[3]].sorted())
      #expect(try await read("list=open&stage=to-complete") == [numbers[0]])
      #expect(try await read("list=open&number=YD6531012025").count == 3)
      #expect(try await read("list=open&project=none") == [])
      #expect(try await read("list=open&procedure=\(CaseRoom.procedure)").count == 5)
      room.time.pass(days: 8)
      #expect(try await read("list=overdue") == rest)
      #expect(try await read("list=due-soon") == [])
      for query in ["list=some", "limit=0", "after=x", "region=a", "extra=1", "stage=%25"] {
        let reply = try await room.client.get("/api/v1/cases?" + query)
        #expect(reply.status == 400, "\(query): \(reply.status)")
      }
    }
  }

  @Test func `a case of another county is one there is not`() async throws {
    try await CaseRoom.with { room in
      let (own, other) = (try await room.opened("653121"), try await room.opened("653101"))
      let clerk = try await room.person("li", ["submitter"], regions: ["653121"])
      let never = other.replacing("653101", with: "653999")
      for path in ["", "/documents/boundary"] {
        let hidden = try await room.client.get("/api/v1/cases/\(other)\(path)", headers: clerk)
        let none = try await room.client.get("/api/v1/cases/\(never)\(path)", headers: clerk)
        #expect(hidden.status == 404 && none.status == 404)
        #expect(hidden.body.replacing(other, with: never) == none.body)
        #expect(
          try await room.client.get("/api/v1/cases/\(own)\(path)", headers: clerk).status == 200)
      }
      #expect(try await room.client.get("/cases/\(other)", headers: clerk).status == 404)
      #expect(try await room.client.get("/cases/\(own)", headers: clerk).status == 200)
      let act = "{\"act\":\"make\",\"step\":\"accept\"}"
      #expect(try await room.act(other, act, clerk).code == "case-unknown")
      let list = try await room.client.get("/api/v1/cases?list=all", headers: clerk)
      #expect(list.body.contains(own) && !list.body.contains(other))
      for page in ["/cases?list=all", "/cases/supervision"] {
        let reply = try await room.client.get(page, headers: clerk)
        #expect(reply.status == 200 && !reply.body.contains(other), "\(page)")
      }
      let figures = try await room.map.cases.supervision(
        for: Principal(
          actor: Actor(id: "li"), name: "li", roles: [], permissions: [.view],
          scope: Scope(ceiling: .internal, regionPrefixes: ["653121"])))
      #expect(figures.total.open == 1 && figures.counties.map(\.code) == ["653121"])
      #expect(try await room.act(own, act, clerk).status == 200)
    }
  }

  @Test func `who acts in no role sees where a case stands, and no paper or name of it`()
    async throws
  {
    try await CaseRoom.with { room in
      let number = try await CasePaperTests.accepted(room)
      _ = try await room.post(
        "/api/v1/cases/\(number)/letter", "{\"act\":\"draft\",\"step\":\"grant\"}")
      let viewer = try await room.person("viewer", ["viewer"])
      let outline = try await room.client.get("/api/v1/cases/\(number)", headers: viewer)
      #expect(outline.status == 200 && outline.json?["tasks"]?.array == [])
      #expect(outline.json?["withheld"] == .boolean(true))
      #expect(outline.json?["documents"]?.array == [] && outline.json?["effects"]?.array == [])
      #expect(outline.json?["clocks"]?.array?.isEmpty == false)
      let kinds = outline.json?["events"]?.array?.compactMap { $0["kind"]?.string } ?? []
      #expect(kinds.contains("moved") && !kinds.contains("document-attached"))
      #expect(!outline.body.contains("a-1") && !outline.body.contains("operator"))
      let page = try await room.client.get("/cases/\(number)?lang=en", headers: viewer)
      #expect(page.status == 200 && page.body.contains("This is the outline of the case"))
      for word in ["a-1", "documents/boundary", "/letter", "/bundle", "/answers/"] {
        #expect(!page.body.contains(word), "\(word)")
      }
      for path in ["documents/boundary", "letter", "letter?f=pdf"] {
        for root in ["/cases", "/api/v1/cases"] {
          let reply = try await room.client.get("\(root)/\(number)/\(path)", headers: viewer)
          #expect(reply.status == 404, "\(root) \(path)")
        }
      }
      let key = try await room.formKey(viewer)
      let bundle = try await room.client.post(
        "/cases/\(number)/bundle", "formKey=\(key)", headers: viewer)
      #expect(bundle.status == 404)
      let draft = try await room.post(
        "/api/v1/cases/\(number)/letter", "{\"act\":\"draft\",\"step\":\"grant\"}", viewer)
      #expect(draft.status == 404)
      for (id, role) in [("clerk", "submitter"), ("chief", "approver"), ("watch", "auditor")] {
        let who = try await room.person(id, [role])
        let taken = try await room.client.get(
          "/api/v1/cases/\(number)/documents/boundary", headers: who)
        #expect(taken.status == 200, "\(role)")
        let letter = try await room.client.get("/api/v1/cases/\(number)/letter", headers: who)
        #expect(letter.status == 200, "\(role)")
      }
    }
  }

  @Test func `who keeps the installation has no case, and cases are of the internal level`()
    async throws
  {
    try await CaseRoom.with { room in
      let number = try await room.opened()
      for role in ["operator", "security"] {
        let who = try await room.person(role + "-1", [role])
        let reply = try await room.client.get("/api/v1/cases/\(number)", headers: who)
        #expect(reply.status == 404 && reply.code == "case-unknown", "\(role)")
        let list = try await room.client.get("/api/v1/cases?list=all", headers: who)
        #expect(list.json?["cases"]?.array == [], "\(role)")
        let figures = try await room.client.get("/cases/supervision", headers: who)
        #expect(!figures.body.contains("653101"), "\(role)")
      }
      let low = AccountOrder(id: "low", name: "low", roles: ["submitter"], ceiling: .public)
      let cookie = try await AccessMap.session(of: low, room.map)
      let reply = try await room.client.get(
        "/api/v1/cases/\(number)", headers: ["Cookie": "karez-session=\(cookie)"])
      #expect(reply.status == 404 && reply.code == "case-unknown")
    }
  }

  @Test func `who may not act is refused before a file is kept, and a form without its key`()
    async throws
  {
    try await CaseRoom.with { room in
      let number = try await room.opened()
      let viewer = try await room.person("viewer", ["viewer"])
      let clerk = try await room.person("clerk", ["submitter"])
      let act = "{\"act\":\"review\",\"document\":\"boundary\",\"accepted\":true}"
      let refused = try await room.act(number, act, viewer)
      #expect(refused.status == 403 && refused.code == "case-wrong-role")
      let path = "/api/v1/cases/\(number)/documents"
      func file(_ text: String) -> [(String, String, String)] {
        [("file", "letter.pdf", CaseRoom.paper + text)]
      }
      func kept() throws -> Int {
        let folder = room.map.data.appending(path: "case-files").path
        return try FileManager.default.contentsOfDirectory(atPath: folder).count
      }
      let before = try kept()
      let foreign = try await room.form(path, ["document": "letter"], files: file("1"), clerk)
      #expect(foreign.status == 403 && foreign.code == "form-foreign")
      var fields = ["document": "letter", "formKey": try await room.formKey(viewer)]
      #expect(
        try await room.form(path, fields, files: file("2"), viewer).code == "case-wrong-role")
      fields["procedure"] = CaseRoom.procedure
      let opening = try await room.form(
        "/api/v1/cases",
        [
          "procedure": CaseRoom.procedure, "region": "653101", "applicant": "a-1",
          "formKey": try await room.formKey(viewer),
        ], files: [("application", "a.pdf", CaseRoom.paper + "3")], viewer)
      #expect(opening.status == 403 && opening.code == "case-wrong-role")
      fields = ["document": "nothing", "formKey": try await room.formKey(clerk)]
      #expect(
        try await room.form(path, fields, files: file("4"), clerk).code == "case-document-unknown")
      #expect(try kept() == before, "nothing of theirs is kept")
      fields["document"] = "letter"
      #expect(try await room.form(path, fields, files: file("5"), clerk).status == 200)
      #expect(try kept() == before + 1)
    }
  }

  @Test func `a program acts in cases where it may hand in, and neither decides nor signs`()
    async throws
  {
    try await CaseRoom.with { room in
      let (number, other) = (try await room.opened(), try await room.opened())
      func program(
        _ id: String, _ role: String, _ may: Set<Permission>, _ ceiling: Classification
      ) async throws -> [String: String] {
        let headers = try await room.person(id, [role])
        let cookie = String((headers["Cookie"] ?? "").dropFirst("karez-session=".count))
        let owner = try #require(try await room.map.accounts.signedIn(cookie)?.principal)
        let order = TokenOrder(
          title: "test", permissions: may, ceiling: ceiling, regions: nil, days: 7)
        let (_, text) = try await room.map.accounts.issueToken(order, for: id, by: owner)
        return ["Authorization": "Bearer \(text)"]
      }
      let clerk = try await program("li", "submitter", [.view, .submit], .internal)
      let accepted = try await room.act(number, "{\"act\":\"make\",\"step\":\"accept\"}", clerk)
      #expect(accepted.status == 200, "\(accepted.body.prefix(300))")
      let facts = "\"facts\":{\"compliance_checked\":true,\"conforms\":true}"
      let reviewed = try await room.act(
        number, "{\"act\":\"make\",\"step\":\"review\",\(facts)}", clerk)
      #expect(reviewed.status == 200, "\(reviewed.body.prefix(300))")
      let letter = "/api/v1/cases/\(number)/letter"
      let drafted = try await room.post(letter, "{\"act\":\"draft\",\"step\":\"grant\"}", clerk)
      #expect(drafted.status == 200, "\(drafted.body.prefix(300))")
      let signed = try await room.post(letter, "{\"act\":\"sign-off\"}", clerk)
      #expect(signed.status == 403 && signed.code == "in-person")
      let brought = try await room.form(
        "/api/v1/cases/\(number)/documents", ["document": "letter"],
        files: [("file", "letter.pdf", CaseRoom.paper)], clerk)
      #expect(brought.status == 403 && brought.code == "in-person")
      let chief = try await program("wang", "approver", [.view], .internal)
      let grant = "{\"act\":\"make\",\"step\":\"grant\"}"
      #expect(try await room.act(number, grant, chief).code == "case-wrong-role")
      let signing = try await room.post(letter, "{\"act\":\"sign-off\"}", chief)
      #expect(signing.status == 403 && signing.code == "in-person")
      #expect(try await room.client.get(letter, headers: chief).status == 404)
      let seen = try await room.client.get("/api/v1/cases/\(number)", headers: chief)
      #expect(seen.status == 200 && seen.json?["withheld"] == .boolean(true))
      let low = try await program("zhao", "approver", [.view], .public)
      #expect(try await room.act(number, grant, low).code == "case-unknown")
      // A step of the window that decides: an application is not accepted.
      let refused = try await room.act(
        other, "{\"act\":\"make\",\"step\":\"not-accept\"}", clerk)
      #expect(refused.status == 403 && refused.code == "in-person")
    }
  }

  @Test func `whoever gave the opinion does not decide, and is told who may`() async throws {
    try await CaseRoom.with { room in
      let number = try await room.opened()
      _ = try await room.act(number, "{\"act\":\"make\",\"step\":\"accept\"}")
      let both = try await room.person("both", ["submitter", "approver"])
      let other = try await room.person("other", ["approver"])
      let facts = "\"facts\":{\"compliance_checked\":true,\"conforms\":true}"
      let reviewed = try await room.act(
        number, "{\"act\":\"make\",\"step\":\"review\",\(facts)}", both)
      #expect(reviewed.status == 200, "\(reviewed.body.prefix(300))")
      let tasks = reviewed.json?["tasks"]?.array?.compactMap { $0["transition"]?.string } ?? []
      #expect(!tasks.contains("grant") && tasks.contains("send-back"))
      let key = try await room.formKey(both)
      _ = try await room.form(
        "/api/v1/cases/\(number)/documents", ["document": "letter", "formKey": key],
        files: [("file", "letter.pdf", CaseRoom.paper)], both)
      let grant = "{\"act\":\"make\",\"step\":\"grant\"}"
      let refused = try await room.act(number, grant, both)
      #expect(refused.status == 403 && refused.code == "case-same-person")
      #expect(refused.json?["message"]?["en"]?.string?.contains("name a deputy") == true)
      let page = try await room.client.post(
        "/cases/\(number)?lang=ug",
        "formKey=\(key)&act=make&step=grant&expecting=99&key=again", headers: both)
      #expect(page.status != 200 && page.body.contains("role=\"alert\""))
      let granted = try await room.act(number, grant, other)
      #expect(granted.status == 200, "\(granted.body.prefix(300))")
    }
  }

  @Test func `the log knows who took papers of a case, and who was not given any`() async throws {
    try await CaseRoom.with { room in
      let number = try await CasePaperTests.accepted(room)
      let clerk = try await room.person("clerk", ["submitter"])
      let viewer = try await room.person("viewer", ["viewer"])
      await room.map.reads.beginGathering()
      for _ in 0..<3 {
        _ = try await room.client.get(
          "/api/v1/cases/\(number)/documents/boundary", headers: clerk)
      }
      _ = try await room.client.get("/api/v1/cases/\(number)/documents/boundary", headers: viewer)
      await room.map.flushReads()
      let reads = try await room.map.logEntries(after: 0, limit: 1_000).filter {
        $0.kind == "read"
      }
      let papers = reads.filter { $0.body["case"]?.string == number }
      #expect(papers.map(\.actor.id) == ["clerk"], "\(papers.map(\.body.canonicalText))")
      #expect(papers.first?.body["reads"]?.integer == 3)
      #expect(papers.first?.body["papers"] == .array([.string("boundary")]))
      #expect(try await room.map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `files are taken within their limits, and given back as files alone`() async throws {
    var limits = try WebServerTests.generous()
    limits.cases.mostAttachmentBytes = 20_000
    try await CaseRoom.with(limits: limits) { room in
      let number = try await room.opened()
      let path = "/api/v1/cases/\(number)/documents"
      for (name, text, status, code) in [
        ("a.exe", "MZ", 422, "attachment-sort"), ("a.pdf", "MZ", 422, "attachment-sort"),
        ("a.html", "<script>alert(1)</script>", 422, "attachment-sort"),
        ("a.svg", "<svg/>", 422, "attachment-sort"), ("a.txt", "", 422, "attachment-size"),
        ("a.pdf", "%PDF-" + String(repeating: "x", count: 30_000), 413, "body-too-large"),
      ] {
        let reply = try await room.form(
          path, ["document": "boundary"], files: [("file", name, text)])
        #expect(reply.status == status && reply.code == code, "\(name): \(reply.body)")
        #expect(reply.json?["message"]?["zh"]?.string?.isEmpty == false)
      }
      let unknown = try await room.form(
        path, ["document": "nothing"], files: [("file", "a.pdf", CaseRoom.paper)])
      #expect(unknown.status == 404 && unknown.code == "case-document-unknown")
      #expect(try await room.form(path, ["document": "letter"]).code == "file-missing")
      let page = "<h1>not a page</h1>"
      let brought = try await room.form(
        path, ["document": "letter"], files: [("file", "letter.txt", page)])
      #expect(brought.status == 200)
      let taken = try await room.client.get(path + "/letter")
      #expect(taken.status == 200 && taken.body == page)
      #expect(
        taken.headers["content-disposition"] == "attachment; filename=\"\(number)-letter.txt\"")
      #expect(taken.headers["content-type"] == "text/plain")
      #expect(taken.headers["x-content-type-options"] == "nosniff")
      #expect(try await room.client.get("/cases/\(number)/documents/letter").body == page)
      #expect(try await room.client.get(path + "/nothing").status == 404)
    }
  }

  @Test func `procedures are data, and drawn as SVG and BPMN`() async throws {
    try await CaseRoom.with { room in
      let list = try await room.client.get("/api/v1/procedures")
      let ids = list.json?["procedures"]?.array?.compactMap { $0["id"]?.string } ?? []
      #expect(ids.contains(CaseRoom.procedure))
      let path = "/api/v1/procedures/" + CaseRoom.procedure
      let one = try await room.client.get(path)
      let clocks = one.json?["clocks"]?.array ?? []
      #expect(clocks.contains { $0["cite"]?.array?.isEmpty == false && $0["unit"] != nil })
      #expect(one.json?["steps"]?.array?.isEmpty == false)
      let drawn = try await room.client.get(path + "/drawing?lang=en")
      #expect(drawn.headers["content-type"] == "image/svg+xml" && drawn.body.hasPrefix("<svg"))
      let bpmn = try await room.client.get(path + "/drawing?format=bpmn")
      #expect(bpmn.body.contains("bpmn:process"))
      #expect(bpmn.headers["content-disposition"]?.contains(".bpmn") == true)
      for path in ["/x/y", "/" + CaseRoom.procedure + "?version=9.9.9"] {
        let reply = try await room.client.get("/api/v1/procedures" + path)
        #expect(reply.status == 404 && reply.code == "procedure-unknown", "\(path)")
      }
    }
  }
}
