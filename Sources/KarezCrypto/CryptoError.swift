/// Why a key, a signature or a sealed text could not be used; never carries a secret.
public enum CryptoError: Error, Hashable, Sendable {
  case keyUnreadable
  /// The key is locked with a pass phrase, and none was given.
  case passPhraseMissing
  case passPhraseWrong
  case algorithmUnknown(String)
  case wrongLength(what: String, expected: Int, found: Int)
  /// Not what was sealed, or not with this key, or not for this place.
  case altered
  case signerFailed(key: String)
}

extension CryptoError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .keyUnreadable: "key: not a PEM key of SM2 or P-256; see docs/operations.md"
    case .passPhraseMissing: "key: locked; give its pass phrase"
    case .passPhraseWrong: "key: the pass phrase does not open it; try again"
    case .algorithmUnknown(let name): "algorithm: \(name) is not known; use sm2-sm3"
    case .wrongLength(let what, let expected, let found):
      "\(what): \(found) bytes; \(expected) are needed"
    case .altered: "sealed text: changed since it was sealed, or sealed with another key"
    case .signerFailed(let key): "\(key): the signer did not sign; see its own log"
    }
  }
}
