import CCrypto

/// 公钥: what anybody may know of a key, and needs to judge its signatures.
public struct PublicKey: Hashable, Sendable {
  public let algorithm: SignatureAlgorithm

  /// SubjectPublicKeyInfo in DER, with the curve named and the point uncompressed.
  public let der: [UInt8]

  /// - Errors: `CryptoError.keyUnreadable` for anything but a sound key of a known algorithm.
  public init(der: [UInt8]) throws(CryptoError) {
    guard der.count <= 1 << 16, let key = NativeKey(publicDER: der),
      let algorithm = key.algorithm, key.isSound, let canonical = key.publicDER
    else { throw .keyUnreadable }
    self.algorithm = algorithm
    self.der = canonical
  }

  /// The key whose point has these coordinates, 32 bytes each, as authenticators give them.
  public init(
    _ algorithm: SignatureAlgorithm, x: [UInt8], y: [UInt8]
  ) throws(CryptoError) {
    for coordinate in [x, y] where coordinate.count != 32 {
      throw .wrongLength(what: "coordinate", expected: 32, found: coordinate.count)
    }
    let head: [UInt8] = [0x30, 0x59, 0x30, 0x13]
    let elliptic: [UInt8] = [0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]
    try self.init(
      der: head + elliptic + algorithm.curve + [0x03, 0x42, 0x00, 0x04] + x + y)
  }

  public init(pem: String) throws(CryptoError) {
    try self.init(der: try PEM.bytes(of: pem, label: Self.label))
  }

  public var pem: String { PEM.text(of: der, label: Self.label) }

  /// 密钥标识: SM3 of the key, by which signed objects name it.
  public var id: String { SM3.digest(der).description }

  /// Whether the signature, in DER, was made of exactly this message by this key.
  public func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    guard let key = NativeKey(publicDER: der) else { return false }
    return key.verifies(signature, of: message, algorithm)
  }

  private static let label = "PUBLIC KEY"
}
