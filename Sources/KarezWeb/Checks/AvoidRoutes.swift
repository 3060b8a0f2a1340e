import Foundation
import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService

/// `/checks/avoid`: what would lead a checked boundary around what stands in its way.
struct AvoidRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("checks/avoid", use: page)
    router.get("checks/avoid/file", use: file)
    router.post("checks/avoid", use: check)
    router.get("api/v1/checks/avoid", use: avoidance)
  }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let answer = try await portal.map.answer(
      id: try Self.answerID(asked.text("answer")), in: context.visitor.scope)
    let found = try await avoidance(of: answer.id, for: context.visitor)
    let view = AvoidView(
      PageFrame(portal, request, context, at: .map), answer, found, portal.map,
      portal.catalogues[asked.language])
    return .html(try portal.render(view, with: "check-avoid"))
  }

  /// A suggested boundary, to be taken along.
  @Sendable
  func file(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let id = try Self.answerID(asked.text("answer"))
    let (line, part) = try Self.suggestion { asked.text($0) }
    guard let format = asked.text("format").flatMap(Avoidance.Format.init) else {
      throw WebError.fieldInvalid(name: "format")
    }
    let visitor = context.visitor
    let bytes = try await portal.work.check {
      try await portal.map.suggestionFile(
        line, part, around: id, as: format, within: portal.limits.checks, in: visitor.scope)
    }
    let type = format == .geojson ? "application/geo+json" : "application/octet-stream"
    var response = Response.bytes(bytes, type: type)
    let name = "karez-\(id.prefix(8))-\(part.rawValue).\(format.rawValue)"
    response.headers[.contentDisposition] = "attachment; filename=\"\(name)\""
    return response
  }

  /// Checks a suggested boundary: its answer is kept like any other.
  @Sendable
  func check(_ request: Request, context: WebContext) async throws -> Response {
    let form = try await Form(request, by: context.visitor)
    let id = try Self.answerID(form["answer"])
    let (line, part) = try Self.suggestion { form[$0] }
    let visitor = context.visitor
    let answer = try await portal.work.check {
      let order = try await portal.map.suggested(
        line, part, around: id, within: portal.limits.checks, in: visitor.scope)
      return try await portal.map.check(order, by: visitor.actor, in: visitor.scope)
    }
    return .to("/checks/compare?answers=\(id),\(answer.id)")
  }

  @Sendable
  func avoidance(_ request: Request, context: WebContext) async throws -> Response {
    let id = try Self.answerID(Asked(request).text("answer"))
    return .json(try await avoidance(of: id, for: context.visitor).json)
  }

  private func avoidance(of id: String, for visitor: Visitor) async throws -> Avoidance {
    try await portal.work.check {
      try await portal.map.avoidance(
        of: id, within: portal.limits.checks, in: visitor.scope)
    }
  }

  private static func answerID(_ text: String?) throws(WebError) -> String {
    guard let text else { throw .fieldInvalid(name: "answer") }
    return text
  }

  private static func suggestion(
    _ text: (String) -> String?
  ) throws(WebError) -> (String, Avoidance.Part) {
    guard let line = text("line") else { throw .fieldInvalid(name: "line") }
    guard let part = Avoidance.Part(rawValue: text("part") ?? "rest") else {
      throw .fieldInvalid(name: "part")
    }
    return (line, part)
  }
}
