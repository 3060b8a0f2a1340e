import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService

/// The accounts, for those who look after them.
struct AccountsRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("accounts", use: page)
    router.leads(
      from: ["disable", "unlock", "reset", "factors", "roles"].map { "accounts/" + $0 },
      to: "/accounts")
    router.post("accounts", use: create)
    router.post("accounts/disable", use: disable)
    router.post("accounts/unlock", use: unlock)
    router.post("accounts/reset", use: reset)
    router.post("accounts/factors", use: clearFactors)
    router.post("accounts/roles", use: proposeRoles)
  }

  private var accounts: Accounts { portal.gate.accounts }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    guard context.visitor.principal.may(.manageAccounts) else { throw WebError.notFound }
    return .html(try await render(request, context))
  }

  @Sendable
  func create(_ request: Request, context: WebContext) async throws -> Response {
    try await acting(request, context) { form throws(Problem) in
      let order = Self.order(form, roles: Self.roles(in: form, of: accounts.offices))
      return (order.id, try await accounts.add(order, by: context.visitor.principal))
    }
  }

  @Sendable
  func disable(_ request: Request, context: WebContext) async throws -> Response {
    try await acting(request, context) { form throws(Problem) in
      try await accounts.disable(form["account"] ?? "", by: context.visitor.principal)
      return nil
    }
  }

  @Sendable
  func unlock(_ request: Request, context: WebContext) async throws -> Response {
    try await acting(request, context) { form throws(Problem) in
      try await accounts.unlock(form["account"] ?? "", by: context.visitor.principal)
      return nil
    }
  }

  @Sendable
  func reset(_ request: Request, context: WebContext) async throws -> Response {
    try await acting(request, context) { form throws(Problem) in
      let id = form["account"] ?? ""
      return try await restore(.password, of: id, context).map { (id, $0) }
    }
  }

  @Sendable
  func clearFactors(_ request: Request, context: WebContext) async throws -> Response {
    try await acting(request, context) { form throws(Problem) in
      _ = try await restore(.factors, of: form["account"] ?? "", context)
      return nil
    }
  }

  /// The first secret, where one was given; nothing where another has to agree first.
  private func restore(
    _ what: AccessRestoration, of id: String, _ context: WebContext
  ) async throws(Problem) -> String? {
    let reason = "账户页面 · page of accounts"
    let restored = try await portal.map.twoPersons.restore(
      what, of: id, because: reason, by: context.visitor.principal)
    guard case .done(let secret) = restored else { return nil }
    return secret
  }

  @Sendable
  func proposeRoles(_ request: Request, context: WebContext) async throws -> Response {
    try await acting(request, context) { form throws(Problem) in
      let order = Self.order(form, roles: Self.roles(in: form, of: accounts.offices))
      _ = try await portal.map.twoPersons.grant(
        order, because: form["reason"] ?? "", by: context.visitor.principal)
      return nil
    }
  }

  private static func roles(in form: Form, of offices: Offices) -> [String] {
    offices.roles.map(\.id).filter { form["role-" + $0] != nil }
  }

  private static func order(_ form: Form, roles: [String]) -> AccountOrder {
    AccountOrder(
      id: form["account"] ?? "", name: form["name"] ?? "", roles: roles,
      regions: form["regions"]?.split(whereSeparator: { " ,，、".contains($0) }).map(String.init),
      ceiling: form["ceiling"].flatMap { Classification(rawValue: $0) } ?? .public,
      agency: form["agency"])
  }

  /// Does what a form of the page asks; a first secret is shown at once, and this once.
  private func acting(
    _ request: Request, _ context: WebContext,
    _ act: (Form) async throws(Problem) -> (id: String, secret: String)?
  ) async throws -> Response {
    guard context.visitor.principal.may(.manageAccounts) else { throw WebError.notFound }
    let form = try await Form(request, by: context.visitor)
    let made: (id: String, secret: String)?
    do throws(Problem) {
      made = try await act(form)
    } catch {
      guard error.kind != .unavailable, error.kind != .defect else { throw error }
      return .html(try await render(request, context, problem: error), .unprocessableContent)
    }
    guard let made else { return .to("/accounts") }
    return .html(try await render(request, context, made: made))
  }

  private func render(
    _ request: Request, _ context: WebContext, made: (id: String, secret: String)? = nil,
    problem: Problem? = nil
  ) async throws -> String {
    let messages = portal.catalogues[Asked(request).language]
    let waiting = try await portal.map.twoPersons.waiting(for: context.visitor.principal)
    let view = AccountsView(
      frame: PageFrame(portal, request, context, at: .administration),
      accounts: try await accounts.all(), offices: accounts.offices,
      own: context.visitor.actor.id, waiting: waiting.count, now: accounts.now,
      made: made, problem: problem, messages: messages)
    return try portal.render(view, with: "accounts")
  }
}
