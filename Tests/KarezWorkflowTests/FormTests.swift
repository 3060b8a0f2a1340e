import Foundation
import KarezCore
import KarezPacks
import KarezRules
import KarezWorkflow
import TestSupport
import Testing

/// What is asked of an applicant, and what is wrong with the answers.
@Suite struct FormTests {
  private static func packs() throws -> PackLibrary {
    try PackLibrary.load(from: Places.repository.appending(path: "Packs").path)
  }

  private static func form(_ name: String = "temporary-land") throws -> ApplicationForm {
    try #require(try packs().form(of: "administrative-procedure/" + name))
  }

  private static func answers(
    _ texts: [String: String], _ name: String = "temporary-land"
  ) throws -> FormAnswers {
    FormAnswers(
      texts, of: try form(name), on: try #require(LegalDate("2026-03-01")))
  }

  private static let whole = [
    "contact_person": "某", "contact_phone": "13800000000", "land_use": "mining/exploration",
    "use_detail": "钻场", "exploration_licence": "T1", "area_requested": "1.5",
    "use_from": "2026-04-01", "use_days": "90", "takes_farmland": "false",
  ]

  @Test func `nine services are applied for, and their forms say so in three languages`() throws {
    let forms = try Self.packs().forms
    #expect(forms.count == 9)
    for form in forms {
      #expect(form.parts.count >= 2 && form.materials.contains(where: \.isForm))
      let conditions = form.parts.map(\.when) + form.fields.map(\.when)
      #expect(conditions.contains { $0 != nil }, "\(form.id) asks everybody the same")
      for field in form.fields {
        #expect(field.title.ug != nil, "\(form.id) \(field.id)")
        #expect(field.help.map { $0.ug != nil } ?? true, "\(form.id) \(field.id)")
        for option in field.options { #expect(!option.code.isEmpty && option.title.ug != nil) }
      }
      #expect(form.fields.contains { $0.fills != nil })
    }
  }

  @Test func `all that is wrong is told at once, at its field, in the order of the form`() throws {
    let texts = [
      "contact_person": String(repeating: "字", count: 61), "land_use": "party",
      "area_requested": "viel", "use_from": "tomorrow", "use_days": "0", "takes_farmland": "maybe",
      "colour": "red",
    ]
    let faults = try Self.answers(texts).faults(isWhole: true, having: ["boundary"])
    #expect(
      faults == [
        FormFault(.field("colour"), .unknown),
        FormFault(.field("contact_person"), .tooLong(most: 60)),
        FormFault(.field("contact_phone"), .missing), FormFault(.field("land_use"), .notChoice),
        FormFault(.field("use_detail"), .missing), FormFault(.field("area_requested"), .notNumber),
        FormFault(.field("use_from"), .notDate),
        FormFault(.field("use_days"), .tooLittle(Quantity(1, .day))),
        FormFault(.field("takes_farmland"), .notBoolean),
        FormFault(.material("land-contract"), .missing),
        FormFault(.material("reclamation-plan"), .missing),
      ])
    // A draft is not asked for what is still missing.
    #expect(try Self.answers(texts).faults(isWhole: false).count == 7)
  }

  @Test func `a condition decides what is asked, and what is not asked is not missing`() throws {
    let documents: Set = ["boundary", "land-contract", "reclamation-plan"]
    #expect(try Self.answers(Self.whole).faults(isWhole: true, having: documents) == [])
    var farmland = Self.whole
    farmland["takes_farmland"] = "true"
    #expect(
      try Self.answers(farmland).faults(isWhole: true, having: documents).map(\.place) == [
        .field("takes_basic_farmland"), .field("topsoil"),
      ])
    farmland["takes_basic_farmland"] = "true"
    farmland["topsoil"] = "剥离三十厘米"
    let faults = try Self.answers(farmland).faults(isWhole: true, having: documents)
    #expect(faults.map(\.place) == [.field("why_basic_farmland")])
    // The other use asks for another number, and what was typed for the first is let be.
    var works = Self.whole
    works["land_use"] = "temporary/works"
    #expect(
      try Self.answers(works).faults(isWhole: true, having: documents).map(\.place) == [
        .field("works_permit_number")
      ])
  }

  @Test func `answers fill facts of the case, in the kind the procedure declares`() throws {
    let facts = try Self.answers(Self.whole).facts
    #expect(facts[FactID("requested_area")] == .quantity(Quantity(1.5, .hectare)))
    #expect(facts[FactID("land_purpose")] == .text("mining/exploration"))
    let definition = try #require(
      try Self.packs().procedures.first { $0.id == "administrative-procedure/temporary-land" })
    for (id, value) in facts {
      let declared = try #require(definition.facts.first { $0.id == id })
      #expect(declared.admits(value))
    }
    var wrong = Self.whole
    wrong["area_requested"] = "1,5"
    #expect(try Self.answers(wrong).facts[FactID("requested_area")] == nil)
  }

  @Test(arguments: 0..<200)
  func `whatever is typed, a form never fills what it does not ask`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let forms = try Self.packs().forms
    let form = forms[Int(seed % UInt64(forms.count))]
    let tries = ["", "true", "false", "1", "-1", "1e9", "2026-01-01", "x\u{0}"]
    var texts: [String: String] = [:]
    for field in form.fields {
      // Now and then what may be chosen, so that what hangs on it is asked, too.
      let typed = tries + field.options.prefix(4).map(\.code)
      texts[field.id] = typed[Int(random.next() % UInt64(typed.count))]
    }
    let answers = FormAnswers(texts, of: form, on: try #require(LegalDate("2026-03-01")))
    let asked = Set(answers.asked.flatMap(\.fields).map(\.id))
    let filled = form.fields.filter { $0.fills.map { answers.facts[$0] != nil } ?? false }
    #expect(filled.allSatisfy { asked.contains($0.id) && $0.fault(of: texts[$0.id] ?? "") == nil })
    for fault in answers.faults(isWhole: true) {
      if case .field(let id) = fault.place { #expect(asked.contains(id)) }
    }
  }
}
