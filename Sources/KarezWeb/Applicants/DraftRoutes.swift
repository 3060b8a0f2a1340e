import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezStore
import KarezWorkflow

/// `/my/drafts/{draft}`: an application that is being filled in.
///
/// A form names the version it was made for. What another window saved meanwhile is shown beside
/// what was typed, and neither is lost.
struct DraftRoutes: Sendable {
  static let dataPath = "/api/v1/my/drafts"

  let portal: Portal

  private var applicants: Applicants { portal.map.applicants }

  func add(to router: Router<WebContext>) {
    router.get("my/drafts/{draft}", use: page)
    router.post("my/drafts/{draft}", use: act)
    router.get("my/ground", use: ground)
    router.get("api/v1/my/drafts/{draft}", use: one)
    router.put("api/v1/my/drafts/{draft}", use: put)
  }

  /// What is shown besides the draft.
  struct Shown {
    var problem: Problem?
    /// Faults that were asked for, with what is missing.
    var isWhole = false
    var isSaved = false
    /// What was typed where another window had saved.
    var typed: Applicants.Filling?
    /// Corners that were typed and are no boundary.
    var corners = ""
  }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    var shown = Shown()
    shown.isSaved = Asked(request).text("saved") != nil
    return try await show(try context.parameters.require("draft"), shown, request, context)
  }

  private func show(
    _ id: String, _ shown: Shown, _ request: Request, _ context: WebContext
  ) async throws -> Response {
    let who = try await applicants.refreshed(context.visitor.principal)
    let kept = try await applicants.draft(id, for: who)
    var draft = kept
    if let typed = shown.typed { draft = try applicants.filled(kept, with: typed) }
    let (form, definition) = try applicants.form(of: draft.procedure)
    let view = DraftView(
      PageFrame(portal, request, context), draft, stored: shown.typed == nil ? nil : kept, form,
      definition, answers: try applicants.answers(of: draft),
      faults: try applicants.faults(of: draft, isWhole: shown.isWhole),
      earlier: try await applicants.earlier(for: kept, by: who),
      preCheck: try await applicants.preCheck(of: kept), shown: shown,
      principal: draft.mandate == nil ? nil : try await applicants.name(of: draft.applicant),
      isVerified: who.applicant?.isVerified == true, counties: portal.map.region?.counties ?? [],
      ground: DraftGround(portal, portal.catalogues[Asked(request).language]),
      ServiceWords(portal, Asked(request).language))
    return .html(
      try portal.render(view, with: "my-draft"),
      shown.problem.map { HTTPResponse.Status(code: $0.httpStatus) } ?? .ok)
  }

  // MARK: Filling in

  /// Whatever else is asked for, what was typed and brought is kept first.
  @Sendable
  func act(_ request: Request, context: WebContext) async throws -> Response {
    let id = try context.parameters.require("draft")
    let upload = try await CaseRoutes.upload(request, to: portal)
    defer { upload.discard() }
    let form = try Form(fields: upload.fields, by: context.visitor)
    let who = try await applicants.refreshed(context.visitor.principal)
    let version = try Self.version(form["expecting"])
    let filling = Self.filling(form)
    let asked = (form["act"] ?? "save").split(separator: " ").map(String.init)
    let corners = form["coordinates"] ?? ""
    return try await answering(id, filling, corners, request, context) {
      if asked.first == "discard" {
        try await applicants.discard(id, expecting: version, by: who)
        return .to(MyRoutes.path)
      }
      let draft = try await keep(
        filling, upload.attachments, corners: corners, in: id, version,
        isSubmitted: asked.first == "submit", who)
      return try await carryOut(asked, id, draft ?? version, who, request, context)
    }
  }

  /// The version the draft then has; nil where it was submitted before and there is none any more.
  private func keep(
    _ filling: Applicants.Filling, _ files: [Cases.Attachment], corners: String, in id: String,
    _ version: Int, isSubmitted: Bool, _ who: Principal
  ) async throws -> Int? {
    var draft: ApplicationDraft
    do {
      draft = try await applicants.save(filling, in: id, expecting: version, by: who)
    } catch {
      guard isSubmitted, error.code == "draft-unknown" else { throw error }
      return nil
    }
    for file in files {
      draft = try await applicants.attach(file, to: id, expecting: draft.version, by: who)
    }
    if corners.contains(where: { !$0.isWhitespace }) {
      let drawn: JSONValue
      do throws(WebError) { drawn = try TypedBoundary.geoJSON(of: corners) } catch {
        throw error.response.problem
      }
      draft = try await applicants.attach(
        boundary: drawn, to: id, expecting: draft.version, by: who)
    }
    return draft.version
  }

  private func carryOut(
    _ asked: [String], _ id: String, _ version: Int, _ who: Principal, _ request: Request,
    _ context: WebContext
  ) async throws -> Response {
    switch (asked.first, asked.count) {
    case ("detach", 2):
      try await applicants.detach(asked[1], from: id, expecting: version, by: who)
    case ("reuse", 3):
      try await applicants.reuse(asked[1], of: asked[2], in: id, expecting: version, by: who)
    case ("check", _):
      try await portal.work.check {
        try await applicants.check(id, expecting: version, by: who)
      }
    case ("submit", _):
      switch try await applicants.submit(id, expecting: version, by: who) {
      case .refused:
        return try await show(id, Shown(isWhole: true), request, context)
      case .opened(let number, let code):
        // A code is in no address: it is shown here, once.
        return try await MyCaseRoutes(portal: portal)
          .show(number, nil, request, context, code: code)
      }
    default:
      if request.isPartial { return try await show(id, Shown(), request, context) }
      return .to("/my/drafts/\(id)?saved=1")
    }
    return .to("/my/drafts/" + id)
  }

  /// Answers what is refused with the page, and what was typed on it.
  private func answering(
    _ id: String, _ filling: Applicants.Filling, _ corners: String, _ request: Request,
    _ context: WebContext, _ carryOut: () async throws -> Response
  ) async throws -> Response {
    do {
      return try await carryOut()
    } catch let problem as Problem {
      let isHere = [.refused, .conflict, .forbidden, .usage].contains(problem.kind)
      guard isHere, problem.code != "form-field-unknown" else { throw problem }
      var shown = Shown(problem: problem, corners: corners)
      if problem.code == "draft-changed" { shown.typed = filling }
      return try await show(id, shown, request, context)
    }
  }

  private static func version(_ text: String?) throws(WebError) -> Int {
    guard let version = text.flatMap({ Int($0) }), version > 0 else {
      throw .fieldInvalid(name: "expecting")
    }
    return version
  }

  private static func filling(_ form: Form) -> Applicants.Filling {
    Applicants.Filling(
      region: form["region"] ?? "", project: form["project"] ?? "",
      answers: form.texts(beginning: "f:"))
  }

  /// Where the counties are, to draw by: what everybody may see and nothing else.
  @Sendable
  func ground(_ request: Request, context: WebContext) async throws -> Response {
    guard context.visitor.principal.applicant != nil else { throw WebError.notFound }
    let scope = Scope(ceiling: .public)
    let asked = Asked(request)
    let (asOf, _) = try await portal.state(asked)
    let schemas = try await portal.map.schemas(in: scope)
    guard let schema = schemas.first(where: { $0.id.text == "counties" }) else {
      throw WebError.notFound
    }
    let found = try await portal.map.features(
      FeatureQuery(dataset: schema.id, asOf: asOf), limit: Self.mostCounties, in: scope)
    var collection = FeatureCollectionWriter(
      schema: schema, legend: nil, language: asked.language)
    for version in found.features { collection.add(version) }
    return .bytes(
      collection.finish(isComplete: found.isComplete, asOf: asOf), type: "application/geo+json")
  }

  private static let mostCounties = 200

  // MARK: For programs

  @Sendable
  func one(_ request: Request, context: WebContext) async throws -> Response {
    let who = context.visitor.principal
    let draft = try await applicants.draft(try context.parameters.require("draft"), for: who)
    return try answer(draft)
  }

  /// Keeps a draft; `If-Match` names the version that was seen, and has to.
  @Sendable
  func put(_ request: Request, context: WebContext) async throws -> Response {
    let members = try await request.jsonMembers(known: ["region", "project", "answers"])
    guard let version = try request.versionMatched() else {
      throw WebError.fieldInvalid(name: "If-Match")
    }
    guard case .object(let typed)? = members["answers"] else {
      throw WebError.fieldInvalid(name: "answers")
    }
    let texts = typed.compactMapValues(\.string)
    guard texts.count == typed.count else { throw WebError.fieldInvalid(name: "answers") }
    let draft = try await applicants.save(
      Applicants.Filling(
        region: members["region"]?.string ?? "", project: members["project"]?.string ?? "",
        answers: texts), in: try context.parameters.require("draft"), expecting: version,
      by: context.visitor.principal)
    return try answer(draft)
  }

  private func answer(_ draft: ApplicationDraft) throws -> Response {
    let faults = try applicants.faults(of: draft, isWhole: true)
    var response = Response.json(
      .object([
        "draft": .string(draft.id), "procedure": .string(draft.procedure),
        "region": .string(draft.region), "project": .string(draft.project),
        "answers": .object(draft.answers.mapValues(JSONValue.string)),
        "keptUntil": .string(draft.keptUntil.description),
        "materials": .array(draft.materials.keys.sorted().map(JSONValue.string)),
        "faults": .array(
          faults.map { fault in
            .object([
              "place": .string(fault.place.name), "message": FormWording.what(fault.what).json,
            ])
          }),
      ]))
    response.headers[.eTag] = "\"\(draft.version)\""
    return response
  }
}

extension FormFault.Place {
  /// As anchors and answers for programs name it.
  var name: String {
    switch self {
    case .field(let id): "f-" + id
    case .material(let id): "m-" + id
    }
  }
}
