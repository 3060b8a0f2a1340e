import Foundation
import KarezCore
import KarezPacks
import KarezRules
import KarezWorkflow
import TestSupport
import Testing

/// A form that cannot be filled in, or fills what there is not, is refused on load.
@Suite struct FormFileTests {
  struct Change: CustomTestStringConvertible, Sendable {
    let old: String
    let new: String
    let fact: PackFault.What
    var testDescription: String { "\(new) → \(fact)" }
  }

  static let file = "administrative-procedure/forms/temporary-land.yaml"

  static let changes: [Change] = [
    Change(
      old: "procedure: \"administrative-procedure/temporary-land\"",
      new: "procedure: \"administrative-procedure/no-such\"",
      fact: .procedureUnknown("administrative-procedure/no-such")),
    Change(
      old: "fills: \"land_purpose\"", new: "fills: \"no_such\"",
      fact: .procedure(.unknownFact("no_such", place: "land_use"))),
    Change(
      old: "fills: \"land_purpose\"", new: "fills: \"conforms\"",
      fact: .valueOfWrongType(fact: "conforms")),
    Change(
      old: "when: \"land_use == \\\"mining/public-survey\\\"\"", new: "when: \"no_such\"",
      fact: .expression(.unknownFact("no_such", offset: 0), text: "no_such")),
    Change(
      old: "when: \"land_use == \\\"mining/public-survey\\\"\"", new: "when: \"use_detail\"",
      fact: .expression(
        .typeMismatch(found: .text, expected: .boolean, offset: 0), text: "use_detail")),
    // A field may lean on those before it only, so no two wait for one another.
    Change(
      old: "required: true, when: \"land_use == \\\"mining/public-survey\\\"\"",
      new: "required: true, when: \"takes_farmland\"",
      fact: .expression(.unknownFact("takes_farmland", offset: 0), text: "takes_farmland")),
    Change(
      old: "id: \"contact_phone\"", new: "id: \"contact_person\"", fact: .idTwice("contact_person")),
    Change(old: "id: \"contact_phone\"", new: "id: \"region\"", fact: .notID("region")),
    Change(old: "unit: \"ha\", required", new: "required", fact: .keyMissing("unit")),
    Change(old: "least: \"1 d\"", new: "least: \"1 m\"", fact: .dimensionsDiffer),
    Change(
      old: "document: \"reclamation-plan\"", new: "document: \"no-plan\"",
      fact: .procedure(.unknownDocument("no-plan", place: "materials"))),
    Change(
      old: "    - { document: \"application\", form: true }\n", new: "",
      fact: .keyMissing("materials: application")),
    Change(
      old: "type: choice\n", new: "type: colour\n",
      fact: .notOneOf(
        key: "type", text: "colour", allowed: FormField.Kind.allCases.map(\.rawValue))),
  ]

  @Test(arguments: changes)
  func `a form with one thing wrong is refused`(change: Change) async throws {
    try await Places.withTemporaryFolder { folder in
      let packs = folder.appending(path: "Packs")
      try FileManager.default.createDirectory(at: packs, withIntermediateDirectories: true)
      let source = Places.repository.appending(path: "Packs")
      for name in try FileManager.default.contentsOfDirectory(atPath: source.path)
      where name != "regions" {
        try FileManager.default.copyItem(
          at: source.appending(path: name), to: packs.appending(path: name))
      }
      let file = packs.appending(path: Self.file)
      let text = try String(contentsOf: file, encoding: .utf8)
      let range = try #require(text.range(of: change.old), "nothing to change")
      try text.replacingCharacters(in: range, with: change.new)
        .write(to: file, atomically: true, encoding: .utf8)
      let error = try #require(throws: RulePackError.self) {
        try PackLibrary.load(from: packs.path)
      }
      guard case .refused(let faults) = error else { throw error }
      #expect(faults.contains { $0.fact == change.fact }, "\(faults)")
    }
  }
}
