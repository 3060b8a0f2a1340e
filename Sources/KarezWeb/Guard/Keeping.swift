import HTTPTypes
import Hummingbird

/// What others on the way may keep of an answer.
///
/// A handler says whether all that an answer shows is public; who asked decides what that means.
/// What somebody was shown who has signed in is kept by their own browser at most, and what is not
/// public by nobody.
enum Keeping {
  /// All that is shown is public.
  static let open = "private, no-cache"
  static let closed = "private, no-store"
  /// The answer to somebody who has not signed in, which is everybody's.
  static let shared = "public, no-cache"

  /// What an answer under one address depends on besides.
  private static let vary = "Cookie, Authorization, Accept, Accept-Language"

  static func of(isPublic: Bool) -> String { isPublic ? open : closed }

  /// Says of an answer that may be kept who may keep it, and what it depends on.
  ///
  /// Without `Vary` a cache between would give one reader what another was answered; it has to ask
  /// each time as it is, and the tag it asks with is of what the reader was shown.
  static func settle(_ response: inout Response, for visitor: Visitor) {
    guard response.headers[.cacheControl] == open else { return }
    if visitor.isPublicReader { response.headers[.cacheControl] = shared }
    response.headers[.vary] = vary
  }
}
