import Foundation
import KarezCore
import KarezWorkflow
import TestSupport
import Testing

@testable import KarezService
@testable import KarezWeb

/// The officers' desk and the page of a case, as people use them.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct CasePageTests {
  typealias Reply = WebServerTests.Reply

  static func field(_ name: String, in page: Reply) throws -> String {
    let pattern = try Regex("name=\"\(name)\" value=\"([^\"]*)\"")
    return String(try #require(page.body.firstMatch(of: pattern)?.output[1].substring))
  }

  @Test func `the desk says by when, in words, and by which article, in three languages`()
    async throws
  {
    try await CaseRoom.with { room in
      for (language, none) in [
        ("zh", "没有等您办理的办件"), ("en", "No case waits for you"), ("ug", "ئىش يوق"),
      ] {
        let page = try await room.client.get("/cases?lang=\(language)")
        #expect(page.status == 200 && page.body.contains(none) && !page.body.contains("{{"))
      }
      let number = try await room.opened()
      let near = [("zh", "还剩 6 天", "第三十二条"), ("en", "6 days left", "Article 32")]
      for (language, words, article) in near {
        let page = try await room.client.get("/cases?lang=\(language)")
        #expect(page.body.contains(number) && page.body.contains(words), "\(page.body)")
        #expect(page.body.contains(article) && page.body.contains("near-act"))
      }
      room.time.pass(days: 8)
      for (language, words) in [("zh", "已超期 2 天"), ("en", "overdue by 2 days")] {
        let page = try await room.client.get("/cases?list=overdue&lang=\(language)")
        #expect(page.body.contains(words) && page.body.contains("near-stop"))
      }
      #expect(try await room.client.get("/cases?list=due-soon&lang=zh").body.contains("七日内没有办件到期"))
      #expect(try await room.client.get("/desk").body.contains("href=\"/cases\""))
    }
  }

  @Test func `the page of a case says what is missing, takes an act and refuses a stale one`()
    async throws
  {
    try await CaseRoom.with { room in
      let number = try await room.opened(documents: ["application"])
      for language in ["zh", "ug", "en"] {
        let page = try await room.client.get("/cases/\(number)?lang=\(language)")
        #expect(page.status == 200 && !page.body.contains("{{"))
      }
      let page = try await room.client.get("/cases/\(number)?lang=en")
      #expect(page.body.contains("Document missing: "))
      #expect(page.body.contains("With this the case is over"), "said of what cannot be undone")
      #expect(page.body.contains("begins on 2025-03-01, which is not counted"))
      #expect(page.body.contains("has not been checked yet"), "the answer has its place")
      let key = try SignInTests.formKey(page)
      let version = try Self.field("expecting", in: page)
      let refused = try await room.client.post(
        "/cases/\(number)?lang=en",
        "formKey=\(key)&act=make&step=accept&expecting=\(version)")
      #expect(refused.status == 422 && refused.body.contains("role=\"alert\""))
      #expect(refused.body.contains("bring them first"))
      for document in CaseRoom.needed.dropFirst() {
        let now = try Self.field("expecting", in: try await room.client.get("/cases/\(number)"))
        let paper = CasePaper(of: document)
        let sent = try await room.form(
          "/cases/\(number)/documents",
          ["formKey": key, "document": document, "expecting": now],
          files: [("file", paper.name, paper.text)])
        #expect(sent.status == 303, "\(sent.body)")
      }
      let stale = try await room.client.post(
        "/cases/\(number)?lang=en",
        "formKey=\(key)&act=make&step=accept&expecting=\(version)")
      #expect(stale.status == 409 && stale.body.contains("open it again and repeat"))
      let now = try Self.field("expecting", in: try await room.client.get("/cases/\(number)"))
      let made = try await room.client.post(
        "/cases/\(number)", "formKey=\(key)&act=make&step=accept&expecting=\(now)")
      #expect(made.status == 303 && made.headers["location"] == "/cases/\(number)")
      let after = try await room.client.get("/cases/\(number)?lang=en")
      #expect(after.body.contains("name=\"fact:compliance_checked\""), "the step asks for facts")
      let foreign = try await room.client.post(
        "/cases/\(number)", "formKey=x&act=make&step=review&expecting=\(now)")
      #expect(foreign.status == 403)
    }
  }

  @Test func `a step in several cases is asked for first, and refused for each by itself`()
    async throws
  {
    try await CaseRoom.with { room in
      var numbers: [String] = []
      for _ in 0..<3 { numbers.append(try await room.opened()) }
      let desk = try await room.client.get("/cases?lang=en")
      let key = try SignInTests.formKey(desk)
      let fields = try numbers.map {
        "case:\($0)=\(try Self.field("case:\($0)", in: desk))"
      }.joined(separator: "&")
      let step = "step=\(CaseRoom.procedure)%20accept"
      let asked = try await room.client.post(
        "/cases/together?lang=en", "formKey=\(key)&\(step)&\(fields)")
      #expect(asked.status == 200 && asked.body.contains("3 of 3 can be done"))
      for number in numbers {
        let view = try await room.map.cases.view(number, for: .operator)
        #expect(view.states.map(\.id) == ["received"], "asking does nothing")
      }
      // Somebody else acts in one of them before it is confirmed.
      _ = try await room.act(
        numbers[1], "{\"act\":\"make\",\"step\":\"tell-what-is-missing\"}")
      let done = try await room.client.post(
        "/cases/together?lang=en", "formKey=\(key)&\(step)&\(fields)&confirmed=true&key=k")
      #expect(done.status == 200 && done.body.contains("2 of 3 were done"))
      #expect(done.body.contains("open it again and repeat"))
      var states: [[String]] = []
      for number in numbers {
        states.append(try await room.map.cases.view(number, for: .operator).states.map(\.id))
      }
      #expect(states == [["accepted"], ["to-complete"], ["accepted"]])
      let again = try await room.client.post(
        "/cases/together?lang=en", "formKey=\(key)&\(step)&\(fields)")
      #expect(again.body.contains("0 of 3 can be done"))
      let many = (0..<60).map { "case:X\($0)=1" }.joined(separator: "&")
      let tooMany = try await room.client.post(
        "/cases/together", "formKey=\(key)&\(step)&\(many)")
      #expect(tooMany.status == 400)
    }
  }

  @Test func `every figure of the supervision opens the cases it counts`() async throws {
    try await CaseRoom.with { room in
      var numbers: [String] = []
      for place in 0..<5 { numbers.append(try await room.opened(CaseRoom.counties[place % 2])) }
      room.time.pass(days: 2)
      _ = try await room.act(numbers[0], "{\"act\":\"make\",\"step\":\"accept\"}")
      room.time.pass(days: 6)
      _ = try await room.act(numbers[1], "{\"act\":\"make\",\"step\":\"accept\"}")
      let query = "procedure=\(CaseRoom.procedure)&lang=en"
      let page = try await room.client.get("/cases/supervision?\(query)")
      #expect(page.status == 200 && !page.body.contains("{{"), "\(page.body.prefix(300))")
      let pattern =
        /href="(\/cases\?[^"]+)">(?:<span class="chip[^>]*>)?<bdi class="figure">([0-9]+)</
      let links = page.body.matches(of: pattern).map { (String($0.1), Int($0.2) ?? -1) }
      #expect(links.count > 20)
      for (link, count) in links {
        let path = "/api/v1" + link.replacing("&amp;", with: "&") + "&limit=200"
        let reply = try await room.client.get(path)
        #expect(reply.json?["cases"]?.array?.count == count, "\(link)")
      }
      let figures = try await room.map.cases.supervision(for: .operator)
      #expect(figures.total.open == 5 && figures.total.overdue == 3)
      let notice = try #require(figures.terms.first { $0.clock.id == "notice" })
      // One was told in time, on the first working day; the other after the five were over.
      #expect(notice.whole.count == 2 && notice.whole.late == 1)
      #expect(notice.whole.median == 1 && notice.whole.ninetieth == notice.clock.term.length)
      #expect(notice.counties.map(\.code) == CaseRoom.counties)
    }
  }

  @Test func `procedures and the form that opens a case are pages in three languages`()
    async throws
  {
    try await CaseRoom.with { room in
      for language in ["zh", "ug", "en"] {
        for path in [
          "/procedures", "/procedures/\(CaseRoom.procedure)", "/cases/new", "/cases/supervision",
          "/cases/new?procedure=\(CaseRoom.procedure)",
        ] {
          let page = try await room.client.get(
            path + (path.contains("?") ? "&" : "?") + "lang=\(language)")
          #expect(page.status == 200 && !page.body.contains("{{"), "\(path) \(language)")
        }
      }
      let page = try await room.client.get("/procedures/\(CaseRoom.procedure)?lang=en")
      #expect(page.body.contains("<svg") && page.body.contains("Article "))
      let key = try SignInTests.formKey(
        try await room.client.get("/cases/new?procedure=\(CaseRoom.procedure)"))
      var fields = [
        "formKey": key, "procedure": CaseRoom.procedure, "region": "x", "applicant": "a-1",
      ]
      let wrong = try await room.form("/cases", fields, files: [])
      #expect(wrong.status == 422 && wrong.body.contains("role=\"alert\""))
      fields["region"] = "653101"
      let opened = try await room.form(
        "/cases", fields, files: [("application", "a.pdf", CaseRoom.paper)])
      #expect(opened.status == 200 && opened.body.contains("band order"), "\(opened.body)")
      let form = opened.body.firstMatch(of: #/action="/cases/([0-9A-Z]+)"/#)
      let number = String(try #require(form).output.1)
      let again = try await room.client.get("/cases/\(number)")
      #expect(again.status == 200 && !again.body.contains("band order"), "it is shown once")
    }
  }
}
