import Hummingbird
import KarezCore
import KarezService

/// `/api/v1/catalogue`: the tree of themes and the datasets, searched and by theme.
struct CatalogueRoutes: Sendable {
  /// More than any title has; a longer question is a mistake.
  static let longestSearch = 100

  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("api/v1/catalogue", use: catalogue)
  }

  @Sendable
  func catalogue(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let search = asked.text("search")
    guard (search?.count ?? 0) <= Self.longestSearch else {
      throw WebError.fieldInvalid(name: "search")
    }
    let today = try await portal.map.today()
    let recorded = try asked.commit("recorded") ?? today.recorded
    guard recorded <= today.recorded else { throw WebError.fieldInvalid(name: "recorded") }
    let asOf = AsOf(validOn: try asked.day("validOn") ?? today.validOn, recorded: recorded)
    let listing = try await portal.map.listing(
      CatalogueQuestion(search: search, theme: asked.text("theme")), asOf: asOf,
      in: context.visitor.scope)
    return .json(listing.json)
  }
}
