import Foundation
import HTTPTypes
import Hummingbird
import KarezCore
import KarezReport
import KarezService

/// `POST /checks` for readers and `POST /api/v1/checks` for programs.
///
/// A route parses, asks and encodes; what is decided is decided in the service.
struct CheckRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.post("checks", use: checkForReader)
    router.post("api/v1/checks", use: checkForProgram)
  }

  @Sendable
  func checkForReader(_ request: Request, context: WebContext) async throws -> Response {
    let type = request.headers[.contentType] ?? ""
    guard let boundary = MultipartParser.boundary(ofContentType: type) else {
      throw WebError.mediaTypeUnsupported(type)
    }
    let (answer, form) = try await checkForm(
      request, boundary: boundary, by: context.visitor, isKeyed: true, known: nil)
    let language = form["lang"].flatMap(Language.init) ?? Asked(request).language
    guard request.isPartial else {
      let address = "/?answer=\(answer.id)&lang=\(language.rawValue)"
      return Response(status: .seeOther, headers: [.location: address])
    }
    let panel = try await PanelView(answer, portal, language, for: context.visitor)
    return .html(try portal.render(panel, with: "answer-panel"))
  }

  @Sendable
  func checkForProgram(_ request: Request, context: WebContext) async throws -> Response {
    let type = request.headers[.contentType] ?? ""
    if let boundary = MultipartParser.boundary(ofContentType: type) {
      let (answer, _) = try await checkForm(
        // A form can come from another site's page, which has no key; a program has no session.
        request, boundary: boundary, by: context.visitor, isKeyed: context.visitor.isSignedIn,
        known: Self.knownFields)
      return .json(answer.json)
    }
    guard type.split(separator: ";").first?.lowercased() == "application/json" else {
      throw WebError.mediaTypeUnsupported(type)
    }
    let bytes: ByteBuffer
    do {
      bytes = try await request.body.collect(upTo: Upload.maximumFieldBytes)
    } catch {
      throw WebError.bodyTooLarge(limitBytes: Upload.maximumFieldBytes)
    }
    let answer = try await checkJSON(Array(bytes.readableBytesView), by: context.visitor)
    return .json(answer.json)
  }

  private static func documents(_ value: JSONValue?) throws(WebError) -> [String] {
    guard let value, value != .null else { return [] }
    let codes = value.array?.compactMap(\.string)
    guard let codes, codes.count == value.array?.count else {
      throw .fieldInvalid(name: "documents")
    }
    return codes
  }

  /// `{"proposed_plot_ratio": "2.5"}`.
  private static func proposed(_ value: JSONValue?) throws(WebError) -> [String: String] {
    guard let value, value != .null else { return [:] }
    guard case .object(let members) = value else { throw .fieldInvalid(name: "proposed") }
    let texts = members.compactMapValues(\.string)
    guard texts.count == members.count else { throw .fieldInvalid(name: "proposed") }
    return texts
  }

  private func checkJSON(
    _ bytes: [UInt8], by visitor: Visitor
  ) async throws -> ComplianceAnswer {
    guard case .object(let members) = try Upload.json(bytes, of: "body") else {
      throw WebError.fieldInvalid(name: "body")
    }
    let known = [
      "boundary", "from", "purpose", "validOn", "recorded", "documents", "proposed",
    ]
    if let unknown = members.keys.sorted().first(where: { !known.contains($0) }) {
      throw WebError.fieldInvalid(name: unknown)
    }
    let earlier = members["from"]?.string
    guard let drawn = members["boundary"] ?? earlier.map(JSONValue.string) else {
      throw WebError.boundaryMissing
    }
    var fields: [String: String] = [:]
    for name in ["purpose", "validOn"] {
      guard let value = members[name], value != .null else { continue }
      guard let text = value.string else { throw WebError.fieldInvalid(name: name) }
      fields[name] = text
    }
    if let recorded = members["recorded"], recorded != .null {
      guard let number = recorded.integer else { throw WebError.fieldInvalid(name: "recorded") }
      fields["recorded"] = String(number)
    }
    let documents = try Self.documents(members["documents"])
    let proposed = try Self.proposed(members["proposed"])
    let said = fields
    return try await portal.work.check {
      let boundary =
        if let earlier, members["boundary"] == nil {
          ReadBoundary(of: try await portal.map.answer(id: earlier, in: visitor.scope))
        } else {
          try portal.map.readBoundary(geoJSON: drawn)
        }
      return try await check(
        boundary, said, documents: documents, proposed: proposed, by: visitor)
    }
  }

  /// What a program's form may hold besides a file; see `openapi.json`.
  private static let knownFields: Set = [
    "boundary", "coordinates", "crs", "documents", "formKey", "from", "layer", "purpose",
    "recorded", "validOn",
  ]

  private func checkForm(
    _ request: Request, boundary: String, by visitor: Visitor, isKeyed: Bool,
    known: Set<String>?
  ) async throws -> (answer: ComplianceAnswer, form: [String: String]) {
    var upload = Upload()
    defer { upload.discard() }
    let folder = portal.map.data.appending(path: "uploads")
    try await upload.read(request, boundary: boundary, folder: folder)
    _ = try Form(fields: upload.fields, by: visitor, isKeyed: isKeyed)
    if let known, let other = upload.fields.keys.sorted().first(where: { !known.contains($0) }) {
      throw WebError.fieldInvalid(name: other)
    }
    let documents = (upload.fields["documents"] ?? "").split(separator: ",").map(String.init)
    let read = upload
    let answer = try await portal.work.check {
      let shape = try await read.readBoundary(portal.map, by: visitor)
      return try await check(shape, read.fields, documents: documents, by: visitor)
    }
    return (answer, upload.fields)
  }

  private func check(
    _ boundary: ReadBoundary, _ fields: [String: String], documents: [String],
    proposed: [String: String] = [:], by visitor: Visitor
  ) async throws -> ComplianceAnswer {
    let today = try await portal.map.today().validOn
    var validOn = today
    if let text = fields["validOn"], !text.isEmpty {
      guard let day = LegalDate(text) else { throw WebError.fieldInvalid(name: "validOn") }
      validOn = day
    }
    var recorded: CommitNumber?
    if let text = fields["recorded"], !text.isEmpty {
      recorded = Int(text).flatMap(CommitNumber.init)
      guard recorded != nil else { throw WebError.fieldInvalid(name: "recorded") }
    }
    let purpose = fields["purpose"].flatMap { $0.isEmpty ? nil : $0 }
    let request = CheckRequest(
      boundary: boundary, purpose: purpose, documents: documents, proposed: proposed,
      validOn: validOn, recorded: recorded)
    return try await portal.map.check(request, by: visitor.actor, in: visitor.scope)
  }
}
