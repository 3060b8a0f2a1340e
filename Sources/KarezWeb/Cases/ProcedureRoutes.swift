import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezWorkflow

/// `/procedures`: how sorts of cases go: drawn, with terms and articles; and as data.
struct ProcedureRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("procedures", use: page)
    router.get("procedures/{pack}/{id}", use: procedure)
    router.get("api/v1/procedures", use: list)
    router.get("api/v1/procedures/{pack}/{id}", use: one)
    router.get("api/v1/procedures/{pack}/{id}/drawing", use: drawing)
  }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let words = try await CaseWords(portal, Asked(request).language)
    let rows = portal.map.packs.procedures.map { ProcedureView.Row($0, words) }
    return .html(
      try portal.render(
        ProcedureListView(
          frame: PageFrame(portal, request, context, at: .desk), rows: rows,
          hasRows: !rows.isEmpty), with: "procedures"))
  }

  @Sendable
  func procedure(_ request: Request, context: WebContext) async throws -> Response {
    let words = try await CaseWords(portal, Asked(request).language)
    let definition = try found(request, context)
    let own = portal.map.packs.procedures.filter { $0.id == definition.id }
    let view = ProcedureView(
      PageFrame(portal, request, context, at: .desk), definition, versions: own.map(\.version),
      mayOpen: !portal.map.cases.roles(of: context.visitor.principal)
        .isDisjoint(with: definition.opening.by), words)
    return .html(try portal.render(view, with: "procedure"))
  }

  private func found(
    _ request: Request, _ context: WebContext
  ) throws -> WorkflowDefinition {
    let id =
      try context.parameters.require("pack") + "/" + context.parameters.require("id")
    guard let version = Asked(request).text("version") else {
      return try portal.map.cases.procedure(id)
    }
    guard let definition = portal.map.packs.procedure(id, version: version) else {
      // The same words as for one that never was.
      return try portal.map.cases.procedure(id + " " + version)
    }
    return definition
  }

  // MARK: For programs

  @Sendable
  func list(_ request: Request, context: WebContext) async throws -> Response {
    .json(
      .object([
        "procedures": .array(
          portal.map.packs.procedures.map {
            .object([
              "id": .string($0.id), "version": .string($0.version), "title": $0.title.json,
              "from": .string($0.validity.from.description),
              "until": .optional($0.validity.until?.description),
            ])
          })
      ]))
  }

  @Sendable
  func one(_ request: Request, context: WebContext) async throws -> Response {
    .json(try found(request, context).json)
  }

  @Sendable
  func drawing(_ request: Request, context: WebContext) async throws -> Response {
    let definition = try found(request, context)
    let asked = Asked(request)
    if asked.text("format") == "bpmn" {
      let text = BPMN.document(of: definition, in: asked.language)
      var response = Response.bytes(Array(text.utf8), type: "application/xml")
      let name = definition.id.split(separator: "/").last ?? "procedure"
      response.headers[.contentDisposition] = "attachment; filename=\"\(name).bpmn\""
      return response
    }
    let text = WorkflowSVG.drawing(of: definition, in: asked.language)
    return .bytes(Array(text.utf8), type: "image/svg+xml")
  }
}
