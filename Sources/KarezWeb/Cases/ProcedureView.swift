import KarezCore
import KarezReport
import KarezRules
import KarezService
import KarezWorkflow

struct ProcedureListView {
  let frame: PageFrame
  let rows: [ProcedureView.Row]
  let hasRows: Bool
}

/// The page of a procedure.
struct ProcedureView {
  struct Row {
    let procedureAddress: String
    let procedureTitle: String
    let procedureID: String
    let version: String
    let inForce: String
    let clause: String

    init(_ definition: WorkflowDefinition, _ words: CaseWords) {
      procedureAddress =
        "/procedures/\(definition.id)?version=\(Asked.escaped(definition.version))"
      procedureTitle = definition.title[words.language]
      procedureID = definition.id
      version = definition.version
      inForce =
        definition.validity.from.description + " – "
        + (definition.validity.until?.description ?? "")
      clause = words.clause(definition.citations)
    }
  }

  struct Term {
    let termTitle: String
    let length: String
    let promised: String?
    let extended: String?
    let clause: String
    let isUnconfirmed: Bool
  }

  struct Pause {
    let pauseTitle: String
    let clause: String
    let pauseRoles: String
  }

  struct Document {
    let documentTitle: String
    let isNeeded: Bool
    let isReused: Bool
  }

  struct Step {
    let stepTitle: String
    let from: String
    let to: String
    let who: String
    let needs: String
  }

  let frame: PageFrame
  let row: Row
  let versions: [CaseChoice]
  let hasVersions: Bool
  let drawing: String
  let drawingAddress: String
  let diagramAddress: String
  let openAddress: String?
  let terms: [Term]
  let pauses: [Pause]
  let hasPauses: Bool
  let documents: [Document]
  let steps: [Step]

  init(
    _ frame: PageFrame, _ definition: WorkflowDefinition, versions: [String], mayOpen: Bool,
    _ words: CaseWords
  ) {
    let language = words.language
    self.frame = frame
    row = Row(definition, words)
    self.versions = versions.map {
      CaseChoice(
        choiceValue: "/procedures/\(definition.id)?version=\(Asked.escaped($0))",
        choiceTitle: $0, isChosen: $0 == definition.version)
    }
    hasVersions = versions.count > 1
    drawing = WorkflowSVG.drawing(of: definition, in: language)
    let own =
      "/api/v1/procedures/\(definition.id)/drawing?lang=\(language.rawValue)"
      + "&version=\(definition.version)&format="
    drawingAddress = own + "svg"
    diagramAddress = own + "bpmn"
    openAddress =
      mayOpen ? "/cases/new?procedure=" + Asked.escaped(definition.id) : nil
    terms = definition.clocks.map { Self.term($0, words) }
    pauses = definition.pauses.map {
      Pause(
        pauseTitle: $0.title[language], clause: words.clause($0.citations),
        pauseRoles: words.roles($0.by))
    }
    hasPauses = !pauses.isEmpty
    documents = definition.documents.map {
      Document(
        documentTitle: $0.title[language],
        isNeeded: definition.opening.documents.contains($0.id), isReused: $0.isReused)
    }
    steps = definition.transitions.map { Self.step($0, definition, words) }
  }

  private static func term(_ clock: DeclaredClock, _ words: CaseWords) -> Term {
    let term = clock.term
    return Term(
      termTitle: term.title[words.language], length: words.amount(term.length, term.unit),
      promised: clock.promised.map { words.amount($0, term.unit) },
      extended: term.extending.map {
        words.messages.text(
          "procedure_extended",
          [
            "length": words.amount($0.length, term.unit), "roles": words.roles($0.grantedBy),
            "clause": words.clause($0.citations),
          ])
      },
      clause: words.clause(term.citations), isUnconfirmed: term.certainty != .certain)
  }

  private static func step(
    _ transition: Transition, _ definition: WorkflowDefinition, _ words: CaseWords
  ) -> Step {
    let language = words.language
    func states(_ ids: [String]) -> String {
      words.language.listed(ids.map { definition.state($0)?.title[language] ?? $0 })
    }
    let documents = transition.documents.map { id in
      definition.documents.first { $0.id == id }?.title[language] ?? id
    }
    let facts = (transition.facts + transition.conditions.map(\.fact)).map { id in
      definition.facts.first { $0.id == id }?.title[language] ?? id.text
    }
    let who =
      switch transition.trigger {
      case .person(let by): words.roles(by)
      case .automatic: words.messages.text("procedure_automatic")
      case .due(let clock):
        words.messages.text(
          "procedure_on_due",
          ["name": definition.clock(clock)?.term.title[language] ?? clock])
      }
    return Step(
      stepTitle: transition.title[language], from: states(transition.origin.states),
      to: states(transition.to), who: who, needs: words.language.listed(documents + facts))
  }
}
