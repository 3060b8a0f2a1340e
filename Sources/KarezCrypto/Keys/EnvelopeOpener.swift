import CCrypto

/// 数字信封: who can open what was sealed for a public key without saying with what: a key in
/// memory, or a hardware module.
public protocol EnvelopeOpener: Sendable {
  var publicKey: PublicKey { get }

  /// What was sealed for the key; `CryptoError.altered` where it was not, or not for this key.
  func open(_ envelope: [UInt8]) throws(CryptoError) -> [UInt8]
}

extension PublicKey {
  /// How a secret is sealed for an SM2 key (GB/T 32918.4), by the id that stands beside it.
  public static let envelopeAlgorithm = "sm2-encryption"

  /// A short secret only the holder of the key's other half can read, as DER.
  ///
  /// - Errors: `CryptoError.algorithmUnknown` for a key that is not of SM2.
  public func sealed(_ secret: [UInt8]) throws(CryptoError) -> [UInt8] {
    guard algorithm == .sm2 else { throw .algorithmUnknown(algorithm.rawValue) }
    guard let key = NativeKey(publicDER: der),
      let sealed = key.transformed(secret, EVP_PKEY_encrypt_init, EVP_PKEY_encrypt)
    else { throw .keyUnreadable }
    return sealed
  }
}

extension PrivateKey: EnvelopeOpener {
  public func open(_ envelope: [UInt8]) throws(CryptoError) -> [UInt8] {
    guard algorithm == .sm2 else { throw .algorithmUnknown(algorithm.rawValue) }
    guard let key = native(),
      let secret = key.transformed(envelope, EVP_PKEY_decrypt_init, EVP_PKEY_decrypt)
    else { throw .altered }
    return secret
  }
}

extension NativeKey {
  fileprivate typealias Transform = (
    OpaquePointer?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int>?,
    UnsafePointer<UInt8>?, Int
  ) -> Int32

  /// What one of libcrypto's two ways with a short text makes of it; nil where it fails.
  fileprivate func transformed(
    _ bytes: [UInt8], _ begin: (OpaquePointer?) -> Int32, _ transform: Transform
  ) -> [UInt8]? {
    defer { ERR_clear_error() }
    guard let context = EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil) else { return nil }
    defer { EVP_PKEY_CTX_free(context) }
    var count = 0
    guard begin(context) == 1, transform(context, nil, &count, bytes, bytes.count) == 1,
      count > 0, count <= 1 << 16
    else { return nil }
    var output = [UInt8](repeating: 0, count: count)
    guard transform(context, &output, &count, bytes, bytes.count) == 1 else { return nil }
    return Array(output.prefix(count))
  }
}
