import Foundation
import KarezCore
import KarezPacks
import TestSupport
import Testing

@testable import KarezService
@testable import KarezWeb

/// Pages for everybody: what may be applied for, how far a case is, what was decided.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct PublicPageTests {
  typealias Reply = WebServerTests.Reply

  private static func read(
    _ room: CaseRoom, _ path: String, _ language: String
  ) async throws -> Reply {
    let page = try await room.client.get(path + "?lang=" + language)
    #expect(page.status == 200 && !page.body.contains("{{"), "\(path) \(language)")
    for match in page.body.matches(of: /href="(\/assets\/[a-z.]+)"/) {
      #expect(try await room.client.get(String(match.1)).status == 200, "\(match.1)")
    }
    #expect(page.headers["content-security-policy"]?.contains("default-src 'none'") == true)
    return page
  }

  private static func look(
    _ room: CaseRoom, _ number: String, _ code: String
  ) async throws -> Reply {
    try await room.client.post("/track?lang=en", "number=\(number)&code=\(code)")
  }

  @Test func `the guide tells everybody what, by whom, with what and how long, in three languages`()
    async throws
  {
    try await CaseRoom.with { room in
      // With an account there is a door; these pages stand before it.
      _ = try await room.person("clerk", ["submitter"])
      #expect(try await room.client.get("/procedures").status == 303)
      for (language, title, purpose) in [
        ("zh", "办事指南", "可以按规划条件使用土地"), ("en", "Service guide", "Gives the permit to use land"),
        ("ug", "ئىش بېجىرىش قوللانمىسى", "قۇرۇلۇش يېرى ئىشلىتىش ئىجازىتى"),
      ] {
        let list = try await Self.read(room, "/services", language)
        #expect(list.body.contains(title) && list.body.contains(purpose))
        #expect(list.body.contains("dir=\"rtl\"") == (language == "ug"))
        let page = try await Self.read(room, "/services/" + CaseRoom.procedure, language)
        #expect(page.body.contains(purpose))
      }
      let page = try await Self.read(room, "/services/" + CaseRoom.procedure, "en")
      for words in [
        "20 working days", "10 working days", "need not be brought", "Article 42",
        "Grant contract", "needed to open",
      ] { #expect(page.body.contains(words), "\(words)") }
      #expect(!page.body.contains("Decision letter"), "the authority writes it")
      let unconfirmed = try await Self.read(
        room, "/services/administrative-procedure/survey-results-filing", "zh")
      #expect(unconfirmed.body.contains("待确认"))
      let data = try await room.client.get("/api/v1/services/" + CaseRoom.procedure)
      #expect(data.status == 200 && data.json?["kind"] == .string("licence"))
      #expect(data.json?["clocks"]?.array?.isEmpty == false && data.json?["steps"] == nil)
      let all = try await room.client.get("/api/v1/services")
      #expect((all.json?["services"]?.array?.count ?? 0) >= 10)
      for path in ["/services/none/none", "/api/v1/services/none/none"] {
        #expect(try await room.client.get(path).status == 404)
      }
    }
  }

  @Test func `a case is followed by number and code, and the code comes back nowhere`()
    async throws
  {
    try await CaseRoom.with { room in
      let opened = try await room.opening(documents: ["application"])
      let number = try #require(opened.json?["number"]?.string)
      let code = try #require(opened.json?["trackingCode"]?.string)
      let other = try #require(try await room.opening().json?["trackingCode"]?.string)
      _ = try await room.person("clerk", ["submitter"])
      for language in ["zh", "ug", "en"] { _ = try await Self.read(room, "/track", language) }
      let page = try await Self.look(room, number, code)
      #expect(page.status == 200 && page.body.contains("Received"))
      for words in [
        "6 days left", "begins on 2025-03-01, which is not counted", "Article 32",
        "What is missing", "Boundary of the land", "handed in",
      ] { #expect(page.body.contains(words), "\(words)") }
      #expect(!page.body.contains(code) && !page.body.contains("a-1"))
      let wrong = try await Self.look(room, number, other)
      let none = try await Self.look(room, number.replacing("YD", with: "ZZ"), code)
      #expect(wrong.status == 404 && none.status == 404)
      #expect(wrong.body.contains("do not belong together") && !wrong.body.contains(other))
      func plain(_ reply: Reply, _ number: String) -> String {
        let reference = reply.headers["x-request-id"] ?? ""
        return reply.body.replacing(number, with: "").replacing(reference, with: "")
      }
      #expect(plain(wrong, number) == plain(none, number.replacing("YD", with: "ZZ")))
      func ask(_ body: String) async throws -> Reply {
        try await room.post("/api/v1/track", body)
      }
      let data = try await ask("{\"number\":\"\(number)\",\"code\":\"\(code)\"}")
      #expect(data.status == 200 && data.json?["over"] == .boolean(false))
      #expect(!data.body.contains("a-1") && !data.body.contains("applicant"))
      let refused = try await ask("{\"number\":\"\(number)\",\"code\":\"\(other)\"}")
      #expect(refused.status == 404 && refused.code == "tracking-unknown")
      #expect(try await ask("{\"number\":\"\(number)\"}").status == 400)
      #expect(try await ask("{\"number\":1,\"code\":\"x\"}").status == 400)
      let renewal = "/api/v1/cases/\(number)/tracking-code"
      #expect(try await room.post(renewal, "{}").status == 401)
      // Addresses that name a code show nothing of it.
      let named = try await room.client.get("/track?number=\(number)&code=\(code)")
      #expect(named.status == 200 && !named.body.contains("Boundary"))
    }
  }

  @Test func `guessing codes is slowed down as guessing passwords is`() async throws {
    var limits = try WebServerTests.generous()
    limits.signIn = WebLimits.Allowance(perMinute: 1, atOnce: 3)
    try await CaseRoom.with(limits: limits) { room in
      let number = try await room.opened()
      _ = try await room.person("clerk", ["submitter"])
      var statuses: [Int] = []
      for place in 0..<3 {
        statuses.append(try await Self.look(room, number, "guess-\(place)").status)
      }
      statuses.append(try await Self.look(room, number, "guess-3").status)
      let data = try await room.post(
        "/api/v1/track", "{\"number\":\"\(number)\",\"code\":\"guess\"}")
      #expect(statuses == [404, 404, 404, 429] && data.status == 429)
    }
  }

  @Test func `the register is read by everybody, filtered, paged and taken away as a table`()
    async throws
  {
    try await CaseRoom.with { room in
      var numbers: [String] = []
      for place in 0..<3 { numbers.append(try await room.opened(CaseRoom.counties[place % 2])) }
      _ = try await room.person("clerk", ["submitter"])
      for (language, title) in [
        ("zh", "公开台账"), ("en", "Public register"), ("ug", "ئاممىۋى تىزىملىك"),
      ] {
        let page = try await Self.read(room, "/register", language)
        #expect(page.body.contains(title) && numbers.allSatisfy { page.body.contains($0) })
        #expect(!page.body.contains("a-1"))
      }
      let county = try await room.client.get("/register?county=653121&lang=en")
      #expect(county.body.contains(numbers[1]) && !county.body.contains(numbers[0]))
      let file = try await room.client.get("/register.csv?lang=en&limit=2")
      #expect(file.status == 200 && file.headers["content-type"]?.hasPrefix("text/csv") == true)
      #expect(file.body.split(separator: "\n").count == 3 && !file.body.contains("a-1"))
      #expect(file.headers["link"]?.contains("after=") == true)
      var (found, after): ([String], String?) = ([], nil)
      repeat {
        let more = after.map { "&after=\($0)" } ?? ""
        let reply = try await room.client.get("/api/v1/register?limit=2" + more)
        #expect(reply.status == 200)
        found += reply.json?["rows"]?.array?.compactMap { $0["number"]?.string } ?? []
        after = reply.json?["next"]?.string
      } while after != nil
      #expect(found == numbers.sorted(by: >))
      for query in ["county=1", "county=a", "limit=0", "extra=1", "after=%25"] {
        #expect(try await room.client.get("/api/v1/register?" + query).status == 400, "\(query)")
      }
      #expect(try await room.client.get("/register?county=1").status == 400)
      let none = try await room.client.get(
        "/api/v1/register?procedure=administrative-procedure/information-disclosure")
      #expect(none.json?["rows"]?.array == [])
    }
  }
}
