import Foundation
import KarezCore
import KarezStore
import TestSupport
import Testing

@testable import KarezService
@testable import KarezWeb

/// What steps set going, the letter and the bundle, as the page of a case and programs see them.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct CasePaperTests {
  /// A case that was accepted, and what that ordered done.
  static func accepted(_ room: CaseRoom) async throws -> String {
    let number = try await room.opened()
    let made = try await room.act(number, "{\"act\":\"make\",\"step\":\"accept\"}")
    #expect(made.status == 200, "\(made.body.prefix(400))")
    while try await room.map.jobs.runOne(worker: "test") {}
    return number
  }

  @Test func `the page shows the check of the boundary with its map, and every order by its name`()
    async throws
  {
    try await CaseRoom.with { room in
      let number = try await Self.accepted(room)
      for language in ["zh", "en", "ug"] {
        let page = try await room.client.get("/cases/\(number)?lang=\(language)")
        #expect(page.status == 200 && !page.body.contains("{{"))
        #expect(page.body.contains("class=\"case-map\"><svg") && page.body.contains("/answers/"))
      }
      let page = try await room.client.get("/cases/\(number)?lang=en")
      #expect(page.body.contains("What steps set going") && page.body.contains("Needs"))
      #expect(!page.body.contains("has not been checked yet"))
      let reply = try await room.client.get("/api/v1/cases/\(number)")
      let effects = try #require(reply.json?["effects"]?.array)
      #expect(effects.allSatisfy { $0["standing"] == .string("done") } && effects.count == 2)
    }
  }

  @Test func `a letter is drafted, edited against its draft, and taken away as Word`() async throws
  {
    try await CaseRoom.with { room in
      let number = try await Self.accepted(room)
      #expect(try await room.client.get("/api/v1/cases/\(number)/letter").status == 404)
      let path = "/api/v1/cases/\(number)/letter"
      let drafted = try await room.post(path, "{\"act\":\"draft\",\"step\":\"grant\"}")
      #expect(drafted.status == 200, "\(drafted.body)")
      let title = try #require(drafted.json?["title"]?.string)
      let pieces = try #require(drafted.json?["changes"]?.array?.first?.array)
      #expect(pieces.allSatisfy { $0["change"] == .string("kept") })
      let revised = try await room.post(
        path, "{\"act\":\"revise\",\"text\":\"\(title)甲\\n\\n一\\n\"}")
      #expect(revised.status == 200, "\(revised.body)")
      let changed = try #require(revised.json?["changes"]?.array?.first?.array)
      #expect(changed.last?["change"] == .string("added"))
      #expect(changed.last?["text"] == .string("甲"))
      let page = try await room.client.get("/cases/\(number)?lang=zh")
      #expect(page.body.contains("<ins>甲</ins>") && page.body.contains("<del>"))
      let word = try await room.client.get("/cases/\(number)/letter?f=docx")
      #expect(word.status == 200 && word.body.hasPrefix("PK"))
      #expect(word.headers["content-disposition"]?.hasPrefix("attachment") == true)
      for (body, code) in [
        ("{\"act\":\"fly\"}", "field-invalid"), ("{\"act\":\"revise\"}", "field-invalid"),
        ("{\"act\":\"draft\",\"step\":\"fly\"}", "case-letter-unknown"),
      ] {
        let refused = try await room.post(path, body)
        #expect(refused.status >= 400 && refused.status < 500, "\(body): \(refused.body)")
        #expect(refused.code == code, "\(body): \(refused.code ?? "")")
      }
    }
  }

  @Test func `papers of a case out of reach are papers there are not`() async throws {
    try await CaseRoom.with { room in
      let number = try await Self.accepted(room)
      _ = try await room.post(
        "/api/v1/cases/\(number)/letter", "{\"act\":\"draft\",\"step\":\"grant\"}")
      let stranger = try await room.person("stranger", ["viewer"], regions: ["653121"])
      for path in ["letter", "letter?f=docx", "papers/9"] {
        let reply = try await room.client.get("/cases/\(number)/\(path)", headers: stranger)
        #expect(reply.status == 404, "\(path)")
      }
      let key = try await room.formKey(stranger)
      let bundle = try await room.client.post(
        "/cases/\(number)/bundle", "formKey=\(key)", headers: stranger)
      #expect(bundle.status == 404)
    }
  }
}
