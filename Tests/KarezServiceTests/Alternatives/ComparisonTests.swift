import Foundation
import KarezCore
import KarezGeometry
import KarezPacks
import KarezRules
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Answers side by side.
@Suite struct ComparisonTests {
  typealias Box = SurveyFixture.Box

  @Test func `two boundaries differ by what only one of them touches`() async throws {
    try await AlternativesFixture.withMap { fixture in
      let on = try await fixture.check(Box(2, 1, 6, 3))
      let off = try await fixture.check(Box(0, 1, 3, 3))
      let found = try await fixture.map.comparison(
        of: [on.id, off.id, on.id], within: fixture.limits, in: .all)
      #expect(found.answers.map(\.id) == [on.id, off.id] && !found.isOfOneBoundary)
      let row = try #require(
        found.findings.first { $0.rule == "three-lines/basic-farmland/rural-housing" })
      #expect(row.findings[0] != nil && row.findings[1] == nil)
      #expect(row.absences == [nil, .notMet] && row.severity == .prohibits && !row.isCommon)
      // What differs stands first, the gravest at the head.
      #expect(found.findings.first?.severity == .prohibits)
      let layer = try #require(
        found.layers.first { $0.code == "permanent-basic-farmland" })
      #expect(layer.areas[1] == .zero && layer.differences[0] == "0.00")
      #expect(layer.differences[1] == "-" + (try #require(layer.areas[0]).text))
      // Land in both, and in each alone, is the union's.
      let common = try PlaneRegion(Box(2, 1, 3, 3).geometry).area.squareMetres
      #expect(abs(found.common.squareMetres - common) < 1e-3)
      for (own, answer) in zip(found.own, found.answers) {
        let whole = answer.boundary.statutoryArea.squareMetres
        #expect(abs(own.squareMetres + found.common.squareMetres - whole) < 0.01)
      }
      #expect(found.json["findings"]?.array?.count == found.findings.count)
    }
  }

  @Test func `another day tells which rule came into force`() async throws {
    try await AlternativesFixture.withMap { fixture in
      let farming = "agriculture/orchard"
      let now = try await fixture.check(Box(2, 1, 6, 3), purpose: farming, on: "2026-06-01")
      let later = try await fixture.check(Box(2, 1, 6, 3), purpose: farming, on: "2027-06-01")
      let found = try await fixture.map.comparison(
        of: [now.id, later.id], within: fixture.limits, in: .all)
      #expect(found.isOfOneBoundary && found.own.allSatisfy { $0.squareMetres < 1e-6 })
      let book = fixture.map.packs.ruleBook
      for row in found.findings {
        for (absence, answer) in zip(row.absences, found.answers) {
          let day = answer.asOf.validOn
          let versions = book.rules.filter { $0.id == row.rule }
          switch absence {
          case nil: continue
          case .notYetInForce(let from):
            #expect(from > day && versions.contains { $0.validity.from == from })
          case .noLongerInForce(let until):
            #expect(until <= day && versions.contains { $0.validity.until == until })
          case .notMet: #expect(versions.contains { $0.validity.contains(day) })
          }
        }
      }
      // The prohibition is unconfirmed before the law of 2027 and certain after it.
      let rule = "three-lines/basic-farmland/other-agriculture"
      let row = try #require(found.findings.first { $0.rule == rule })
      #expect(row.isRuleChanged && row.isCommon)
      #expect(row.findings.compactMap { $0?.finding.certainty } == [.unconfirmed, .certain])
    }
  }

  @Test func `one answer, or more than may be, is no comparison`() async throws {
    try await AlternativesFixture.withMap { fixture in
      let one = try await fixture.check(Box(2, 1, 6, 3))
      var limits = fixture.limits
      limits.mostCompared = 2
      for ids in [[], [one.id], [one.id, one.id], [one.id, "b", "c"]] {
        await #expect(throws: Problem.self, "\(ids)") {
          try await fixture.map.comparison(of: ids, within: limits, in: .all)
        }
      }
    }
  }

  @Test func `a saved check is found, renamed and taken off, and its answer stays`() async throws {
    try await AlternativesFixture.withMap { fixture in
      let map = fixture.map
      var answers: [String] = []
      for west in 0..<3 {
        answers.append(try await fixture.check(Box(west, 1, west + 1, 2)).id)
      }
      for (index, id) in answers.enumerated() {
        try await map.saveCheck(
          id, titled: "方案\(index)", remark: "", within: fixture.limits, by: .operator)
      }
      // The same again is the same one, with other words.
      try await map.saveCheck(
        answers[0], titled: "甲", remark: "备注", within: fixture.limits, by: .operator)
      let all = try await map.savedChecks(of: .operator, after: nil, limit: 10)
      #expect(all.checks.count == 3 && all.next == nil)
      #expect(all.checks.contains { $0.title == "甲" && $0.remark == "备注" })
      // Page by page it is the same list.
      var paged: [String] = []
      var after: String?
      repeat {
        let page = try await map.savedChecks(of: .operator, after: after, limit: 2)
        paged += page.checks.map(\.key)
        after = page.next
      } while after != nil
      #expect(paged == all.checks.map(\.key))
      let key = try #require(all.checks.first).key
      try await map.renameSavedCheck(key, titled: "乙", remark: "", by: .operator)
      #expect(
        try await map.savedChecks(of: .operator, after: nil, limit: 10).checks.first?.title == "乙")
      try await map.removeSavedCheck(key, by: .operator)
      #expect(try await map.savedChecks(of: .operator, after: nil, limit: 10).checks.count == 2)
      for id in answers { _ = try await map.answer(id: id, in: .all) }
      #expect(try await map.verifyLog { _ in }.faults == [])
      // Another person sees and touches none of it.
      let other = Principal(
        actor: Actor(id: "other"), name: "other", roles: [], permissions: [.view], scope: .all)
      #expect(try await map.savedChecks(of: other, after: nil, limit: 10).checks.isEmpty)
      let kept = try #require(paged.last)
      await #expect(throws: Problem.self) { try await map.removeSavedCheck(kept, by: other) }
      var limits = fixture.limits
      limits.mostSaved = 2
      await #expect(throws: Problem.self) {
        try await map.saveCheck(
          answers.last ?? "", titled: String(repeating: "长", count: 81), remark: "",
          within: limits, by: .operator)
      }
    }
  }
}
