import Foundation
import KarezCore
import KarezPacks
import KarezRules
import KarezWorkflow
import TestSupport
import Testing

/// What the shipped forms ask: of whom, for what purpose, and what hangs on which answer.
@Suite struct ShippedFormTests {
  /// Answers to one form to which nothing is to be added, and what is asked once some are others.
  struct Example: CustomTestStringConvertible, Sendable {
    let form: String
    let documents: Set<String>
    let answers: [String: String]
    let turns: [Turn]
    var testDescription: String { form }
  }

  struct Turn: Sendable {
    let answers: [String: String]
    let asked: [FormFault.Place]

    init(_ answers: [String: String], _ asked: FormFault.Place...) {
      self.answers = answers
      self.asked = asked
    }
  }

  private static func packs() throws -> PackLibrary {
    try PackLibrary.load(from: Places.repository.appending(path: "Packs").path)
  }

  // MARK: Which procedures have a form

  @Test func `whatever applicants may open has a form, and what officers begin has none`() throws {
    let packs = try Self.packs()
    let open = packs.procedures.filter { $0.opening.by.contains("applicant") }.map(\.id)
    #expect(open.count == 9)
    #expect(packs.forms.map(\.procedure) == open.sorted())
    for form in packs.forms {
      let definition = try #require(packs.procedures.first { $0.id == form.procedure })
      let brought = Set(definition.service?.brings ?? [])
      for material in form.materials { #expect(brought.contains(material.document), "\(form.id)") }
    }
  }

  @Test func `every check of a case is for a purpose, and the form asks for it`() throws {
    let packs = try Self.packs()
    let day = try #require(LegalDate("2026-03-01"))
    let purpose = FactID("land_purpose")
    var examined = 0
    for definition in packs.procedures {
      for form in definition.forms {
        guard case .check(let check) = form.act else { continue }
        examined += 1
        #expect(check.purpose == .fact(purpose), "\(definition.id)")
        guard let asked = packs.form(of: definition.id) else { continue }
        let field = try #require(asked.purposeField.flatMap { asked.field($0) }, "\(asked.id)")
        #expect(field.isRequired && field.when == nil && field.fills == purpose, "\(asked.id)")
        for option in field.options {
          #expect(packs.purposes?.row(option.code, on: day) != nil, "\(asked.id) \(option.code)")
        }
      }
    }
    #expect(examined == 13)
  }

  // MARK: What hangs on what

  @Test(arguments: examples)
  func `a whole application lacks nothing, and other answers ask for what they need`(
    example: Example
  ) throws {
    let form = try #require(try Self.packs().form(of: "administrative-procedure/" + example.form))
    let day = try #require(LegalDate("2026-03-01"))
    let whole = FormAnswers(example.answers, of: form, on: day)
    #expect(whole.faults(isWhole: true, having: example.documents) == [])
    #expect(whole.facts.count == form.fields.filter { $0.fills != nil }.count)
    for turn in example.turns {
      let texts = example.answers.merging(turn.answers) { _, other in other }
      let faults = FormAnswers(texts, of: form, on: day)
        .faults(isWhole: true, having: example.documents)
      #expect(faults.map(\.place) == turn.asked, "\(turn.answers)")
    }
    // With nothing answered, what everybody is asked is missing, and nothing else is told.
    let empty = FormAnswers([:], of: form, on: day).faults(isWhole: true)
    #expect(!empty.isEmpty && empty.allSatisfy { $0.what == .missing })
  }

  static let examples = [works, verification, exploration, disclosure, reconsideration, register]

  static let works = Example(
    form: "construction-works-permit", documents: ["land-title", "design", "boundary"],
    answers: [
      "project_name": "住宅", "project_purpose": "residential", "works_kind": "building",
      "works_nature": "new", "contact_person": "某", "contact_phone": "13800000000",
      "title_kind": "certificate", "title_number": "T1", "area_requested": "1.2",
      "floor_area": "12000", "has_basement": "false", "plot_ratio": "1.0",
      "building_density": "25", "green_share": "35", "height": "24", "storeys": "8",
      "design_unit": "某院", "needs_site_plan": "false", "has_conditions": "false",
    ],
    turns: [
      Turn(["works_nature": "altered"], .field("former_permit")),
      Turn(["title_kind": "grant"], .field("land_permit_number")),
      Turn(["has_basement": "true"], .field("basement_area")),
      Turn(["works_kind": "road"], .field("length"), .field("width")),
      Turn(["works_kind": "line"], .field("length"), .field("size")),
      Turn(["works_kind": "structure"], .field("works")),
      Turn(["needs_site_plan": "true"], .material("site-plan")),
      Turn(
        ["has_conditions": "true"], .field("conditions_number"), .field("departs_from_conditions")),
      Turn(
        ["has_conditions": "true", "conditions_number": "1", "departs_from_conditions": "true"],
        .field("departure")),
      // A share of more than all, a building without a storey.
      Turn(
        ["building_density": "100.1", "storeys": "0"], .field("building_density"),
        .field("storeys")),
      Turn(["building_density": "100", "green_share": "100", "storeys": "1"]),
    ])

  static let verification = Example(
    form: "completion-verification", documents: ["works-permit", "completion-survey", "boundary"],
    answers: [
      "project_name": "住宅", "project_purpose": "residential", "contact_person": "某",
      "contact_phone": "13800000000", "works_permit_number": "G1", "finished_on": "2026-01-31",
      "is_phase": "false", "works_kind": "building", "area_built": "1.2",
      "floor_area_permitted": "12000", "floor_area_built": "12000", "plot_ratio_built": "1",
      "density_built": "25", "green_share_built": "35", "height_built": "24",
      "departs_from_permit": "false", "survey_unit": "某队", "survey_certificate": "C1",
      "surveyed_on": "2026-02-10", "verifies_land": "false",
    ],
    turns: [
      Turn(["is_phase": "true"], .field("phase")),
      Turn(["works_kind": "line"], .field("length_permitted"), .field("length_built")),
      Turn(["works_kind": "other"], .field("works_built")),
      Turn(["departs_from_permit": "true"], .field("departures"), .field("was_approved")),
      Turn(
        ["departs_from_permit": "true", "departures": "檐口", "was_approved": "true"],
        .field("change_approval")),
      Turn(["verifies_land": "true"], .field("land_contract_number")),
      Turn(["finished_on": "去年"], .field("finished_on")),
    ])

  static let exploration = Example(
    form: "exploration-plan", documents: ["grant-contract", "plan", "boundary"],
    answers: [
      "project_name": "铜矿普查", "right_certificate": "T1", "grant_contract_number": "H1",
      "right_until": "2030-06-30", "mineral": "copper",
      "exploration_kind": "mining/strategic-exploration", "contact_person": "某",
      "contact_phone": "13800000000", "is_adjustment": "false", "area_requested": "12.5",
      "stage": "reconnaissance", "work_from": "2026-05-01", "work_days": "180",
      "drills": "false", "trenches": "false", "investment": "300", "plan_author": "某队",
      "uses_land": "false", "restoration": "回填", "in_reserve": "false",
    ],
    turns: [
      Turn(["is_adjustment": "true"], .field("former_licence"), .field("adjustment_reason")),
      Turn(["drills": "true"], .field("drilled_length")),
      Turn(["trenches": "true"], .field("trenched_volume")),
      Turn(
        ["uses_land": "true"], .field("land_used"), .field("takes_farmland"),
        .field("takes_forest_or_grass")),
      Turn(["in_reserve": "true"], .field("reserve_reason")),
      Turn(["mineral": "cheese", "work_days": "0"], .field("mineral"), .field("work_days")),
    ])

  static let disclosure = Example(
    form: "information-disclosure", documents: [],
    answers: [
      "contact_phone": "13800000000", "subject": "征地公告", "features": "村北",
      "is_of_land": "false", "asked_before": "false", "delivery_form": "inspection",
    ],
    turns: [
      Turn(["knows_period": "true"], .field("period_from"), .field("period_until")),
      Turn(["is_of_land": "true"], .field("place")),
      Turn(["asked_before": "true"], .field("former_request")),
      Turn(["delivery_form": "paper"], .field("delivery_way")),
      Turn(["delivery_form": "paper", "delivery_way": "post"], .field("postal_address")),
      Turn(["delivery_form": "electronic", "delivery_way": "e-mail"], .field("e_mail")),
      // Who comes to read has nothing sent, whatever was chosen before.
      Turn(["delivery_way": "post"]),
    ])

  static let reconsideration = Example(
    form: "reconsideration", documents: ["decision-appealed"],
    answers: [
      "standing": "own", "are_many": "false", "contact_phone": "13800000000",
      "service_address": "某路", "respondent": "某局", "act_kind": "licence",
      "is_omission": "false", "decision_number": "1", "known_on": "2026-02-10",
      "was_told": "true", "is_late": "false", "is_elsewhere": "false", "requests": "撤销",
      "reasons": "事实", "asks_rule_review": "false", "asks_stay": "false",
      "asks_damages": "false",
    ],
    turns: [
      Turn(["standing": "guardian"], .field("represented")),
      Turn(["are_many": "true"], .field("representatives")),
      // There is no decision of what was not done, but a day on which it was asked for.
      Turn(["is_omission": "true"], .field("asked_on")),
      Turn(["is_late": "true"], .field("why_late")),
      Turn(["is_elsewhere": "true"], .field("elsewhere")),
      Turn(["asks_rule_review": "true"], .field("rule_document")),
      Turn(["asks_stay": "true"], .field("stay_reason")),
      Turn(["asks_damages": "true"], .field("damages")),
      Turn(["asks_damages": "true", "damages": "0"], .field("damages")),
    ])

  static let register = Example(
    form: "register-objection", documents: ["interest", "evidence"],
    answers: [
      "standing": "interested", "interest_stated": "继承人", "contact_phone": "13800000000",
      "service_address": "某路", "location": "某村", "right_kind": "ownership",
      "request_kind": "correction", "what_is_wrong": "面积", "what_is_right": "应为",
      "holder_agrees": "false",
    ],
    turns: [
      Turn(["standing": "holder"], .field("certificate_number")),
      Turn(["holder_agrees": "true"], .material("consent")),
      Turn(["request_kind": "objection"], .field("refused_on"), .field("has_sued")),
      Turn(
        ["request_kind": "objection", "refused_on": "2026-02-10", "has_sued": "true"],
        .field("suit_number"), .material("suit")),
    ])
}
