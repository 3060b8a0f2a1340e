public import KarezCore
import KarezStore

extension Accounts {
  /// What the server's own log calls an account instead of its id, which often is a name.
  public func mark(of actor: Actor) -> String {
    (store as? RelationalStore)?.mark(of: actor.id) ?? "-"
  }

  /// What a cache calls a scope: two are called the same only if they reach the same.
  public func mark(of scope: Scope) -> String {
    (store as? RelationalStore)?.mark(of: "scope " + scope.mark) ?? "-"
  }
}
