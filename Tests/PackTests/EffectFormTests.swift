import Foundation
import KarezCore
import KarezPacks
import KarezRules
import KarezWorkflow
import TestSupport
import Testing

/// What effects come to is data, and is checked on load.
@Suite struct EffectFormTests {
  static let file = "administrative-procedure/workflows/temporary-land.yaml"
  static let letters = "administrative-procedure/letters/licence.yaml"

  struct Change: CustomTestStringConvertible, Sendable {
    let file: String
    let old: String
    let new: String
    let fact: PackFault.What
    var testDescription: String { "\(new) → \(fact)" }
  }

  static let changes: [Change] = [
    Change(
      file: file, old: "dataset: \"temporary-land\"", new: "dataset: \"no-such-land\"",
      fact: .datasetUnknown("no-such-land")),
    Change(
      file: file, old: "attribute: \"recorded_area\"", new: "attribute: \"size\"",
      fact: .attributeUnknown("size")),
    Change(
      file: file, old: "        - { attribute: \"approved_on\", from: \"day\" }\n", new: "",
      fact: .keyMissing("approved_on")),
    Change(
      file: file, old: "attribute: \"recorded_area\", from: \"area\"",
      new: "attribute: \"recorded_area\", from: \"size\"", fact: .valueUnknown("size")),
    Change(
      file: file, old: "proposes: \"conforms\"", new: "proposes: \"agrees\"",
      fact: .procedure(.unknownFact("agrees", place: "case-boundary"))),
    Change(
      file: file, old: "attribute: \"expires_on\", from: \"due:validity\"",
      new: "attribute: \"expires_on\", from: \"due:never\"",
      fact: .procedure(.unknownClock("never", place: "temporary-land"))),
    Change(
      file: file, old: "boundary: \"boundary\"", new: "boundary: \"outline\"",
      fact: .procedure(.unknownDocument("outline", place: "boundary"))),
    Change(
      file: file, old: "step: \"refuse\", template", new: "step: \"decline\", template",
      fact: .procedure(.unknownStep("decline", place: "letter"))),
    Change(
      file: file, old: "template: \"administrative-procedure/licence/refused\"",
      new: "template: \"administrative-procedure/licence/declined\"",
      fact: .letterUnknown("administrative-procedure/licence/declined")),
    Change(
      file: file, old: "by: [ land-officer, reviewer, chief ]", new: "by: [ clerk, chief ]",
      fact: .procedure(.unknownRole("clerk", place: "letter"))),
    Change(
      file: file, old: "prefix: \"LSZ\"", new: "prefix: \"lsz\"", fact: .notID("lsz")),
    Change(
      file: letters, old: "en: \"To {applicant}:\"", new: "en: \"To {someone}:\"",
      fact: .valueUnknown("{someone}:")),
  ]

  @Test(arguments: changes)
  func `a form that says what cannot be is refused with its place`(change: Change) async throws {
    try await Places.withTemporaryFolder { folder in
      let packs = folder.appending(path: "Packs")
      try FileManager.default.createDirectory(at: packs, withIntermediateDirectories: true)
      let source = Places.repository.appending(path: "Packs")
      for name in try FileManager.default.contentsOfDirectory(atPath: source.path)
      where name != "regions" {
        try FileManager.default.copyItem(
          at: source.appending(path: name), to: packs.appending(path: name))
      }
      let place = packs.appending(path: change.file)
      let text = try String(contentsOf: place, encoding: .utf8)
      let changed = text.replacing(change.old, with: change.new)
      try #require(changed != text, "\(change.old) is not there")
      try changed.write(to: place, atomically: true, encoding: .utf8)
      let error = try #require(throws: RulePackError.self) {
        try PackLibrary.load(from: packs.path)
      }
      guard case .refused(let faults) = error else { throw error }
      #expect(faults.contains { $0.fact == change.fact }, "\(faults)")
      #expect(faults.allSatisfy { $0.place.file.hasPrefix("administrative-procedure/") })
    }
  }

  @Test func `every notice a shipped procedure orders is worded, every certificate described`()
    throws
  {
    let packs = try PackLibrary.load(from: Places.repository.appending(path: "Packs").path)
    var examined = 0
    for procedure in packs.procedures {
      for effect in procedure.transitions.flatMap(\.effects) where effect.kind == .notice {
        examined += 1
        #expect(procedure.form(of: effect) != nil, "\(procedure.id): \(effect.of)")
      }
    }
    try #require(examined > 20)
    let temporary = try #require(
      packs.procedures.first { $0.id == "administrative-procedure/temporary-land" })
    for effect in temporary.transitions.flatMap(\.effects) {
      #expect(temporary.form(of: effect) != nil, "\(effect)")
    }
  }

  @Test func `a name stands for one value, and a text tells its places`() throws {
    for known in CaseValue.Known.allCases {
      #expect(CaseValue(named: known.rawValue) == .known(known))
    }
    #expect(CaseValue(named: "fact:conforms") == .fact(FactID("conforms")))
    #expect(CaseValue(named: "due:validity") == .due(clock: "validity"))
    for name in ["", "fact:", "due:", "Area", "case number"] {
      #expect(CaseValue(named: name) == nil, "\(name)")
    }
    let text = try CaseText("面积{area}平方米，至{due:validity}。")
    #expect(
      text.pieces == [
        .words("面积"), .value(.known(.area)), .words("平方米，至"), .value(.due(clock: "validity")),
        .words("。"),
      ])
    for torn in ["{", "{area", "{size}", "a}{b"] {
      #expect(throws: CaseText.Fault.self, "\(torn)") { try CaseText(torn) }
    }
  }
}
