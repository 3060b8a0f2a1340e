import KarezCore
import KarezPacks
import KarezReport
import KarezRules
import KarezService
import KarezWorkflow

/// The page on which an application is filled in.
struct DraftView {
  struct Part {
    let partTitle: String
    let partHelp: String?
    let fields: [Field]
  }

  struct Choice {
    let optionCode: String
    let optionTitle: String
    let isChosen: Bool
  }

  struct Field {
    let anchor: String
    let inputName: String
    let fieldTitle: String
    let fieldHelp: String?
    let typed: String
    /// What another window saved; nil where it is the same.
    let stored: String?
    let fault: String?
    let isRequired: Bool
    let unitWords: String?
    let options: [Choice]
    let longest: Int
    let isLine: Bool
    let isLong: Bool
    let isChoice: Bool
    let isDate: Bool
    let isQuantity: Bool
    /// Whether other fields are asked or not by its answer.
    let decides: Bool
  }

  struct Material {
    let anchor: String
    let documentID: String
    let documentTitle: String
    let materialHelp: String?
    let isRequired: Bool
    let isBoundary: Bool
    let heldName: String?
    let heldArea: String?
    let earlierNumber: String?
    let fault: String?
  }

  struct Fault {
    let anchor: String
    let faultWords: String
  }

  struct CheckLine {
    let lineTitle: String
    let clause: String
    let severityWords: String
    let tone: String
    let isUnconfirmed: Bool
  }

  struct Check {
    let verdictWord: String
    let verdictSentence: String
    let tone: String
    let checkedOn: String
    let area: String
    let lines: [CheckLine]
    let isIncomplete: Bool
  }

  let frame: PageFrame
  let formTitle: String
  let draftAddress: String
  let serviceAddress: String
  let version: Int
  let keptWords: String
  let isSaved: Bool
  let isVerified: Bool
  let principalName: String?
  let problem: String?
  let faults: [Fault]
  let hasFaults: Bool
  let isFaultless: Bool
  let hasCounties: Bool
  let region: Field
  let project: Field
  let parts: [Part]
  let materials: [Material]
  let check: Check?
  /// Whether one was brought, drawn or typed, and read.
  let hasBoundary: Bool
  /// Whether the form asks for one at all.
  let takesBoundary: Bool
  /// Of the map on which it is drawn: its box, what lies beneath, its words.
  let extent: String
  let baseLayers: String
  let drawWords: String
  /// Corners that were typed and could not be read.
  let corners: String
  let hasCorners: Bool

  init(
    _ frame: PageFrame, _ draft: ApplicationDraft, stored: ApplicationDraft?,
    _ form: ApplicationForm, _ definition: WorkflowDefinition, answers: FormAnswers,
    faults: [FormFault], earlier: [Applicants.Earlier], preCheck: PreCheck?,
    shown: DraftRoutes.Shown, principal: String?, isVerified: Bool,
    counties: [Region.County], ground: DraftGround, _ words: ServiceWords
  ) {
    let making = DraftFieldMaking(
      form: form, definition: definition, draft: draft, stored: stored, faults: faults,
      words: words)
    self.frame = frame
    formTitle = form.title[words.language]
    draftAddress = "/my/drafts/" + draft.id
    serviceAddress = "/services/" + draft.procedure
    version = draft.version
    keptWords = words.text(
      "draft_kept_until", ["date": String(draft.keptUntil.description.prefix(10))])
    isSaved = shown.isSaved && shown.problem == nil
    self.isVerified = isVerified
    principalName = principal
    problem = shown.problem?.line(in: words.language)
    self.faults = shown.isWhole ? making.listed : []
    hasFaults = !self.faults.isEmpty
    isFaultless = shown.isWhole && faults.isEmpty
    hasCounties = !counties.isEmpty
    region = making.region(counties.map { ($0.code, $0.name) })
    project = making.project
    parts = answers.asked.map { part, fields in
      Part(
        partTitle: part.title[words.language], partHelp: part.help?[words.language],
        fields: fields.map { making.field($0) })
    }
    materials = answers.materials.map { making.material($0, earlier) }
    check = preCheck.map { Check($0, words) }
    hasBoundary = definition.boundary.map { draft.materials[$0] != nil } ?? false
    takesBoundary = answers.materials.contains { $0.document == definition.boundary }
    extent = ground.extent
    baseLayers = ground.baseLayers
    drawWords = ground.words
    corners = shown.corners
    hasCorners = !corners.isEmpty
  }
}

/// What lies beneath a boundary that is drawn, and the words of drawing it.
struct DraftGround {
  let extent: String
  let baseLayers: String
  let words: String

  init(_ portal: Portal, _ messages: MessageCatalogue) {
    extent = PortalView.extent(of: portal.map.region?.extent, [])
    baseLayers = PortalView.json(portal.baseLayers, messages.language)
    let keys = ["boundary_drawn", "boundary_type_bad", "boundary_type_few", "draw_hint"]
    words =
      JSONValue.object(
        Dictionary(uniqueKeysWithValues: keys.map { ($0, .string(messages.text($0))) })
      ).canonicalText
  }
}

