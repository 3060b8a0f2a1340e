import Foundation
import KarezCore
import KarezPacks
import KarezRules
import KarezWorkflow
import TestSupport
import Testing

/// What the tests of this target share: the shipped packs, and terms written down in one line.
enum Fixtures {
  static let packs = Places.repository.appending(path: "Packs").path
  static let library = Result { try PackLibrary.load(from: packs) }

  static func calendar() throws -> WorkCalendar {
    try #require(try library.get().calendar)
  }

  static func clock() throws -> StatutoryClock { StatutoryClock(calendar: try calendar()) }

  static func day(_ text: String) throws -> LegalDate { try #require(LegalDate(text)) }

  static let article = Citation(
    law: "cn/test", title: LocalizedText(zh: "试法", en: "Test Law"), article: "1", quote: nil,
    summary: LocalizedText(zh: "试", en: "test"))

  static func term(
    _ length: Int, _ unit: Term.Unit = .workingDays, extension more: Term.Extension? = nil
  ) -> Term {
    Term(
      id: "test/term", title: LocalizedText(zh: "期限", en: "term"), unit: unit, length: length,
      extending: more, certainty: .certain, citations: [article])
  }

  static func pause(_ from: String, _ through: String?) throws -> ClockRun.Pause {
    try pause("hearing", from, through)
  }

  static func pause(
    _ reason: String, _ from: String, _ through: String?
  ) throws -> ClockRun.Pause {
    ClockRun.Pause(
      reason: reason, title: LocalizedText(zh: "听证", en: "Hearing"), citations: [article],
      from: try day(from), through: try through.map { try day($0) })
  }
}
