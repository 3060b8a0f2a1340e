import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService

/// One's own account: the second factor, the sessions, the tokens.
struct OwnAccountRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("account", use: page)
    router.leads(
      from: [
        "account/factor/begin", "account/factor/confirm", "account/factor/remove",
        "account/recovery", "account/keys", "account/sessions/end", "account/tokens",
        "account/tokens/revoke",
      ], to: SignInGate.accountPath)
    router.post("account/factor/begin", use: beginFactor)
    router.post("account/factor/confirm", use: confirmFactor)
    router.post("account/factor/remove", use: removeFactor)
    router.post("account/recovery", use: renewRecovery)
    router.post("account/keys", use: addKey)
    router.post("account/sessions/end", use: endSession)
    router.post("account/tokens", use: issueToken)
    router.post("account/tokens/revoke", use: revokeToken)
  }

  private var accounts: Accounts { portal.gate.accounts }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    guard context.visitor.isSignedIn else { throw WebError.notFound }
    return .html(try await render(request, context, OwnAccountView.Shown()))
  }

  @Sendable
  func beginFactor(_ request: Request, context: WebContext) async throws -> Response {
    try await acting(request, context) { form, id throws(Problem) in
      _ = try await accounts.enrol(id, password: form.exactly("password"))
      return OwnAccountView.Shown()
    }
  }

  @Sendable
  func confirmFactor(_ request: Request, context: WebContext) async throws -> Response {
    try await acting(request, context) { form, id throws(Problem) in
      OwnAccountView.Shown(codes: try await accounts.confirm(id, code: form["code"] ?? ""))
    }
  }

  @Sendable
  func removeFactor(_ request: Request, context: WebContext) async throws -> Response {
    try await acting(request, context) { form, id throws(Problem) in
      try await accounts.removeFactor(form["key"], of: id, password: form.exactly("password"))
      return OwnAccountView.Shown()
    }
  }

  @Sendable
  func renewRecovery(_ request: Request, context: WebContext) async throws -> Response {
    try await acting(request, context) { form, id throws(Problem) in
      OwnAccountView.Shown(
        codes: try await accounts.renewRecovery(id, password: form.exactly("password")))
    }
  }

  @Sendable
  func addKey(_ request: Request, context: WebContext) async throws -> Response {
    try await acting(request, context) { form, id throws(Problem) in
      try await accounts.addKey(
        form["pem"] ?? "", titled: form["title"] ?? "", to: id, password: form.exactly("password"))
      return OwnAccountView.Shown()
    }
  }

  @Sendable
  func endSession(_ request: Request, context: WebContext) async throws -> Response {
    try await acting(request, context) { form, id throws(Problem) in
      if let session = form["session"] {
        try await accounts.endSession(session, of: id)
      } else {
        try await accounts.endSessions(of: id, but: context.visitor.token)
      }
      return OwnAccountView.Shown()
    }
  }

  @Sendable
  func issueToken(_ request: Request, context: WebContext) async throws -> Response {
    try await acting(request, context) { form, id throws(Problem) in
      let chosen = Permission.allCases.filter { form["may-" + $0.rawValue] != nil }
      let order = TokenOrder(
        title: form["title"] ?? "", permissions: Set(chosen),
        ceiling: form["ceiling"].flatMap { Classification(rawValue: $0) } ?? .public,
        regions: form["regions"]?.split(whereSeparator: { " ,，、".contains($0) }).map(String.init),
        days: Int(form["days"] ?? "") ?? 0)
      let issued = try await accounts.issueToken(
        order, for: id, by: context.visitor.principal)
      return OwnAccountView.Shown(token: issued.text)
    }
  }

  @Sendable
  func revokeToken(_ request: Request, context: WebContext) async throws -> Response {
    try await acting(request, context) { form, _ throws(Problem) in
      try await accounts.revokeToken(form["token"] ?? "", by: context.visitor.principal)
      return OwnAccountView.Shown()
    }
  }

  /// Does what a form of the page asks, and shows the page with what came of it.
  ///
  /// What is shown once is answered at once; everything else leads back, so that a reload does
  /// nothing twice.
  private func acting(
    _ request: Request, _ context: WebContext,
    _ act: (Form, String) async throws(Problem) -> OwnAccountView.Shown
  ) async throws -> Response {
    guard context.visitor.isSignedIn else { throw WebError.notFound }
    let form = try await Form(request, by: context.visitor)
    let shown: OwnAccountView.Shown
    do throws(Problem) {
      shown = try await act(form, context.visitor.actor.id)
    } catch {
      guard error.kind != .unavailable, error.kind != .defect else { throw error }
      return .html(
        try await render(request, context, OwnAccountView.Shown(problem: error)),
        .unprocessableContent)
    }
    guard shown.isAnything else { return .to(SignInGate.accountPath) }
    return .html(try await render(request, context, shown))
  }

  private func render(
    _ request: Request, _ context: WebContext, _ shown: OwnAccountView.Shown
  ) async throws -> String {
    let language = Asked(request).language
    let id = context.visitor.actor.id
    let view = OwnAccountView(
      frame: PageFrame(portal, request, context), account: try await accounts.account(id),
      offices: accounts.offices, shown: shown, enrolment: try await accounts.enrolment(of: id),
      sessions: try await accounts.sessions(of: id, asking: context.visitor.token),
      tokens: try await accounts.tokens(of: id), principal: context.visitor.principal,
      now: accounts.now, messages: portal.catalogues[language])
    return try portal.render(view, with: "account")
  }
}
