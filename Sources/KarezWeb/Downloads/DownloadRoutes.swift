import HTTPTypes
import Hummingbird
import KarezCore
import KarezReport
import KarezService
import KarezStore
import KarezWriting

/// Files of datasets for readers: small ones at once, large ones made by a job and fetched later.
struct DownloadRoutes: Sendable {
  /// A state of more features is written by a job.
  static let mostAtOnce = 20_000

  let portal: Portal
  let exports: ExportRoutes

  func add(to router: Router<WebContext>) {
    router.post("catalogue/{id}/download", use: order)
    router.post("catalogue/{id}/request", use: request)
    router.get("downloads/{name}", use: page)
    router.get("downloads/{name}/progress", use: progress)
    router.get("downloads/{name}/file", use: file)
  }

  @Sendable
  func order(_ request: Request, context: WebContext) async throws -> Response {
    let form = try await Form(request, by: context.visitor)
    let order = try Self.order(form, of: try context.parameters.require("id"))
    let today = try await portal.map.today()
    let asOf = AsOf(
      validOn: order.validOn ?? today.validOn,
      recorded: min(order.recorded ?? today.recorded, today.recorded))
    let record = try await portal.map.record(
      of: order.dataset, asOf: asOf, commits: 0, in: context.visitor.scope)
    guard record.item.summary.features > Self.mostAtOnce else {
      return try await exports.file(order, for: context.visitor)
    }
    let name = try await portal.map.orderDownload(order, by: context.visitor.principal)
    return .to("/downloads/\(name)")
  }

  /// Asks an officer for data beyond what this reader may download.
  @Sendable
  func request(_ request: Request, context: WebContext) async throws -> Response {
    let form = try await Form(request, by: context.visitor)
    guard let format = OutputFormat(rawValue: try form.required("format")) else {
      throw WebError.fieldInvalid(name: "format")
    }
    var order = ReleaseOrder(dataset: try context.parameters.require("id"), format: format)
    order.region = form["region"]
    if let text = form["validOn"] {
      guard let day = LegalDate(text) else { throw WebError.fieldInvalid(name: "validOn") }
      order.validOn = day
    }
    let purpose = try form.required("reason")
    guard purpose.count <= 400 else { throw WebError.fieldInvalid(name: "reason") }
    _ = try await portal.map.twoPersons.request(
      order, because: purpose, by: context.visitor.principal)
    return .to("/desk")
  }

  private static func order(
    _ form: Form, of dataset: String
  ) throws(WebError) -> ExportOrder {
    var order = ExportOrder(dataset: dataset, path: "")
    guard let format = OutputFormat(rawValue: try form.required("format")) else {
      throw .fieldInvalid(name: "format")
    }
    order.format = format
    if let text = form["validOn"] {
      guard let day = LegalDate(text) else { throw .fieldInvalid(name: "validOn") }
      order.validOn = day
    }
    if let text = form["recorded"] {
      guard let commit = Int(text).flatMap(CommitNumber.init) else {
        throw .fieldInvalid(name: "recorded")
      }
      order.recorded = commit
    }
    if let text = form["encoding"] {
      guard let encoding = WritingOptions.Encoding(rawValue: text) else {
        throw .fieldInvalid(name: "encoding")
      }
      order.encoding = encoding
    }
    order.crs = form["crs"]
    order.region = form["region"]
    return order
  }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let language = Asked(request).language
    let download = try await found(context)
    let schemas = try await portal.map.schemas(in: context.visitor.scope)
    let title = schemas.first { $0.id.text == download.dataset }?.title[language]
    let view = DownloadView(
      PageFrame(portal, request, context, at: .catalogue), download,
      title: title ?? download.dataset, portal.catalogues[language])
    return .html(try portal.render(view, with: "download"))
  }

  /// The part of the page that shows how far the work is; the whole page when it is done.
  @Sendable
  func progress(_ request: Request, context: WebContext) async throws -> Response {
    let download = try await found(context)
    guard !download.job.state.isOver else { return .refreshed }
    let messages = portal.catalogues[Asked(request).language]
    return .html(
      try portal.render(
        ProgressView(
          of: download.job, at: "/downloads/\(download.name)/progress", messages),
        with: "submission-progress"))
  }

  @Sendable
  func file(_ request: Request, context: WebContext) async throws -> Response {
    let download = try await found(context)
    guard let place = download.file else { throw WebError.notFound }
    return try .file(place, named: download.fileName, type: download.format.mediaType)
  }

  private func found(_ context: WebContext) async throws -> Download {
    try await portal.map.download(
      try context.parameters.require("name"), for: context.visitor.principal)
  }
}

extension Response {
  /// Has a page that shows progress loaded anew.
  static var refreshed: Response {
    var response = Response(status: .ok)
    if let name = HTTPField.Name("HX-Refresh") { response.headers[name] = "true" }
    return response
  }
}

extension ProgressView {
  /// How far a job is.
  init(of job: Job, at address: String, _ messages: MessageCatalogue) {
    let phase = job.progress.map { messages.texts["phase_" + $0.phase] ?? $0.phase }
    let done = job.progress.flatMap { progress in
      progress.done == 0
        ? nil
        : FigureText.count(progress.done)
          + (progress.total.map { " / " + FigureText.count($0) } ?? "")
    }
    self.init(
      address: address, phase: phase ?? messages.text("phase_waiting"), doneWords: done ?? "")
  }
}
