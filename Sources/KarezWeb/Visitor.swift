import KarezCore
import KarezPacks
import KarezService

/// Who sends a request, and what they may do and reach.
///
/// Every handler takes actor and scope from here and from nowhere else.
struct Visitor: Sendable {
  let principal: Principal
  /// What every form has to bring, so that no other site can send one.
  let formKey: String
  let mustChangePassword: Bool
  let mustEnrol: Bool
  /// The session's token; nil without one.
  let token: String?

  var actor: Actor { principal.actor }
  var scope: Scope { principal.scope }
  /// Whether it is somebody who applies and holds no office.
  var isApplicant: Bool { principal.applicant != nil }
  var isSignedIn: Bool { token != nil }
  /// Whether nobody has an account, and being at the machine is all there is to show.
  var isAtTheMachine: Bool { actor == .operator }

  /// Whether the public edition is all there is for them.
  var isPublicReader: Bool { principal == .publicReader }

  /// Somebody who has signed in.
  init(_ signedIn: SignedIn, token: String) {
    self.init(
      principal: signedIn.principal, formKey: signedIn.formKey,
      mustChangePassword: signedIn.mustChangePassword, mustEnrol: signedIn.mustEnrol,
      token: token)
  }

  /// A program that brought a service token: forms are not for it.
  init(bearer principal: Principal) {
    self.init(
      principal: principal, formKey: "", mustChangePassword: false, mustEnrol: false, token: nil)
  }

  private init(
    principal: Principal, formKey: String, mustChangePassword: Bool, mustEnrol: Bool,
    token: String?
  ) {
    self.principal = principal
    self.formKey = formKey
    self.mustChangePassword = mustChangePassword
    self.mustEnrol = mustEnrol
    self.token = token
  }

  /// Whoever is at the machine of an installation that has no accounts yet.
  static func `operator`(formKey: String) -> Visitor {
    Visitor(
      principal: .operator, formKey: formKey, mustChangePassword: false, mustEnrol: false,
      token: nil)
  }

  /// Somebody who has not signed in, where the zone has a public edition.
  static let publicReader = Visitor(
    principal: .publicReader, formKey: "", mustChangePassword: false, mustEnrol: false, token: nil)

  /// Somebody who has not signed in, on a public page.
  static let nobody = Visitor(
    principal: .nobody, formKey: "", mustChangePassword: false, mustEnrol: false, token: nil)
}
