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
    router.post("sign-in/second", use: signInSecond)
    router.leads(from: ["sign-in/second"], to: SignInGate.signInPath)
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
    let step: SignInStep
    do throws(Problem) {
      step = try await accounts.begin(form["account"] ?? "", password: form.exactly("password"))
    } catch {
      guard error.kind == .forbidden || error.code == "roles-apart" else { throw error }
      return .html(
        try page(
          request, context, next: next, problem: error, "sign-in", account: form["account"]),
        .forbidden)
    }
    switch step {
    case .open(let token): return Self.open(token, next, context)
    case .second(let second):
      return .html(try secondPage(request, context, second, next: next, problem: nil))
    }
  }

  /// Takes the code, or the signature of a key, that ends a sign-in.
  @Sendable
  func signInSecond(_ request: Request, context: WebContext) async throws -> Response {
    let form = try await Form(request, by: context.visitor, isKeyed: false)
    let next = Self.local(form["next"])
    let ticket = form["ticket"] ?? ""
    let refused: Problem
    do throws(Problem) {
      let token =
        if let signature = form["signature"] {
          try await accounts.finish(ticket, signature: signature)
        } else {
          try await accounts.finish(ticket, code: form["code"] ?? "")
        }
      return Self.open(token, next, context)
    } catch {
      refused = error
    }
    guard refused.kind == .forbidden else { throw refused }
    guard refused.code != "sign-in-over", let step = try await accounts.secondStep(ticket) else {
      return .html(
        try page(request, context, next: next, problem: refused, "sign-in"), .forbidden)
    }
    return .html(
      try secondPage(request, context, step, next: next, problem: refused), .forbidden)
  }

  private static func open(_ token: String, _ next: String, _ context: WebContext) -> Response {
    var response = Response.to(next)
    response.setCookie(SignInGate.cookie(token, for: context.caller))
    return response
  }

  func secondPage(
    _ request: Request, _ context: WebContext, _ step: SecondStep, next: String,
    problem: Problem?
  ) throws -> String {
    let view = SecondStepView(
      frame: PageFrame(portal, request, context), next: next, ticket: step.ticket,
      problem: problem?.line(in: Asked(request).language), takesCode: step.takesCode,
      takesKey: step.takesKey, challenge: step.challenge)
    return try portal.render(view, with: "sign-in-second")
  }

  @Sendable
  func signOut(_ request: Request, context: WebContext) async throws -> Response {
    _ = try await Form(request, by: context.visitor)
    if let token = context.visitor.token { try await accounts.signOut(token) }
    var response = Response.to(SignInGate.signInPath)
    response.setCookie(SignInGate.cookie(nil, for: context.caller))
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

  func page(
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
        ]), mustChange: context.visitor.mustChangePassword,
      directory: portal.directory?.settings.title[language],
      directoryAddress: DirectoryRoutes.path + "?next=" + Asked.escaped(next))
    return try portal.render(view, with: template)
  }

  /// An address of this portal; anything else leads to its first page.
  static func local(_ address: String?) -> String {
    // A browser strips tabs and line breaks before it reads an address: `/<tab>/elsewhere` leaves.
    guard let address, address.hasPrefix("/"), !address.hasPrefix("//"),
      address.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") })
    else { return "/" }
    return address
  }

  static let differ = Problem(
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
  /// What the directory is called; nil where there is none.
  let directory: String?
  let directoryAddress: String
}

/// What the page of the second step shows.
struct SecondStepView {
  let frame: PageFrame
  let next: String
  let ticket: String
  let problem: String?
  let takesCode: Bool
  let takesKey: Bool
  let challenge: String
}

extension Router<WebContext> {
  /// Leads readers on who ask for the address of a form, as a change of language does.
  func leads(from paths: [String], to address: String) {
    for path in paths {
      get(RouterPath(path)) { _, _ in Response.to(address) }
    }
  }

  /// Leads from where only a form of a case is sent to the page of the case.
  func leads(from path: String, to beginning: String) {
    get(RouterPath(path)) { _, context in
      Response.to(beginning + Asked.escaped(try context.parameters.require("number")))
    }
  }
}

extension Response {
  /// Leads the reader on to another page.
  static func to(_ address: String) -> Response {
    Response(status: .seeOther, headers: [.location: address])
  }
}
