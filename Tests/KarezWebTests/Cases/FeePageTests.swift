import Foundation
import KarezCore
import KarezRules
import KarezWorkflow
import TestSupport
import Testing

@testable import KarezService
@testable import KarezWeb

/// Fees on the pages of a case: what is owed, who takes it, what the applicant keeps.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles))
struct FeePageTests {
  static let procedure = "administrative-procedure/information-disclosure"

  /// A request of an applicant's in which a fee was charged; its number and the charge's place.
  static func charged(
    _ rooms: ApplicantRoom, of applicant: String, by clerk: [String: String]
  ) async throws -> (number: String, order: Int) {
    let opened = try await rooms.room.form(
      "/api/v1/cases",
      [
        "procedure": procedure, "region": CaseRoom.counties[0], "applicant": applicant,
        "formKey": try await rooms.room.formKey(clerk),
      ],
      files: [("request", "request.pdf", CaseRoom.paper)], clerk)
    let number = try #require(opened.json?["number"]?.string, "\(opened.body.prefix(300))")
    for act in [
      #"{"act":"make","step":"examine"}"#,
      #"{"act":"make","step":"charge","facts":{"processing_fee":"1234.50"}}"#,
    ] {
      let done = try await rooms.room.act(number, act, clerk)
      #expect(done.status == 200, "\(done.body.prefix(300))")
    }
    while try await rooms.map.jobs.runOne(worker: "test") {}
    let view = try await rooms.map.cases.view(number, for: .operator)
    let run = try #require(view.effects.first { $0.effect.kind == .fee })
    return (number, run.position)
  }

  static func sent(
    _ rooms: ApplicantRoom, _ path: String, _ fields: [String: String], _ who: [String: String]
  ) async throws -> WebServerTests.Reply {
    var fields = fields
    fields["formKey"] = try await rooms.room.formKey(who)
    let body = fields.map { "\($0.key)=\(Asked.escaped($0.value))" }.joined(separator: "&")
    return try await rooms.room.client.post(path, body, headers: who)
  }

  @Test func `the applicant sees what is owed, the window takes it, and a receipt is kept`()
    async throws
  {
    try await ApplicantRoom.with { rooms in
      let who = try await rooms.applicant()
      let clerk = try await rooms.room.person("window1", ["submitter"])
      let chief = try await rooms.room.person("chief1", ["approver"])
      let (number, order) = try await Self.charged(rooms, of: "a20250001", by: clerk)
      let mine = "/my/cases/\(number)?lang=en"
      let owed = try await rooms.room.client.get(mine, headers: who)
      #expect(owed.body.contains("1\u{2009}234.50 yuan") || owed.body.contains("234.50 yuan"))
      #expect(owed.body.contains("\(number)-F\(order)") && owed.body.contains("rate unconfirmed"))
      #expect(owed.body.contains("Fee owed") && !owed.body.contains("Confirm cash"))
      #expect(!owed.body.contains("fee_"), "every word is in the catalogue")
      for language in ["zh", "ug"] {
        let page = try await rooms.room.client.get(
          "/my/cases/\(number)?lang=\(language)", headers: who)
        #expect(page.status == 200 && !page.body.contains("fee_"))
      }
      let path = "/cases/\(number)/fees/\(order)"
      // An applicant takes no money of their own, and the chief is not the cashier.
      let own = try await rooms.post(path, ["act": "cash", "note": "1"], who)
      #expect(own.status == 404)
      let above = try await Self.sent(rooms, path, ["act": "cash", "note": "1"], chief)
      #expect(above.status == 403)
      let page = try await rooms.room.client.get("/cases/\(number)?lang=en", headers: clerk)
      #expect(page.body.contains("Confirm cash") && !page.body.contains(">Let go<"))
      let other = try await rooms.room.client.get("/cases/\(number)?lang=en", headers: chief)
      #expect(!other.body.contains("Confirm cash") && other.body.contains(">Let go<"))
      let taken = try await Self.sent(rooms, path, ["act": "cash", "note": "NO-0012"], clerk)
      #expect(taken.status == 303, "\(taken.body.prefix(300))")
      let again = try await Self.sent(
        rooms, path + "?lang=en", ["act": "cash", "note": "NO-0013"], clerk)
      #expect(again.status == 409 && again.body.contains("stands otherwise"))
      // The page that said so leads on in another language.
      let led = try await rooms.room.client.get(path + "?lang=ug", headers: clerk)
      #expect(led.status == 303 && led.headers["location"] == "/cases/\(number)")
      let paid = try await rooms.room.client.get(mine, headers: who)
      #expect(paid.body.contains("NO-0012") && paid.body.contains("Receipt"))
      #expect(!paid.body.contains("Taken by"), "no officer's name for the applicant")
      let wrong = try await Self.sent(rooms, path, ["act": "steal", "note": "x"], clerk)
      #expect(wrong.status == 400)
    }
  }
}
