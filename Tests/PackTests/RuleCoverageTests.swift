import Foundation
import KarezCore
import KarezPacks
import KarezRules
import TestSupport
import Testing

/// The days on which rules begin and end.
@Suite struct RuleCoverageTests {
  @Test func `every boundary day is looked at, and no rule begins or ends without a reason`()
    throws
  {
    let library = try PackLibraryTests.load()
    let check = library.check()
    #expect(check.problems.isEmpty, "\(check.problems)")
    #expect(check.boundaryDays >= library.ruleBook.rules.count)
    #expect(check.counts.reduce(0) { $0 + $1.certain + $1.unconfirmed } == check.rules)
    #expect(check.counts.reduce(0) { $0 + $1.unconfirmed } == check.unconfirmed)
    #expect(check.counts.map(\.pack) == check.counts.map(\.pack).sorted())
    #expect(check.counts.count >= 11)
  }

  @Test func `of one pack only its own rules are counted`() throws {
    let check = try PackLibraryTests.load().check(pack: "detailed-plan")
    #expect(check.counts.map(\.pack) == ["detailed-plan"])
    #expect(check.counts[0].certain > check.counts[0].unconfirmed)
  }

  @Test(arguments: [
    (
      // A day after the law it cites begins: one day is without the rule.
      "three-lines/rules/nature-reserves.yaml", "from: \"2026-01-01\", until: null",
      "from: \"2026-01-02\", until: null", "three-lines/national-park/core-banned", "2026-01-02"
    ),
    (
      // It ends, the law it cites goes on, and nothing follows.
      "hazard-gate/rules/danger-areas.yaml", "from: \"2020-01-01\", until: null",
      "from: \"2020-01-01\", until: \"2026-12-01\"", "hazard-gate/danger-area/construction",
      "2026-12-01"
    ),
  ])
  func `a span that neither a law nor the pack explains is told`(
    _ file: String, _ old: String, _ new: String, _ rule: String, _ day: String
  ) async throws {
    try await Places.withTemporaryFolder { folder in
      let packs = folder.appending(path: "Packs")
      try FileManager.default.copyItem(
        at: Places.repository.appending(path: "Packs"), to: packs)
      let place = packs.appending(path: file)
      let text = try String(contentsOf: place, encoding: .utf8)
      let range = try #require(text.range(of: old))
      try text.replacingCharacters(in: range, with: new)
        .write(to: place, atomically: true, encoding: .utf8)
      let problems = try PackLibrary.load(from: packs.path).check().problems
      #expect(problems.map(\.fact) == [.spanUnexplained(rule: rule, day: day)])
    }
  }

  @Test func `a law that has ended carries no rule past its last day`() throws {
    let library = try PackLibraryTests.load()
    var ended = 0
    for rule in library.ruleBook.rules {
      for citation in rule.citations {
        guard let until = library.law(citation.law)?.validity.until else { continue }
        ended += 1
        #expect(rule.validity.until.map { $0 <= until } == true, "\(rule.id)")
      }
    }
    #expect(ended >= 10)
  }
}
