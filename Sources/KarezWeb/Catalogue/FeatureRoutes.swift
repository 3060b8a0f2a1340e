import Foundation
import Hummingbird
import KarezCore
import KarezPacks
import KarezService
import KarezStore

/// One feature: what a state shows of it, and everything that was ever recorded of it.
struct FeatureRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("catalogue/{id}/features", use: lookUp)
    router.get("catalogue/{id}/features/{feature}", use: page)
  }

  /// Leads to the feature whose identifier was typed.
  @Sendable
  func lookUp(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let dataset = try context.parameters.require("id")
    guard let feature = asked.text("feature")?.trimmingPrefix(while: \.isWhitespace),
      !feature.isEmpty
    else { return .to(CatalogueAddress(asked).dataset(dataset)) }
    return .to(CatalogueAddress(asked).feature(String(feature), in: dataset))
  }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let isEditing = Asked(request).text("tab") == "edit"
    return .html(try await html(request, context, editing: isEditing ? EditForm.State() : nil))
  }

  /// The page with its facts, its history, or the forms that change it.
  func html(
    _ request: Request, _ context: WebContext, editing state: EditForm.State?
  ) async throws -> String {
    let asked = Asked(request)
    let (asOf, today) = try await portal.state(asked)
    let scope = context.visitor.scope
    let name = try context.parameters.require("id")
    let id = try context.featureID
    let record = try await portal.map.record(of: name, asOf: asOf, commits: 0, in: scope)
    let history = try await portal.map.history(of: id, in: name, scope)
    let query = FeatureQuery(dataset: record.schema.id, asOf: asOf, id: id)
    let shown = try await portal.map.features(query, limit: 1, in: scope).features.first
    let frame = PageFrame(portal, request, context, at: .catalogue, day: (asOf.validOn, today))
    let words = CatalogueWords(portal, asked.language)
    var view = FeatureView(
      frame, record.schema, shown, history, isHistory: asked.text("tab") == "history", words,
      names: try await PersonNames(portal, words.messages), address: CatalogueAddress(asked))
    if context.visitor.principal.may(.submit), let shown {
      view.offerEdit(
        state.map { EditForm(shown, of: record.schema, on: asOf.validOn, $0, words) })
    }
    return try portal.render(view, with: "feature")
  }
}

extension WebContext {
  /// The feature an address names; the router leaves its percent-encoding in place.
  var featureID: String {
    get throws {
      let text = try parameters.require("feature")
      guard let id = text.removingPercentEncoding else { throw WebError.notFound }
      return id
    }
  }
}
