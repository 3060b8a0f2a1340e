import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezService

/// `/scope`: what a cache in front of the server has to keep answers apart by.
///
/// Readers with the same mark are given the same; it tells nothing of what that is. A cache asks
/// before each answer it would give, so that whoever has signed out gets none.
struct ScopeRoutes: Sendable {
  static let path = "/scope"
  private static let header = "Karez-Scope"

  let portal: Portal

  func add(to router: Router<WebContext>) { router.get("scope", use: scope) }

  @Sendable
  func scope(_ request: Request, context: WebContext) async throws -> Response {
    let visitor = context.visitor
    guard visitor.principal.may(.view), !visitor.mustChangePassword, !visitor.mustEnrol else {
      throw WebError.signInNeeded
    }
    var response = Response(status: .noContent)
    if let field = HTTPField.Name(Self.header) {
      response.headers[field] = portal.gate.accounts.mark(of: visitor.scope)
    }
    return response
  }
}
