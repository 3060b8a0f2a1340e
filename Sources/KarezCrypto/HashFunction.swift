import CCrypto

/// A hash function by the name a signed object carries; SM3 unless another standard asks.
public enum HashFunction: String, CaseIterable, Sendable {
  case sm3
  /// For one-time passwords only (RFC 6238), whose readers know no other.
  case sha1
  case sha256

  public func digest(_ message: [UInt8]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    let status = EVP_Digest(message, message.count, &bytes, &count, algorithm, nil)
    precondition(status == 1, "libcrypto has no \(rawValue)")
    return Array(bytes.prefix(Int(count)))
  }

  /// The keyed digest (HMAC, RFC 2104) of a message.
  ///
  /// - Source: GM/T 0042-2015 for SM3, RFC 2202 for SHA-1, RFC 4231 for SHA-256.
  public func code(of message: [UInt8], key: [UInt8]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    let made = HMAC(
      algorithm, key, Int32(clamping: key.count), message, message.count, &bytes, &count)
    precondition(made != nil, "libcrypto has no HMAC over \(rawValue)")
    return Array(bytes.prefix(Int(count)))
  }

  var algorithm: OpaquePointer? {
    switch self {
    case .sm3: EVP_sm3()
    case .sha1: EVP_sha1()
    case .sha256: EVP_sha256()
    }
  }
}
