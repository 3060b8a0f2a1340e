import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezStore

/// Submissions in the words of one reader.
struct SubmissionWords {
  let messages: MessageCatalogue
  let visitor: Visitor
  private let submissions: Submissions
  private let titles: [String: String]
  private let rules: @Sendable (String) -> [String: LocalizedText]
  private let names: PersonNames

  init(_ portal: Portal, _ language: Language, for visitor: Visitor) async throws {
    messages = portal.catalogues[language]
    submissions = portal.map.submissions
    self.visitor = visitor
    let schemas = try await portal.map.schemas(in: visitor.scope)
    titles = Dictionary(schemas.map { ($0.id.text, $0.title[language]) }) { first, _ in first }
    names = try await PersonNames(portal, messages)
    let submissions = portal.map.submissions
    rules = { submissions.ruleTitles(of: $0) }
  }

  func state(_ state: Submission.State) -> String {
    switch state {
    case .submitted: messages.text("submission_submitted")
    case .toCorrect: messages.text("submission_to_correct")
    case .toSign: messages.text("submission_to_sign")
    case .signed: messages.text("submission_signed")
    case .committed: messages.text("submission_committed")
    case .conflicted: messages.text("submission_conflicted")
    case .stalled: messages.text("submission_stalled")
    case .withdrawn: messages.text("submission_withdrawn")
    }
  }

  /// Which of the four tones the state is shown in.
  private func tone(_ state: Submission.State) -> String {
    switch state {
    case .toCorrect, .stalled: "stop"
    case .conflicted, .toSign: "act"
    case .committed: "order"
    case .submitted, .signed, .withdrawn: "inform"
    }
  }

  func row(_ submission: Submission) -> SubmissionRow {
    SubmissionRow(
      address: "/submissions/\(submission.id)", id: submission.id,
      datasetTitle: titles[submission.dataset] ?? submission.dataset,
      stateWords: state(submission.state), tone: tone(submission.state),
      sender: names[submission.submitter], sourceName: submission.source.name,
      submittedAt: Self.minute(submission.submittedAt),
      due: submission.due.map(Self.minute))
  }

  func download(_ download: Download) -> DownloadRow {
    DownloadRow(download, title: titles[download.dataset] ?? download.dataset, messages)
  }

  func notice(_ notice: Notice) -> NoticeRow {
    NoticeRow(
      noticeID: notice.id, address: "/submissions/\(notice.submission)",
      noticeWords: messages.text(
        "notice_submission",
        [
          "id": notice.submission, "dataset": titles[notice.dataset] ?? notice.dataset,
          "state": state(notice.state),
        ]), noticeAt: Self.minute(notice.at), tone: tone(notice.state))
  }

  func progress(of submission: Submission, job: Job?) -> ProgressView {
    let done = job?.progress.map { String($0.done) } ?? ""
    let phase =
      switch job?.progress?.phase {
      case "read": messages.text("phase_read")
      case "gate": messages.text("phase_gate")
      default: messages.text("phase_waiting")
      }
    return ProgressView(
      address: "/submissions/\(submission.id)/progress", phase: phase, doneWords: done)
  }

