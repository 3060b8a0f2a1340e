import KarezCore

/// Who sends a request, and what they may reach.
///
/// Every handler takes actor and scope from here and from nowhere else.
struct Visitor: Sendable {
  let actor: Actor
  let scope: Scope

  /// Whoever is at the machine of an installation that has no accounts yet.
  static let `operator` = Visitor(actor: .operator, scope: .all)
}
