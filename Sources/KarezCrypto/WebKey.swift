/// A public key as the web publishes it, by which a signed web token is checked.
///
/// - Shape: RSA of 2048 bits or more for RS256, P-256 for ES256; no other algorithm is taken, so
///   that a token cannot choose a weaker one.
/// - Source: RFC 7517, 7518.
public struct WebKey: Hashable, Sendable {
  public enum Algorithm: String, Hashable, Sendable {
    case rs256 = "RS256"
    case es256 = "ES256"
  }

  public let algorithm: Algorithm
  private let key: SignerKey

  /// The key of a modulus and an exponent, each a number in big-endian bytes.
  public init?(modulus: [UInt8], exponent: [UInt8]) {
    let modulus = Array(modulus.drop { $0 == 0 })
    guard (256...1_024).contains(modulus.count), (1...8).contains(exponent.count) else {
      return nil
    }
    let inner = DER.sequence(DER.integer(modulus) + DER.integer(exponent))
    let rsa: [UInt8] = [
      0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
    ]
    let bytes = DER.sequence(DER.sequence(rsa) + DER.bits(inner))
    guard let key = SignerKey(bytes: bytes, as: .rsa) else { return nil }
    self.key = key
    algorithm = .rs256
  }

  /// The key of a point of P-256.
  public init?(x: [UInt8], y: [UInt8]) {
    guard x.count == 32, y.count == 32 else { return nil }
    let curve: [UInt8] = [
      0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
      0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07,
    ]
    let bytes = DER.sequence(DER.sequence(curve) + DER.bits([4] + x + y))
    guard let key = SignerKey(bytes: bytes, as: .p256) else { return nil }
    self.key = key
    algorithm = .es256
  }

  /// Whether the signature, as a web token carries it, is over the message and of this key.
  public func isValid(_ signature: [UInt8], over message: [UInt8]) -> Bool {
    switch algorithm {
    case .rs256: return key.isValid(signature, over: message)
    case .es256:
      guard signature.count == 64 else { return false }
      let der = DER.sequence(
        DER.integer(Array(signature.prefix(32))) + DER.integer(Array(signature.suffix(32))))
      return key.isValid(der, over: message)
    }
  }
}

/// The few forms of DER that keys and signatures are written in.
private enum DER {
  static func sequence(_ content: [UInt8]) -> [UInt8] { [0x30] + length(content.count) + content }

  static func bits(_ content: [UInt8]) -> [UInt8] {
    [0x03] + length(content.count + 1) + [0] + content
  }

  /// A number that is not negative.
  static func integer(_ bytes: [UInt8]) -> [UInt8] {
    let digits = Array(bytes.drop { $0 == 0 })
    let content = (digits.first ?? 0x80) & 0x80 == 0 ? digits : [0] + digits
    return [0x02] + length(content.count) + content
  }

  private static func length(_ count: Int) -> [UInt8] {
    guard count > 127 else { return [UInt8(count)] }
    let digits = [UInt8(count >> 8 & 255), UInt8(count & 255)].drop { $0 == 0 }
    return [0x80 | UInt8(digits.count)] + digits
  }
}
