import HTTPTypes
import Hummingbird
import KarezCore
import KarezReport
import KarezService
import Logging

/// Signing in by the directory: out to it, and back from it.
struct DirectoryRoutes: Sendable {
  static let path = "/sign-in/directory"
  static let backPath = "/sign-in/directory/back"

  let portal: Portal

  func add(to router: Router<WebContext>) {
    guard portal.directory != nil else { return }
    router.get("sign-in/directory", use: begin)
    router.get("sign-in/directory/back", use: back)
  }

  /// Sends the browser to the directory, with a cookie that shows it is the same one coming back.
  @Sendable
  func begin(_ request: Request, context: WebContext) async throws -> Response {
    guard let directory = portal.directory, let host = request.head.authority else {
      throw WebError.notFound
    }
    let scheme = context.caller.isSecure ? "https" : "http"
    let begun = try await directory.begin(
      returningTo: "\(scheme)://\(host)\(Self.backPath)",
      next: AccountRoutes.local(Asked(request).text("next")))
    var response = Response.to(begun.address)
    response.setCookie(Self.cookie(begun.ticket, for: context.caller))
    return response
  }

  /// Takes the browser back; from here on it is a sign-in like any other.
  @Sendable
  func back(_ request: Request, context: WebContext) async throws -> Response {
    guard let directory = portal.directory else { throw WebError.notFound }
    let asked = Asked(request)
    let step: SignInStep
    let next: String
    do throws(Problem) {
      (step, next) = try await directory.finish(
        state: asked.text("state") ?? "", code: asked.text("code") ?? "",
        from: asked.text("iss"),
        ticket: request.cookies[Self.cookieName(context.caller)]?.value ?? "")
    } catch {
      guard error.kind == .forbidden else { throw error }
      context.logger.warning("directory", metadata: ["code": .string(error.code)])
      var response = Response.html(try refusedPage(request, context, error), .forbidden)
      response.setCookie(Self.cookie(nil, for: context.caller))
      return response
    }
    var response: Response
    switch step {
    case .second(let second):
      response = .html(
        try AccountRoutes(portal: portal)
          .secondPage(request, context, second, next: next, problem: nil))
    case .open(let token):
      // The session's cookie goes with requests of our own pages only, and this request came from
      // another site: a page of ours has to ask for the next one.
      let view = OnwardView(frame: PageFrame(portal, request, context), next: next)
      response = .html(try portal.render(view, with: "sign-in-onward"))
      response.setCookie(SignInGate.cookie(token, for: context.caller))
    }
    response.setCookie(Self.cookie(nil, for: context.caller))
    return response
  }

  private func refusedPage(
    _ request: Request, _ context: WebContext, _ problem: Problem
  ) throws -> String {
    let shown = Problem(
      problem.kind, code: problem.code, place: "", what: problem.what, remedy: problem.remedy)
    return try AccountRoutes(portal: portal)
      .page(request, context, next: "/", problem: shown, "sign-in")
  }

  /// Unlike the session's, it has to come along when another site leads back here.
  private static func cookie(_ ticket: String?, for caller: Caller) -> Cookie {
    Cookie(
      name: cookieName(caller), value: ticket ?? "", maxAge: ticket == nil ? 0 : 600, path: path,
      secure: caller.isSecure, httpOnly: true, sameSite: .lax)
  }

  private static func cookieName(_ caller: Caller) -> String {
    (caller.isSecure ? "__Secure-" : "") + "karez-directory"
  }
}

/// The page that leads on after the directory.
struct OnwardView {
  let frame: PageFrame
  let next: String
}
