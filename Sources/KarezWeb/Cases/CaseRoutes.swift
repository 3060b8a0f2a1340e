import Foundation
import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezRules
import KarezService
import KarezStore
import KarezWorkflow

/// `/api/v1/cases`: cases as programs open them, act in them and look for them.
///
/// A case out of scope is one there is not. The ETag of a case is how many events it has.
struct CaseRoutes: Sendable {
  let portal: Portal

  private var cases: Cases { portal.map.cases }

  func add(to router: Router<WebContext>) {
    router.get("api/v1/cases", use: list)
    router.post("api/v1/cases", use: open)
    router.get("api/v1/cases/{number}", use: one)
    router.post("api/v1/cases/{number}/acts", use: act)
    router.post("api/v1/cases/{number}/documents", use: attach)
    router.get("api/v1/cases/{number}/documents/{document}", use: file)
  }

  // MARK: Finding

  @Sendable
  func list(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let page = try await cases.page(
      try Cases.Filter(asked, standard: .mine), after: asked.text("after"),
      limit: try asked.limit(standard: 50, maximum: 200), for: context.visitor.principal)
    return .json(
      .object([
        "cases": .array(page.heads.map(\.json)), "next": .optional(page.next),
      ]))
  }

  @Sendable
  func one(_ request: Request, context: WebContext) async throws -> Response {
    let view = try await cases.view(
      try context.parameters.require("number"), for: context.visitor.principal)
    var response = Self.answer(view)
    if let tag = response.headers[.eTag], request.headers[.ifNoneMatch] == tag {
      response = Response(status: .notModified, headers: [.eTag: tag])
    }
    return response
  }

  private static func answer(
    _ view: CaseView, _ status: HTTPResponse.Status = .ok, trackingCode: String? = nil
  ) -> Response {
    var whole = view.whole
    if let trackingCode, case .object(var members) = whole {
      members["trackingCode"] = .string(trackingCode)
      whole = .object(members)
    }
    var response = Response.json(whole, status)
    response.headers[.eTag] = "\"\(view.version)\""
    return response
  }

  // MARK: Opening

  /// Takes JSON, or a form whose files are named after the documents they are.
  @Sendable
  func open(_ request: Request, context: WebContext) async throws -> Response {
    let type = request.headers[.contentType] ?? ""
    let opened: OpenedCase
    if MultipartParser.boundary(ofContentType: type) != nil {
      let upload = try await Self.upload(request, to: portal)
      defer { upload.discard() }
      try Self.requireKey(upload, context.visitor)
      let facts = try upload.fields["facts"].map { text throws(WebError) in
        try Self.facts(try Upload.json(Array(text.utf8), of: "facts"))
      }
      opened = try await self.opened(
        { upload.fields[$0] }, facts ?? [:], upload.attachments, request, context)
    } else {
      let members = try await request.jsonMembers(
        known: ["procedure", "region", "applicant", "project", "facts", "key"])
      try Self.requireTexts(members, but: ["facts"])
      opened = try await self.opened(
        { members[$0]?.string }, try Self.facts(members["facts"]), [], request, context)
    }
    let view = opened.view
    var response = Self.answer(view, .created, trackingCode: opened.trackingCode)
    response.headers[.location] = "/api/v1/cases/" + view.opening.number
    return response
  }

  private func opened(
    _ text: (String) -> String?, _ facts: [String: String], _ documents: [Cases.Attachment],
    _ request: Request, _ context: WebContext
  ) async throws -> OpenedCase {
    func required(_ name: String) throws(WebError) -> String {
      guard let text = text(name), !text.isEmpty, text.utf8.count <= 128 else {
        throw .fieldInvalid(name: name)
      }
      return text
    }
    var order = Cases.OpeningOrder(
      procedure: try required("procedure"), region: try required("region"),
      applicant: try required("applicant"), key: try CaseKey.key(request, text("key")))
    if let project = text("project"), !project.isEmpty {
      guard project.utf8.count <= 64 else { throw WebError.fieldInvalid(name: "project") }
      order.project = project
    }
    order.documents = documents
    order.facts = try Cases.facts(facts, of: try cases.procedure(order.procedure))
    return try await cases.openTracked(order, by: context.visitor.principal)
  }

  // MARK: Acting

  @Sendable
  func act(_ request: Request, context: WebContext) async throws -> Response {
    let number = try context.parameters.require("number")
    let members = try await request.jsonMembers(known: CaseActAsked.members)
    try Self.requireTexts(members, but: ["facts", "expecting", "accepted", "order"])
    let asked = CaseActAsked { name in
      if case .boolean(let value)? = members[name] { return value ? "true" : "false" }
      return members[name].flatMap { $0.string ?? $0.integer.map { String($0) } }
    }
    let facts = try Self.facts(members["facts"])
    var order = Cases.Order(
      try asked.act(), key: try CaseKey.key(request, members["key"]?.string))
    order.expecting = try Self.expecting(members["expecting"])
    order.deputyFor = try asked.deputyFor()
    return try await Self.answering(request, &order) { order in
      let who = context.visitor.principal
      var order = order
      if !facts.isEmpty {
        let view = try await cases.view(number, for: who)
        order.facts = try Cases.facts(facts, of: try cases.definition(of: view))
      }
      return try await cases.act(order, in: number, by: who)
    }
  }

