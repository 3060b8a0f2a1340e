import CCrypto

/// SM3 (GB/T 32905-2016): a 256-bit digest, written as 64 lower-case hexadecimal digits.
public struct SM3Digest: Hashable, Sendable, CustomStringConvertible {
  public let bytes: [UInt8]

  /// The digest written in hexadecimal, if it is one.
  public init?(hexadecimal text: String) {
    guard text.utf8.count == 64, let bytes = Hexadecimal.bytes(text) else { return nil }
    self.bytes = bytes
  }

  fileprivate init(bytes: [UInt8]) { self.bytes = bytes }

  public var description: String { Hexadecimal.text(bytes) }
}

/// A running SM3 computation, for what does not fit in memory at once.
public struct SM3: ~Copyable {
  /// The algorithm as libcrypto has it, looked up once: a look-up takes as long as a short digest.
  ///
  /// Safe to share because it never changes.
  private struct Algorithm: @unchecked Sendable {
    let pointer: OpaquePointer?

    static let sm3 = Algorithm(pointer: EVP_MD_fetch(nil, "SM3", nil))
  }

  private let context: OpaquePointer

  public init() {
    guard let context = EVP_MD_CTX_new(),
      EVP_DigestInit_ex(context, Algorithm.sm3.pointer, nil) == 1
    else {
      preconditionFailure("libcrypto has no SM3")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  public mutating func update(_ bytes: some Collection<UInt8>) {
    let copied = bytes.withContiguousStorageIfAvailable { buffer in
      EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
    }
    let status =
      copied
      ?? Array(bytes).withUnsafeBytes { buffer in
        EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
      }
    precondition(status == 1, "SM3 update failed")
  }

  public mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { update($0) }
  }

  /// The digest of everything so far; ends the computation.
  public consuming func finish() -> SM3Digest {
    var bytes = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 32
    precondition(EVP_DigestFinal_ex(context, &bytes, &count) == 1 && count == 32, "SM3 failed")
    return SM3Digest(bytes: bytes)
  }

  /// The digest of everything so far, after which the computation begins anew.
  ///
  /// Cheaper than a computation of its own for each of many short messages.
  public mutating func finishAndRestart() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 32
    precondition(EVP_DigestFinal_ex(context, &bytes, &count) == 1 && count == 32, "SM3 failed")
    precondition(EVP_DigestInit_ex(context, nil, nil) == 1, "SM3 failed")
    return bytes
  }

  public static func digest(_ bytes: some Collection<UInt8>) -> SM3Digest {
    var hash = SM3()
    hash.update(bytes)
    return hash.finish()
  }

  public static func digest(_ text: String) -> SM3Digest { digest(Array(text.utf8)) }
}
