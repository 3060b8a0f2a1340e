import KarezCore
import KarezReport
import KarezService
import KarezWorkflow

/// An applicant's own page.
struct MyView {
  struct CaseRow {
    let caseNumber: String
    let caseTitle: String
    let stageWords: String
    let isOver: Bool
    let isAsked: Bool
    let opened: String
    let due: String?
    let principalName: String?
  }

  struct DraftRow {
    let draftAddress: String
    let draftTitle: String
    let kept: String
    let principalName: String?
  }

  struct NoticeRow {
    let noticeDay: String
    let noticeTitle: String
    let noticeText: String
    let caseNumber: String
  }

  struct ServiceRow {
    let procedureID: String
    let serviceTitle: String
    let serviceAddress: String
    let applicantID: String?
    let principalName: String?
  }

  let frame: PageFrame
  let problem: String?
  let accountID: String
  let accountName: String
  let kindWords: String
  let nameWords: String
  let nameTone: String
  let mayAskName: Bool
  let isVerified: Bool
  let numberLabel: String
  let cases: [CaseRow]
  let hasCases: Bool
  let drafts: [DraftRow]
  let hasDrafts: Bool
  let notices: [NoticeRow]
  let hasNotices: Bool
  let services: [ServiceRow]

  init(
    _ frame: PageFrame, who: Principal, rows: [Applicants.Row], drafts: [ApplicationDraft],
    notices: [Applicants.Told], held: [Mandate], services: [WorkflowDefinition],
    names: [String: String], today: LegalDate, problem: Problem?, _ words: ServiceWords
  ) {
    let language = words.language
    self.frame = frame
    self.problem = problem?.line(in: language)
    accountID = who.actor.id
    accountName = who.name ?? ""
    let kind = who.applicant?.kind ?? .person
    let realName = who.applicant?.realName ?? .unverified
    kindWords = words.text("applicant_" + kind.rawValue)
    nameWords = words.text("real_name_" + realName.rawValue)
    nameTone =
      switch realName {
      case .verified: "order"
      case .refused: "stop"
      case .unverified: "act"
      case .asked: "inform"
      }
    mayAskName = [.unverified, .refused].contains(realName)
    isVerified = realName == .verified
    numberLabel = words.text("identity_number_" + kind.rawValue)
    cases = rows.map { row in
      CaseRow(
        caseNumber: row.number, caseTitle: row.title[language],
        stageWords: words.language.listed(row.stages.map { $0[language] }), isOver: row.isOver,
        isAsked: row.isAsked, opened: row.openedOn.description, due: row.due?.description,
        principalName: row.principal.map { names[$0] ?? $0 })
    }
    hasCases = !cases.isEmpty
    let titles = Dictionary(services.map { ($0.id, $0.title[language]) }) { first, _ in first }
    self.drafts = drafts.map { draft in
      DraftRow(
        draftAddress: "/my/drafts/" + draft.id,
        draftTitle: titles[draft.procedure] ?? draft.procedure,
        kept: words.text(
          "draft_kept_until", ["date": String(draft.keptUntil.description.prefix(10))]),
        principalName: draft.mandate == nil ? nil : names[draft.applicant] ?? draft.applicant)
    }
    hasDrafts = !drafts.isEmpty
    self.notices = notices.prefix(Self.mostNotices).map {
      NoticeRow(
        noticeDay: $0.on, noticeTitle: $0.title[language], noticeText: $0.text[language],
        caseNumber: $0.number)
    }
    hasNotices = !notices.isEmpty
    let own = services.map { ServiceRow($0, language, applicant: nil, name: nil) }
    let charged = held.flatMap { mandate in
      services.filter { mandate.services.contains($0.id) }.map {
        ServiceRow(
          $0, language, applicant: mandate.principal,
          name: names[mandate.principal] ?? mandate.principal)
      }
    }
    self.services = own + charged
  }

  private static let mostNotices = 20
}

extension MyView.ServiceRow {
  init(
    _ definition: WorkflowDefinition, _ language: Language, applicant: String?, name: String?
  ) {
    procedureID = definition.id
    serviceTitle = definition.title[language]
    serviceAddress = "/services/" + definition.id
    applicantID = applicant
    principalName = name
  }
}

/// The page on which an applicant lets others act, and sees for whom they may.
struct MandatesView {
  struct Row {
    let mandateID: String
    let partyName: String
    let partyID: String
    let serviceWords: String
    let lastDay: String
    let standingWords: String
    let tone: String
    /// It may be revoked by whoever gave it.
    let isOpen: Bool
    /// It waits for whoever is to act.
    let isOffered: Bool
  }

  struct Service {
    let procedureID: String
    let serviceTitle: String
  }

  let frame: PageFrame
  let problem: String?
  let given: [Row]
  let hasGiven: Bool
  let held: [Row]
  let hasHeld: Bool
  let services: [Service]
  let agentTyped: String
  let agentNameTyped: String
  let dayTyped: String
  let today: String

  init(
    _ frame: PageFrame, given: [Mandate], held: [Mandate], names: [String: String],
    services: [WorkflowDefinition], today: LegalDate, problem: Problem?,
    _ typed: [String: String], _ words: ServiceWords
  ) {
    let language = words.language
    let titles = Dictionary(services.map { ($0.id, $0.title[language]) }) { first, _ in first }
    func row(_ mandate: Mandate, _ party: String) -> Row {
      let (isInForce, isOffered) = (mandate.isInForce(on: today), mandate.isOffered(on: today))
      let key =
        isInForce
        ? "mandate_in_force"
        : isOffered
          ? "mandate_offered" : mandate.isRevoked ? "mandate_revoked" : "mandate_over"
      return Row(
        mandateID: mandate.id, partyName: names[party] ?? party, partyID: party,
        serviceWords: words.language.listed(mandate.services.map { titles[$0] ?? $0 }),
        lastDay: mandate.lastDay.description, standingWords: words.text(key),
        tone: isInForce ? "order" : isOffered ? "act" : "inform",
        isOpen: mandate.isOpen(on: today), isOffered: isOffered)
    }
    self.frame = frame
    self.problem = problem?.line(in: language)
    self.given = given.map { row($0, $0.agent) }
    hasGiven = !given.isEmpty
    self.held = held.map { row($0, $0.principal) }
    hasHeld = !held.isEmpty
    self.services = services.map {
      Service(procedureID: $0.id, serviceTitle: $0.title[language])
    }
    agentTyped = typed["agent"] ?? ""
    agentNameTyped = typed["agentName"] ?? ""
    dayTyped = typed["lastDay"] ?? ""
    self.today = today.description
  }
}
