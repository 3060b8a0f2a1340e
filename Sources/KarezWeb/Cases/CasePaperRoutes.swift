import Foundation
import HTTPTypes
import Hummingbird
import KarezCore
import KarezService
import KarezWorkflow

/// The papers of a case: its letter, drafted, edited, signed off and taken away, and its sealed bundle.
struct CasePaperRoutes: Sendable {
  let portal: Portal

  private var cases: Cases { portal.map.cases }

  func add(to router: Router<WebContext>) {
    router.get("cases/{number}/letter", use: letter)
    router.post("cases/{number}/letter", use: write)
    router.get("cases/{number}/papers/{order}", use: certificate)
    router.post("cases/{number}/bundle", use: bundle)
    router.get("api/v1/cases/{number}/letter", use: letter)
    router.post("api/v1/cases/{number}/letter", use: writeByProgram)
  }

  // MARK: Letter

  /// The letter as it is now: what was changed since the draft, as Word with tracked changes, as PDF.
  @Sendable
  func letter(_ request: Request, context: WebContext) async throws -> Response {
    let number = try context.parameters.require("number")
    let who = context.visitor.principal
    let letter = try await cases.letter(number, for: who)
    switch Asked(request).text("f") {
    case nil, "json": return .json(letter.json)
    case "docx":
      let bytes = try await portal.work.run { try await cases.word(letter, for: who) }
      return Self.taken(bytes, named: number + ".docx", type: WordDocument.mediaType)
    case "pdf":
      let bytes = try await portal.work.run { try await cases.print(letter, for: who) }
      return Self.taken(bytes, named: number + ".pdf", type: "application/pdf")
    default: throw WebError.fieldInvalid(name: "f")
    }
  }

  private static func taken(_ bytes: [UInt8], named name: String, type: String) -> Response {
    var response = Response.bytes(bytes, type: type)
    response.headers[.contentDisposition] = "attachment; filename=\"\(name)\""
    return response
  }

  @Sendable
  func write(_ request: Request, context: WebContext) async throws -> Response {
    let number = try context.parameters.require("number")
    let form = try await Form(request, by: context.visitor)
    let order = try LetterAsked { form[$0] }
    do {
      _ = try await carryOut(order, number, context)
    } catch let problem as Problem {
      guard !problem.isLost else { throw problem }
      return try await CasePageRoutes(portal: portal).show(number, problem, request, context)
    }
    return .to("/cases/" + number)
  }

  @Sendable
  func writeByProgram(_ request: Request, context: WebContext) async throws -> Response {
    let number = try context.parameters.require("number")
    let members = try await request.jsonMembers(known: LetterAsked.members)
    for (name, value) in members.sorted(by: { $0.key < $1.key }) where name != "expecting" {
      guard value.string != nil || value == .null else { throw WebError.fieldInvalid(name: name) }
    }
    let order = try LetterAsked { name in
      members[name].flatMap { $0.string ?? $0.integer.map { String($0) } }
    }
    return .json(try await carryOut(order, number, context).json)
  }

  private func carryOut(
    _ order: LetterAsked, _ number: String, _ context: WebContext
  ) async throws -> CaseLetter {
    let who = context.visitor.principal
    switch order.act {
    case .draft(let step):
      return try await cases.draft(
        number, for: step, key: order.key, deputyFor: order.deputyFor, by: who)
    case .revise(let text):
      return try await cases.revise(
        number, to: text, expecting: order.expecting, key: order.key,
        deputyFor: order.deputyFor, by: who)
    case .signOff:
      let (key, absent) = (order.key, order.deputyFor)
      try await portal.work.run {
        _ = try await cases.signOff(number, key: key, deputyFor: absent, by: who)
      }
      return try await cases.letter(number, for: who)
    }
  }

  // MARK: Certificates

  /// The certificate that a step ordered, by the order's place in the case.
  @Sendable
  func certificate(_ request: Request, context: WebContext) async throws -> Response {
    guard let order = Int(try context.parameters.require("order")) else {
      throw WebError.notFound
    }
    let paper = try await cases.certificate(
      order, in: try context.parameters.require("number"), for: context.visitor.principal)
    return Self.taken(paper.bytes, named: paper.number + ".pdf", type: "application/pdf")
  }

  // MARK: Bundle

  /// It is made anew and signed each time, and the log says so; so it is asked for by a form.
  @Sendable
  func bundle(_ request: Request, context: WebContext) async throws -> Response {
    let number = try context.parameters.require("number")
    _ = try await Form(request, by: context.visitor)
    let who = context.visitor.principal
    let view = try await cases.view(number, for: who)
    guard view.reading == .whole else { throw WebError.notFound }
    guard let signing = portal.bundles else { throw WebError.signerMissing }
    let bytes = try await portal.work.run {
      try await portal.map.bundle(ofCase: number, by: signing, for: who)
    }
    return Self.taken(bytes, named: number + ".karez", type: "application/zip")
  }
}

/// What somebody wants done with a letter, as a form or a program says it.
struct LetterAsked {
  enum Act {
    case draft(step: String?)
    case revise(LetterText)
    case signOff
  }

  static let members: Set<String> = ["act", "step", "text", "expecting", "key", "deputyFor"]

  let act: Act
  let expecting: Int?
  let key: String
  /// The absent it is written for; nil in the writer's own name.
  let deputyFor: String?

  /// - Errors: `WebError.fieldInvalid` names what is missing or makes no sense.
  init(_ text: (String) -> String?) throws(WebError) {
    switch text("act") {
    case "draft":
      guard (text("step") ?? "").utf8.count <= 64 else { throw .fieldInvalid(name: "step") }
      act = .draft(step: text("step").flatMap { $0.isEmpty ? nil : $0 })
    case "revise":
      guard let letter = text("text").flatMap(LetterText.init(plain:)) else {
        throw .fieldInvalid(name: "text")
      }
      act = .revise(letter)
    case "sign-off": act = .signOff
    default: throw .fieldInvalid(name: "act")
    }
    expecting = try text("expecting").map { text throws(WebError) in
      guard let version = Int(text), version >= 0 else { throw .fieldInvalid(name: "expecting") }
      return version
    }
    key = try CaseKey.key(text("key"))
    guard (text("deputyFor") ?? "").utf8.count <= 128 else {
      throw .fieldInvalid(name: "deputyFor")
    }
    deputyFor = text("deputyFor").flatMap { $0.isEmpty ? nil : $0 }
  }
}

extension CaseLetter {
  fileprivate var json: JSONValue {
    func json(_ paragraph: TextRevision.Paragraph) -> JSONValue {
      .array(
        paragraph.pieces.map { piece in
          let change =
            switch piece.change {
            case .kept: "kept"
            case .removed: "removed"
            case .added: "added"
            }
          return .object(["change": .string(change), "text": .string(piece.text)])
        })
    }
    return .object([
      "case": .string(number), "step": .string(mark.step), "sm3": .string(mark.sm3),
      "title": .string(current.title),
      "paragraphs": .array(current.paragraphs.map(JSONValue.string)),
      "changes": .array(([revision.title] + revision.paragraphs).map(json)),
    ])
  }
}
