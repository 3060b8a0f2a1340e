import Foundation
import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService

/// `/checks/compare`: a few answers side by side.
struct CompareRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("checks/compare", use: page)
    router.post("checks/compare", use: add)
    router.get("api/v1/checks/compare", use: compare)
  }

  /// Ids as `answers=a,b` or, from a form's boxes, `answers=a&answers=b`.
  private static func ids(_ asked: Asked) -> [String] {
    asked.parameters.filter { $0.name == "answers" }.flatMap { parameter in
      parameter.value.split(separator: ",").map(String.init)
    }
  }

  /// With fewer than two answers it is the form that asks for another.
  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let messages = portal.catalogues[asked.language]
    let scope = context.visitor.scope
    let ids = Self.ids(asked)
    let frame = PageFrame(portal, request, context, at: .map)
    var comparison: Comparison?
    if ids.count > 1 {
      comparison = try await compared(ids, in: scope)
    } else if let only = ids.first {
      _ = try await portal.map.answer(id: only, in: scope)
    }
    let view = CompareView(
      frame, comparison, ids: comparison?.answers.map(\.id) ?? ids, portal.map, messages,
      mayAdd: ids.count < portal.limits.checks.mostCompared)
    return .html(try portal.render(view, with: "check-compare"))
  }

  /// Checks one boundary more, as the first answer was checked, and puts it beside.
  @Sendable
  func add(_ request: Request, context: WebContext) async throws -> Response {
    let type = request.headers[.contentType] ?? ""
    guard let boundary = MultipartParser.boundary(ofContentType: type) else {
      throw WebError.mediaTypeUnsupported(type)
    }
    var upload = Upload()
    defer { upload.discard() }
    let folder = portal.map.data.appending(path: "uploads")
    try await upload.read(request, boundary: boundary, folder: folder)
    let visitor = context.visitor
    let form = try Form(fields: upload.fields, by: visitor)
    let ids = try form.required("answers").split(separator: ",").map(String.init)
    guard let id = ids.first, ids.count < portal.limits.checks.mostCompared else {
      throw WebError.fieldInvalid(name: "answers")
    }
    let first = try await portal.map.answer(id: id, in: visitor.scope)
    let read = upload
    let answer = try await portal.work.check {
      let shape = try await read.readBoundary(portal.map, by: visitor)
      let order = CheckRequest(
        boundary: shape, purpose: first.purpose, documents: first.documents,
        proposed: first.proposed, validOn: first.asOf.validOn, recorded: first.asOf.recorded)
      return try await portal.map.check(order, by: visitor.actor, in: visitor.scope)
    }
    return .to("/checks/compare?answers=" + (ids + [answer.id]).joined(separator: ","))
  }

  @Sendable
  func compare(_ request: Request, context: WebContext) async throws -> Response {
    let ids = Self.ids(Asked(request))
    let scope = context.visitor.scope
    return .json(try await compared(ids, in: scope).json)
  }

  private func compared(_ ids: [String], in scope: Scope) async throws -> Comparison {
    try await portal.work.run {
      try await portal.map.comparison(of: ids, within: portal.limits.checks, in: scope)
    }
  }
}
