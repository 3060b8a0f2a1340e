import HTTPTypes
import Hummingbird
import KarezCore
import KarezReport
import KarezService

/// The pages: the portal, and an answer as page, PDF and JSON.
struct PageRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("/", use: home)
    router.get("answers/{file}", use: answer)
  }

  @Sendable
  func home(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let language = asked.language
    let today = try await portal.map.today()
    var shown: PanelView?
    if let id = asked.text("answer") {
      let answer = try await portal.map.answer(id: id, in: context.visitor.scope)
      shown = try await PanelView(answer, portal, language, for: context.visitor)
    }
    let (asOf, _) = try await portal.state(asked)
    let frame = PageFrame(
      portal, request, context, at: .map, day: (asOf.validOn, today.validOn),
      last: today.recorded)
    let view = try await PortalView(
      frame, portal: portal, language: language, asOf: asOf, today: today,
      answer: shown, in: context.visitor.scope)
    return .html(try portal.render(view, with: "portal"))
  }

  /// `/answers/{id}`, `/answers/{id}.json` and `/answers/{id}.pdf`.
  @Sendable
  func answer(_ request: Request, context: WebContext) async throws -> Response {
    let file = try context.parameters.require("file")
    let parts = file.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let id = parts.first else { throw WebError.notFound }
    let answer = try await portal.map.answer(id: String(id), in: context.visitor.scope)
    let views = AnswerViews(answer: answer, map: portal.map, language: Asked(request).language)
    var response: Response
    switch parts.count == 2 ? parts[1] : "" {
    case "": return .html(try await views.html(isLinked: true, in: context.visitor.scope))
    case "json": response = .bytes(Array(views.json().utf8), type: "application/json")
    case "pdf":
      let sheet = try await portal.work.run { try await views.pdf(in: context.visitor.scope) }
      response = .bytes(sheet, type: "application/pdf")
    default: throw WebError.notFound
    }
    if Asked(request).text("download") == "true" {
      response.headers[.contentDisposition] = "attachment; filename=\"karez-\(file)\""
    }
    return response
  }
}
