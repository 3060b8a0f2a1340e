import KarezCore
import KarezWorkflow
import TestSupport
import Testing

@testable import KarezService

/// A letter drafted for somebody who is away says both names, and is written by nobody else.
@Suite struct DeputyLetterTests {
  @Test func `the deputy writes in two names, and never again in one's own`() async throws {
    try await DeputyTests.withStaff { staff in
      let cases = staff.room.map.cases
      let number = try await staff.reviewed()
      let clerk = try await staff.who("clerk")
      func drafted(for absent: String?) async throws -> CaseLetter {
        try await cases.draft(
          number, for: "grant", key: "d-\(absent ?? "own")", deputyFor: absent, by: clerk)
      }
      #expect(
        await DeputyTests.code { _ = try await drafted(for: "chief") } == "deputy-none")
      try await staff.room.map.deputies.name(
        try staff.order("clerk"), by: try await staff.who("chief"))
      let letter = try await drafted(for: "chief")
      #expect(letter.author == "clerk" && letter.authorFor == "chief")
      let text = try #require(LetterText(plain: letter.current.plain + "\n另行补充。"))
      let revised = try await cases.revise(
        number, to: text, key: "r", deputyFor: "chief", by: clerk)
      #expect(revised.authorFor == "chief" && revised.mark.sm3 != revised.mark.draft)
      #expect(
        await DeputyTests.code {
          _ = try await cases.revise(number, to: text, key: "o", by: clerk)
        } == "deputy-other-hat")
      let event = try #require(
        try await cases.view(number, for: .operator).events.last {
          if case .letterWritten = $0.fact { true } else { false }
        })
      #expect(event.actor == "clerk" && event.deputyFor == "chief")
    }
  }
}
