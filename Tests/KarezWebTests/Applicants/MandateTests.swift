import Foundation
import KarezCore
import KarezPacks
import KarezStore
import KarezWorkflow
import TestSupport
import Testing

@testable import KarezService
@testable import KarezWeb

/// Who acts for whom, how a registration goes, and what applicants say of a service.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct MandateTests {
  @Test func `an agent acts under a mandate, is written down, and sees nothing once it ends`()
    async throws
  {
    try await ApplicantRoom.with { rooms in
      let (one, agent) = (try await rooms.applicant(), try await rooms.applicant("a20250002"))
      let refused = try await rooms.post(
        "/my/drafts", ["procedure": ApplicantRoom.procedure, "applicant": "a20250001"], agent)
      #expect(refused.status == 404)
      for (fields, status) in [
        (["agent": "a20259999", "lastDay": "2025-12-31"], 422),
        (["agent": "a20250001", "lastDay": "2025-12-31"], 422),
        (["agent": "a20250002", "lastDay": "2024-12-31"], 422),
        (["agent": "a20250002", "lastDay": "2025-03-10"], 303),
      ] {
        var fields = fields
        fields["agentName"] = fields["agent"]
        fields["service:" + ApplicantRoom.procedure] = "yes"
        #expect(try await rooms.post("/my/mandates", fields, one).status == status, "\(fields)")
      }
      try await rooms.accept(agent)
      let number = try await rooms.submitted(agent, for: "a20250001")
      let view = try await rooms.map.cases.view(number, for: .operator)
      #expect(view.opening.applicant == "a20250001" && view.events.first?.actor == "a20250002")
      let application = try #require(
        try await rooms.map.store.record(Application.kind, number))
      #expect(application.body["agent"] == .string("a20250002"))
      #expect(application.body["mandate"]?.string != nil)
      let path = "/my/cases/" + number
      for who in [one, agent] {
        #expect(try await rooms.room.client.get(path, headers: who).status == 200)
      }
      // A case the principal opened alone is the agent's to see, too, in this service only.
      let own = try await rooms.submitted(one)
      #expect(try await rooms.room.client.get("/my/cases/" + own, headers: agent).status == 200)
      let draft = try await rooms.draft(agent, for: "a20250001")
      let withdrawn = try await rooms.post(
        path, ["step": "withdraw", "expecting": String(view.version), "key": "w"], agent)
      #expect(withdrawn.status == 303, "\(withdrawn.body.prefix(300))")
      let acts = try await rooms.map.applicants.records(
        RecordQuery(Applicants.actKind, owner: "a20250002"))
      #expect(acts.map { $0.body["principal"] } == [.string("a20250001")])
      // The last day is over.
      let mandates = try await rooms.room.client.get("/my/mandates?lang=en", headers: one)
      let id = try #require(mandates.body.firstMatch(of: /name="revoke" value="([0-9a-f]+)"/)).1
      #expect(try await rooms.post("/my/mandates", ["revoke": String(id)], agent).status == 404)
      #expect(try await rooms.post("/my/mandates", ["revoke": String(id)], one).status == 303)
      for gone in [path, "/my/cases/" + own, draft] {
        #expect(try await rooms.room.client.get(gone, headers: agent).status == 404, "\(gone)")
      }
      #expect(try await rooms.map.verifyLog { _ in }.faults == [])
    }
  }

  private static func give(
    _ rooms: ApplicantRoom, _ agent: String, _ name: String, _ who: [String: String]
  ) async throws -> ApplicantRoom.Reply {
    try await rooms.post(
      "/my/mandates?lang=en",
      [
        "agent": agent, "agentName": name, "lastDay": "2025-12-31",
        "service:" + ApplicantRoom.procedure: "yes",
      ], who)
  }

  @Test func `a mandate names its agent twice, and tells nobody's name to who does not know it`()
    async throws
  {
    try await ApplicantRoom.with { rooms in
      let (one, agent) = (try await rooms.applicant(), try await rooms.applicant("a20250002"))
      _ = try await rooms.applicant("a20250003", isVerified: false)
      var answers: [ApplicantRoom.Reply] = []
      for (id, name) in [
        ("a20250002", ""), ("a20250002", "Somebody"), ("a20259999", "Somebody"),
        ("a20250003", "a20250003"), ("a20250001", "a20250001"),
      ] {
        answers.append(try await Self.give(rooms, id, name, one))
      }
      let told = answers.map { reply in
        String(reply.body.firstMatch(of: /role="alert"[^>]*>([^<]*)</)?.1 ?? "")
      }
      #expect(answers.allSatisfy { $0.status == 422 })
      #expect(Set(told).count == 1 && told[0].contains("both this account and this name"))
      let page = try await rooms.room.client.get("/my/mandates?lang=en", headers: one)
      #expect(page.body.contains("Nobody does"))
      // A space more or less is the same name.
      #expect(try await Self.give(rooms, " a20250002 ", "A2025 0002", one).status == 303)
      #expect(
        Applicants.Agent(id: "a", name: "阿不都·热合曼 ").isCalled("阿不都·热合曼")
          && !Applicants.Agent(id: "a", name: " ").isCalled(""))
      // Tries count, not mandates.
      let most = try rooms.map.webLimits().applicants.mostMandateTriesADay
      for number in 6..<most {
        #expect(try await Self.give(rooms, "a2025999\(number)", "x", one).status == 422)
      }
      let last = try await Self.give(rooms, "a20250002", "a20250002", one)
      #expect(last.status == 422 && last.body.contains("come back tomorrow"))
      #expect(try await Self.give(rooms, "a20250001", "a20250001", agent).status == 303)
      rooms.room.time.pass(days: 1)
    }
  }

  @Test func `an agent sees nothing before they accept, and may decline`() async throws {
    try await ApplicantRoom.with { rooms in
      let (one, agent) = (try await rooms.applicant(), try await rooms.applicant("a20250002"))
      #expect(try await Self.give(rooms, "a20250002", "a20250002", one).status == 303)
      let own = try await rooms.submitted(one)
      func sees() async throws -> Int {
        try await rooms.room.client.get("/my/cases/" + own, headers: agent).status
      }
      #expect(try await sees() == 404)
      for language in ["zh", "ug", "en"] {
        let page = try await rooms.room.client.get("/my/mandates?lang=" + language, headers: agent)
        #expect(page.status == 200 && page.body.contains("name=\"accept\""))
        #expect(!page.body.contains("{{"))
      }
      let given = try await rooms.room.client.get("/my/mandates?lang=en", headers: one)
      #expect(given.body.contains("Waits for the agent") && !given.body.contains("name=\"accept\""))
      let id = String(
        try #require(given.body.firstMatch(of: /name="revoke" value="([0-9a-f]+)"/)).1)
      #expect(
        try await rooms.post("/my/mandates", ["accept": id], one).status == 404,
        "nobody accepts for another")
      #expect(try await rooms.post("/my/mandates", ["decline": id], agent).status == 303)
      #expect(try await rooms.post("/my/mandates", ["accept": id], agent).status == 422)
      #expect(try await sees() == 404)
      #expect(try await Self.give(rooms, "a20250002", "a20250002", one).status == 303)
      try await rooms.accept(agent)
      #expect(try await sees() == 200)
      let entries = try await rooms.map.store.logEntries(after: 0, limit: 1_000)
      let kinds = Set(entries.map(\.kind))
      #expect(kinds.isSuperset(of: ["mandate-given", "mandate-declined", "mandate-accepted"]))
      #expect(try await rooms.map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `an account is made in two steps, says nobody's name in the log, and opens the door`()
    async throws
  {
    try await CaseRoom.with(changing: { $0.offices.zone.takesApplicants = true }) { room in
      let typed = "kind=person&name=Somebody&contact=13912345678&password=Kz-water-77&again="
      let closed = try await room.client.post("/join?lang=en", typed + "Kz-water-77")
      #expect(closed.status == 422 && closed.body.contains("not open yet"))
      _ = try await room.person("clerk", ["submitter"])
      for language in ["zh", "ug", "en"] {
        let page = try await room.client.get("/join?lang=" + language)
        #expect(page.status == 200 && !page.body.contains("{{"))
      }
      #expect(try await room.client.post("/join?lang=en", typed + "other").status == 422)
      let begun = try await room.client.post("/join?lang=en", typed + "Kz-water-77")
      #expect(begun.status == 200, "\(begun.body.prefix(400))")
      let ticket = try #require(begun.body.firstMatch(of: /name="ticket" value="([0-9a-f]{64})"/)).1
      let outbox = room.map.data.appending(path: "outbox/sms")
      let file = try #require(
        try FileManager.default.contentsOfDirectory(atPath: outbox.path).first)
      let text = try String(contentsOf: outbox.appending(path: file), encoding: .utf8)
      #expect(text.hasPrefix("13912345678\t"))
      let code = try #require(text.firstMatch(of: /码是 ([0-9]{6})/)).1
      let wrong = try await room.client.post(
        "/join/confirm?lang=en", "ticket=\(ticket)&code=\(code == "111111" ? "2" : "111111")")
      #expect(wrong.status == 422 && wrong.body.contains("the code is wrong"))
      let made = try await room.client.post(
        "/join/confirm?lang=en", "ticket=\(ticket)&code=\(code)")
      let account = try #require(made.body.firstMatch(of: /id="account-made">(a[0-9]{8})</)).1
      let again = try await room.client.post(
        "/join/confirm?lang=en", "ticket=\(ticket)&code=\(code)")
      #expect(again.status == 422)
      let signedIn = try await room.client.post(
        "/sign-in", "account=\(account)&password=Kz-water-77&next=/my")
      #expect(signedIn.status == 303 && signedIn.headers["location"] == "/my")
      let page = try await room.client.get(
        "/my?lang=en", headers: try SignInTests.cookie(signedIn))
      #expect(page.status == 200 && page.body.contains("Somebody"))
      let entries = try await room.map.store.logEntries(after: 0, limit: 1_000)
      #expect(entries.contains { $0.kind == "applicant-registered" })
      for secret in ["Somebody", "13912345678", String(code)] {
        #expect(!entries.contains { $0.body.canonicalText.contains(secret) }, "\(secret)")
      }
      #expect(try await !room.map.accounts.all().contains { $0.id == String(account) })
    }
  }

  @Test func `a service is judged once, after its decision, and counted by grade alone`()
    async throws
  {
    try await ApplicantRoom.with { rooms in
      let who = try await rooms.applicant()
      let number = try await rooms.submitted(who)
      let path = "/my/cases/" + number
      let judging = ["grade": "satisfied", "words": "quick"]
      #expect(try await rooms.post(path, judging, who).status == 422)
      let clerk = try await rooms.room.person("window1", ["submitter"])
      let letter = try await rooms.room.form(
        "/api/v1/cases/\(number)/documents",
        ["document": "letter", "formKey": try await rooms.room.formKey(clerk)],
        files: [("file", "letter.pdf", CaseRoom.paper)], clerk)
      #expect(letter.status == 200, "\(letter.body.prefix(300))")
      let decided = try await rooms.room.act(
        number, "{\"act\":\"make\",\"step\":\"not-accept\"}", clerk)
      #expect(decided.status == 200, "\(decided.body.prefix(300))")
      let page = try await rooms.room.client.get(path + "?lang=en", headers: who)
      #expect(page.body.contains("Judge the service") && page.body.contains("Decision letter"))
      #expect(
        try await rooms.room.client.get(path + "/documents/letter", headers: who).status == 200)
      #expect(try await rooms.post(path, ["grade": "splendid"], who).status == 400)
      #expect(try await rooms.post(path, judging, who).status == 303)
      #expect(try await rooms.post(path, judging, who).status == 409)
      let guide = try await rooms.room.client.get(
        "/services/\(ApplicantRoom.procedure)?lang=en")
      #expect(guide.body.contains("How applicants judged it") && !guide.body.contains("quick"))
      let counts = try await rooms.map.publicCases.grades(of: ApplicantRoom.procedure)
      #expect(counts.map(\.count) == [0, 1, 0, 0, 0])
      #expect(try await rooms.map.verifyLog { _ in }.faults == [])
    }
  }
}
