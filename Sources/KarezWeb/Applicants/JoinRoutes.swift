import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService

/// `/join`: applicants make accounts for themselves.
///
/// What names a registration that has begun comes in bodies only; trying costs what trying a
/// password costs.
struct JoinRoutes: Sendable {
  static let path = "/join"
  static let confirmPath = "/join/confirm"

  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("join", use: form)
    router.post("join", use: begin)
    router.post("join/confirm", use: confirm)
    router.leads(from: ["join/confirm"], to: Self.path)
  }

  @Sendable
  func form(_ request: Request, context: WebContext) async throws -> Response {
    guard let refusal = try await portal.map.registration.refusal() else {
      return try page(request, context, .begin([:]))
    }
    return try page(request, context, .closed, refusal)
  }

  @Sendable
  func begin(_ request: Request, context: WebContext) async throws -> Response {
    let form = try await Form(request, by: context.visitor, isKeyed: false)
    let typed = ["kind", "name", "contact"].reduce(into: [:]) { $0[$1] = form[$1] }
    let ticket: String
    do throws(Problem) {
      guard form.exactly("password") == form.exactly("again") else {
        throw AccountRoutes.differ
      }
      let kind = Applicant.Kind(rawValue: form["kind"] ?? "") ?? .person
      ticket = try await portal.map.registration.begin(
        RegistrationOrder(
          kind: kind, name: form["name"] ?? "", contact: form["contact"] ?? "",
          password: form.exactly("password")))
    } catch {
      guard [.refused, .usage].contains(error.kind) else { throw error }
      let isClosed = ["registration-closed", "registration-elsewhere"].contains(error.code)
      return try page(request, context, isClosed ? .closed : .begin(typed), error)
    }
    return try page(request, context, .confirm(ticket: ticket))
  }

  @Sendable
  func confirm(_ request: Request, context: WebContext) async throws -> Response {
    let form = try await Form(request, by: context.visitor, isKeyed: false)
    let ticket = form["ticket"] ?? ""
    let id: String
    do throws(Problem) {
      id = try await portal.map.registration.confirm(ticket, code: form["code"] ?? "")
    } catch {
      switch error.code {
      case "code-wrong": return try page(request, context, .confirm(ticket: ticket), error)
      case "registration-closed", "registration-elsewhere":
        return try page(request, context, .closed, error)
      case "registration-over": return try page(request, context, .begin([:]), error)
      default: throw error
      }
    }
    return try page(request, context, .done(account: id))
  }

  private func page(
    _ request: Request, _ context: WebContext, _ step: JoinView.Step, _ problem: Problem? = nil
  ) throws -> Response {
    let language = Asked(request).language
    let policy = portal.gate.accounts.offices.policy
    let view = JoinView(
      PageFrame(portal, request, context), step, problem,
      rules: portal.catalogues[language].text(
        "password_rules",
        [
          "count": String(policy.shortestPassword), "kinds": String(policy.kindsOfCharacters),
        ]), language)
    // That there is no form is no fault of whoever looks for one.
    let isLooking = problem == nil || request.method == .get
    return .html(
      try portal.render(view, with: "join"), isLooking ? .ok : .unprocessableContent)
  }
}

/// The page on which somebody makes an account for themselves.
struct JoinView {
  enum Step {
    /// With what was typed, but the password.
    case begin([String: String])
    /// Nobody registers here; the problem says where they do.
    case closed
    case confirm(ticket: String)
    case done(account: String)
  }

  let frame: PageFrame
  let problem: String?
  let rules: String
  let isBegin: Bool
  let isClosed: Bool
  let isEnterprise: Bool
  let nameTyped: String
  let contactTyped: String
  let ticket: String?
  let accountMade: String?

  init(
    _ frame: PageFrame, _ step: Step, _ problem: Problem?, rules: String, _ language: Language
  ) {
    self.frame = frame
    self.rules = rules
    self.problem = problem?.line(in: language)
    var typed: [String: String] = [:]
    var (ticket, account): (String?, String?) = (nil, nil)
    var isClosed = false
    switch step {
    case .begin(let fields): typed = fields
    case .closed: isClosed = true
    case .confirm(let shown): ticket = shown
    case .done(let made): account = made
    }
    isBegin = ticket == nil && account == nil && !isClosed
    self.isClosed = isClosed
    isEnterprise = typed["kind"] == Applicant.Kind.enterprise.rawValue
    nameTyped = typed["name"] ?? ""
    contactTyped = typed["contact"] ?? ""
    self.ticket = ticket
    accountMade = account
  }
}
