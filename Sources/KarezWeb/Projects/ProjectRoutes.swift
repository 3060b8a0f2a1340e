import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezWorkflow

/// `/projects`: a project along its chain of procedures; and as data.
struct ProjectRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("projects", use: page)
    router.get("api/v1/projects", use: one)
  }

  private static func code(_ asked: Asked) throws(WebError) -> String? {
    guard let text = asked.text("code"), !text.isEmpty else { return nil }
    guard text.utf8.count <= 64 else { throw .fieldInvalid(name: "code") }
    return text
  }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let words = try await CaseWords(portal, asked.language)
    let code = try Self.code(asked)
    let chain = try asked.code("chain")
    var found: ProjectView?
    var problem: Problem?
    if let code {
      do {
        found = try await portal.map.projects.project(
          code, along: chain, for: context.visitor.principal)
      } catch {
        problem = error
      }
    }
    let view = ProjectPageView(
      PageFrame(portal, request, context, at: .desk), portal, code ?? "", found, problem, words)
    return .html(
      try portal.render(view, with: "project"),
      problem.map { HTTPResponse.Status(code: $0.httpStatus) } ?? .ok)
  }

  @Sendable
  func one(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    guard let code = try Self.code(asked) else { throw WebError.fieldInvalid(name: "code") }
    let view = try await portal.map.projects.project(
      code, along: try asked.code("chain"), for: context.visitor.principal)
    return .json(view.json(portal.map.packs.procedures))
  }
}
