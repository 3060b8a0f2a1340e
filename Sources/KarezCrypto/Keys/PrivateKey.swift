import CCrypto

/// 私钥: a key in this process's memory that signs; hides itself from every text.
public struct PrivateKey: Sendable {
  public let publicKey: PublicKey

  /// PKCS#8 PrivateKeyInfo in DER.
  private let der: [UInt8]

  /// How often the pass phrase is hashed before it opens a key (PBKDF2 over SHA-256).
  private static let rounds: Int32 = 600_000

  /// A fresh key.
  public init(generating algorithm: SignatureAlgorithm = .sm2) {
    let key = NativeKey.generated(algorithm)
    guard let der = key.privateDER, let half = key.publicDER,
      let publicKey = try? PublicKey(der: half)
    else { preconditionFailure("libcrypto cannot write the key it made") }
    self.der = der
    self.publicKey = publicKey
  }

  /// - Errors: `CryptoError.keyUnreadable` for anything but a key of a known algorithm.
  public init(der: [UInt8]) throws(CryptoError) {
    guard der.count <= 1 << 16, let key = NativeKey(privateDER: der), key.algorithm != nil,
      let half = key.publicDER, let whole = key.privateDER
    else { throw .keyUnreadable }
    publicKey = try PublicKey(der: half)
    self.der = whole
  }

  /// A key kept as PKCS#8 in PEM, locked with a pass phrase or not.
  public init(pem: String, passPhrase: String? = nil) throws(CryptoError) {
    if PEM.holds(Self.lockedLabel, in: pem) {
      guard let passPhrase else { throw .passPhraseMissing }
      let locked = try PEM.bytes(of: pem, label: Self.lockedLabel)
      try self.init(der: try Self.unlocked(locked, passPhrase))
    } else {
      try self.init(der: try PEM.bytes(of: pem, label: Self.label))
    }
  }

  /// The key as PKCS#8 in PEM; with a pass phrase, locked by SM4 (PBES2).
  public func pem(passPhrase: String? = nil) -> String {
    guard let passPhrase else { return PEM.text(of: der, label: Self.label) }
    return PEM.text(of: Self.locked(der, passPhrase), label: Self.lockedLabel)
  }

  private static let label = "PRIVATE KEY"
  private static let lockedLabel = "ENCRYPTED PRIVATE KEY"

  private static func locked(_ der: [UInt8], _ passPhrase: String) -> [UInt8] {
    var salt = Secret.bytes(count: 16)
    let phrase = Array(passPhrase.utf8).map(CChar.init(bitPattern:))
    let info = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
      var next = buffer.baseAddress
      return d2i_PKCS8_PRIV_KEY_INFO(nil, &next, buffer.count)
    }
    defer { PKCS8_PRIV_KEY_INFO_free(info) }
    let sealed = PKCS8_encrypt(
      -1, EVP_sm4_cbc(), phrase, Int32(clamping: phrase.count), &salt, Int32(salt.count), rounds,
      info)
    defer { X509_SIG_free(sealed) }
    var bytes: UnsafeMutablePointer<UInt8>?
    let count = i2d_X509_SIG(sealed, &bytes)
    defer { CRYPTO_free(bytes, nil, 0) }
    guard count > 0, let bytes else { preconditionFailure("libcrypto cannot lock a key") }
    return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
  }

  private static func unlocked(
    _ locked: [UInt8], _ passPhrase: String
  ) throws(CryptoError) -> [UInt8] {
    defer { ERR_clear_error() }
    let phrase = Array(passPhrase.utf8).map(CChar.init(bitPattern:))
    let sealed = locked.withUnsafeBufferPointer { buffer -> OpaquePointer? in
      var next = buffer.baseAddress
      return d2i_X509_SIG(nil, &next, buffer.count)
    }
    guard let sealed else { throw .keyUnreadable }
    defer { X509_SIG_free(sealed) }
    guard let info = PKCS8_decrypt(sealed, phrase, Int32(clamping: phrase.count)) else {
      throw .passPhraseWrong
    }
    defer { PKCS8_PRIV_KEY_INFO_free(info) }
    var bytes: UnsafeMutablePointer<UInt8>?
    let count = i2d_PKCS8_PRIV_KEY_INFO(info, &bytes)
    guard count > 0, let bytes else { throw .keyUnreadable }
    defer { CRYPTO_clear_free(bytes, Int(count), nil, 0) }
    return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
  }

  func native() -> NativeKey? { NativeKey(privateDER: der) }
}

extension PrivateKey: Signer {
  public func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
    guard let key = native(), let signature = key.signature(of: message, algorithm) else {
      throw .signerFailed(key: publicKey.id)
    }
    return signature
  }
}

extension PrivateKey: CustomStringConvertible, CustomReflectable {
  public var description: String { "private key \(publicKey.id)" }
  public var customMirror: Mirror { Mirror(self, children: ["id": publicKey.id]) }
}
