import KarezCore
import KarezPacks
import TestSupport
import Testing

@testable import KarezService
@testable import KarezWeb

/// Whoever applied is told who looked at what is theirs.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct ApplicantLookTests {
  @Test func `an applicant sees which office took their papers, and not what they took themselves`()
    async throws
  {
    try await ApplicantRoom.with { rooms in
      let who = try await rooms.applicant()
      let number = try await rooms.submitted(who)
      let page = "/my/cases/\(number)?lang=en"
      let before = try await rooms.room.client.get(page, headers: who)
      #expect(before.body.contains("Who looked") && before.body.contains("Nobody has yet"))
      let clerk = try await rooms.room.person("li", ["submitter"])
      for path in ["/cases/\(number)/documents/boundary", "/api/v1/cases/\(number)"] {
        #expect(try await rooms.room.client.get(path, headers: clerk).status == 200, "\(path)")
      }
      let own = try await rooms.room.client.get(
        "/my/cases/\(number)/documents/boundary", headers: who)
      #expect(own.status == 200)
      await rooms.map.flushReads()
      let readings = try await rooms.map.applicants.readings(
        of: number, for: try await principal("a20250001", rooms))
      #expect(readings.map(\.what) == [["boundary"]])
      #expect(readings.first?.by.en == "Submitter")
      for language in ["zh", "en", "ug"] {
        let after = try await rooms.room.client.get(
          "/my/cases/\(number)?lang=\(language)", headers: who)
        #expect(after.status == 200 && !after.body.contains("{{"))
        #expect(!after.body.contains(">li<"), "an office is told, and no officer")
      }
      let other = try await rooms.applicant("a20250003")
      #expect(try await rooms.room.client.get(page, headers: other).status == 404)
    }
  }

  private func principal(_ id: String, _ rooms: ApplicantRoom) async throws -> Principal {
    try await rooms.map.accounts.account(id).principal(in: rooms.map.offices)
  }
}
