import Hummingbird
import KarezCore
import KarezPacks
import KarezService
import KarezWorkflow

/// `/services`: what may be applied for, with what, and how long it takes; for everybody.
struct ServiceRoutes: Sendable {
  static let path = "/services"
  static let dataPath = "/api/v1/services"

  let portal: Portal

  private var publicCases: PublicCases { portal.map.publicCases }

  func add(to router: Router<WebContext>) {
    router.get("services", use: page)
    router.get("services/{pack}/{id}", use: service)
    router.get("api/v1/services", use: list)
    router.get("api/v1/services/{pack}/{id}", use: one)
  }

  /// Whether an address is one of these, or below one.
  static func isPublic(_ path: String) -> Bool {
    [Self.path, dataPath].contains { path == $0 || path.hasPrefix($0 + "/") }
  }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let view = ServiceListView(
      PageFrame(portal, request, context), try publicCases.services(),
      ServiceWords(portal, Asked(request).language))
    return .html(try portal.render(view, with: "services"))
  }

  @Sendable
  func service(_ request: Request, context: WebContext) async throws -> Response {
    let definition = try publicCases.service(try Self.id(context))
    let words = ServiceWords(portal, Asked(request).language)
    let view = ServiceView(
      PageFrame(portal, request, context), definition,
      mayApply: portal.map.packs.form(of: definition.id) != nil,
      grades: try await publicCases.grades(of: definition.id).map {
        ServiceView.Grade(gradeTitle: $0.grade.name[words.language], gradeCount: $0.count)
      }, words)
    return .html(try portal.render(view, with: "service"))
  }

  private static func id(_ context: WebContext) throws -> String {
    try context.parameters.require("pack") + "/" + context.parameters.require("id")
  }

  // MARK: For programs

  @Sendable
  func list(_ request: Request, context: WebContext) async throws -> Response {
    .json(.object(["services": .array(try publicCases.services().map(\.guide))]))
  }

  @Sendable
  func one(_ request: Request, context: WebContext) async throws -> Response {
    .json(try publicCases.service(try Self.id(context)).guide)
  }
}