  func page(
    _ submission: Submission, frame: PageFrame, report: JSONValue?, job: Job?
  ) async throws -> SubmissionView {
    let refusal = submissions.refusal(of: visitor.principal, on: submission)
    let isSender = submission.senders.contains(visitor.actor.id)
    let isOpen = !submission.state.isOver && submission.state != .signed
    let rules = rules(submission.dataset)
    let findings = FindingRow.rows(of: report, titles: rules, messages)
    return SubmissionView(
      frame: frame, row: row(submission), stages: stages(submission),
      reason: submission.reason, mode: messages.text("mode_" + submission.mode.submitted),
      rivals: submission.state.isOver
        ? [] : (submission.verdict?.rivals ?? []).map { $0.line(in: messages.language) },
      validity: submission.validFrom.description
        + (submission.validUntil.map { " – \($0)" } ?? ""),
      sourceSM3: submission.source.sm3, dataset: submission.dataset,
      validFrom: submission.validFrom.description,
      validUntil: submission.validUntil?.description ?? "", modeCode: submission.mode.submitted,
      crs: submission.crs ?? "",
      problem: Self.problem(submission.problem, in: messages.language),
      progress: [.submitted, .signed].contains(submission.state)
        ? progress(of: submission, job: job) : nil,
      report: report == nil ? nil : verdict(submission),
      counts: (submission.verdict?.counts ?? [:]).sorted { $0.key < $1.key }.map {
        SubmissionView.Count(
          rule: $0.key, ruleTitle: rules[$0.key]?[messages.language] ?? $0.key, count: $0.value)
      },
      findings: findings, hasFindings: !findings.isEmpty,
      hasPlaces: findings.contains(where: \.hasPlace),
      signature: submission.signature.map {
        messages.text(
          "signed_by", ["name": names[$0.by], "at": Self.minute($0.at)])
      },
      receipt: receipt(submission), reportSM3: submission.verdict?.sm3 ?? "",
      maySign: refusal == nil, signWords: signWords(submission),
      waitWords: submission.state == .toSign && refusal != nil
        ? refusal.map { $0.line(in: messages.language) } : nil,
      mayCorrect: isOpen && isSender && visitor.principal.may(.submit),
      mayWithdraw: isOpen && isSender,
      mayRepeat: [.conflicted, .stalled].contains(submission.state)
        && (visitor.principal.may(.submit) || visitor.principal.may(.signOff)))
  }

  private func verdict(_ submission: Submission) -> String? {
    guard let verdict = submission.verdict else { return nil }
    if verdict.counts.isEmpty {
      return messages.text("gate_spotless", ["count": FigureText.count(verdict.examined)])
    }
    return messages.text(
      verdict.blocking.isEmpty ? "gate_clean" : "gate_blocked",
      [
        "count": String(verdict.examined),
        "rules": String((verdict.blocking.isEmpty ? verdict.counts.count : verdict.blocking.count)),
      ])
  }

  private func receipt(_ submission: Submission) -> String? {
    guard let receipt = submission.receipt else { return nil }
    guard let commit = receipt.commit else { return messages.text("receipt_unchanged") }
    return messages.text(
      "receipt",
      [
        "commit": commit.description, "inserted": String(receipt.inserted),
        "changed": String(receipt.changed), "ended": String(receipt.ended),
      ])
  }

  private func signWords(_ submission: Submission) -> String {
    let values = [
      "name": visitor.principal.name ?? messages.text("visitor_operator"),
      "count": String(submission.verdict?.examined ?? 0),
      "dataset": titles[submission.dataset] ?? submission.dataset,
      "from": submission.validFrom.description,
    ]
    return messages.text("sign_" + submission.mode.submitted, values)
  }

  private func stages(_ submission: Submission) -> [SubmissionView.Stage] {
    let reached =
      switch submission.state {
      case .submitted: 1
      case .toCorrect, .stalled, .conflicted: 1
      case .toSign: 2
      case .signed: 3
      case .committed: 4
      case .withdrawn: 0
      }
    let words = ["stage_submit", "stage_gate", "stage_sign", "stage_commit"].map {
      messages.texts[$0] ?? $0
    }
    return words.enumerated().map { index, title in
      SubmissionView.Stage(
        stageTitle: title, isDone: index < reached, isCurrent: index == reached,
        number: index + 1)
    }
  }

  private static func problem(_ json: JSONValue?, in language: Language) -> String? {
    let text = language.text(of: json?["message"])
    return text.isEmpty ? nil : text
  }

  /// A moment to the minute, in the country's own time.
  static func minute(_ text: String) -> String {
    guard let moment = Timestamp(text) else { return text }
    return String(moment.adding(seconds: Clock.secondsEast).description.prefix(16))
      .replacing("T", with: " ")
  }
}
