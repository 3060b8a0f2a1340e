import KarezCore
import KarezReport
import KarezRules
import KarezService
import KarezWorkflow

/// What the map and the compliance checks say of a case's boundary; nil while nobody asked them.
struct CaseAnswerView {
  let answerAddress: String
  let chip: VerdictChip
  let area: String
  let checkedOn: String
  /// The land and what lies around it.
  var mapSVG: String?
}

/// The page of a case: where it stands, what may be done, by when and why, and what happened.
struct CasePageView {
  struct Document {
    let documentID: String
    let documentTitle: String
    let isReused: Bool
    let isNeeded: Bool
    let stateWords: String
    let tone: String
    let fileAddress: String?
    let fileWords: String?
    let note: String?
    let hasFile: Bool
  }

  struct Clock {
    let clockID: String
    let due: CaseWords.Due
    let promisedDay: String?
    let usedWords: String
    let used: Int
    let length: Int
    let why: [String]
    let isRunning: Bool
    /// Whoever reads may make the term longer, and by what article.
    let extendWords: String?
  }

  struct Step {
    let stepID: String
    let stepTitle: String
    let facts: [Fact]
    let hasFacts: Bool
    /// Why the step is not possible yet, one reason a line.
    let reasons: [String]
    let isPossible: Bool
    /// Said before a step after which nothing more can be done.
    let endsWords: String?
    /// It is possible and the one that is mostly made next.
    let isUsual: Bool
    /// Whom the reader makes it for; nil in their own name.
    var deputyFor: String?
    var forWords: String?
  }

  struct Fact {
    let factID: String
    let factTitle: String
    let isBoolean: Bool
    let isQuantity: Bool
    let units: [CaseChoice]
    let isYes: Bool
    let isNo: Bool
    let factValue: String
  }

  struct Other {
    let stepTitle: String
    let otherRoles: String
  }

  struct Pause {
    let pauseID: String
    let pauseTitle: String
    let pauseClause: String
    let isOn: Bool
    let since: String?
  }

  struct Happened {
    let at: String
    let actorName: String
    let words: String
  }

  let frame: PageFrame
  let caseNumber: String
  let caseTitle: String
  let caseVersion: Int
  let key: String
  let stages: [String]
  let isOver: Bool
  let due: CaseWords.Due?
  let problem: String?
  let problemRemedy: String?
  let county: String
  let region: String
  let project: String?
  let projectAddress: String?
  let applicant: String
  /// Papers, names and the check are not for the reader.
  let isOutline: Bool
  let openedOn: String
  let procedureAddress: String
  let procedureVersion: String
  let drawing: String
  let documents: [Document]
  let steps: [Step]
  let hasSteps: Bool
  let others: [Other]
  let hasOthers: Bool
  let mayAct: Bool
  /// Whom forms of the page act for, where the reader has no office in the procedure of their own.
  let hat: String?
  let pauses: [Pause]
  let hasPauses: Bool
  let factsKnown: [Fact]
  let hasFacts: Bool
  let clocks: [Clock]
  let hasClocks: Bool
  let history: [Happened]
  let caseAnswer: CaseAnswerView?
  let papers: CaseDoneView
  /// What is owed in the case, or was; and whether there is any.
  let fees: [FeeView]
  let hasFees: Bool
  /// Given once, to whoever has just opened the case.
  var trackingCode: String?

  init(
    _ frame: PageFrame, _ view: CaseView, _ making: CasePageMaking, problem: Problem?,
    answer: CaseAnswerView?, papers: CaseDoneView, fees: [FeeView]
  ) {
    let (words, definition) = (making.words, making.definition)
    let language = words.language
    self.frame = frame
    caseNumber = view.opening.number
    caseTitle = view.title[language]
    caseVersion = view.version
    key = making.key
    stages = view.states.map { $0.title[language] }
    isOver = view.isOver
    due = words.due(of: view)
    self.problem = problem?.what[language]
    problemRemedy = problem?.remedy[language]
    county = words.county(view.opening.region)
    region = view.opening.region
    project = view.opening.project
    projectAddress = project.map { "/projects?code=" + Asked.escaped($0) }
    applicant = words.names[view.opening.applicant]
    isOutline = view.reading < .whole
    openedOn = view.events.first?.on.description ?? ""
    procedureAddress = "/procedures/" + view.opening.procedure
    procedureVersion = view.procedureVersion
    drawing = WorkflowSVG.drawing(
      of: definition, standing: Set(view.states.map(\.id)), in: language)
    documents = making.documents(view)
    steps = making.steps(view) + making.deputySteps(view)
    hasSteps = !steps.isEmpty
    others = making.others(view)
    hasOthers = !others.isEmpty
    mayAct = making.mayAct && !view.isOver
    hat = making.hat
    pauses = making.pauses()
    hasPauses = !pauses.isEmpty
    let posted = definition.postedFacts
    factsKnown = definition.facts.filter { !posted.contains($0.id) }.map(making.fact)
    hasFacts = mayAct && !factsKnown.isEmpty
    clocks = making.clocks(view)
    hasClocks = !clocks.isEmpty
    history = view.events.reversed().map { event in
      Happened(
        at: event.on.description,
        actorName: words.actor(of: event, for: view.opening.applicant),
        words: words.sentence(event, definition, orders: view.effects))
    }
    caseAnswer = answer
    self.papers = papers
    self.fees = fees
    hasFees = !fees.isEmpty
  }
}
