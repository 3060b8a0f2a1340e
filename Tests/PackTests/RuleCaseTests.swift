import Foundation
import KarezCore
import KarezPacks
import KarezRules
import TestSupport
import Testing

@Suite struct RuleCaseTests {
  static let library = try? PackLibraryTests.load()

  @Test func `every case of every pack comes out as written`() throws {
    let library = try #require(Self.library)
    let outcomes = library.runCases()
    try #require(outcomes.count > 100, "too few cases examined")
    for outcome in outcomes where !outcome.passed {
      Issue.record("\(outcome.place): \(outcome.path): \(outcome.differences)")
    }
  }

  @Test func `every rule is cited and has a case on either side`() throws {
    let check = try #require(Self.library).check()
    #expect(check.rules >= 30)
    #expect(check.cited == check.rules)
    #expect(check.unconfirmed > 0)
    #expect(check.problems.isEmpty, "\(check.problems)")
  }

  @Test func `every rule speaks on its first day, its last, and not beside them`() throws {
    let book = try #require(Self.library).ruleBook
    try #require(!book.rules.isEmpty)
    for rule in book.rules {
      let versions = book.rules.filter { $0.id == rule.id }
      var days = [rule.validity.from]
      if let until = rule.validity.until { days.append(until) }
      for day in days.flatMap({ [$0.adding(days: -1), $0, $0.adding(days: 1)].compactMap(\.self) })
      {
        let inForce = book.rules(inForceOn: day).filter { $0.id == rule.id }
        let expected = versions.filter { $0.validity.contains(day) }
        #expect(inForce == expected)
        #expect(inForce.count <= 1, "\(rule.id) on \(day)")
      }
    }
  }

  @Test func `without any fact every rule in force says what it misses`() throws {
    let book = try #require(Self.library).ruleBook
    let day = try #require(LegalDate(year: 2025, month: 11, day: 1))
    let findings = book.findings(given: Facts(), on: day)
    #expect(Set(findings.map(\.rule)) == Set(book.rules(inForceOn: day).map(\.id)))
    #expect(findings.allSatisfy { $0.outcome == "needs-determination" })
    #expect(findings.allSatisfy { $0.certainty == .unconfirmed })
  }
}
