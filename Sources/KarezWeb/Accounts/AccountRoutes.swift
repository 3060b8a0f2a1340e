import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService

/// Signing in and out, and changing one's own password.
struct AccountRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("sign-in", use: signInPage)
    router.post("sign-in", use: signIn)
    router.post("sign-out", use: signOut)
    router.get("password", use: passwordPage)
    router.post("password", use: changePassword)
  }

  private var accounts: Accounts { portal.gate.accounts }

  // MARK: Signing in and out

  @Sendable
  func signInPage(_ request: Request, context: WebContext) async throws -> Response {
    let next = Self.local(Asked(request).text("next"))
    if context.visitor.isSignedIn || context.visitor.isAtTheMachine { return .to(next) }
    return .html(try page(request, context, next: next, problem: nil, "sign-in"))
  }

  @Sendable
  func signIn(_ request: Request, context: WebContext) async throws -> Response {
    let form = try await Form(request, by: context.visitor, isKeyed: false)
    let next = Self.local(form["next"])
    do throws(Problem) {
      let token = try await accounts.signIn(
        form["account"] ?? "", password: form.exactly("password"))
      var response = Response.to(next)
      response.setCookie(SignInGate.cookie(token, for: request))
      return response
    } catch {
      guard error.kind == .forbidden else { throw error }
      return .html(
        try page(
          request, context, next: next, problem: error, "sign-in", account: form["account"]),
        .forbidden)
    }
  }

  @Sendable
  func signOut(_ request: Request, context: WebContext) async throws -> Response {
    _ = try await Form(request, by: context.visitor)
    if let token = context.visitor.token { try await accounts.signOut(token) }
    var response = Response.to(SignInGate.signInPath)
    response.setCookie(SignInGate.cookie(nil, for: request))
    return response
  }

  // MARK: The password

  @Sendable
  func passwordPage(_ request: Request, context: WebContext) async throws -> Response {
    guard context.visitor.isSignedIn else { throw WebError.notFound }
    return .html(try page(request, context, next: "/", problem: nil, "password"))
  }

  @Sendable
  func changePassword(_ request: Request, context: WebContext) async throws -> Response {
    guard context.visitor.isSignedIn else { throw WebError.notFound }
    let form = try await Form(request, by: context.visitor)
    do throws(Problem) {
      guard form.exactly("new") == form.exactly("again") else { throw Self.differ }
      try await accounts.changePassword(
        of: context.visitor.actor.id, from: form.exactly("old"), to: form.exactly("new"),
        keeping: context.visitor.token)
      return .to("/")
    } catch {
      guard [.refused, .forbidden].contains(error.kind) else { throw error }
      return .html(
        try page(request, context, next: "/", problem: error, "password"),
        .unprocessableContent)
    }
  }

  private func page(
    _ request: Request, _ context: WebContext, next: String, problem: Problem?,
    _ template: String, account: String? = nil
  ) throws -> String {
    let language = Asked(request).language
    let policy = portal.gate.accounts.offices.policy
    let messages = portal.catalogues[language]
    let view = DoorView(
      frame: PageFrame(portal, request, context), next: next, account: account,
      problem: problem?.line(in: language),
      rules: messages.text(
        "password_rules",
        [
          "count": String(policy.shortestPassword), "kinds": String(policy.kindsOfCharacters),
        ]), mustChange: context.visitor.mustChangePassword)
    return try portal.render(view, with: template)
  }

  /// An address of this portal; anything else leads to its first page.
  private static func local(_ address: String?) -> String {
    guard let address, address.hasPrefix("/"), !address.hasPrefix("//"),
      !address.contains("\\"), !address.contains(where: \.isNewline)
    else { return "/" }
    return address
  }

  private static let differ = Problem(
    .refused, code: "passwords-differ", place: "",
    what: LocalizedText(zh: "两次输入的新口令不同", en: "the two new passwords differ"),
    remedy: LocalizedText(zh: "重新输入", en: "type them again"))
}

/// What the pages at the door show.
struct DoorView {
  let frame: PageFrame
  let next: String
  let account: String?
  let problem: String?
  let rules: String
  let mustChange: Bool
}

extension Response {
  /// Leads the reader on to another page.
  static func to(_ address: String) -> Response {
    Response(status: .seeOther, headers: [.location: address])
  }
}
