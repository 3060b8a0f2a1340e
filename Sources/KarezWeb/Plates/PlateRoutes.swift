import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezStore

/// `/print`: an official map composed, looked at, and printed.
struct PlateRoutes: Sendable {
  /// Of the picture on the page, in pixels.
  private static let previewWidth = 1_400

  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("print", use: page)
    router.get("print/preview.png", use: preview)
    router.get("print/sheet.pdf", use: sheet)
  }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let (asOf, today) = try await portal.state(asked)
    let form = try PlateForm(asked, asOf)
    let scope = context.visitor.scope
    let catalogue = try await portal.map.catalogue(asOf: asOf, in: scope)
      .filter { $0.commit != .none && $0.schema.geometry != .none }
    var making: PlateMaking?
    var problem: Problem?
    if !form.order.layers.isEmpty {
      do throws(Problem) {
        making = try await PlateMaking(
          form.order, map: portal.map, language: asked.language, in: scope)
      } catch {
        // What cannot be drawn is said beside the form; what is not there, as everywhere.
        guard error.kind == .refused || error.kind == .usage else { throw error }
        problem = error
      }
    }
    let frame = PageFrame(
      portal, request, context, at: .catalogue, day: (asOf.validOn, today))
    let view = PlateView(
      frame, form, making, problem: problem, catalogue, CatalogueWords(portal, asked.language),
      counties: portal.map.region?.counties ?? [])
    return .html(try portal.render(view, with: "print"))
  }

  @Sendable
  func preview(_ request: Request, context: WebContext) async throws -> Response {
    let scope = context.visitor.scope
    let bytes = try await portal.work.run {
      try await making(request, context).png(width: Self.previewWidth, in: scope)
    }
    return .bytes(bytes, type: "image/png")
  }

  @Sendable
  func sheet(_ request: Request, context: WebContext) async throws -> Response {
    let visitor = context.visitor
    let bytes = try await portal.work.run {
      try await making(request, context).pdf(by: visitor.actor, in: visitor.scope)
    }
    var response = Response.bytes(bytes, type: "application/pdf")
    response.headers[.contentDisposition] = "attachment; filename=\"karez-map.pdf\""
    return response
  }

  private func making(_ request: Request, _ context: WebContext) async throws -> PlateMaking {
    let asked = Asked(request)
    let form = try PlateForm(asked, try await portal.state(asked).asOf)
    guard !form.order.layers.isEmpty else { throw WebError.fieldInvalid(name: "layers") }
    return try await PlateMaking(
      form.order, map: portal.map, language: asked.language, in: context.visitor.scope)
  }
}
