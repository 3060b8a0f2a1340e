import Hummingbird
import KarezCore
import KarezReport
import KarezService

/// `/search`: what the box in the header finds, as a page and for the box itself.
struct SearchRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("search", use: page)
    router.get("api/v1/search", use: answer)
  }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let question = asked.text("q") ?? ""
    let frame = PageFrame(portal, request, context)
    let view = SearchView(
      frame, question, groups: try await groups(question, asked, context),
      portal.catalogues[asked.language])
    return .html(try portal.render(view, with: "search"))
  }

  @Sendable
  func answer(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let question = asked.text("q") ?? ""
    let groups = try await groups(question, asked, context)
    return .json(
      .object([
        "question": .string(question), "groups": .array(groups.map(\.json)),
      ]))
  }

  private func groups(
    _ question: String, _ asked: Asked, _ context: WebContext
  ) async throws -> [SearchGroup] {
    guard question.count <= OneMap.longestQuestion else {
      throw WebError.fieldInvalid(name: "q")
    }
    guard OneMap.isQuestion(question) else { return [] }
    let answer = try await portal.work.run {
      try await portal.map.search(question, for: context.visitor.principal)
    }
    return SearchGroup.groups(of: answer, CatalogueWords(portal, asked.language))
  }
}
