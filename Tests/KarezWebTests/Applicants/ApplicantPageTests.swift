import Foundation
import KarezCore
import KarezPacks
import KarezStore
import KarezWorkflow
import TestSupport
import Testing

@testable import KarezService
@testable import KarezWeb

/// What applicants do on their pages, from the form to the decision.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct ApplicantPageTests {
  @Test func `an application is filled in, saved, refused with every fault, and becomes a case`()
    async throws
  {
    try await ApplicantRoom.with { rooms in
      let who = try await rooms.applicant()
      let draft = try await rooms.draft(who)
      for language in ["zh", "ug", "en"] {
        for path in ["/my", "/my/mandates", draft] {
          let page = try await rooms.room.client.get(path + "?lang=" + language, headers: who)
          #expect(page.status == 200 && !page.body.contains("{{"), "\(path) \(language)")
          #expect(page.body.contains("dir=\"rtl\"") == (language == "ug"))
        }
      }
      // Saved with half of it: what is typed is there again.
      let half = try await rooms.send(
        draft, "save", version: 1, who, typing: ["contact_person": "某", "takes_farmland": "true"])
      #expect(half.status == 303)
      let page = try await rooms.room.client.get(draft + "?lang=en", headers: who)
      #expect(page.body.contains("value=\"某\"") && page.body.contains("How the soil is kept"))
      // Submitted too soon: every fault at once, and at its field.
      let soon = try await rooms.send(
        draft, "submit", version: 2, who,
        typing: ["takes_farmland": "true", "area_requested": "viel"],
        region: "")
      #expect(soon.status == 200 && soon.body.contains("To be put right"))
      for anchor in [
        "f-region", "f-contact_person", "f-area_requested", "f-topsoil", "m-boundary",
        "m-land-contract",
      ] { #expect(soon.body.contains("href=\"#\(anchor)\""), "\(anchor)") }
      #expect(soon.body.contains("is no number") && soon.body.contains("write digits"))
      let number = try await { () async throws -> String in
        let reply = try await rooms.send(
          draft, "submit", version: 3, who, files: ApplicantRoom.materials)
        #expect(reply.body.contains("id=\"tracking-code\""), "\(reply.body.prefix(600))")
        return String(try #require(reply.body.firstMatch(of: /LS[0-9]{15}/)).0)
      }()
      let view = try await rooms.map.cases.view(number, for: .operator)
      #expect(view.opening.applicant == "a20250001" && view.events.first?.actor == "a20250001")
      #expect(
        Set(view.documents.map(\.document.id)) == Set(ApplicantRoom.materials + ["application"]))
      let sheet = try #require(view.documents.first { $0.document.id == "application" })
      let text = String(
        decoding: try #require(rooms.map.cases.content(sheet.document.sm3)), as: UTF8.self)
      #expect(text.contains("申请面积：1.5 公顷") && text.contains("地质勘查"))
      // The draft is gone, and asked for once more it is still one case.
      #expect(try await rooms.room.client.get(draft, headers: who).status == 404)
      let again = try await rooms.send(draft, "submit", version: 3, who)
      #expect(again.status == 200 && again.body.contains(number))
      #expect(!again.body.contains("id=\"tracking-code\""), "a code is given once")
      #expect(try await rooms.room.client.get("/my", headers: who).body.contains(number))
      #expect(try await rooms.map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `what a draft holds is not swept away, and goes when the draft is given up`()
    async throws
  {
    try await ApplicantRoom.with { rooms in
      let who = try await rooms.applicant()
      let draft = try await rooms.draft(who)
      let first = try await rooms.version(of: draft, who)
      _ = try await rooms.send(draft, "save", version: first, who, files: ["boundary"])
      let folder = rooms.map.data.appending(path: "case-files")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      // The file as it came, and the boundary as read.
      #expect(names.count == 2)
      for name in names {
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSince1970: 0)],
          ofItemAtPath: folder.appending(path: name).path)
      }
      let cases = rooms.map.cases
      #expect(try await cases.sweepFiles(isApplied: false, by: .operator).files.isEmpty)
      let version = try await rooms.version(of: draft, who)
      #expect(version > first)
      _ = try await rooms.send(draft, "discard", version: version, who)
      let swept = try await cases.sweepFiles(isApplied: false, by: .operator)
      #expect(swept.files.map(\.sm3) == names.sorted())
    }
  }

  @Test func `two windows lose nothing to one another, and programs name the version they saw`()
    async throws
  {
    try await ApplicantRoom.with { rooms in
      let who = try await rooms.applicant()
      let draft = try await rooms.draft(who)
      _ = try await rooms.send(
        draft, "save", version: 1, who, typing: ["use_detail": "first window"])
      let second = try await rooms.send(
        draft, "save", version: 1, who, typing: ["use_detail": "second window"])
      #expect(second.status == 409)
      #expect(second.body.contains("second window") && second.body.contains("first window"))
      #expect(second.body.contains("name=\"expecting\" value=\"2\""))
      let path = "/api/v1" + draft
      let read = try await rooms.room.client.get(path, headers: who)
      #expect(read.headers["etag"] == "\"2\"")
      #expect(read.json?["answers"]?["use_detail"] == .string("first window"))
      func put(_ version: String?, _ body: String) async throws -> WebServerTests.Reply {
        var headers = who
        headers["If-Match"] = version
        return try await rooms.room.client.send(
          "PUT", path, type: "application/json", body: Data(body.utf8), headers: headers)
      }
      #expect(try await put(nil, "{\"answers\":{}}").status == 400)
      #expect(try await put("\"1\"", "{\"answers\":{}}").status == 409)
      #expect(try await put("\"2\"", "{\"answers\":{\"colour\":\"red\"}}").status == 400)
      let saved = try await put("\"2\"", "{\"answers\":{\"use_detail\":\"by a program\"}}")
      #expect(saved.status == 200 && saved.headers["etag"] == "\"3\"")
      // A field the form has not got is refused on the page, too.
      let other = try await rooms.send(draft, "save", version: 3, who, typing: ["colour": "red"])
      #expect(other.status == 400)
      // A draft that nobody saved for long is gone.
      let account = try await rooms.map.accounts.account("a20250001")
      let principal = account.principal(in: rooms.map.offices)
      let id = String(try #require(draft.split(separator: "/").last))
      #expect(try await rooms.map.applicants.drafts(of: principal).map(\.id) == [id])
      rooms.room.time.pass(days: 61)
      #expect(try await rooms.map.applicants.drafts(of: principal).isEmpty)
      #expect(try await rooms.map.store.record(ApplicationDraft.kind, id) != nil)
      try await rooms.map.applicants.sweep()
      #expect(try await rooms.map.store.record(ApplicationDraft.kind, id) == nil)
    }
  }

  @Test func `what was brought before need not be brought again, by whoever may see it`()
    async throws
  {
    try await ApplicantRoom.with { rooms in
      let (who, agent) = (try await rooms.applicant(), try await rooms.applicant("a20250002"))
      let number = try await rooms.submitted(who)
      let other = "administrative-procedure/construction-land-permit"
      let draft = try await rooms.draft(who, of: other)
      let page = try await rooms.room.client.get(draft + "?lang=en", headers: who)
      #expect(page.body.contains("value=\"reuse boundary \(number)\""))
      let taken = try await rooms.send(
        draft, "reuse boundary " + number, version: 1, who, typing: [:])
      #expect(taken.status == 303, "\(taken.body.prefix(300))")
      let held = try await rooms.room.client.get("/api/v1" + draft, headers: who)
      #expect(held.json?["materials"] == .array([.string("boundary")]))
      let checked = try await rooms.send(
        draft, "check", version: try await rooms.version(of: draft, who), who, typing: [:])
      #expect(checked.status == 303)
      let answered = try await rooms.room.client.get(draft + "?lang=en", headers: who)
      #expect(answered.body.contains("class=\"precheck\"") && answered.body.contains("Needs"))
      // What belongs to a case of another service is not for an agent of this one.
      let given = try await rooms.post(
        "/my/mandates",
        [
          "agent": "a20250002", "agentName": "a20250002", "lastDay": "2025-12-31",
          "service:" + other: "yes",
        ], who)
      #expect(given.status == 303)
      try await rooms.accept(agent)
      let theirs = try await rooms.draft(agent, for: "a20250001", of: other)
      let offered = try await rooms.room.client.get(theirs, headers: agent)
      #expect(offered.status == 200 && !offered.body.contains(number))
      let stolen = try await rooms.send(
        theirs, "reuse boundary " + number, version: 1, agent, typing: [:])
      #expect(stolen.status == 400)
      let path = "/my/cases/" + number
      #expect(try await rooms.room.client.get(path, headers: agent).status == 404)
    }
  }

  @Test func `what is asked of the applicant is brought from the page, and an officer goes on`()
    async throws
  {
    try await ApplicantRoom.with { rooms in
      let who = try await rooms.applicant()
      let number = try await rooms.submitted(who)
      let clerk = try await rooms.room.person("window1", ["submitter"])
      let path = "/my/cases/" + number
      let early = try await rooms.room.client.get(path + "?lang=en", headers: who)
      #expect(early.status == 200 && !early.body.contains("Bring what is asked for"))
      let told = try await rooms.room.act(
        number, "{\"act\":\"make\",\"step\":\"tell-what-is-missing\"}", clerk)
      #expect(told.status == 200, "\(told.body.prefix(300))")
      while try await rooms.map.jobs.runOne(worker: "test") {}
      let mine = try await rooms.room.client.get("/my?lang=en", headers: who)
      #expect(mine.body.contains("Waits for you") && mine.body.contains("Notices"))
      #expect(!mine.body.contains("There are none</p></section>\n</div>"), "a notice is there")
      let page = try await rooms.room.client.get(path + "?lang=en", headers: who)
      #expect(page.body.contains("Bring what is asked for"))
      let version = try #require(page.body.firstMatch(of: /name="expecting" value="([0-9]+)"/)).1
      let brought = try await rooms.room.form(
        path + "/documents",
        [
          "formKey": try await rooms.formKey(who), "expecting": String(version),
          "document": "land-contract", "key": "k1",
        ], files: [("file", "contract.pdf", CaseRoom.paper)], who)
      #expect(brought.status == 303, "\(brought.body.prefix(300))")
      let now = try await rooms.room.client.get(path, headers: who)
      let seen = try #require(now.body.firstMatch(of: /name="expecting" value="([0-9]+)"/)).1
      let completed = try await rooms.post(
        path, ["step": "complete", "expecting": String(seen), "key": "k2"], who)
      #expect(completed.status == 303, "\(completed.body.prefix(300))")
      let accepted = try await rooms.room.act(
        number, "{\"act\":\"make\",\"step\":\"accept\"}", clerk)
      #expect(accepted.status == 200, "\(accepted.body.prefix(300))")
      let own = try await rooms.room.client.get(
        path + "/documents/land-contract", headers: who)
      #expect(own.status == 200)
      for other in ["letter", "none"] {
        #expect(
          try await rooms.room.client.get(path + "/documents/" + other, headers: who).status == 404)
      }
      // Steps of the offices are not the applicant's, by whatever address.
      let grant = try await rooms.post(
        path, ["step": "grant", "expecting": "9", "key": "k3"], who)
      #expect([403, 409, 422].contains(grant.status))
      #expect(try await rooms.room.client.get("/cases/" + number, headers: who).status == 404)
    }
  }

  @Test func `what is somebody else's is what there is not`() async throws {
    try await ApplicantRoom.with { rooms in
      let (one, other) = (try await rooms.applicant(), try await rooms.applicant("a20250002"))
      let number = try await rooms.submitted(one)
      let draft = try await rooms.draft(one)
      for path in [
        "/my/cases/" + number, "/my/cases/\(number)/documents/application", draft,
        "/api/v1" + draft,
      ] {
        let hidden = try await rooms.room.client.get(path, headers: other)
        #expect(hidden.status == 404, "\(path)")
        #expect(try await rooms.room.client.get(path, headers: one).status == 200, "\(path)")
      }
      #expect(!(try await rooms.room.client.get("/my", headers: other).body.contains(number)))
      for path in [
        "/desk", "/cases", "/cases/new", "/catalogue", "/accounts", "/log", "/ogc", "/answers/x",
        "/api/v1/datasets", "/api/v1/cases", "/procedures", "/account/tokens", "/print",
      ] {
        #expect(try await rooms.room.client.get(path, headers: one).status == 404, "\(path)")
      }
      #expect(try await rooms.room.client.get("/", headers: one).headers["location"] == "/my")
      let clerk = try await rooms.room.person("window1", ["submitter"])
      for path in ["/my", draft] {
        #expect(try await rooms.room.client.get(path, headers: clerk).status == 404, "\(path)")
      }
    }
  }

  @Test func `nobody's name is vouched for until the answer comes, and drafts wait with it`()
    async throws
  {
    try await ApplicantRoom.with { rooms in
      let who = try await rooms.applicant(isVerified: false)
      let draft = try await rooms.draft(who)
      let refused = try await rooms.send(
        draft, "submit", version: 1, who, files: ApplicantRoom.materials)
      #expect(refused.status == 403 && refused.body.contains("not verified"))
      let bad = try await rooms.post("/my/name", ["number": "12"], who)
      #expect(bad.status == 422)
      let secret = "11010519491231002X"
      #expect(try await rooms.post("/my/name", ["number": secret], who).status == 303)
      let folder = rooms.map.data.appending(path: "real-name")
      let asked = try FileManager.default.contentsOfDirectory(
        atPath: folder.appending(path: "requests").path)
      #expect(asked.count == 1)
      let id = try #require(asked.first?.split(separator: ".").first)
      let entries = try await rooms.map.store.logEntries(after: 0, limit: 1_000)
      #expect(!entries.contains { $0.body.canonicalText.contains(secret) })
      let page = try await rooms.room.client.get("/my?lang=en", headers: who)
      #expect(page.body.contains("Name being verified"))
      try "{\"id\":\"\(id)\",\"verified\":true}".write(
        to: folder.appending(path: "answers/\(id).json"), atomically: true, encoding: .utf8)
      let verified = try await rooms.room.client.get("/my?lang=en", headers: who)
      #expect(verified.body.contains("Name verified"))
      let version = try await rooms.version(of: draft, who)
      let sent = try await rooms.send(draft, "submit", version: version, who)
      #expect(sent.status == 200 && sent.body.contains("id=\"tracking-code\""))
    }
  }
}
