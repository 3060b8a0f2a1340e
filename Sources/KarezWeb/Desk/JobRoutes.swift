import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService

/// The jobs: what waits, what runs and how far it is, what was given up.
struct JobRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("jobs", use: page)
    router.get("jobs/rows", use: rows)
    router.post("jobs/cancel", use: cancel)
    router.get("api/v1/jobs", use: list)
  }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let view = JobsView(
      frame: PageFrame(portal, request, context, at: .jobs),
      rows: try await jobRows(request, context))
    return .html(try portal.render(view, with: "jobs"))
  }

  @Sendable
  func rows(_ request: Request, context: WebContext) async throws -> Response {
    .html(try portal.render(try await jobRows(request, context), with: "job-rows"))
  }

  @Sendable
  func cancel(_ request: Request, context: WebContext) async throws -> Response {
    let form = try await Form(request, by: context.visitor)
    try await portal.map.cancelJob(
      try form.required("job"), by: context.visitor.principal)
    return .to("/jobs")
  }

  @Sendable
  func list(_ request: Request, context: WebContext) async throws -> Response {
    .json(.array(try await visible(to: context.visitor).map(\.json)))
  }

  /// All to whoever looks after jobs; to others their own.
  private func visible(to visitor: Visitor) async throws -> [Job] {
    try await portal.map.jobs(for: visitor.principal).sorted {
      ($0.state.isOver ? 1 : 0, $1.createdAt) < ($1.state.isOver ? 1 : 0, $0.createdAt)
    }
  }

  private func jobRows(_ request: Request, _ context: WebContext) async throws -> JobRowsView {
    let language = Asked(request).language
    let messages = portal.catalogues[language]
    let visitor = context.visitor
    let accounts = try await portal.gate.accounts.all()
    let rows = try await visible(to: visitor).prefix(100).map { job in
      let isOwn = job.requestedBy == visitor.actor.id
      return JobRow(
        job, messages, sender: accounts.first { $0.id == job.requestedBy }?.name,
        mayCancel: !job.state.isOver && (isOwn || visitor.principal.may(.manageJobs)))
    }
    return JobRowsView(
      t: messages.texts, jobs: Array(rows), hasJobs: !rows.isEmpty, formKey: visitor.formKey)
  }
}

struct JobsView {
  let frame: PageFrame
  let rows: JobRowsView
}

struct JobRowsView {
  let t: [String: String]
  let jobs: [JobRow]
  let hasJobs: Bool
  let formKey: String
}

struct JobRow {
  let id: String
  let jobTitle: String
  let stateWords: String
  let tone: String
  let sender: String?
  let phase: String?
  let doneWords: String
  let problem: String?
  let mayCancel: Bool
  /// When it ended, or was asked for.
  let at: String

  init(_ job: Job, _ messages: MessageCatalogue, sender: String?, mayCancel: Bool) {
    id = job.id
    at = SubmissionWords.minute((job.endedAt ?? job.createdAt).description)
    self.sender = sender
    self.mayCancel = mayCancel
    let titleKey = "job_" + job.handler.replacing("-", with: "_")
    jobTitle = messages.texts[titleKey] ?? job.handler
    stateWords = messages.texts["job_state_" + job.state.rawValue] ?? job.state.rawValue
    tone =
      switch job.state {
      case .queued, .cancelled: "inform"
      case .running: "act"
      case .done: "order"
      case .failed: "stop"
      }
    phase =
      job.state == .running
      ? job.progress.map { messages.texts["phase_" + $0.phase] ?? $0.phase } : nil
    doneWords =
      job.progress.map { progress in
        String(progress.done) + (progress.total.map { " / \($0)" } ?? "")
      } ?? ""
    let lines = job.state == .failed || job.state == .queued ? job.problem?["message"] : nil
    problem = lines.map { messages.language.text(of: $0) }
  }
}
