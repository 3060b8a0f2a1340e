import CCrypto

/// SM4 (GB/T 32907-2016) as a stream: encrypting and decrypting are the same step.
///
/// Says nothing about whether the bytes were changed; `SealedText` does.
public enum SM4 {
  public static let keyBytes = 16
  public static let counterBytes = 16

  /// The bytes XORed with the key stream that begins at the counter.
  ///
  /// - Assumes: no key is used twice with counters whose streams meet.
  /// - Errors: `CryptoError.wrongLength` of key or counter.
  public static func counter(
    _ bytes: [UInt8], key: [UInt8], from counter: [UInt8]
  ) throws(CryptoError) -> [UInt8] {
    var stream = try SM4Stream(key: key, counter: counter)
    return stream.next(bytes)
  }
}

/// SM4 in counter mode, piece by piece, for what does not fit in memory at once.
public struct SM4Stream: ~Copyable {
  private let context: OpaquePointer

  /// - Assumes: no key is used twice with counters whose streams meet.
  /// - Errors: `CryptoError.wrongLength` of key or counter.
  public init(key: [UInt8], counter: [UInt8]) throws(CryptoError) {
    guard key.count == SM4.keyBytes else {
      throw .wrongLength(what: "SM4 key", expected: SM4.keyBytes, found: key.count)
    }
    guard counter.count == SM4.counterBytes else {
      throw .wrongLength(what: "SM4 counter", expected: SM4.counterBytes, found: counter.count)
    }
    guard let context = EVP_CIPHER_CTX_new(),
      EVP_EncryptInit_ex(context, EVP_sm4_ctr(), nil, key, counter) == 1
    else { preconditionFailure("libcrypto has no SM4") }
    self.context = context
  }

  deinit { EVP_CIPHER_CTX_free(context) }

  /// The next bytes, XORed with the key stream.
  public mutating func next(_ bytes: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: bytes.count)
    var done = 0
    // libcrypto counts in 32 bits, so a long message goes through in pieces.
    while done < bytes.count {
      let count = min(bytes.count - done, 1 << 20)
      var written: Int32 = 0
      let status = bytes.withUnsafeBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
          EVP_EncryptUpdate(
            context, output.baseAddress?.advanced(by: done), &written,
            input.baseAddress?.advanced(by: done), Int32(count))
        }
      }
      precondition(status == 1 && Int(written) == count, "SM4 failed")
      done += count
    }
    return output
  }
}

/// Bytes that only the holder of a key can read, and nobody can change unseen.
///
/// - Shape: algorithm id, counter, SM4-CTR cipher text, then HMAC-SM3 over all of it and a
///   context that is not stored (encrypt, then authenticate). The key is 48 bytes: 16 encrypt,
///   32 authenticate.
public struct SealedText: Hashable, Sendable {
  public static let algorithm = "sm4-ctr+hmac-sm3"
  public static let keyBytes = 48
  private static let codeBytes = 32

  public let bytes: [UInt8]

  /// What was kept; whether it is whole shows when it is opened.
  public init(bytes: [UInt8]) { self.bytes = bytes }

  /// Seals a message for one place, so that it cannot be moved to another.
  public init(
    _ message: [UInt8], key: [UInt8], context: String
  ) throws(CryptoError) {
    let (encrypting, authenticating) = try Self.parts(of: key)
    let counter = Secret.bytes(count: SM4.counterBytes)
    let text = try SM4.counter(message, key: encrypting, from: counter)
    let sealed = Self.head + counter + text
    bytes = sealed + Self.code(of: sealed, context, authenticating)
  }

  /// The message; `CryptoError.altered` when a byte, the key or the context is another.
  public func opened(key: [UInt8], context: String) throws(CryptoError) -> [UInt8] {
    let (encrypting, authenticating) = try Self.parts(of: key)
    let start = Self.head.count
    guard bytes.count >= start + SM4.counterBytes + Self.codeBytes, bytes.starts(with: Self.head)
    else { throw .altered }
    let sealed = Array(bytes.dropLast(Self.codeBytes))
    let expected = Self.code(of: sealed, context, authenticating)
    guard Secret.isSame(expected, Array(bytes.suffix(Self.codeBytes))) else { throw .altered }
    let text = start + SM4.counterBytes
    return try SM4.counter(
      Array(sealed[text...]), key: encrypting, from: Array(sealed[start..<text]))
  }

  private static let head = Array(algorithm.utf8) + [0]

  private static func parts(
    of key: [UInt8]
  ) throws(CryptoError) -> (encrypting: [UInt8], authenticating: [UInt8]) {
    guard key.count == keyBytes else {
      throw .wrongLength(what: "sealing key", expected: keyBytes, found: key.count)
    }
    return (Array(key.prefix(SM4.keyBytes)), Array(key.dropFirst(SM4.keyBytes)))
  }

  private static func code(of sealed: [UInt8], _ context: String, _ key: [UInt8]) -> [UInt8] {
    // The context's length closes it off from what follows.
    let length = withUnsafeBytes(of: UInt64(context.utf8.count).littleEndian, Array.init)
    return HashFunction.sm3.code(of: length + Array(context.utf8) + sealed, key: key)
  }
}
