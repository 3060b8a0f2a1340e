import HTTPTypes
import Hummingbird
import KarezCore
import KarezReport
import KarezService

/// `/track`: how far a case is, for whoever has its number and its code.
///
/// The code comes in the body of a request and stands in no address, so in no log either. Trying
/// costs what trying a password costs.
struct TrackRoutes: Sendable {
  static let path = "/track"
  static let dataPath = "/api/v1/track"

  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("track", use: form)
    router.post("track", use: look)
    router.post("api/v1/track", use: one)
    router.post("api/v1/cases/{number}/tracking-code", use: renew)
  }

  @Sendable
  func form(_ request: Request, context: WebContext) async throws -> Response {
    try page(request, context, number: "")
  }

  @Sendable
  func look(_ request: Request, context: WebContext) async throws -> Response {
    // There is no session a stranger could use: whoever has the code may see what it shows.
    let form = try await Form(request, by: context.visitor, isKeyed: false)
    let number = form["number"] ?? ""
    let found: CaseTracking
    do throws(Problem) {
      found = try await portal.map.publicCases.tracking(number, code: form["code"] ?? "")
    } catch {
      guard error.code == "tracking-unknown" else { throw error }
      return try page(request, context, number: String(number.prefix(40)), problem: error)
    }
    return try page(request, context, number: found.number, found: found)
  }

  private func page(
    _ request: Request, _ context: WebContext, number: String, problem: Problem? = nil,
    found: CaseTracking? = nil
  ) throws -> Response {
    let language = Asked(request).language
    let words = ServiceWords(portal, language)
    let view = TrackView(
      PageFrame(portal, request, context), number: number,
      problem: problem.map { words.sentences([$0.what[language], $0.remedy[language]]) },
      found: found, today: try portal.map.cases.today, words)
    return .html(try portal.render(view, with: "track"), problem == nil ? .ok : .notFound)
  }

  // MARK: For programs

  @Sendable
  func one(_ request: Request, context: WebContext) async throws -> Response {
    let members = try await request.jsonMembers(known: ["number", "code"])
    guard let number = members["number"]?.string else {
      throw WebError.fieldInvalid(name: "number")
    }
    guard let code = members["code"]?.string else { throw WebError.fieldInvalid(name: "code") }
    return .json(try await portal.map.publicCases.tracking(number, code: code).json)
  }

  /// Gives a case another code, where the one before was lost.
  @Sendable
  func renew(_ request: Request, context: WebContext) async throws -> Response {
    _ = try await request.jsonMembers(known: [])
    let number = try context.parameters.require("number")
    let code = try await portal.map.cases.renewTrackingCode(
      of: number, by: context.visitor.principal)
    return .json(
      .object(["number": .string(number), "trackingCode": .string(code)]), .created)
  }
}
