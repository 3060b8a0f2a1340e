import Foundation
import KarezCore
import KarezWorkflow
import TestSupport
import Testing

@testable import KarezService
@testable import KarezWeb

/// A boundary drawn or typed on the page of an application, and read as an uploaded one is.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles))
struct DrawnBoundaryTests {
  private static func sent(
    _ rooms: ApplicantRoom, _ draft: String, _ corners: String, _ who: [String: String],
    act: String = "save"
  ) async throws -> WebServerTests.Reply {
    try await rooms.room.form(
      draft + "?lang=en",
      [
        "formKey": try await rooms.formKey(who), "act": act, "region": "653101",
        "expecting": String(try await rooms.version(of: draft, who)), "coordinates": corners,
      ], who)
  }

  @Test func `corners are read by the gate, and what is no boundary stays to be mended`()
    async throws
  {
    try await ApplicantRoom.with { rooms in
      let who = try await rooms.applicant()
      let draft = try await rooms.draft(who)
      let page = try await rooms.room.client.get(draft + "?lang=en", headers: who)
      #expect(page.body.contains("id=\"draft-map\"") && page.body.contains("/assets/boundary.js"))
      #expect(page.body.contains("data-ground=\"/my/ground\""))
      #expect(!page.body.contains("id=\"check\""), "nothing is there to be checked")
      let wrong = [
        "76.1 39.4\n76.2 39.4", "76.1 39.4\nhere\n76.2 39.4", "76.1 39.4 7\n76.2 39.4\n76.2 39.5",
        "76.1 39.4\n76.2 39.5\n76.2 39.4\n76.1 39.5", "POLYGON((76.1 39.4",
      ]
      for corners in wrong {
        let reply = try await Self.sent(rooms, draft, corners, who)
        #expect((400..<500).contains(reply.status), "\(corners): \(reply.status)")
        let first = String(corners.prefix { !$0.isNewline })
        #expect(reply.body.contains(first), "\(corners): what was typed is there")
        #expect(reply.body.contains("role=\"alert\""), "\(corners)")
        let held = try await rooms.room.client.get("/api/v1" + draft, headers: who)
        #expect(held.json?["materials"] == .array([]), "\(corners)")
      }
      let square = "76.100 39.400\n76.103 39.400\n76.103 39.403\n76.100 39.403"
      let kept = try await Self.sent(rooms, draft, square, who)
      #expect(kept.status == 303, "\(kept.body.prefix(300))")
      let again = try await rooms.room.client.get(draft + "?lang=en", headers: who)
      #expect(again.body.contains("boundary.geojson") && again.body.contains("id=\"check\""))
      // The same land as a file gives the same area.
      let account = try await rooms.map.accounts.account("a20250001")
      let id = String(try #require(draft.split(separator: "/").last))
      let saved = try await rooms.map.applicants.draft(
        id, for: account.principal(in: rooms.map.offices))
      let drawn = try #require(saved.materials["boundary"]?.document.boundary)
      let other = try await rooms.draft(who)
      let uploaded = try await rooms.send(
        other, "save", version: 1, who, typing: [:], files: ["boundary"])
      #expect(uploaded.status == 303)
      let theirs = try await rooms.map.applicants.draft(
        String(try #require(other.split(separator: "/").last)),
        for: account.principal(in: rooms.map.offices))
      #expect(drawn.areaM2 == theirs.materials["boundary"]?.document.boundary?.areaM2)
    }
  }

  @Test func `the ground to draw by is for applicants, and holds what everybody may see`()
    async throws
  {
    try await ApplicantRoom.with { rooms in
      let who = try await rooms.applicant()
      let ground = try await rooms.room.client.get("/my/ground", headers: who)
      #expect([200, 404].contains(ground.status))
      if ground.status == 200 {
        #expect(ground.headers["content-type"]?.contains("geo+json") == true)
      }
      let clerk = try await rooms.room.person("window1", ["submitter"])
      #expect(try await rooms.room.client.get("/my/ground", headers: clerk).status == 404)
    }
  }

  @Test func `a material that was refused leaves a way to another language`() async throws {
    try await ApplicantRoom.with { rooms in
      let who = try await rooms.applicant()
      let number = try await rooms.submitted(who)
      let refused = try await rooms.room.form(
        "/my/cases/\(number)/documents?lang=en",
        [
          "formKey": try await rooms.formKey(who), "expecting": "1", "key": "k",
          "document": "boundary",
        ], files: [("file", "b.txt", "nothing")], who)
      #expect((400..<500).contains(refused.status))
      let led = try await rooms.room.client.get(
        "/my/cases/\(number)/documents?lang=ug", headers: who)
      #expect(led.status == 303 && led.headers["location"] == "/my/cases/\(number)")
    }
  }
}
