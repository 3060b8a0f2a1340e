import CCrypto

/// A public key of somebody outside, by which what they signed is checked.
///
/// - Shape: SM2 with SM3 and the usual identity (GB/T 32918.2), or ECDSA on P-256 with SHA-256
///   (FIPS 186); signatures as DER.
public struct SignerKey: Hashable, Sendable {
  public enum Algorithm: String, Hashable, Sendable {
    case sm2
    case p256
    /// Of web tokens only (`WebKey`): nobody registers one.
    case rsa
  }

  public let algorithm: Algorithm
  /// `SubjectPublicKeyInfo` as DER.
  public let bytes: [UInt8]

  /// What every SM2 signature takes for its signer's name where none was agreed.
  private static let identity = Array("1234567812345678".utf8)

  /// The key in a PEM text, which may be a public key or a certificate; nil for anything else, and
  /// for keys of another kind.
  public init?(pem: String) {
    guard let key = OpenKey(pem: pem) else { return nil }
    self.init(key)
    guard algorithm != .rsa else { return nil }
  }

  public init?(bytes: [UInt8]) {
    guard let key = OpenKey(bytes: bytes) else { return nil }
    self.init(key)
    guard algorithm != .rsa else { return nil }
  }

  /// The key, where it is one of this algorithm.
  init?(bytes: [UInt8], as algorithm: Algorithm) {
    guard let key = OpenKey(bytes: bytes) else { return nil }
    self.init(key)
    guard self.algorithm == algorithm else { return nil }
  }

  private init?(_ key: OpenKey) {
    guard let algorithm = key.algorithm, let bytes = key.bytes else { return nil }
    self.algorithm = algorithm
    self.bytes = bytes
  }

  /// Whether the signature over the message was made with the key's other half.
  public func isValid(_ signature: [UInt8], over message: [UInt8]) -> Bool {
    guard let key = OpenKey(bytes: bytes), let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    var inner: OpaquePointer?
    let digest = algorithm == .sm2 ? EVP_sm3() : EVP_sha256()
    guard EVP_DigestVerifyInit(context, &inner, digest, nil, key.pointer) == 1 else { return false }
    if algorithm == .sm2 {
      guard EVP_PKEY_CTX_set1_id(inner, Self.identity, Int32(Self.identity.count)) > 0 else {
        return false
      }
    }
    return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }
}

/// A key as libcrypto holds it, freed with its owner.
private final class OpenKey {
  let pointer: OpaquePointer

  init?(bytes: [UInt8]) {
    let found = bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
      var start = buffer.baseAddress
      return d2i_PUBKEY(nil, &start, buffer.count)
    }
    guard let found else { return nil }
    pointer = found
  }

  init?(pem: String) {
    let text = Array(pem.utf8)
    guard text.count <= 16 << 10 else { return nil }
    let found = text.withUnsafeBytes { buffer -> OpaquePointer? in
      guard let source = BIO_new_mem_buf(buffer.baseAddress, Int32(buffer.count)) else {
        return nil
      }
      defer { BIO_free(source) }
      guard pem.contains("BEGIN CERTIFICATE") else {
        return PEM_read_bio_PUBKEY(source, nil, nil, nil)
      }
      guard let certificate = PEM_read_bio_X509(source, nil, nil, nil) else { return nil }
      defer { X509_free(certificate) }
      return X509_get_pubkey(certificate)
    }
    guard let found else { return nil }
    pointer = found
  }

  deinit { EVP_PKEY_free(pointer) }

  /// Nil for a kind of key that is not taken.
  var algorithm: SignerKey.Algorithm? {
    if EVP_PKEY_is_a(pointer, "RSA") == 1 { return .rsa }
    var name = [CChar](repeating: 0, count: 64)
    var count = 0
    guard EVP_PKEY_get_group_name(pointer, &name, name.count, &count) == 1 else { return nil }
    let bytes = name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
    return switch String(decoding: bytes, as: UTF8.self) {
    case "SM2": .sm2
    case "prime256v1", "P-256": .p256
    default: nil
    }
  }

  var bytes: [UInt8]? {
    var buffer: UnsafeMutablePointer<UInt8>?
    let count = i2d_PUBKEY(pointer, &buffer)
    guard count > 0, let buffer else { return nil }
    defer { CRYPTO_free(buffer, nil, 0) }
    return Array(UnsafeBufferPointer(start: buffer, count: Int(count)))
  }
}
