import KarezCore
import KarezReport
import KarezService
import KarezWorkflow

/// The page on which an applicant sees how far a case is.
struct TrackView {
  struct Clock {
    let clockTitle: String
    let dueDay: String
    let dueWords: String
    let tone: String
    let promisedDay: String?
    let isProvisional: Bool
    let isStopped: Bool
    let reasons: [Reason]
  }

  struct Reason { let sentence: String }

  struct Document {
    let documentTitle: String
    let standingWords: String
    let tone: String
    let isNeeded: Bool
  }

  struct Step {
    let stepDay: String
    let stepTitle: String
    let outcomeTitle: String?
  }

  struct Found {
    let procedureTitle: String
    let county: String
    let received: String
    let stageWords: String
    let isOver: Bool
    let missing: [Document]
    let hasMissing: Bool
    let decisions: [Step]
    let hasDecisions: Bool
    let running: [Clock]
    let hasRunning: Bool
    let ended: [Clock]
    let hasEnded: Bool
    let documents: [Document]
    let hasDocuments: Bool
    let steps: [Step]
    let hasSteps: Bool
  }

  let frame: PageFrame
  let numberAsked: String
  let problem: String?
  let found: Found?

  init(
    _ frame: PageFrame, number: String, problem: String? = nil, found: CaseTracking? = nil,
    today: LegalDate, _ words: ServiceWords
  ) {
    self.frame = frame
    numberAsked = number
    self.problem = problem
    self.found = found.map { Self.found($0, today, words) }
  }

  static func found(
    _ tracking: CaseTracking, _ today: LegalDate, _ words: ServiceWords
  ) -> Found {
    let language = words.language
    let clocks = tracking.clocks.map { clock($0, isOver: tracking.isOver, today, words) }
    let documents = tracking.documents.map { document($0, words) }
    let steps = tracking.steps.map { step($0, language) }
    let decisions = tracking.decisions.map { step($0, language) }
    let missing = documents.filter(\.isNeeded)
    let (running, ended) = (clocks.filter { !$0.isStopped }, clocks.filter(\.isStopped))
    return Found(
      procedureTitle: tracking.title[language], county: words.county(tracking.region),
      received: tracking.receivedOn?.description ?? "",
      stageWords: words.language.listed(tracking.stages.map { $0[language] }),
      isOver: tracking.isOver,
      missing: missing, hasMissing: !missing.isEmpty, decisions: decisions,
      hasDecisions: !decisions.isEmpty, running: running, hasRunning: !running.isEmpty,
      ended: ended, hasEnded: !ended.isEmpty, documents: documents,
      hasDocuments: !documents.isEmpty, steps: steps, hasSteps: !steps.isEmpty)
  }

  private static func step(_ step: CaseTracking.Step, _ language: Language) -> Step {
    Step(
      stepDay: step.on.description, stepTitle: step.title[language],
      outcomeTitle: step.outcome?[language])
  }

  private static func document(
    _ brought: CaseTracking.Brought, _ words: ServiceWords
  ) -> Document {
    let standing = brought.standing.rawValue.replacing("-", with: "_")
    let tone =
      switch brought.standing {
      case .accepted, .reused: "order"
      case .rejected: "stop"
      case .missing: brought.isNeeded ? "act" : "inform"
      case .handedIn: "inform"
      }
    return Document(
      documentTitle: brought.title[words.language],
      standingWords: words.text("track_document_" + standing), tone: tone,
      isNeeded: brought.isNeeded)
  }

  private static func clock(
    _ clock: CaseView.ClockView, isOver: Bool, _ today: LegalDate, _ words: ServiceWords
  ) -> Clock {
    let (sentence, tone) = nearness(clock, today, words)
    return Clock(
      clockTitle: clock.title[words.language], dueDay: clock.due.day.description,
      dueWords: sentence, tone: tone, promisedDay: clock.due.promised?.description,
      isProvisional: clock.due.isProvisional, isStopped: clock.stopped != nil,
      reasons: clock.explanation.map { Reason(sentence: $0[words.language]) })
  }

  private static func nearness(
    _ clock: CaseView.ClockView, _ today: LegalDate, _ words: ServiceWords
  ) -> (String, String) {
    if let stopped = clock.stopped {
      let key = clock.isOverdue ? "case_ended_late" : "case_ended"
      return (
        words.text(key, ["date": stopped.description]), clock.isOverdue ? "stop" : "order"
      )
    }
    if clock.due.isPaused { return (words.text("case_paused"), "inform") }
    let left = clock.due.day.daysSince1970 - today.daysSince1970
    if left < 0 { return (words.messages.text("case_overdue_days", count: -left), "stop") }
    return left == 0
      ? (words.text("case_due_today"), "act")
      : (words.messages.text("case_due_days", count: left), "inform")
  }
}
