import Foundation
import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService

/// `/cases/deputies` and `/api/v1/deputies`: who acts in cases for somebody who is away.
struct DeputyRoutes: Sendable {
  /// Acts of deputies the page shows.
  private static let actsShown = 100

  let portal: Portal

  private var deputies: Deputies { portal.map.deputies }

  func add(to router: Router<WebContext>) {
    router.get("cases/deputies", use: page)
    router.post("cases/deputies", use: name)
    router.post("cases/deputies/revoke", use: revoke)
    router.get("api/v1/deputies", use: list)
    router.post("api/v1/deputies", use: add)
    router.post("api/v1/deputies/{id}/revocation", use: end)
  }

  // MARK: Pages

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    try await show(nil, request, context)
  }

  private func show(
    _ problem: Problem?, _ request: Request, _ context: WebContext
  ) async throws -> Response {
    let who = context.visitor.principal
    let words = try await CaseWords(portal, Asked(request).language)
    let isOfficer = who.name != nil && !portal.map.cases.roles(of: who).isEmpty
    let view = DeputiesView(
      PageFrame(portal, request, context, at: .desk), portal,
      DeputiesView.Found(
        deputies: try await deputies.list(for: who),
        acts: try await deputies.acts(limit: Self.actsShown, for: who),
        candidates: isOfficer ? try await deputies.candidates(for: who) : [],
        isOfficer: isOfficer, reader: who),
      problem, words)
    return .html(
      try portal.render(view, with: "deputies"),
      problem.map { HTTPResponse.Status(code: $0.httpStatus) } ?? .ok)
  }

  @Sendable
  func name(_ request: Request, context: WebContext) async throws -> Response {
    let form = try await Form(request, by: context.visitor)
    var order = try Self.order { form[$0] }
    order.procedures = form.texts(beginning: "procedure:").keys.sorted()
    do {
      try await deputies.name(order, by: context.visitor.principal)
    } catch {
      return try await show(error, request, context)
    }
    return .to("/cases/deputies")
  }

  @Sendable
  func revoke(_ request: Request, context: WebContext) async throws -> Response {
    let form = try await Form(request, by: context.visitor)
    try await deputies.revoke(try form.required("deputy"), by: context.visitor.principal)
    return .to("/cases/deputies")
  }

  private static func order(
    _ text: (String) -> String?
  ) throws(WebError) -> DeputyOrder {
    guard let deputy = text("deputy"), !deputy.isEmpty, deputy.utf8.count <= 128 else {
      throw .fieldInvalid(name: "deputy")
    }
    guard let from = text("from").flatMap({ LegalDate($0) }) else {
      throw .fieldInvalid(name: "from")
    }
    guard let through = text("through").flatMap({ LegalDate($0) }) else {
      throw .fieldInvalid(name: "through")
    }
    var order = DeputyOrder(deputy: deputy, from: from, through: through)
    order.reason = text("reason") ?? ""
    return order
  }

  // MARK: For programs

  @Sendable
  func list(_ request: Request, context: WebContext) async throws -> Response {
    let who = context.visitor.principal
    let acts = try await deputies.acts(limit: Self.actsShown, for: who)
    return .json(
      .object([
        "deputies": .array(try await deputies.list(for: who).map(\.json)),
        "acts": .array(acts.map(\.json)),
      ]))
  }

  @Sendable
  func add(_ request: Request, context: WebContext) async throws -> Response {
    let members = try await request.jsonMembers(
      known: ["deputy", "from", "through", "procedures", "reason"])
    var order = try Self.order { members[$0]?.string }
    if let procedures = members["procedures"], procedures != .null {
      let ids = procedures.array?.compactMap(\.string)
      guard let ids, ids.count == procedures.array?.count, ids.count <= 100 else {
        throw WebError.fieldInvalid(name: "procedures")
      }
      order.procedures = ids
    }
    return .json(
      try await deputies.name(order, by: context.visitor.principal).json, .created)
  }

  @Sendable
  func end(_ request: Request, context: WebContext) async throws -> Response {
    _ = try await request.jsonMembers(known: [])
    let id = try context.parameters.require("id")
    try await deputies.revoke(id, by: context.visitor.principal)
    return .json(.object(["id": .string(id), "revoked": .boolean(true)]))
  }
}
