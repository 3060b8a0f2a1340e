import Foundation
import HTTPTypes
import Hummingbird
import KarezCore
import KarezReport
import KarezService
import Logging

/// The one place that answers for every error, and puts the same headers on every response.
///
/// A program gets `application/problem+json`, a reader the error as a page or, where a part of a
/// page was asked for, as that part. An error nobody expected is logged with the request's id and
/// leaves as 500 without details.
struct ResponseBoundary: RouterMiddleware {
  typealias Context = WebContext

  let portal: Portal

  func handle(
    _ request: Request, context: WebContext,
    next: (Request, WebContext) async throws -> Response
  ) async throws -> Response {
    var response: Response
    var context = context
    do {
      let visitor = try await portal.gate.visitor(request)
      context.visitor = visitor ?? .nobody
      try Self.refuseForeign(request, isOpen: context.visitor.isAtTheMachine)
      if let address = portal.gate.detour(request, visitor) {
        response = try Self.detour(to: address, request, visitor)
      } else {
        // Whoever reads what is not public is named in the log.
        response = try await Reader.$actor.withValue(context.visitor.actor) {
          try await Reader.$purpose.withValue(Asked(request).statedPurpose) {
            try await next(request, context)
          }
        }
      }
    } catch {
      response = answer(to: error, request, context)
    }
    Self.addHeaders(to: &response, id: context.id)
    Self.keepLanguage(of: request, in: &response)
    return response
  }

  /// Refuses what a page of another site could make a browser send here.
  ///
  /// An `Origin` must be the very host asked. Where no accounts exist every caller acts as the
  /// operator and being on this machine is the only credential, so host names must be this
  /// machine's too; a name that was made to lead here has not got it.
  private static func refuseForeign(_ request: Request, isOpen: Bool) throws(WebError) {
    let authority = request.head.authority
    if isOpen, let authority, !isLoopback(authority) { throw .foreignRequest(authority) }
    guard let origin = HTTPField.Name("Origin").flatMap({ request.headers[$0] }) else { return }
    let address = origin.split(separator: "/").last.map(String.init) ?? origin
    guard address == authority || (isOpen && isLoopback(address)) else {
      throw .foreignRequest(origin)
    }
  }

  /// Sends a reader to another page first; a program is told that it has to sign in.
  private static func detour(
    to address: String, _ request: Request, _ visitor: Visitor?
  ) throws(WebError) -> Response {
    if isForProgram(request) {
      guard let visitor else { throw .signInNeeded }
      throw visitor.mustChangePassword ? .passwordToChange : .factorToEnrol
    }
    // A part of a page cannot show another page, so the whole page is sent there.
    if request.isPartial, let header = HTTPField.Name("HX-Redirect") {
      return Response(status: .noContent, headers: [header: address])
    }
    return Response(status: .seeOther, headers: [.location: address])
  }

  private static func isForProgram(_ request: Request) -> Bool {
    SignInGate.isForProgram(request.uri.path)
  }

  private static func isLoopback(_ authority: String) -> Bool {
    if authority.hasPrefix("[") { return authority.hasPrefix("[::1]") }
    let host = authority.split(separator: ":").first.map(String.init) ?? authority
    return ["127.0.0.1", "localhost"].contains(host.lowercased())
  }

  private func answer(to error: any Error, _ request: Request, _ context: WebContext) -> Response {
    let problem: Problem
    let status: Int
    switch error {
    case let known as Problem: (problem, status) = (known, known.httpStatus)
    case let known as WebError: (problem, status) = known.response
    case let known as HTTPError where known.status == .notFound:
      (problem, status) = WebError.notFound.response
    case let known as HTTPError where known.status == .methodNotAllowed:
      (problem, status) = WebError.methodNotAllowed.response
    default:
      context.logger.error("unexpected: \(error)")
      (problem, status) = (Self.unexpected, 500)
    }
    if status >= 500 { context.logger.error("\(problem.code): \(problem.line(in: .en))") }
    return render(problem, HTTPResponse.Status(code: status), request, context)
  }

  private func render(
    _ problem: Problem, _ status: HTTPResponse.Status, _ request: Request, _ context: WebContext
  ) -> Response {
    guard !Self.isForProgram(request) else {
      return .json(Self.json(problem, status), status, type: "application/problem+json")
    }
    let view = ProblemView(
      problem, reference: context.id, language: Asked(request).language,
      frame: PageFrame(portal, request, context))
    let template = request.isPartial ? "problem" : "problem-page"
    guard let html = try? portal.render(view, with: template) else {
      return .json(problem.json, status, type: "application/problem+json")
    }
    return .html(html, status)
  }

  /// The problem with the status it really leaves with.
  private static func json(_ problem: Problem, _ status: HTTPResponse.Status) -> JSONValue {
    guard case .object(var members) = problem.json else { return problem.json }
    members["status"] = .integer(Int64(status.code))
    return .object(members)
  }

  private static let unexpected = Problem(
    .defect, code: "unexpected", place: "",
    what: LocalizedText(zh: "服务器遇到未预料的情况", en: "the server met something unexpected"),
    remedy: LocalizedText(zh: "请报告下面的编号", en: "report the reference below"))

  /// A language chosen once holds for the pages that follow.
  private static func keepLanguage(of request: Request, in response: inout Response) {
    guard let language = Asked(request).namedLanguage else { return }
    response.setCookie(
      Cookie(name: "lang", value: language.rawValue, path: "/", sameSite: .strict))
  }

  private static func addHeaders(to response: inout Response, id: String) {
    let policy =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
      + "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
      + "frame-ancestors 'none'"
    response.headers[.contentSecurityPolicy] = policy
    response.headers[.xContentTypeOptions] = "nosniff"
    // Forms of our own pages must name their origin, which without a referrer is `null`.
    set("Referrer-Policy", "same-origin", on: &response)
    set("Cross-Origin-Opener-Policy", "same-origin", on: &response)
    set("Permissions-Policy", "camera=(), microphone=(), geolocation=()", on: &response)
    set("X-Request-Id", id, on: &response)
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
  }

  private static func set(_ name: String, _ value: String, on response: inout Response) {
    guard let field = HTTPField.Name(name) else { return }
    response.headers[field] = value
  }
}

/// An error as the reader of a page sees it.
struct ProblemView {
  let frame: PageFrame
  let t: [String: String]
  let errorPlace: String?
  let errorWhat: String
  let errorRemedy: String
  let reference: String

  init(_ problem: Problem, reference: String, language: Language, frame: PageFrame) {
    self.frame = frame
    t = frame.t
    errorPlace = problem.place.isEmpty ? nil : problem.place
    errorWhat = problem.what[language]
    errorRemedy = problem.remedy[language]
    self.reference = reference
  }
}

extension Response {
  static func html(_ text: String, _ status: HTTPResponse.Status = .ok) -> Response {
    bytes(Array(text.utf8), type: "text/html; charset=utf-8", status)
  }

  static func json(
    _ value: JSONValue, _ status: HTTPResponse.Status = .ok, type: String = "application/json"
  ) -> Response {
    bytes(Array(value.canonicalText.utf8), type: type, status)
  }

  static func bytes(
    _ bytes: [UInt8], type: String, _ status: HTTPResponse.Status = .ok
  ) -> Response {
    Response(
      status: status, headers: [.contentType: type],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}

extension Request {
  /// Whether a part of a page was asked for by the page itself.
  var isPartial: Bool {
    HTTPField.Name("HX-Request").flatMap { headers[$0] } == "true"
  }
}
