import HTTPTypes
import Hummingbird
import KarezCore
import KarezService

/// A sealed bundle of an answer, for those who may read all that it holds.
///
/// It is made anew and signed each time, and the log says so; so it is asked for by a form.
struct BundleRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) { router.post("answers/{file}/bundle", use: bundle) }

  @Sendable
  func bundle(_ request: Request, context: WebContext) async throws -> Response {
    _ = try await Form(request, by: context.visitor)
    let id = try context.parameters.require("file")
    let principal = context.visitor.principal
    _ = try await portal.map.answer(id: id, in: principal.scope)
    guard let signer = portal.bundles else { throw WebError.signerMissing }
    let bytes = try await portal.work.run {
      try await portal.map.bundle(of: id, by: signer, for: principal)
    }
    var response = Response.bytes(bytes, type: "application/zip")
    response.headers[.contentDisposition] = "attachment; filename=\"\(id).karez\""
    return response
  }
}