  /// Carries an order out; who named the version by `If-Match` is told of another by status 412.
  private static func answering(
    _ request: Request, _ order: inout Cases.Order,
    _ carryOut: (Cases.Order) async throws -> CaseView
  ) async throws -> Response {
    let matched = try request.versionMatched()
    if let matched { order.expecting = matched }
    do {
      return answer(try await carryOut(order))
    } catch let problem as Problem {
      guard matched != nil, problem.code == "case-stale-version" else { throw problem }
      throw WebError.notAsSeen(problem)
    }
  }

  private static func expecting(_ value: JSONValue?) throws(WebError) -> Int? {
    guard let value, value != .null else { return nil }
    guard let version = value.integer.flatMap({ Int(exactly: $0) }), version >= 0 else {
      throw .fieldInvalid(name: "expecting")
    }
    return version
  }

  /// Facts as texts: `{"conforms": true, "area": "35 ha"}`.
  static func facts(_ value: JSONValue?) throws(WebError) -> [String: String] {
    guard let value, value != .null else { return [:] }
    guard case .object(let members) = value else { throw .fieldInvalid(name: "facts") }
    var facts: [String: String] = [:]
    for (name, value) in members {
      switch value {
      case .boolean(let value): facts[name] = value ? "true" : "false"
      case .string(let text): facts[name] = text
      default: throw .fieldInvalid(name: "facts." + name.prefix(64))
      }
    }
    return facts
  }

  private static func requireTexts(
    _ members: [String: JSONValue], but others: Set<String>
  ) throws(WebError) {
    for (name, value) in members.sorted(by: { $0.key < $1.key }) where !others.contains(name) {
      guard value.string != nil || value == .null else { throw .fieldInvalid(name: name) }
    }
  }

  // MARK: Documents

  @Sendable
  func attach(_ request: Request, context: WebContext) async throws -> Response {
    let number = try context.parameters.require("number")
    let upload = try await Self.upload(request, to: portal)
    defer { upload.discard() }
    try Self.requireKey(upload, context.visitor)
    let attachments = upload.attachments
    guard let file = attachments.first else { throw WebError.fileMissing }
    guard attachments.count == 1 else { throw WebError.fieldInvalid(name: "file") }
    guard let document = upload.fields["document"], !document.isEmpty else {
      throw WebError.fieldInvalid(name: "document")
    }
    let attachment = Cases.Attachment(document: document, path: file.path, name: file.name)
    let key = try CaseKey.key(request, upload.fields["key"])
    var order = Cases.Order(.establish, key: key)
    order.expecting = try Self.expecting(
      upload.fields["expecting"].map { Int64($0).map(JSONValue.integer) ?? .string($0) })
    return try await Self.answering(request, &order) { order in
      try await cases.attach(
        attachment, to: number, expecting: order.expecting, key: order.key,
        deputyFor: upload.fields["deputyFor"], by: context.visitor.principal)
    }
  }

  /// Whoever has a session brings its key with a form, as a page of ours does; a token is enough.
  private static func requireKey(_ upload: Upload, _ visitor: Visitor) throws(WebError) {
    _ = try Form(fields: upload.fields, by: visitor, isKeyed: visitor.isSignedIn)
  }

  /// Reads a form of a case, whose files are as large as cases take them and no larger.
  static func upload(_ request: Request, to portal: Portal) async throws -> Upload {
    let type = request.headers[.contentType] ?? ""
    guard let boundary = MultipartParser.boundary(ofContentType: type) else {
      throw WebError.mediaTypeUnsupported(type)
    }
    var upload = Upload()
    do {
      try await upload.read(
        request, boundary: boundary, folder: portal.map.data.appending(path: "uploads"),
        mostFiles: portal.limits.cases.mostFiles,
        mostBytes: portal.limits.cases.mostAttachmentBytes)
    } catch {
      upload.discard()
      throw error
    }
    return upload
  }

  @Sendable
  func file(_ request: Request, context: WebContext) async throws -> Response {
    try await Self.file(portal, context)
  }

  /// A document to take away: what somebody handed in is never shown in a page's place.
  static func file(_ portal: Portal, _ context: WebContext) async throws -> Response {
    let file = try await portal.map.cases.file(
      of: try context.parameters.require("document"),
      in: try context.parameters.require("number"), for: context.visitor.principal)
    return try .file(file.place, named: file.name, type: file.document.mediaType)
  }
}

extension Upload {
  /// Files, each for the document its field is named after.
  var attachments: [Cases.Attachment] {
    zip(fileFields, files).map {
      Cases.Attachment(document: $0, path: $1.path, name: $1.name)
    }
  }
}

extension CaseHead {
  var json: JSONValue {
    .object([
      "number": .string(stored.number), "version": .integer(Int64(version)),
      "procedure": .string(stored.procedure),
      "procedureVersion": .string(stored.procedureVersion), "region": .string(stored.region),
      "project": .optional(stored.project),
      "states": .array(stored.states.map(JSONValue.string)), "over": .boolean(stored.isOver),
      "due": .optional(stored.due?.description),
      "openedOn": .string(stored.openedOn.description),
    ])
  }
}
