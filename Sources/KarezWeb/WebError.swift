public import KarezCore

/// Why a request could not be understood; carries facts, no sentences.
public enum WebError: Error, Hashable, Sendable {
  case addressNotLoopback(String)
  /// Another site's page, or a name that only looks like this machine, asks.
  case foreignRequest(String)
  case signInNeeded
  /// Nobody has an account yet, and the request may come from another machine.
  case accountsMissing
  case passwordToChange
  case factorToEnrol
  /// A form that no page of ours made for this visitor.
  case formForeign
  case notFound
  case processUnknown
  /// Another than the program has seen.
  case featureChanged
  /// Another state than the program has seen; what it is told of it.
  case notAsSeen(Problem)
  case methodNotAllowed
  case bodyTooLarge(limitBytes: Int)
  case mediaTypeUnsupported(String)
  case multipartMalformed(MultipartError)
  case fieldInvalid(name: String)
  case boundaryMissing
  case fileMissing
  case coordinatesMalformed
  /// A text that is not JSON, or a number in it that no double can hold.
  case notJSON(field: String, JSONError)
  case storageFailed
  /// Nothing to sign a bundle with.
  case signerMissing
  case addressTooLong(limitBytes: Int)
  /// Somebody asks for more than is theirs to ask for.
  case tooMany(afterSeconds: Int)
  /// As much is being done as can be.
  case busy(afterSeconds: Int)
  case tookTooLong(seconds: Int, afterSeconds: Int)
}
