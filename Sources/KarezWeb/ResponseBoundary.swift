import Foundation
import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
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

  private let portal: Portal
  private let policy: String

  init(portal: Portal) {
    self.portal = portal
    policy = Self.policy(portal.baseLayers.origins)
  }

  func handle(
    _ request: Request, context: WebContext,
    next: (Request, WebContext) async throws -> Response
  ) async throws -> Response {
    let begin = ContinuousClock.now
    portal.counts.begin()
    var response: Response
    var context = context
    context.caller = Caller(
      peer: context.peer, headers: request.headers, proxies: portal.proxies)
    do {
      try refuseLongAddress(request)
      let visitor = try await portal.gate.visitor(
        request, of: context.route, isSecure: context.caller.isSecure)
      context.visitor = visitor ?? .nobody
      try takeAllowance(request, context)
      try Self.refuseForeign(request, isOpen: context.visitor.isAtTheMachine)
      if visitor != nil, !SignInGate.isOpen(request.uri.path, to: context.visitor) {
        throw WebError.notFound
      }
      if let address = portal.gate.detour(request, visitor) {
        response = try Self.detour(to: address, request, visitor)
        if visitor == nil { portal.gate.forget(request, in: &response, context.caller) }
      } else {
        try portal.contract.check(request, route: context.route)
        response = try await answered(request, context, next)
      }
    } catch {
      response = answer(to: error, request, context)
    }
    addHeaders(to: &response, id: context.id, isSecure: context.caller.isSecure)
    // What anybody may keep sets nobody's language.
    if response.headers[.cacheControl] != Keeping.shared {
      Self.keepLanguage(of: request, in: &response, isSecure: context.caller.isSecure)
    }
    note(request, context, &response, since: begin)
    return response
  }

  private func answered(
    _ request: Request, _ context: WebContext,
    _ next: (Request, WebContext) async throws -> Response
  ) async throws -> Response {
    let visitor = context.visitor
    // Whoever reads what is not public is named in the log.
    var response = try await Reader.$actor.withValue(visitor.actor) {
      try await Reader.$purpose.withValue(Asked(request).statedPurpose) {
        try await WorkGate.$asker.withValue(WorkGate.Asker(visitor, context.caller)) {
          try await next(request, context)
        }
      }
    }
    Keeping.settle(&response, for: visitor)
    return response
  }

  /// One line a request: the route and never the address asked, the account's mark and never its
  /// id, which often is a name.
  private func note(
    _ request: Request, _ context: WebContext, _ response: inout Response,
    since begin: ContinuousClock.Instant
  ) {
    let span = (ContinuousClock.now - begin).components
    let milliseconds = Int(span.seconds) * 1_000 + Int(span.attoseconds / 1_000_000_000_000_000)
    var facts: Logger.Metadata = [
      "method": .string(Self.plainMethod(request)),
      "route": .string(context.route.isEmpty ? "-" : context.route),
      "status": .stringConvertible(response.status.code),
      "ms": .stringConvertible(milliseconds),
    ]
    let actor = context.visitor.actor
    if context.visitor.principal.name != nil {
      facts["account"] = .string(portal.gate.accounts.mark(of: actor))
    }
    context.logger.info("request", metadata: facts)
    count(request, context, &response, milliseconds: milliseconds)
  }

  /// Counts for the operator, and which dataset was asked for by which agency.
  private func count(
    _ request: Request, _ context: WebContext, _ response: inout Response, milliseconds: Int
  ) {
    let code = response.status.code
    let route = context.route.isEmpty ? "-" : context.route
    let kind = RequestCounts.Kind(
      method: Self.plainMethod(request), route: route, statusClass: code / 100)
    portal.counts.end(kind, after: Double(milliseconds) / 1_000)
    if request.method != .head { portal.counts.count(&response) }
    guard code < 400, let served = ServedRequest(request, context) else { return }
    for dataset in served.datasets where portal.map.isKnownDataset(dataset) {
      portal.map.countAccess(to: dataset, by: served.channel, of: context.visitor.principal)
    }
  }

  /// A method is what the client makes up, too.
  private static func plainMethod(_ request: Request) -> String {
    let known: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]
    return known.contains(request.method) ? request.method.rawValue : "-"
  }

  // MARK: What is refused before anything is done

  private func refuseLongAddress(_ request: Request) throws(WebError) {
    let limit = portal.limits.connections.mostAddressBytes
    guard request.uri.string.utf8.count > limit else { return }
    // A method that there is not is told as such, however long the address.
    let methods = portal.contract.methods(at: request.uri.path)
    let method: HTTPRequest.Method = request.method == .head ? .get : request.method
    guard methods.isEmpty || methods.contains(method.rawValue) else { return }
    throw .addressTooLong(limitBytes: limit)
  }

  /// Takes what the request costs from its address and its account.
  ///
  /// Where nobody has an account, whoever is at the machine may ask as they like.
  private func takeAllowance(_ request: Request, _ context: WebContext) throws(WebError) {
    guard !context.visitor.isAtTheMachine else { return }
    let sort = RequestSort(request.method, context.route)
    let bytes = Self.statedBytes(of: request)
    try portal.allowances.take(sort, of: bytes, from: context.caller.address)
    if context.visitor.isPublicReader {
      try portal.allowances.take(sort, anonymouslyFrom: context.caller.address)
    }
    if context.visitor.principal.name != nil {
      try portal.allowances.take(sort, of: bytes, by: context.visitor.actor.id)
    }
  }

  /// How long the body says it is; one that does not say counts as the longest there may be.
  private static func statedBytes(of request: Request) -> Int {
    if let stated = request.headers[.contentLength] { return Int(stated) ?? Upload.maximumBytes }
    return request.headers[.transferEncoding] == nil ? 0 : Upload.maximumBytes
  }

  /// Refuses what a page of another site could make a browser send here.
  ///
  /// An `Origin` must be the very host asked. Where no accounts exist every caller acts as the
  /// operator and being on this machine is the only credential, so host names must be this
  /// machine's too; a name that was made to lead here has not got it.
  private static func refuseForeign(_ request: Request, isOpen: Bool) throws(WebError) {
    let authority = request.head.authority
    if isOpen, let authority, !isLoopback(authority) { throw .foreignRequest(authority) }
    // A browser says itself whether a page of ours sends this.
    if ![.get, .head].contains(request.method),
      let site = HTTPField.Name("Sec-Fetch-Site").flatMap({ request.headers[$0] }),
      !["same-origin", "none"].contains(site)
    {
      throw .foreignRequest("Sec-Fetch-Site: " + site.prefix(16))
    }
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
    SignInGate.isForProgram(request.uri.path) && !OGCFormat.isPageAsked(request)
  }

  private static func isLoopback(_ authority: String) -> Bool {
    if authority.hasPrefix("[") { return authority.hasPrefix("[::1]") }
    let host = authority.split(separator: ":").first.map(String.init) ?? authority
    return ["127.0.0.1", "localhost"].contains(host.lowercased())
  }

  private func answer(to error: any Error, _ request: Request, _ context: WebContext) -> Response {
    let problem: Problem
    let status: Int
    var allowed: [String] = []
    switch error {
    case let known as Problem: (problem, status) = (known, known.httpStatus)
    case let known as WebError: (problem, status) = known.response
    case let known as ClassicFault: (problem, status) = (known.problem, known.status)
    case let known as HTTPError where known.status == .notFound:
      allowed = portal.contract.methods(at: request.uri.path)
      (problem, status) = (allowed.isEmpty ? WebError.notFound : .methodNotAllowed).response
    default:
      // What an error says may hold what somebody sent.
      context.logger.error(
        "unexpected", metadata: ["error": .string(String(reflecting: type(of: error)))])
      (problem, status) = (Self.unexpected, 500)
    }
    if status >= 500 {
      let isShed = (error as? WebError)?.retryAfter != nil
      var facts: Logger.Metadata = ["code": .string(problem.code)]
      if problem.isOfTheInside { facts["what"] = .string(problem.line(in: .en)) }
      context.logger.log(level: isShed ? .notice : .error, "refused", metadata: facts)
    }
    var response = render(problem.outward, HTTPResponse.Status(code: status), request, context)
    if let seconds = (error as? WebError)?.retryAfter {
      response.headers[.retryAfter] = String(seconds)
    } else if status == 503 {
      response.headers[.retryAfter] = String(portal.limits.work.comeBackAfter)
    }
    if status == 401 { response.headers[.wwwAuthenticate] = "Bearer" }
    if !allowed.isEmpty { response.headers[.allow] = allowed.joined(separator: ", ") }
    return response
  }

  private func render(
    _ problem: Problem, _ status: HTTPResponse.Status, _ request: Request, _ context: WebContext
  ) -> Response {
    if let service = ClassicService(ofPath: request.uri.path) {
      return service.report(problem, status, in: Asked(request).language)
    }
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
    if let type = OGCProcessRoutes.exceptions[problem.code] { members["type"] = .string(type) }
    return .object(members)
  }

  private static let unexpected = Problem(
    .defect, code: "unexpected", place: "",
    what: LocalizedText(zh: "服务器遇到未预料的情况", en: "the server met something unexpected"),
    remedy: LocalizedText(zh: "请报告下面的编号", en: "report the reference below"))

  /// A language chosen once holds for the pages that follow.
  private static func keepLanguage(
    of request: Request, in response: inout Response, isSecure: Bool
  ) {
    guard let language = Asked(request).namedLanguage else { return }
    response.setCookie(
      Cookie(
        name: "lang", value: language.rawValue, path: "/", secure: isSecure, httpOnly: true,
        sameSite: .strict))
  }

  /// Pictures may come from the servers the operator named, and from no others.
  private static func policy(_ others: [String]) -> String {
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:"
      + others.map { " " + $0 }.joined()
      + "; connect-src 'self'; font-src 'self'; object-src 'none'; form-action 'self'; "
      + "base-uri 'none'; frame-ancestors 'none'"
  }
  private static let withheld =
    ["camera", "microphone", "geolocation", "payment", "usb", "serial", "display-capture"]
    .map { $0 + "=()" }.joined(separator: ", ")

  private func addHeaders(to response: inout Response, id: String, isSecure: Bool) {
    response.headers[.contentSecurityPolicy] = policy
    response.headers[.xContentTypeOptions] = "nosniff"
    for (name, value) in Self.always { response.headers[name] = value }
    // A browser that came over TLS once is never led here without it.
    if isSecure { response.headers[.strictTransportSecurity] = "max-age=31536000" }
    if let name = Self.requestID { response.headers[name] = id }
    if response.headers[.cacheControl] == nil {
      response.headers[.cacheControl] = "private, no-store"
    }
  }

  private static let requestID = HTTPField.Name("X-Request-Id")

  /// Forms of our own pages must name their origin, which without a referrer is `null`.
  private static let always: [(HTTPField.Name, String)] = [
    ("Referrer-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"), ("X-Frame-Options", "DENY"),
    ("Permissions-Policy", withheld),
  ].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
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
