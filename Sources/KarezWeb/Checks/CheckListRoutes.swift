import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService

/// `/checks`: somebody's own checks: what they saved, and their batches.
struct CheckListRoutes: Sendable {
  static let rowsOnPage = 25
  static let batchesOnPage = 10

  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("checks", use: page)
    router.post("checks/saved", use: change)
    router.post("checks/again", use: again)
    router.get("api/v1/checks/saved", use: list)
    router.post("api/v1/checks/saved", use: save)
  }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let who = context.visitor.principal
    let after = asked.text("after")
    let page = try await portal.map.savedChecks(of: who, after: after, limit: Self.rowsOnPage)
    var rows: [SavedCheckRow] = []
    let messages = portal.catalogues[asked.language]
    for saved in page.checks {
      // What an answer looked at may be on a higher level today.
      let answer = try? await portal.map.answer(id: saved.answer, in: who.scope)
      rows.append(SavedCheckRow(saved, answer, portal.map, messages))
    }
    let batches =
      after == nil
      ? try await portal.map.checkBatches(of: who, limit: Self.batchesOnPage) : []
    let today = try await portal.map.today().validOn
    let view = CheckListView(
      PageFrame(portal, request, context, at: .map), saved: rows, next: page.next,
      isFirst: after == nil, batches: batches.map { BatchEntry($0, messages) },
      purposes: CheckPurposes(portal.map, messages.language, chosen: nil),
      today: today.description, limits: portal.limits.checks, messages)
    return .html(try portal.render(view, with: "checks"))
  }

  /// Saves an answer under a name, gives it another, or takes it off the list.
  @Sendable
  func change(_ request: Request, context: WebContext) async throws -> Response {
    let form = try await Form(request, by: context.visitor)
    let who = context.visitor.principal
    let (title, remark) = (form["title"] ?? "", form["remark"] ?? "")
    switch try form.required("act") {
    case "save":
      try await portal.map.saveCheck(
        try form.required("answer"), titled: title, remark: remark,
        within: portal.limits.checks, by: who)
    case "rename":
      try await portal.map.renameSavedCheck(
        try form.required("key"), titled: title, remark: remark, by: who)
    case "remove": try await portal.map.removeSavedCheck(try form.required("key"), by: who)
    default: throw WebError.fieldInvalid(name: "act")
    }
    return .to("/checks")
  }

  /// Asks about the boundary of an answer again, on another day or as recorded at another commit,
  /// and shows both answers side by side.
  @Sendable
  func again(_ request: Request, context: WebContext) async throws -> Response {
    let form = try await Form(request, by: context.visitor)
    let visitor = context.visitor
    let id = try form.required("answer")
    let earlier = try await portal.map.answer(id: id, in: visitor.scope)
    let asked = Asked(
      fields: ["validOn": form["validOn"] ?? "", "recorded": form["recorded"] ?? ""])
    let today = try await portal.map.today().validOn
    let order = CheckRequest(
      boundary: ReadBoundary(of: earlier), purpose: form["purpose"] ?? earlier.purpose,
      documents: earlier.documents, proposed: earlier.proposed,
      validOn: try asked.day("validOn") ?? today, recorded: try asked.commit("recorded"))
    let answer = try await portal.work.check {
      try await portal.map.check(order, by: visitor.actor, in: visitor.scope)
    }
    return .to("/checks/compare?answers=\(id),\(answer.id)")
  }

  // MARK: Programs

  @Sendable
  func list(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let page = try await portal.map.savedChecks(
      of: context.visitor.principal, after: asked.text("after"),
      limit: try asked.limit(standard: Self.rowsOnPage, maximum: 100))
    return .json(
      .object([
        "checks": .array(page.checks.map(\.json)), "next": .optional(page.next),
      ]))
  }

  /// `{"answer", "title", "remark"}` saves; `{"remove": key}` takes off the list.
  @Sendable
  func save(_ request: Request, context: WebContext) async throws -> Response {
    let members = try await request.jsonMembers(known: ["answer", "title", "remark", "remove"])
    let who = context.visitor.principal
    func text(_ name: String) throws(WebError) -> String? {
      guard let value = members[name], value != .null else { return nil }
      guard let text = value.string else { throw .fieldInvalid(name: name) }
      return text
    }
    if let key = try text("remove") {
      try await portal.map.removeSavedCheck(key, by: who)
      return .json(.object(["removed": .string(key)]))
    }
    guard let answer = try text("answer") else { throw WebError.fieldInvalid(name: "answer") }
    let saved = try await portal.map.saveCheck(
      answer, titled: try text("title") ?? "", remark: try text("remark") ?? "",
      within: portal.limits.checks, by: who)
    return .json(saved.json)
  }
}

extension Request {
  /// The members of a JSON object that is the body, none of other names.
  func jsonMembers(known: Set<String>) async throws -> [String: JSONValue] {
    let type = headers[.contentType] ?? ""
    guard type.split(separator: ";").first?.lowercased() == "application/json" else {
      throw WebError.mediaTypeUnsupported(type)
    }
    let bytes: ByteBuffer
    do {
      bytes = try await body.collect(upTo: Upload.maximumFieldBytes)
    } catch {
      throw WebError.bodyTooLarge(limitBytes: Upload.maximumFieldBytes)
    }
    guard
      case .object(let members) = try Upload.json(Array(bytes.readableBytesView), of: "body")
    else { throw WebError.fieldInvalid(name: "body") }
    if let other = members.keys.sorted().first(where: { !known.contains($0) }) {
      throw WebError.fieldInvalid(name: String(other.prefix(64)))
    }
    return members
  }
}
