import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezService
import Synchronization

/// Who a request is from, and whether it may go on without signing in.
///
/// While there are no accounts whoever asks from the machine itself is the operator; what another
/// server passes on comes from anywhere, and is nobody's. Afterwards every address but the public
/// ones is for those who have signed in, and for no one else; where the zone has a public edition,
/// what `PublicDoor` opens is for everybody, as far as it is public.
struct SignInGate: Sendable {
  private static let cookie = "karez-session"
  static let signInPath = "/sign-in"
  static let secondStepPath = "/sign-in/second"
  static let passwordPath = "/password"
  static let accountPath = "/account"
  static let signOutPath = "/sign-out"

  let accounts: Accounts
  /// Whether a server stands in front, so that a loopback peer says nothing of who asks.
  private let isBehindProxy: Bool
  /// What forms of the operator at the machine have to bring.
  private let operatorKey = Accounts.freshFormKey()
  private let seen = Seen()

  /// Whether there was an account at any time: none is ever removed, so that it is asked for no more.
  private final class Seen: Sendable {
    let account = Atomic(false)
  }

  init(accounts: Accounts, isBehindProxy: Bool = false) {
    self.accounts = accounts
    self.isBehindProxy = isBehindProxy
  }

  /// Nil where the zone has none.
  var edition: PublicEdition? { accounts.offices.zone.publicEdition }

  /// Nil where the address is not public and nobody has signed in.
  ///
  /// - Errors: `WebError.accountsMissing` where there are no accounts and the request may come from
  ///   another machine.
  func visitor(
    _ request: Request, of route: String, isSecure: Bool
  ) async throws -> Visitor? {
    if !seen.account.load(ordering: .relaxed) {
      if try await accounts.isEmpty() {
        // A server in front asks from this machine too, and may pass any host's name on.
        guard isBehindProxy || Caller.isPassedOn(request.headers) else {
          return .operator(formKey: operatorKey)
        }
        guard Self.isPublic(request.uri.path) else { throw WebError.accountsMissing }
        return .nobody
      }
      seen.account.store(true, ordering: .relaxed)
    }
    // Whoever brings a token is who it says or nobody, whatever cookies come along.
    if Self.isForProgram(request.uri.path), let header = request.headers[.authorization] {
      if let program = try await bearer(header) { return program }
      return Self.isPublic(request.uri.path) ? .nobody : nil
    }
    if let token = request.cookies[Self.cookieName(isSecure: isSecure)]?.value {
      if let signedIn = try await accounts.signedIn(token) {
        return Visitor(signedIn, token: token)
      }
      // Whoever's session is over is not shown less than before without being told.
      return Self.isPublic(request.uri.path) ? .nobody : nil
    }
    guard let edition else { return Self.isPublic(request.uri.path) ? .nobody : nil }
    let isOpen =
      Self.isPublic(request.uri.path) || PublicDoor.opens(request, of: route, in: edition)
    return isOpen ? .publicReader : nil
  }

  /// Lets go of a session that is over: asked again, its holder reads the public edition.
  func forget(_ request: Request, in response: inout Response, _ caller: Caller) {
    guard edition != nil,
      request.cookies[Self.cookieName(isSecure: caller.isSecure)] != nil
    else { return }
    response.setCookie(Self.cookie(nil, for: caller))
  }

  /// The program that brings a service token, for addresses that answer programs.
  private func bearer(_ header: String) async throws -> Visitor? {
    let parts = header.split(separator: " ")
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return try await accounts.bearer(String(parts[1])).map(Visitor.init(bearer:))
  }

  static func isForProgram(_ path: String) -> Bool {
    path.hasPrefix("/api/") || path == "/ogc" || path.hasPrefix("/ogc/") || path.hasSuffix(".json")
      || path == ScopeRoutes.path
  }

  /// Where the request has to go first, if it has to.
  func detour(_ request: Request, _ visitor: Visitor?) -> String? {
    let path = request.uri.path
    guard let visitor else {
      let next = request.method == .get ? request.uri.description : "/"
      return Self.signInPath + "?next=" + Asked.escaped(next)
    }
    // An applicant's first page is their own.
    if visitor.isApplicant, path == "/" { return MyRoutes.path }
    guard !Self.isPublic(path), path != Self.signOutPath else { return nil }
    if visitor.mustChangePassword { return path == Self.passwordPath ? nil : Self.passwordPath }
    // Setting a second factor up is a page of the account's own, and all that is open.
    let isOwn =
      [Self.passwordPath, Self.accountPath].contains(path)
      || path.hasPrefix(Self.accountPath + "/")
    return visitor.mustEnrol && !isOwn ? Self.accountPath : nil
  }

  /// Whether an address is for this visitor at all; any other is one there is not.
  ///
  /// Applicants have their own pages, those of everybody and those of their account.
  static func isOpen(_ path: String, to visitor: Visitor) -> Bool {
    let isTheirs = MyRoutes.isOwn(path) || path.hasPrefix(DraftRoutes.dataPath + "/")
    guard visitor.isApplicant else { return !isTheirs }
    // Tokens are for programs of offices.
    let isAccount =
      [passwordPath, accountPath].contains(path)
      || (path.hasPrefix(accountPath + "/") && !path.hasPrefix(accountPath + "/tokens"))
    return isTheirs || isAccount || isPublic(path) || [signOutPath, "/"].contains(path)
  }

  static func isPublic(_ path: String) -> Bool {
    path.hasPrefix("/assets/") || ServiceRoutes.isPublic(path) || RegisterRoutes.isPublic(path)
      || [
        signInPath, secondStepPath, DirectoryRoutes.path, DirectoryRoutes.backPath, "/healthz",
        "/readyz", MetricsRoutes.path, ScopeRoutes.path, "/favicon.ico", "/api/v1/openapi.json",
        TrackRoutes.path, TrackRoutes.dataPath, JoinRoutes.path, JoinRoutes.confirmPath,
      ].contains(path)
  }

  /// Over TLS the name says that no other host, and nothing without TLS, can have set it.
  static func cookieName(isSecure: Bool) -> String { isSecure ? "__Host-" + cookie : cookie }

  /// The cookie that carries a session, or that ends one.
  static func cookie(_ token: String?, for caller: Caller) -> Cookie {
    Cookie(
      name: cookieName(isSecure: caller.isSecure), value: token ?? "",
      maxAge: token == nil ? 0 : nil, path: "/", secure: caller.isSecure, httpOnly: true,
      sameSite: .strict)
  }
}
