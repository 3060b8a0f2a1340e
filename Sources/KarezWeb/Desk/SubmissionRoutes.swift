import Foundation
import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezStore

/// The desk, and the pages of submissions.
struct SubmissionRoutes: Sendable {
  let portal: Portal

  private var submissions: Submissions { portal.map.submissions }

  func add(to router: Router<WebContext>) {
    router.get("desk", use: desk)
    router.post("desk/read", use: readNotice)
    router.get("submissions/new", use: newPage)
    router.post("submissions", use: submit)
    router.get("submissions/{id}", use: page)
    router.get("submissions/{id}/progress", use: progress)
    router.get("submissions/{id}/report.json", use: report)
    router.post("submissions/{id}/{act}", use: act)
    router.get("api/v1/submissions", use: list)
    router.get("api/v1/submissions/{id}", use: one)
  }

  // MARK: The desk

  @Sendable
  func desk(_ request: Request, context: WebContext) async throws -> Response {
    let who = context.visitor.principal
    let words = try await SubmissionWords(portal, Asked(request).language, for: context.visitor)
    let piles = DeskView.Piles(
      toSign: try await submissions.toSign(by: who).map(words.row),
      own: try await submissions.own(of: who).map(words.row),
      notices: try await submissions.notices(for: who).map(words.notice),
      downloads: try await portal.map.downloads(of: who).map(words.download),
      requests: try await requests(for: who, Asked(request).language))
    let view = DeskView(PageFrame(portal, request, context, at: .desk), piles, for: who)
    return .html(try portal.render(view, with: "desk"))
  }

  /// Requests for data: those to answer, then one's own.
  private func requests(
    for who: Principal, _ language: Language
  ) async throws -> [RequestRow] {
    let twoPersons = portal.map.twoPersons
    let messages = portal.catalogues[language]
    let toAnswer = try await twoPersons.requestsToAnswer(by: who)
    let own = try await twoPersons.requests(of: who)
    return (toAnswer + own).map { RequestRow($0, twoPersons, messages, for: who) }
  }

  @Sendable
  func readNotice(_ request: Request, context: WebContext) async throws -> Response {
    let form = try await Form(request, by: context.visitor)
    try await submissions.read(try form.required("notice"), by: context.visitor.principal)
    return .to("/desk")
  }

  // MARK: Handing in

  @Sendable
  func newPage(_ request: Request, context: WebContext) async throws -> Response {
    .html(try await form(request, context, problem: nil, fields: [:]))
  }

  @Sendable
  func submit(_ request: Request, context: WebContext) async throws -> Response {
    let upload = try await Self.upload(request, to: portal)
    defer { upload.discard() }
    _ = try Form(fields: upload.fields, by: context.visitor)
    do throws(Problem) {
      let made = try await submissions.submit(
        try Self.order(upload), by: context.visitor.principal)
      return .to("/submissions/\(made.id)")
    } catch {
      guard [.refused, .usage, .notFound].contains(error.kind) else { throw error }
      let html = try await form(request, context, problem: error, fields: upload.fields)
      return .html(html, .unprocessableContent)
    }
  }

  static func upload(_ request: Request, to portal: Portal) async throws -> Upload {
    let type = request.headers[.contentType] ?? ""
    guard let boundary = MultipartParser.boundary(ofContentType: type) else {
      throw WebError.mediaTypeUnsupported(type)
    }
    var upload = Upload()
    do {
      try await upload.read(
        request, boundary: boundary, folder: portal.map.data.appending(path: "uploads"))
    } catch {
      upload.discard()
      throw error
    }
    return upload
  }

  private static func order(_ upload: Upload) throws(Problem) -> SubmissionOrder {
    let fields = upload.fields
    guard let file = upload.file else { throw WebError.fileMissing.response.problem }
    guard let from = LegalDate(fields["validFrom"] ?? "") else {
      throw WebError.fieldInvalid(name: "validFrom").response.problem
    }
    var order = SubmissionOrder(
      dataset: fields["dataset"] ?? "", path: file.path, name: file.name, validFrom: from,
      reason: (fields["reason"] ?? "").trimmingCharacters(in: .whitespacesAndNewlines))
    if let until = fields["validUntil"], !until.isEmpty {
      guard let day = LegalDate(until) else {
        throw WebError.fieldInvalid(name: "validUntil").response.problem
      }
      order.validUntil = day
    }
    order.mode = fields["mode"].flatMap { CommitMode(submitted: $0) } ?? .state
    if let crs = fields["crs"], !crs.isEmpty { order.crs = crs }
    if let layer = fields["layer"], !layer.isEmpty { order.layer = layer }
    return order
  }

