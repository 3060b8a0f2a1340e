import CCrypto

/// A key of libcrypto, freed when it is let go; never leaves the function that needs it.
struct NativeKey: ~Copyable {
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { self.pointer = pointer }

  /// The public key of a SubjectPublicKeyInfo, and nothing after it.
  init?(publicDER der: [UInt8]) {
    let read = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
      var next = buffer.baseAddress
      guard let key = d2i_PUBKEY(nil, &next, buffer.count) else { return nil }
      if next == buffer.baseAddress?.advanced(by: buffer.count) { return key }
      EVP_PKEY_free(key)
      return nil
    }
    ERR_clear_error()
    guard let read else { return nil }
    pointer = read
  }

  /// The private key of a PKCS#8 PrivateKeyInfo.
  init?(privateDER der: [UInt8]) {
    let read = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
      var next = buffer.baseAddress
      return d2i_AutoPrivateKey(nil, &next, buffer.count)
    }
    ERR_clear_error()
    guard let read else { return nil }
    pointer = read
  }

  deinit { EVP_PKEY_free(pointer) }

  /// Which of our algorithms the key is for; nil for every other kind and curve.
  var algorithm: SignatureAlgorithm? {
    if EVP_PKEY_is_a(pointer, SignatureAlgorithm.sm2.keyType) == 1 { return .sm2 }
    guard EVP_PKEY_is_a(pointer, SignatureAlgorithm.ecdsaP256.keyType) == 1 else { return nil }
    var name = [CChar](repeating: 0, count: 64)
    var count = 0
    guard EVP_PKEY_get_group_name(pointer, &name, name.count, &count) == 1 else { return nil }
    let group = name.prefix(count).map { UInt8(bitPattern: $0) }
    switch String(decoding: group, as: UTF8.self) {
    case "SM2": return .sm2
    case "prime256v1", "P-256": return .ecdsaP256
    default: return nil
    }
  }

  /// The public half, as SubjectPublicKeyInfo.
  var publicDER: [UInt8]? {
    var bytes: UnsafeMutablePointer<UInt8>?
    let count = i2d_PUBKEY(pointer, &bytes)
    defer { CRYPTO_free(bytes, nil, 0) }
    guard count > 0, let bytes else { return nil }
    return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
  }

  /// The whole key, as PKCS#8 PrivateKeyInfo.
  var privateDER: [UInt8]? {
    guard let info = EVP_PKEY2PKCS8(pointer) else { return nil }
    defer { PKCS8_PRIV_KEY_INFO_free(info) }
    var bytes: UnsafeMutablePointer<UInt8>?
    let count = i2d_PKCS8_PRIV_KEY_INFO(info, &bytes)
    guard count > 0, let bytes else { return nil }
    defer { CRYPTO_clear_free(bytes, Int(count), nil, 0) }
    return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
  }

  /// Whether the point lies on its curve.
  var isSound: Bool {
    guard let context = EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil) else { return false }
    defer { EVP_PKEY_CTX_free(context) }
    let isSound = EVP_PKEY_public_check(context) == 1
    ERR_clear_error()
    return isSound
  }

  /// A fresh key.
  static func generated(_ algorithm: SignatureAlgorithm) -> NativeKey {
    let context = EVP_PKEY_CTX_new_from_name(nil, algorithm.keyType, nil)
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_keygen_init(context) == 1,
      EVP_PKEY_CTX_set_group_name(context, algorithm.group) == 1,
      EVP_PKEY_generate(context, &key) == 1, let key
    else { preconditionFailure("libcrypto makes no \(algorithm.rawValue) keys") }
    return NativeKey(key)
  }

  // MARK: Signing

  private typealias Start = (
    OpaquePointer?, UnsafeMutablePointer<OpaquePointer?>?, UnsafePointer<CChar>?, OpaquePointer?,
    UnsafePointer<CChar>?, OpaquePointer?, UnsafePointer<OSSL_PARAM>?
  ) -> Int32

  /// A context over a message begun by `start`, with the user id where the algorithm has one.
  private func withContext<Result>(
    _ algorithm: SignatureAlgorithm, _ start: Start, _ body: (OpaquePointer) -> Result?
  ) -> Result? {
    guard let context = EVP_MD_CTX_new() else { return nil }
    defer {
      EVP_MD_CTX_free(context)
      ERR_clear_error()
    }
    // The context owns the key's own; it is there to be told who signs.
    var keyContext: OpaquePointer?
    let hash = algorithm.hash.name
    guard start(context, &keyContext, hash, nil, nil, pointer, nil) == 1 else { return nil }
    let user = SignatureAlgorithm.defaultUserID
    if algorithm == .sm2 {
      guard EVP_PKEY_CTX_set1_id(keyContext, user, Int32(user.count)) == 1 else { return nil }
    }
    return body(context)
  }

  /// The signature in DER, or nil.
  func signature(of message: [UInt8], _ algorithm: SignatureAlgorithm) -> [UInt8]? {
    withContext(algorithm, EVP_DigestSignInit_ex) { context in
      var count = 0
      guard EVP_DigestSign(context, nil, &count, message, message.count) == 1 else { return nil }
      var bytes = [UInt8](repeating: 0, count: count)
      guard EVP_DigestSign(context, &bytes, &count, message, message.count) == 1 else {
        return nil
      }
      return Array(bytes.prefix(count))
    }
  }

  func verifies(
    _ signature: [UInt8], of message: [UInt8], _ algorithm: SignatureAlgorithm
  ) -> Bool {
    withContext(algorithm, EVP_DigestVerifyInit_ex) { context in
      EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    } ?? false
  }
}

extension HashFunction {
  /// The name libcrypto fetches it by.
  fileprivate var name: String {
    switch self {
    case .sm3: "SM3"
    case .sha1: "SHA1"
    case .sha256: "SHA256"
    }
  }
}
