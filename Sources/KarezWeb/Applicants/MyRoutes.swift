import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezService
import KarezWorkflow

/// `/my`: an applicant's own page: cases, drafts, notices, the name and who acts for whom.
struct MyRoutes: Sendable {
  static let path = "/my"

  let portal: Portal

  private var applicants: Applicants { portal.map.applicants }

  func add(to router: Router<WebContext>) {
    router.get("my", use: page)
    router.post("my/name", use: askName)
    router.post("my/drafts", use: begin)
    router.get("my/mandates", use: mandates)
    router.post("my/mandates", use: mandate)
    router.leads(from: ["my/name", "my/drafts"], to: Self.path)
  }

  /// Whether an address is one of an applicant's own.
  static func isOwn(_ path: String) -> Bool { path == Self.path || path.hasPrefix("/my/") }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    try await show(request, context, nil)
  }

  private func show(
    _ request: Request, _ context: WebContext, _ problem: Problem?
  ) async throws -> Response {
    let who = try await applicants.refreshed(context.visitor.principal)
    let words = ServiceWords(portal, Asked(request).language)
    var names: [String: String] = [:]
    let (rows, drafts) = (
      try await applicants.rows(of: who), try await applicants.drafts(of: who)
    )
    let held = try await applicants.mandates(of: who).held
    let today = try portal.map.cases.today
    for id in Set(rows.compactMap(\.principal) + drafts.map(\.applicant) + held.map(\.principal)) {
      names[id] = try await applicants.name(of: id)
    }
    let view = MyView(
      PageFrame(portal, request, context), who: who, rows: rows, drafts: drafts,
      notices: try await applicants.notices(of: who), held: held.filter { $0.isInForce(on: today) },
      services: try portal.map.publicCases.services().filter {
        portal.map.packs.form(of: $0.id) != nil
      }, names: names, today: today, problem: problem, words)
    return .html(
      try portal.render(view, with: "my"),
      problem.map { HTTPResponse.Status(code: $0.httpStatus) } ?? .ok)
  }

  @Sendable
  func askName(_ request: Request, context: WebContext) async throws -> Response {
    let form = try await Form(request, by: context.visitor)
    do throws(Problem) {
      try await applicants.askRealName(
        number: form["number"] ?? "", by: context.visitor.principal)
    } catch {
      guard [.refused, .conflict].contains(error.kind) else { throw error }
      return try await show(request, context, error)
    }
    return .to(Self.path)
  }

  @Sendable
  func begin(_ request: Request, context: WebContext) async throws -> Response {
    let form = try await Form(request, by: context.visitor)
    do throws(Problem) {
      let id = try await applicants.begin(
        form["procedure"] ?? "", for: form["applicant"], by: context.visitor.principal)
      return .to("/my/drafts/" + id)
    } catch {
      guard error.kind == .refused else { throw error }
      return try await show(request, context, error)
    }
  }

  // MARK: Who acts for whom

  @Sendable
  func mandates(_ request: Request, context: WebContext) async throws -> Response {
    try await showMandates(request, context, nil, [:])
  }

  @Sendable
  func mandate(_ request: Request, context: WebContext) async throws -> Response {
    let form = try await Form(request, by: context.visitor)
    let who = try await applicants.refreshed(context.visitor.principal)
    do throws(Problem) {
      if let id = form["revoke"] {
        try await applicants.revoke(id, by: who)
      } else if let id = form["accept"] ?? form["decline"] {
        try await applicants.answer(id, isAccepted: form["accept"] != nil, by: who)
      } else {
        let day = form["lastDay"].flatMap { LegalDate($0) }
        guard let day else { throw Applicants.dayOver }
        try await applicants.mandate(
          Applicants.Agent(id: form["agent"] ?? "", name: form["agentName"] ?? ""),
          for: form.texts(beginning: "service:").keys.sorted(), until: day, by: who)
      }
    } catch {
      guard [.refused, .forbidden].contains(error.kind) else { throw error }
      let typed = ["agent", "agentName", "lastDay"].reduce(into: [:]) { $0[$1] = form[$1] }
      return try await showMandates(request, context, error, typed)
    }
    return .to("/my/mandates")
  }

  private func showMandates(
    _ request: Request, _ context: WebContext, _ problem: Problem?, _ typed: [String: String]
  ) async throws -> Response {
    let who = try await applicants.refreshed(context.visitor.principal)
    let (given, held) = try await applicants.mandates(of: who)
    var names: [String: String] = [:]
    for id in Set(given.map(\.agent) + held.map(\.principal)) {
      names[id] = try await applicants.name(of: id)
    }
    let view = MandatesView(
      PageFrame(portal, request, context), given: given, held: held, names: names,
      services: try portal.map.publicCases.services().filter {
        portal.map.packs.form(of: $0.id) != nil
      }, today: try portal.map.cases.today, problem: problem, typed,
      ServiceWords(portal, Asked(request).language))
    return .html(
      try portal.render(view, with: "my-mandates"),
      problem.map { HTTPResponse.Status(code: $0.httpStatus) } ?? .ok)
  }
}