  private func form(
    _ request: Request, _ context: WebContext, problem: Problem?, fields: [String: String]
  ) async throws -> String {
    let language = Asked(request).language
    let chosen = fields["dataset"] ?? Asked(request).text("dataset")
    let schemas = try await portal.map.schemas(in: context.visitor.scope)
    let today = try await portal.map.today().validOn.description
    let view = SubmissionFormView(
      frame: PageFrame(portal, request, context, at: .desk),
      datasets: schemas.map {
        SubmissionFormView.Choice(
          code: $0.id.text, label: $0.title[language], isChosen: $0.id.text == chosen)
      },
      problem: problem?.line(in: language), validFrom: fields["validFrom"] ?? today,
      validUntil: fields["validUntil"] ?? "", reason: fields["reason"] ?? "",
      crs: fields["crs"] ?? "", isChanges: fields["mode"] == CommitMode.changes.submitted,
      isIncrement: fields["mode"] == CommitMode.versions.submitted,
      isBound: context.visitor.scope.regionPrefixes != nil,
      uploadLimitMB: Upload.maximumBytes >> 20)
    return try portal.render(view, with: "submission-form")
  }

  // MARK: One submission

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let found = try await found(context)
    let words = try await SubmissionWords(portal, Asked(request).language, for: context.visitor)
    let view = try await words.page(
      found, frame: PageFrame(portal, request, context, at: .desk),
      report: submissions.report(on: found), job: try await job(of: found))
    return .html(try portal.render(view, with: "submission"))
  }

  /// The part of the page that shows how far the work is; the whole page when it is done.
  @Sendable
  func progress(_ request: Request, context: WebContext) async throws -> Response {
    let found = try await found(context)
    let language = Asked(request).language
    let words = try await SubmissionWords(portal, language, for: context.visitor)
    guard [.submitted, .signed].contains(found.state) else { return .refreshed }
    let view = words.progress(of: found, job: try await job(of: found))
    return .html(try portal.render(view, with: "submission-progress"))
  }

  @Sendable
  func report(_ request: Request, context: WebContext) async throws -> Response {
    guard let report = submissions.report(on: try await found(context)) else {
      throw WebError.notFound
    }
    return .json(report)
  }

  @Sendable
  func act(_ request: Request, context: WebContext) async throws -> Response {
    let id = try context.parameters.require("id")
    let who = context.visitor.principal
    switch try context.parameters.require("act") {
    case "correct":
      let upload = try await Self.upload(request, to: portal)
      defer { upload.discard() }
      _ = try Form(fields: upload.fields, by: context.visitor)
      _ = try await submissions.correct(id, with: try Self.order(upload), by: who)
    case "sign":
      let form = try await Form(request, by: context.visitor)
      _ = try await submissions.sign(id, report: try form.required("report"), by: who)
    case "withdraw":
      _ = try await Form(request, by: context.visitor)
      _ = try await submissions.withdraw(id, by: who)
    case "again":
      _ = try await Form(request, by: context.visitor)
      _ = try await submissions.examineAgain(id, by: who)
    default: throw WebError.notFound
    }
    return .to("/submissions/\(id)")
  }

  private func found(_ context: WebContext) async throws -> Submission {
    let id = try context.parameters.require("id")
    return try await submissions.submission(id, for: context.visitor.principal)
  }

  private func job(of submission: Submission) async throws -> Job? {
    let handler = submission.state == .signed ? "commit" : "gate"
    return try await portal.map.jobs.job("\(handler)/\(submission.id)/\(submission.round)")
  }

  // MARK: For programs

  @Sendable
  func list(_ request: Request, context: WebContext) async throws -> Response {
    .json(.array(try await submissions.all(for: context.visitor.principal).map(\.json)))
  }

  @Sendable
  func one(_ request: Request, context: WebContext) async throws -> Response {
    .json(try await found(context).json)
  }
}
