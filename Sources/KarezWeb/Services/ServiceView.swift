import KarezCore
import KarezReport
import KarezRules
import KarezService
import KarezWorkflow

/// The list of what may be applied for.
struct ServiceListView {
  struct Group {
    let groupTitle: String
    let services: [Row]
  }

  struct Row {
    let serviceTitle: String
    let serviceAddress: String
    let purpose: String?
    let limitWords: String?

    init(_ definition: WorkflowDefinition, _ words: ServiceWords) {
      serviceTitle = definition.title[words.language]
      serviceAddress = "/services/" + definition.id
      purpose = definition.service?.purpose[words.language]
      let clock = (definition.service?.decidedBy.first).flatMap { definition.clock($0) }
      limitWords = clock.map { clock in
        let legal = words.amount(clock.term.length, clock.term.unit)
        guard let promised = clock.promised else {
          return words.text("service_limit_legal", ["length": legal])
        }
        return words.text(
          "service_limit_both",
          ["length": legal, "promised": words.amount(promised, clock.term.unit)])
      }
    }
  }

  let frame: PageFrame
  let groups: [Group]
  let hasServices: Bool

  init(_ frame: PageFrame, _ services: [WorkflowDefinition], _ words: ServiceWords) {
    self.frame = frame
    hasServices = !services.isEmpty
    let kinds = PublicService.Kind.allCases.map(Optional.some) + [nil]
    groups = kinds.compactMap { kind in
      let own = services.filter { $0.service?.kind == kind }
      guard !own.isEmpty else { return nil }
      return Group(
        groupTitle: words.text("service_kind_" + (kind?.rawValue ?? "other")),
        services: own.map { Row($0, words) })
    }
  }
}

/// The page of one procedure for whoever applies.
struct ServiceView {
  struct Document {
    let documentTitle: String
    let isAtOpening: Bool
    let isReused: Bool
  }

  struct Limit {
    let limitTitle: String
    let length: String
    let promised: String?
    let extended: String?
    let clause: String
    let isUnconfirmed: Bool
  }

  struct Pause {
    let pauseTitle: String
    let clause: String
  }

  struct Basis {
    let clause: String
    let quote: String?
    let summary: String?
  }

  struct Stage { let stageTitle: String }

  /// How often the service was given a grade.
  struct Grade {
    let gradeTitle: String
    let gradeCount: Int
  }

  let frame: PageFrame
  let row: ServiceListView.Row
  let kindTitle: String
  let eligibility: String?
  let openers: String
  let documents: [Document]
  let limits: [Limit]
  let hasUnconfirmed: Bool
  let pauses: [Pause]
  let hasPauses: Bool
  let stages: [Stage]
  let ends: [Stage]
  let outcomes: [Stage]
  let hasOutcomes: Bool
  let bases: [Basis]
  let registerAddress: String?
  let dataAddress: String
  let versionWords: String
  let procedureID: String
  /// Whether it is applied for on these pages.
  let mayApply: Bool
  let grades: [Grade]
  let hasGrades: Bool

  init(
    _ frame: PageFrame, _ definition: WorkflowDefinition, mayApply: Bool, grades: [Grade],
    _ words: ServiceWords
  ) {
    procedureID = definition.id
    self.mayApply = mayApply
    self.grades = grades
    hasGrades = grades.contains { $0.gradeCount > 0 }
    let language = words.language
    let service = definition.service
    self.frame = frame
    row = ServiceListView.Row(definition, words)
    kindTitle = words.text("service_kind_" + (service?.kind.rawValue ?? "other"))
    eligibility = service?.eligibility[language]
    openers = words.roles(definition.opening.by)
    documents = definition.broughtDocuments.map {
      Document(
        documentTitle: $0.title[language],
        isAtOpening: definition.opening.documents.contains($0.id), isReused: $0.isReused)
    }
    limits = definition.clocks.map { Self.limit($0, words) }
    bases = definition.citations.map {
      Basis(clause: words.clause($0), quote: $0.quote, summary: $0.summary?[language])
    }
    hasUnconfirmed =
      limits.contains(where: \.isUnconfirmed) || bases.contains { $0.quote == nil }
    pauses = definition.pauses.map {
      Pause(pauseTitle: $0.title[language], clause: words.clause($0.citations))
    }
    hasPauses = !pauses.isEmpty
    // What was decided is told below, not as a place a case passes.
    let decided = Set((service?.outcomes ?? []).flatMap(\.states))
    stages = definition.states.filter { $0.kind != .end && !decided.contains($0.id) }
      .map { Stage(stageTitle: $0.title[language]) }
    ends = definition.states.filter { $0.kind == .end }
      .map { Stage(stageTitle: $0.title[language]) }
    outcomes = (service?.outcomes ?? []).map { Stage(stageTitle: $0.title[language]) }
    hasOutcomes = !outcomes.isEmpty
    registerAddress =
      service?.isRegistered == true
      ? "/register?procedure=" + Asked.escaped(definition.id) : nil
    dataAddress = "/api/v1/services/" + definition.id
    versionWords = words.text(
      "service_version",
      ["version": definition.version, "date": definition.validity.from.description])
  }

  private static func limit(_ clock: DeclaredClock, _ words: ServiceWords) -> Limit {
    let term = clock.term
    return Limit(
      limitTitle: term.title[words.language], length: words.amount(term.length, term.unit),
      promised: clock.promised.map { words.amount($0, term.unit) },
      extended: term.extending.map {
        words.text(
          "procedure_extended",
          [
            "length": words.amount($0.length, term.unit), "roles": words.roles($0.grantedBy),
            "clause": words.clause($0.citations),
          ])
      },
      clause: words.clause(term.citations), isUnconfirmed: term.certainty != .certain)
  }
}
