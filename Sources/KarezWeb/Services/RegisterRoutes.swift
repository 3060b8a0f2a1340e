import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezService

/// `/register`: applications and decisions, for everybody; nobody's name and no document.
struct RegisterRoutes: Sendable {
  static let path = "/register"
  static let filePath = "/register.csv"
  static let dataPath = "/api/v1/register"
  private static let rowsOnPage = 25
  private static let mostRows = 1_000

  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("register", use: page)
    router.get("register.csv", use: file)
    router.get("api/v1/register", use: list)
  }

  static func isPublic(_ path: String) -> Bool {
    [Self.path, filePath, dataPath].contains(path)
  }

  private func register(
    _ asked: Asked, limit: Int
  ) async throws -> (CaseRegister, CaseRegister.Filter) {
    var filter = CaseRegister.Filter(procedure: try asked.code("procedure", allowing: "/"))
    if let county = try asked.code("county") {
      guard county.utf8.count == 6, county.allSatisfy(\.isNumber) else {
        throw WebError.fieldInvalid(name: "county")
      }
      filter.county = county
    }
    let found = try await portal.map.publicCases.register(
      filter, after: try asked.code("after"), limit: limit)
    return (found, filter)
  }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let words = ServiceWords(portal, asked.language)
    let (found, filter) = try await register(asked, limit: Self.rowsOnPage)
    let view = RegisterView(
      PageFrame(portal, request, context), found, filter, asked,
      procedures: portal.map.publicCases.registered(),
      counties: (portal.map.region?.counties ?? []).map { ($0.code, $0.name[words.language]) },
      words)
    return .html(try portal.render(view, with: "register"))
  }

  @Sendable
  func file(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let limit = try asked.limit(standard: Self.mostRows, maximum: Self.mostRows)
    let (found, _) = try await register(asked, limit: limit)
    let words = ServiceWords(portal, asked.language)
    var response = Response.bytes(
      RegisterView.file(found, words), type: "text/csv; charset=utf-8; header=present")
    response.headers[.contentDisposition] = "attachment; filename=\"karez-register.csv\""
    if let next = found.next, let link = HTTPField.Name("Link") {
      let address = asked.address(setting: "after", to: next)
      response.headers[link] = "<\(address)>; rel=\"next\""
    }
    return response
  }

  @Sendable
  func list(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let limit = try asked.limit(standard: 50, maximum: 200)
    return .json(try await register(asked, limit: limit).0.json)
  }
}
