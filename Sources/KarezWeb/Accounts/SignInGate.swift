import HTTPTypes
import Hummingbird
import KarezCore
import KarezService

/// Who a request is from, and whether it may go on without signing in.
///
/// While there are no accounts everyone at the machine is the operator. Afterwards every address
/// but the public ones is for those who have signed in, and for no one else.
struct SignInGate: Sendable {
  static let cookie = "karez-session"
  static let signInPath = "/sign-in"
  static let passwordPath = "/password"
  static let signOutPath = "/sign-out"

  let accounts: Accounts
  /// What forms of the operator at the machine have to bring.
  private let operatorKey = Accounts.freshFormKey()

  init(accounts: Accounts) { self.accounts = accounts }

  /// Nil where the address is not public and nobody has signed in.
  func visitor(_ request: Request) async throws -> Visitor? {
    if try await accounts.isEmpty() { return .operator(formKey: operatorKey) }
    if let token = request.cookies[Self.cookie]?.value,
      let signedIn = try await accounts.signedIn(token)
    {
      return Visitor(signedIn, token: token)
    }
    return Self.isPublic(request.uri.path) ? .nobody : nil
  }

  /// Where the request has to go first, if it has to.
  func detour(_ request: Request, _ visitor: Visitor?) -> String? {
    let path = request.uri.path
    guard let visitor else {
      let next = request.method == .get ? request.uri.description : "/"
      return Self.signInPath + "?next=" + Asked.escaped(next)
    }
    guard visitor.mustChangePassword, !Self.isPublic(path),
      ![Self.passwordPath, Self.signOutPath].contains(path)
    else { return nil }
    return Self.passwordPath
  }

  static func isPublic(_ path: String) -> Bool {
    path.hasPrefix("/assets/")
      || [
        signInPath, "/healthz", "/readyz", "/favicon.ico", "/api/v1/openapi.json",
      ].contains(path)
  }

  /// The cookie that carries a session, or that ends one.
  static func cookie(_ token: String?, for request: Request) -> Cookie {
    let forwarded = HTTPField.Name("X-Forwarded-Proto").flatMap { request.headers[$0] }
    return Cookie(
      name: cookie, value: token ?? "", maxAge: token == nil ? 0 : nil, path: "/",
      secure: forwarded == "https", httpOnly: true, sameSite: .strict)
  }
}