extension DraftView.Check {
  init(_ found: PreCheck, _ words: ServiceWords) {
    let key = "verdict_" + found.verdict.rawValue.replacing("-", with: "_")
    verdictWord = words.text(key)
    verdictSentence = words.text(key + "_sentence")
    tone =
      switch found.verdict {
      case .conforms: "order"
      case .prohibited: "stop"
      case .needsDetermination: "act"
      }
    checkedOn = found.on.description
    area = DecimalText.fixed(found.areaM2 / 10_000, decimals: 4)
    lines = found.lines.map { line in
      DraftView.CheckLine(
        lineTitle: line.title[words.language], clause: words.clause(line.citation),
        severityWords: words.text("severity_" + line.severity.rawValue),
        tone: line.severity == .prohibits
          ? "stop" : line.severity == .requires ? "act" : "inform",
        isUnconfirmed: line.certainty != .certain)
    }
    isIncomplete = found.isIncomplete
  }
}

/// Makes the fields of a draft's page.
struct DraftFieldMaking {
  let form: ApplicationForm
  let definition: WorkflowDefinition
  let draft: ApplicationDraft
  let stored: ApplicationDraft?
  let faults: [FormFault]
  let words: ServiceWords

  private var language: Language { words.language }

  /// Names of fields that conditions rest on.
  private var deciding: Set<String> {
    let conditions =
      form.parts.map(\.when) + form.fields.map(\.when) + form.materials.map(\.when)
    return Set(conditions.compactMap { $0 }.flatMap(\.facts).map(\.text))
  }

  // MARK: Fields

  func field(_ field: FormField) -> DraftView.Field {
    let typed = draft.answers[field.id] ?? ""
    let before = stored.map { $0.answers[field.id] ?? "" }
    var options = field.options.map { ($0.code, $0.title[language]) }
    if field.kind == .boolean {
      options = [("true", words.text("form_yes")), ("false", words.text("form_no"))]
    }
    return make(
      name: "f:" + field.id, place: .field(field.id), field.title[language],
      help: field.help?[language], typed, before, isRequired: field.isRequired,
      options: options, kind: field.kind, unit: field.unit, longest: field.longest,
      decides: deciding.contains(field.id))
  }

  func region(_ counties: [(code: String, name: LocalizedText)]) -> DraftView.Field {
    make(
      name: "region", place: .field("region"),
      words.text(counties.isEmpty ? "case_region_code" : "case_region"), help: nil, draft.region,
      stored?.region, isRequired: true, options: counties.map { ($0.code, $0.name[language]) },
      kind: counties.isEmpty ? .text : .choice, unit: nil, longest: 12, decides: false)
  }

  var project: DraftView.Field {
    make(
      name: "project", place: .field("project"), words.text("case_project"), help: nil,
      draft.project, stored?.project, isRequired: false, options: [], kind: .text, unit: nil,
      longest: 60, decides: false)
  }

  private func make(
    name: String, place: FormFault.Place, _ title: String, help: String?, _ typed: String,
    _ before: String?, isRequired: Bool, options: [(String, String)], kind: FormField.Kind,
    unit: Unit?, longest: Int, decides: Bool
  ) -> DraftView.Field {
    let isChoice = kind == .choice || kind == .boolean
    return DraftView.Field(
      anchor: place.name, inputName: name, fieldTitle: title, fieldHelp: help, typed: typed,
      stored: before == typed
        ? nil
        : before.map { text in
          text.isEmpty ? "—" : options.first { $0.0 == text }?.1 ?? text
        }, fault: fault(at: place), isRequired: isRequired,
      unitWords: unit.flatMap { $0 == .one ? nil : $0.title[words.language] },
      options: options.map {
        DraftView.Choice(optionCode: $0.0, optionTitle: $0.1, isChosen: $0.0 == typed)
      }, longest: longest, isLine: kind == .text, isLong: kind == .longText, isChoice: isChoice,
      isDate: kind == .date, isQuantity: kind == .quantity, decides: decides)
  }

  // MARK: Materials

  func material(
    _ material: FormMaterial, _ earlier: [Applicants.Earlier]
  ) -> DraftView.Material {
    let document = definition.documents.first { $0.id == material.document }
    let held = draft.materials[material.document]
    let area = held?.document.boundary.flatMap { Double($0.areaM2) }
    return DraftView.Material(
      anchor: FormFault.Place.material(material.document).name, documentID: material.document,
      documentTitle: document?.title[language] ?? material.document,
      materialHelp: material.help?[language],
      isRequired: material.isRequired && document?.isReused != true,
      isBoundary: definition.boundary == material.document, heldName: held?.name,
      heldArea: area.map { DecimalText.fixed($0 / 10_000, decimals: 4) },
      earlierNumber: earlier.first { $0.document == material.document }?.number,
      fault: fault(at: .material(material.document)))
  }

  // MARK: Faults

  private func sentence(_ fault: FormFault) -> String {
    words.sentences([
      FormWording.what(fault.what)[language],
      FormWording.remedy(fault, of: field(of: fault.place))[language],
    ])
  }

  private func field(of place: FormFault.Place) -> FormField? {
    guard case .field(let id) = place else { return nil }
    return form.field(id)
  }

  private func fault(at place: FormFault.Place) -> String? {
    faults.first { $0.place == place }.map { sentence($0) }
  }

  /// Every fault with the name of its field, for the top of the page.
  var listed: [DraftView.Fault] {
    faults.map { fault in
      let name: String
      switch fault.place {
      case .field("region"): name = words.text("case_region")
      case .field("project"): name = words.text("case_project")
      case .field(let id): name = form.field(id)?.title[language] ?? id
      case .material(let id):
        name = definition.documents.first { $0.id == id }?.title[language] ?? id
      }
      let separator = language == .zh ? "：" : ": "
      return DraftView.Fault(
        anchor: fault.place.name, faultWords: name + separator + sentence(fault))
    }
  }
}
