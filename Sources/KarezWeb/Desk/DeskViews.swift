import KarezCore
import KarezPacks
import KarezReport
import KarezService

/// A submission as one row of a list.
struct SubmissionRow {
  let address: String
  let id: String
  let datasetTitle: String
  let stateWords: String
  let tone: String
  let sender: String
  let sourceName: String
  let submittedAt: String
  let due: String?
}

struct NoticeRow {
  let noticeID: String
  let address: String
  let noticeWords: String
  let noticeAt: String
  let tone: String
}

/// The desk: what waits for the reader, what is theirs, what they should know.
struct DeskView {
  let frame: PageFrame
  let toSign: [SubmissionRow]
  let own: [SubmissionRow]
  let notices: [NoticeRow]
  let downloads: [DownloadRow]
  let requests: [RequestRow]
  let maySubmit: Bool
  let maySign: Bool

  // Mirrors of the lists, because a template cannot ask whether a list is empty from outside it.
  let hasToSign: Bool
  let hasOwn: Bool
  let hasNotices: Bool
  let hasDownloads: Bool
  let hasRequests: Bool

  /// What is whose on the desk.
  struct Piles {
    let toSign: [SubmissionRow]
    let own: [SubmissionRow]
    let notices: [NoticeRow]
    let downloads: [DownloadRow]
    let requests: [RequestRow]
  }

  init(_ frame: PageFrame, _ piles: Piles, for who: Principal) {
    self.frame = frame
    toSign = piles.toSign
    own = piles.own
    notices = piles.notices
    downloads = piles.downloads
    maySubmit = who.may(.submit)
    maySign = who.may(.signOff)
    requests = piles.requests
    hasRequests = !requests.isEmpty
    hasDownloads = !downloads.isEmpty
    hasToSign = !toSign.isEmpty
    hasOwn = !own.isEmpty
    hasNotices = !notices.isEmpty
  }
}

/// A request for data as a row of the desk.
struct RequestRow {
  let requestWords: String
  let requestReason: String
  let requestAt: String
  let requestState: String
  let tone: String
  let answerWords: String?

  init(
    _ proposal: Proposal, _ twoPersons: TwoPersons, _ messages: MessageCatalogue,
    for who: Principal
  ) {
    requestWords = twoPersons.words(proposal)[messages.language]
    requestReason = proposal.reason
    requestAt = SubmissionWords.minute(proposal.proposedAt)
    let isOwn = proposal.proposer == who.actor.id
    requestState = messages.text(
      isOwn ? "proposal_state_" + proposal.state.rawValue : "release_to_answer")
    tone =
      ["proposed": "act", "refused": "stop", "withdrawn": "inform"][proposal.state.rawValue]
      ?? "order"
    answerWords = proposal.decision.flatMap { $0.reason.isEmpty ? nil : $0.reason }
  }
}

/// The form a file is handed in with.
struct SubmissionFormView {
  struct Choice {
    let code: String
    let label: String
    let isChosen: Bool
  }

  let frame: PageFrame
  let datasets: [Choice]
  let problem: String?
  let validFrom: String
  let validUntil: String
  let reason: String
  let crs: String
  let isChanges: Bool
  let isIncrement: Bool
  /// The visitor may hand in changes only.
  let isBound: Bool
  let uploadLimitMB: Int
}

struct ProgressView {
  let address: String
  let phase: String
  let doneWords: String
}

/// One finding of the gate's report.
struct FindingRow {
  static let mostShown = 200
  private static let order = ["error", "warning", "info"]

  let rule: String
  let ruleTitle: String
  let severity: String
  let severityWord: String
  let tone: String
  let feature: String
  let message: String
  let place: String
  let hasPlace: Bool

  /// Errors first, otherwise in the report's order.
  static func rows(
    of report: JSONValue?, titles: [String: LocalizedText], _ messages: MessageCatalogue
  ) -> [FindingRow] {
    let all = report?["findings"]?.array ?? []
    return Self.order.flatMap { severity in
      all.filter { ($0["severity"]?.string ?? "info") == severity }
    }.prefix(mostShown).map { FindingRow($0, titles, messages) }
  }

  private init(
    _ finding: JSONValue, _ titles: [String: LocalizedText], _ messages: MessageCatalogue
  ) {
    let language = messages.language
    let spot = finding["place"]?.array?.compactMap(\.double) ?? []
    rule = finding["rule"]?.string ?? ""
    ruleTitle = titles[rule]?[language] ?? rule
    severity = finding["severity"]?.string ?? ""
    severityWord = messages.texts["quality_" + severity] ?? severity
    tone = Self.tone(severity)
    feature = finding["feature"]?.string ?? ""
    message = FigureText.areasGrouped(in: language.text(of: finding["message"]))
    place = spot.map { DecimalText.fixed($0, decimals: 6) }.joined(separator: ",")
    hasPlace = spot.count == 2
  }

  static func tone(_ severity: String) -> String {
    switch severity {
    case "error": "stop"
    case "warning": "act"
    default: "inform"
    }
  }
}

/// The page of one submission.
struct SubmissionView {
  struct Stage {
    let stageTitle: String
    let isDone: Bool
    let isCurrent: Bool
    let number: Int
  }

  struct Count {
    let rule: String
    let ruleTitle: String
    let count: Int
  }

  let frame: PageFrame
  let row: SubmissionRow
  let stages: [Stage]
  let reason: String
  let mode: String
  /// Others for the same ground, a sentence each.
  let rivals: [String]
  let validity: String
  let sourceSM3: String
  let dataset: String
  let validFrom: String
  let validUntil: String
  let modeCode: String
  let crs: String
  let problem: String?
  let progress: ProgressView?
  let report: String?
  let counts: [Count]
  let findings: [FindingRow]
  let hasFindings: Bool
  let hasPlaces: Bool
  let signature: String?
  let receipt: String?
  let reportSM3: String
  let maySign: Bool
  let signWords: String
  /// Why the reader cannot sign what waits for a signature.
  let waitWords: String?
  let mayCorrect: Bool
  let mayWithdraw: Bool
  let mayRepeat: Bool
}
