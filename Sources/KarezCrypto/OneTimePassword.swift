import CCrypto

/// A time-based one-time password: six digits that a shared secret gives every thirty seconds.
///
/// - Source: RFC 6238 with the defaults every authenticator program has: HMAC-SHA-1, 30 s, 6 digits.
public struct OneTimePassword: Hashable, Sendable {
  public static let stepSeconds: Int64 = 30
  private static let digits = 6
  /// Steps a clock may be ahead or behind.
  private static let drift: Int64 = 1

  public let secret: [UInt8]

  public init(secret: [UInt8]) { self.secret = secret }

  /// A secret as long as the hash's output (RFC 4226, 4).
  public static func fresh() -> OneTimePassword { OneTimePassword(secret: Secret.bytes(count: 20)) }

  public static func step(atSeconds seconds: Int64) -> Int64 { max(0, seconds) / stepSeconds }

  /// The six digits of a step.
  public func code(step: Int64) -> String {
    let number = truncated(step) % 1_000_000
    let text = String(number)
    return String(repeating: "0", count: Self.digits - text.count) + text
  }

  /// The step a code is of, if it is one of now or of the step before or after; of those that were
  /// used, `last` and earlier, none counts.
  public func step(of code: String, atSeconds seconds: Int64, after last: Int64) -> Int64? {
    let now = Self.step(atSeconds: seconds)
    var found: Int64?
    for step in max(0, now - Self.drift)...(now + Self.drift) {
      let isSame = Secret.isSame(self.code(step: step), code)
      if isSame, step > last { found = found ?? step }
    }
    return found
  }

  /// RFC 4226, 5.3.
  private func truncated(_ step: Int64) -> UInt32 {
    let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> Int64(56 - 8 * $0)) }
    let digest = mac(of: counter, key: secret)
    let offset = Int(digest[digest.count - 1] & 15)
    let number = digest[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return number & 0x7FFF_FFFF
  }
}

/// HMAC-SHA-1, which nothing but this protocol asks for.
private func mac(of bytes: [UInt8], key: [UInt8]) -> [UInt8] {
  var mac = [UInt8](repeating: 0, count: 20)
  var count = 0
  let made = EVP_Q_mac(
    nil, "HMAC", nil, "SHA1", nil, key, key.count, bytes, bytes.count, &mac, mac.count, &count)
  precondition(made != nil && count == mac.count, "libcrypto has no HMAC-SHA-1")
  return mac
}
